/** What every view shares: the host, the place, settings, the core's status, keys, questions. */
import { getContext, setContext } from 'svelte';
import type { ApiError } from '../generated/ApiError';
import type { Event } from '../generated/Event';
import type { Status } from '../generated/Status';
import type { TunnelState } from '../generated/TunnelState';
import { apiError, type Connection, type Host } from '../host/host';
import { Confirm } from './confirm.svelte';
import { Palette } from './palette.svelte';
import { Parked } from './parked.svelte';
import { Router } from './router.svelte';
import { SettingsState } from './settings.svelte';
import { Shortcuts } from './shortcuts.svelte';

export class App {
  readonly host: Host;
  readonly router = new Router();
  readonly shortcuts = new Shortcuts();
  readonly confirm = new Confirm();
  readonly palette = new Palette();
  readonly parked = new Parked();
  readonly settings: SettingsState;
  connection = $state<Connection>('connecting');
  status = $state.raw<Status>();
  /** Why the first load failed; shown with a retry in place of the screens. */
  failed = $state.raw<ApiError>();
  ready = $state(false);
  /** New rows wait; recording goes on. */
  frozen = $state(false);
  /** The sheet of all keys. */
  keysOpen = $state(false);

  constructor(host: Host) {
    this.host = host;
    this.settings = new SettingsState(host);
  }

  /** Loads what the frame needs. */
  async load(): Promise<void> {
    try {
      const [status] = await Promise.all([this.host.call('status', {}), this.settings.load()]);
      this.status = status;
      this.shortcuts.enabled = this.settings.current?.shortcuts ?? true;
      this.failed = undefined;
      this.ready = true;
    } catch (thrown) {
      this.failed = apiError(thrown);
    }
  }

  apply(event: Event): void {
    const concerns = ['tunnel', 'trigger', 'execution', 'deliveries', 'deliveries_deleted', 'lagged'];
    if (event !== 'status' && 'tunnel' in event) this.#tunnel(event.tunnel);
    if (event === 'status' || concerns.some((kind) => kind in event)) this.#refresh();
  }

  /** An address that leads here no longer must not be shown, and copied, until the next status comes. */
  #tunnel(state: TunnelState): void {
    if (!this.status) return;
    this.status = { ...this.status, tunnel: state, public: state === 'off' ? null : this.status.public };
    this.#told += 1;
  }

  /**
   * Asks for the status again: a burst of deliveries is one question. What happens while an answer is on its way may not
   * be in it, so that is a question of its own.
   */
  #refresh(): void {
    this.#due ??= setTimeout(() => {
      this.#due = undefined;
      const told = this.#told;
      this.host.call('status', {}).then(
        // What was told meanwhile is younger, and asks again by itself.
        (status) => (this.status = told === this.#told ? status : this.status),
        () => {},
      );
    }, STATUS_REST_MS);
  }
  #due: ReturnType<typeof setTimeout> | undefined;
  /** How often an event said how the tunnel stands. */
  #told = 0;
}

/** The strip's numbers need not be younger than this. */
const STATUS_REST_MS = 300;

const KEY = Symbol('creel');

/** Makes the app known to everything below the root. */
export function provideApp(app: App): App {
  return setContext(KEY, app);
}

/** The app; in views only, components get data and callbacks. */
export function useApp(): App {
  return getContext<App>(KEY);
}
