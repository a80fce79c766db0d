/** The schemes: those that ship, and the user's own. */
import type { ApiError } from '../../generated/ApiError';
import type { Event } from '../../generated/Event';
import type { SchemeDetail } from '../../generated/SchemeDetail';
import type { SchemeInfo } from '../../generated/SchemeInfo';
import { apiError, type Host } from '../../host/host';
import { found } from './scheme-words';

export class SchemesState {
  readonly #host: Host;
  phase = $state<'loading' | 'failed' | 'ready'>('loading');
  error = $state.raw<ApiError>();
  all = $state.raw<SchemeInfo[]>([]);
  search = $state('');
  readonly groups = $derived(found(this.all, this.search));
  /** The opened one. */
  open = $state.raw<SchemeDetail>();
  /** What the core refused of the opened one, or why it cannot be opened. */
  openError = $state.raw<ApiError>();

  constructor(host: Host) {
    this.#host = host;
  }

  async load(): Promise<void> {
    try {
      this.all = await this.#host.call('schemes_list', {});
      this.phase = 'ready';
    } catch (thrown) {
      this.error = apiError(thrown);
      this.phase = 'failed';
    }
  }

  /** Opens one; none: closes it. */
  async show(key: string | undefined): Promise<void> {
    this.openError = undefined;
    if (this.open?.info.key !== key) this.open = undefined;
    if (key === undefined) return;
    await this.#attempt(async () => {
      this.open = await this.#host.call('scheme_get', { key });
    });
  }

  /** Makes a copy; its key. */
  async duplicate(key: string): Promise<string | undefined> {
    let copy: string | undefined;
    await this.#attempt(async () => {
      copy = (await this.#host.call('scheme_duplicate', { key })).info.key;
      await this.load();
    });
    return copy;
  }

  /** Deletes one; what it was, to bring it back. */
  async remove(key: string): Promise<SchemeDetail | undefined> {
    let gone: SchemeDetail | undefined;
    await this.#attempt(async () => {
      gone = await this.#host.call('scheme_delete', { key });
      this.open = undefined;
      await this.load();
    });
    return gone;
  }

  /** Brings a deleted one back as it was. */
  async restore(gone: SchemeDetail): Promise<void> {
    await this.#attempt(async () => {
      await this.#host.call('scheme_create', { text: gone.text });
      await this.load();
    });
  }

  apply(event: Event): void {
    if (event === 'status') return;
    if ('lagged' in event || 'scheme' in event) void this.load();
    const key = this.open?.info.key;
    if (key && ('trigger' in event || ('scheme' in event && event.scheme === key))) void this.#again(key);
  }

  /** What it is now; one that was deleted elsewhere stays as it was last seen. */
  async #again(key: string): Promise<void> {
    const now = await this.#host.call('scheme_get', { key }).catch(() => undefined);
    if (now && this.open?.info.key === key) this.open = now;
  }

  async #attempt(what: () => Promise<void>): Promise<void> {
    this.openError = undefined;
    try {
      await what();
    } catch (thrown) {
      this.openError = apiError(thrown);
    }
  }
}
