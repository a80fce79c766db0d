/** The executions list: newest first, paged by `seq`, kept fresh by events; and the one that is open. */
import type { ApiError } from '../../generated/ApiError';
import type { DeliveryId } from '../../generated/DeliveryId';
import type { Event } from '../../generated/Event';
import type { Execution } from '../../generated/Execution';
import type { ExecutionDetail } from '../../generated/ExecutionDetail';
import type { ExecutionId } from '../../generated/ExecutionId';
import type { ExecutionStatus } from '../../generated/ExecutionStatus';
import type { Host } from '../../host/host';
import { apiError } from '../../host/host';
import { LiveDetail } from './live-detail.svelte';

/** Rows in a page: some screens of them. */
const PAGE = 100;

export class Executions {
  readonly #host: Host;
  #loading = false;
  phase = $state<'loading' | 'failed' | 'ready'>('loading');
  error = $state<ApiError>();
  rows = $state.raw<Execution[]>([]);
  next = $state<number | null>(null);
  statuses = $state<ExecutionStatus[]>([]);
  /** The list is not looked at from its top: new rows wait here, so that nothing moves under the eyes. */
  waiting = $state.raw<Execution[]>([]);
  following = $state(true);

  selected = $state<ExecutionId>();
  detailError = $state<ApiError>();

  readonly #open: LiveDetail;

  constructor(host: Host) {
    this.#host = host;
    this.#open = new LiveDetail(host);
  }

  /** The open one. */
  get detail(): ExecutionDetail | undefined {
    return this.#open.now;
  }

  /** Loads the newest page for the chosen statuses. */
  async load(): Promise<void> {
    try {
      const page = await this.#host.call('executions_list', { limit: PAGE, ...this.#filter() });
      this.rows = page.items;
      this.next = page.next;
      this.waiting = [];
      this.phase = 'ready';
      this.error = undefined;
    } catch (error) {
      this.error = apiError(error);
      this.phase = 'failed';
    }
  }

  /** Loads the next older page, once at a time. */
  async more(): Promise<void> {
    if (this.next === null || this.#loading) return;
    this.#loading = true;
    try {
      const page = await this.#host.call('executions_list', { limit: PAGE, after: this.next, ...this.#filter() });
      this.rows = [...this.rows, ...page.items];
      this.next = page.next;
    } catch (error) {
      this.error = apiError(error);
    } finally {
      this.#loading = false;
    }
  }

  #filter(): { status?: ExecutionStatus[] } {
    return this.statuses.length > 0 ? { status: $state.snapshot(this.statuses) } : {};
  }

  /** Shows only these statuses; none means all. */
  async show(statuses: ExecutionStatus[]): Promise<void> {
    this.statuses = statuses;
    this.phase = 'loading';
    await this.load();
  }

  /** Puts one change in: in its place when it is known, else on top or among those that wait. */
  apply(event: Event): void {
    if (event === 'status') return;
    if ('lagged' in event) void this.load();
    if ('deliveries_deleted' in event) this.#drop(new Set(event.deliveries_deleted));
    if ('output' in event) this.#open.hear(event.output);
    if (!('execution' in event)) return;
    const changed = event.execution;
    if (changed.id === this.selected) void this.#loadDetail(changed.id);
    if (this.rows.some((row) => row.id === changed.id)) {
      this.rows = this.rows.map((row) => (row.id === changed.id ? changed : row));
    } else if (this.#wanted(changed)) {
      this.#add(changed);
    }
  }

  /** An execution goes with its delivery. */
  #drop(deliveries: Set<DeliveryId>): void {
    this.rows = this.rows.filter((row) => !deliveries.has(row.delivery_id));
    this.waiting = this.waiting.filter((row) => !deliveries.has(row.delivery_id));
  }

  #wanted(execution: Execution): boolean {
    const newest = this.rows[0]?.seq ?? 0;
    return execution.seq > newest && (this.statuses.length === 0 || this.statuses.includes(execution.status));
  }

  #add(execution: Execution): void {
    const rest = this.waiting.filter((row) => row.id !== execution.id);
    this.waiting = [execution, ...rest].toSorted((one, other) => other.seq - one.seq);
    if (this.following) this.showWaiting();
  }

  /** Lets the rows that wait into the list. */
  showWaiting = (): void => {
    this.rows = [...this.waiting, ...this.rows];
    this.waiting = [];
  };

  /** Opens one. */
  async select(id: ExecutionId): Promise<void> {
    if (this.selected !== id) this.#open.clear();
    this.selected = id;
    await this.#loadDetail(id);
  }

  async #loadDetail(id: ExecutionId): Promise<void> {
    try {
      await this.#open.load(id);
      this.detailError = undefined;
      const row = this.detail?.execution;
      if (row) this.rows = this.rows.map((one) => (one.id === row.id ? row : one));
    } catch (error) {
      if (this.selected === id) this.detailError = apiError(error);
    }
  }

  /** Runs one again. */
  retry(id: ExecutionId): Promise<void> {
    return this.#change(() => this.#host.call('execution_retry', { id }));
  }

  /** Stops one that waits or runs. */
  cancel(id: ExecutionId): Promise<void> {
    return this.#change(() => this.#host.call('execution_cancel', { id }));
  }

  async #change(work: () => Promise<Execution>): Promise<void> {
    try {
      // Its answer may be older than the events that came meanwhile: it is read anew.
      const { id } = await work();
      await this.#loadDetail(id);
    } catch (error) {
      this.detailError = apiError(error);
    }
  }
}
