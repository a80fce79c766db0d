/** The settings and the window's own remembered state (sizes, open tabs), changed one after the other. */
import type { Settings } from '../generated/Settings';
import type { Host } from '../host/host';

/** Sizes change while a divider is dragged; they are kept when it rests. */
const REST_MS = 400;
/** What the core takes for `ui_state`. */
const MOST_BYTES = 16_384;

export class SettingsState {
  current = $state.raw<Settings>();
  #remembered: Record<string, unknown> = {};
  #host: Host;
  #turn: Promise<unknown> = Promise.resolve();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(host: Host) {
    this.#host = host;
  }

  async load(): Promise<void> {
    this.current = await this.#host.call('settings_get', {});
    this.#remembered = parsed(this.current.ui_state);
  }

  /**
   * Changes some settings; rejects with a `Failure` and leaves the rest as it was. They are kept as a whole, so they are
   * read first: the menu, the top bar or another window may have changed one since.
   */
  change(part: Partial<Settings> | ((settings: Settings) => Partial<Settings>)): Promise<void> {
    const next = this.#turn.then(async () => {
      const before = await this.#host.call('settings_get', {});
      const changes = typeof part === 'function' ? part(before) : part;
      this.current = await this.#host.call('settings_set', { ...before, ...changes });
    });
    this.#turn = next.catch(() => {});
    return next;
  }

  /** What was kept under a name, or `fallback`. */
  recall<T>(name: string, fallback: T): T {
    return (this.#remembered[name] as T | undefined) ?? fallback;
  }

  /** Keeps something under a name, beyond the next start. */
  keep(name: string, value: unknown): void {
    this.#remembered[name] = value;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#save(), REST_MS);
  }

  async #save(): Promise<void> {
    const text = JSON.stringify(this.#remembered);
    // Losing a divider's place is no reason to disturb anyone.
    if (text.length <= MOST_BYTES) await this.change({ ui_state: text }).catch(() => {});
  }
}

function parsed(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text || '{}');
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
