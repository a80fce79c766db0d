/**
 * The inbox's list: keyset pages, newest first, and a live tail that never moves what is being read. New rows wait
 * behind a pill while the user reads; they come in by themselves only while the list is followed.
 */
import type { ApiError } from '../../generated/ApiError';
import type { Delivery } from '../../generated/Delivery';
import type { DeliveryId } from '../../generated/DeliveryId';
import type { Event } from '../../generated/Event';
import { apiError, type Host } from '../../host/host';

/** Rows in a page: several screens, so that scrolling rarely waits. */
export const PAGE = 200;
/** A search is asked again so long after new rows: a burst is one question. */
const SEARCH_REST_MS = 200;

export class InboxState {
  readonly #host: Host;
  q = $state('');
  rows = $state.raw<Delivery[]>([]);
  /** Newer rows that wait. */
  waiting = $state.raw<Delivery[]>([]);
  phase = $state<'loading' | 'ready' | 'failed'>('loading');
  error = $state.raw<ApiError>();
  /** What the query means, in words. */
  meaning = $state('');
  searchLag = $state(0);
  /** New rows come in by themselves. */
  following = $state(true);
  /** The user holds new rows back. */
  frozen = $state(false);
  more = $state(false);
  moreError = $state.raw<ApiError>();
  #next: number | null = null;
  /** More is new than one page shows: the pill loads the list anew. */
  #gap = false;
  #load = 0;
  #busy = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(host: Host) {
    this.#host = host;
  }

  /** Loads the first page of a query; an answer that was overtaken by a newer question is dropped. */
  async load(q = this.q): Promise<void> {
    const load = ++this.#load;
    if (q !== this.q || this.phase === 'failed') this.phase = 'loading';
    this.q = q;
    try {
      const found = await this.#host.call('deliveries_list', { q, limit: PAGE });
      if (load !== this.#load) return;
      this.rows = found.page.items;
      this.waiting = [];
      this.#gap = false;
      this.meaning = found.meaning;
      this.searchLag = found.search_lag;
      this.#turn(found.page.next);
      this.phase = 'ready';
      this.error = undefined;
    } catch (thrown) {
      if (load !== this.#load) return;
      this.error = apiError(thrown);
      this.phase = 'failed';
    }
  }

  /** Loads the next page, if there is one and none is under way. */
  async loadMore(): Promise<void> {
    if (this.#busy || this.#next === null) return;
    this.#busy = true;
    const load = this.#load;
    try {
      const found = await this.#host.call('deliveries_list', { q: this.q, limit: PAGE, after: this.#next });
      if (load !== this.#load) return;
      this.rows = [...this.rows, ...found.page.items];
      this.#turn(found.page.next);
      this.moreError = undefined;
    } catch (thrown) {
      this.moreError = apiError(thrown);
    } finally {
      this.#busy = false;
    }
  }

  apply(event: Event): void {
    if (event === 'status') return;
    if ('deliveries' in event) this.#arrived(event.deliveries);
    else if ('delivery_changed' in event) this.#changed(event.delivery_changed);
    else if ('deliveries_deleted' in event) this.drop(event.deliveries_deleted);
    // Also what a lost connection ends with: a list that could not be loaded is loaded now.
    else if ('lagged' in event) void (this.phase === 'failed' ? this.load() : this.#lookAgain());
  }

  /** Lets what waits in and follows from now on. */
  async resume(): Promise<void> {
    this.frozen = false;
    this.following = true;
    if (this.#gap) return this.load();
    this.#letIn();
  }

  /** Whether new rows come in by themselves: at the top, with nothing selected. */
  follow(on: boolean): void {
    this.following = on;
    if (on && !this.frozen && !this.#gap) this.#letIn();
  }

  /** A waiting row was opened, by a replay for one: it and the others come in. */
  admit(id: DeliveryId): boolean {
    if (!this.waiting.some((row) => row.id === id)) return false;
    this.#letIn();
    return true;
  }

  freeze(on: boolean): void {
    this.frozen = on;
    if (!on && this.following) void this.resume();
  }

  /** The row that is `step` away from `id`; the first one when `id` is not in the list. */
  neighbour(id: DeliveryId | undefined, step: number): Delivery | undefined {
    const here = this.rows.findIndex((row) => row.id === id);
    if (here < 0) return this.rows[0];
    return this.rows[Math.max(0, Math.min(this.rows.length - 1, here + step))];
  }

  /** Takes deleted rows out. */
  drop(ids: DeliveryId[]): void {
    const gone = new Set(ids);
    this.rows = this.rows.filter((row) => !gone.has(row.id));
    this.waiting = this.waiting.filter((row) => !gone.has(row.id));
  }

  #turn(next: number | null): void {
    this.#next = next;
    this.more = next !== null;
  }

  #newest(): number {
    return this.waiting[0]?.seq ?? this.rows[0]?.seq ?? 0;
  }

  #arrived(deliveries: Delivery[]): void {
    // What a query means is decided in the core only, so a searched list asks again.
    if (this.q.trim()) this.#lookSoon();
    else this.#add(deliveries);
  }

  #lookSoon(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      void this.#lookAgain();
    }, SEARCH_REST_MS);
  }

  /** Asks for the first page and takes what is newer than everything known. */
  async #lookAgain(): Promise<void> {
    const load = this.#load;
    try {
      const { page, search_lag } = await this.#host.call('deliveries_list', { q: this.q, limit: PAGE });
      if (load !== this.#load) return;
      this.searchLag = search_lag;
      const oldest = page.items.at(-1)?.seq ?? 0;
      this.#gap ||= page.next !== null && oldest > this.#newest() && this.#newest() > 0;
      this.#add(page.items);
      if (this.#gap && this.following && !this.frozen) await this.load();
    } catch {
      // The list stands as it is; the banner says that the connection is lost.
    }
  }

  #add(deliveries: Delivery[]): void {
    const newest = this.#newest();
    const fresh = deliveries.filter((row) => row.seq > newest).sort((a, b) => b.seq - a.seq);
    if (!fresh.length) return;
    this.waiting = [...fresh, ...this.waiting];
    // Nothing is being read in an empty list.
    if ((this.following || !this.rows.length) && !this.frozen && !this.#gap) this.#letIn();
  }

  #letIn(): void {
    if (!this.waiting.length) return;
    this.rows = [...this.waiting, ...this.rows];
    this.waiting = [];
  }

  #changed(delivery: Delivery): void {
    const swap = (row: Delivery) => (row.id === delivery.id ? delivery : row);
    if (this.rows.some((row) => row.id === delivery.id)) this.rows = this.rows.map(swap);
    else if (this.waiting.some((row) => row.id === delivery.id)) this.waiting = this.waiting.map(swap);
  }
}
