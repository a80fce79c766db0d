/**
 * The inbox's list: keyset pages, newest first, and a live tail that never moves what is being read. New rows wait
 * behind a pill while the user reads; they come in by themselves only while the list is followed. A search answers
 * quickly with what it has found by then and goes on by itself, page after page, until it is stopped.
 */
import type { ApiError } from '../../generated/ApiError';
import type { DeliveriesFound } from '../../generated/DeliveriesFound';
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
  /** A search that has not seen everything: what was received since then was looked at. */
  searchedTo = $state<number>();
  /** It is going on. */
  searching = $state(false);
  #next: number | null = null;
  /** More is new than one page shows: the pill loads the list anew. */
  #gap = false;
  #load = 0;
  /** The load for which pages are being added; 0: none are. */
  #filling = 0;
  #stopped = false;
  /** The lowest position that arrived since the list was last asked for. */
  #unseen: number | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(host: Host) {
    this.#host = host;
  }

  /** Loads the first page of a query; an answer that was overtaken by a newer question is dropped. */
  async load(q = this.q): Promise<void> {
    const load = ++this.#load;
    if (q !== this.q || this.phase === 'failed') this.phase = 'loading';
    this.q = q;
    this.#stopped = this.searching = false;
    try {
      const found = await this.#host.call('deliveries_list', { q, limit: PAGE });
      if (load !== this.#load) return;
      this.rows = found.page.items;
      this.waiting = [];
      this.#gap = false;
      this.meaning = found.meaning;
      this.searchLag = found.search_lag;
      this.#turn(found);
      this.phase = 'ready';
      this.error = undefined;
    } catch (thrown) {
      if (load !== this.#load) return;
      this.error = apiError(thrown);
      this.phase = 'failed';
    }
    if (this.searchedTo !== undefined && this.rows.length < PAGE) void this.#fill(PAGE);
  }

  /** Loads a page more, if there is one and none is under way. */
  async loadMore(): Promise<void> {
    if (!this.#stopped) await this.#fill(this.rows.length + PAGE);
  }

  /** Leaves the search where it is. */
  stop(): void {
    this.#stopped = true;
    this.searching = false;
  }

  /** Goes on with a search that was stopped. */
  async goOn(): Promise<void> {
    this.#stopped = false;
    await this.#fill(this.rows.length + PAGE);
  }

  apply(event: Event): void {
    if (event === 'status') return;
    if ('deliveries' in event) this.#arrived(event.deliveries);
    else if ('delivery_changed' in event) this.#changed(event.delivery_changed);
    else if ('deliveries_deleted' in event) this.drop(event.deliveries_deleted);
    // Also what a lost connection ends with: a list that could not be loaded is loaded now.
    else if ('lagged' in event) {
      // What was missed may be older than what was heard.
      this.#unseen = undefined;
      void (this.phase === 'failed' ? this.load() : this.#lookAgain());
    }
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

  /** Adds the next page, and further ones as long as a search stops before there are `count` rows. */
  async #fill(count: number): Promise<void> {
    const load = this.#load;
    this.searching = this.searchedTo !== undefined;
    if (this.#filling === load || this.#next === null) return;
    this.#filling = load;
    try {
      do {
        const found = await this.#host.call('deliveries_list', { q: this.q, limit: PAGE, after: this.#next });
        if (load !== this.#load) return;
        if (found.page.items.length) this.rows = [...this.rows, ...found.page.items];
        this.#turn(found);
        this.moreError = undefined;
      } while (this.searchedTo !== undefined && this.rows.length < count && !this.#stopped);
    } catch (thrown) {
      if (load === this.#load) this.moreError = apiError(thrown);
    } finally {
      if (this.#filling === load) this.#filling = 0;
      if (load === this.#load) this.searching = false;
    }
  }

  #turn({ page, searched_to }: DeliveriesFound): void {
    this.#next = page.next;
    this.more = page.next !== null;
    this.searchedTo = searched_to ?? undefined;
  }

  #newest(): number {
    return this.waiting[0]?.seq ?? this.rows[0]?.seq ?? 0;
  }

  #arrived(deliveries: Delivery[]): void {
    // What a query means is decided in the core only, so a searched list asks again.
    if (!this.q.trim()) return this.#add(deliveries);
    this.#unseen = Math.min(this.#unseen ?? Infinity, ...deliveries.map((row) => row.seq));
    this.#lookSoon();
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
    const since = this.#unseen ?? this.#newest();
    this.#unseen = undefined;
    try {
      const { page, search_lag, searched_to } = await this.#host.call('deliveries_list', { q: this.q, limit: PAGE });
      if (load !== this.#load) return;
      this.searchLag = search_lag;
      // The page ends at `next`, full or not: what arrived before that is still to be looked at.
      this.#gap ||= page.next !== null && (since > 0 ? page.next > since : searched_to !== null);
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
