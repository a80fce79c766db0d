/** Alerts by where they stand, one of them opened with its occurrences. */
import type { Alert } from '../../generated/Alert';
import type { AlertId } from '../../generated/AlertId';
import type { AlertStatus } from '../../generated/AlertStatus';
import type { ApiError } from '../../generated/ApiError';
import type { Event } from '../../generated/Event';
import type { Occurrence } from '../../generated/Occurrence';
import type { Host } from '../../host/host';
import { apiError } from '../../host/host';

/** Rows in a page: some screens of them. */
const PAGE = 100;

/** Rest between two reloads: a storm of reports is one question. */
const BURST_MS = 300;

export class Alerts {
  readonly #host: Host;
  #again: ReturnType<typeof setTimeout> | undefined;
  phase = $state<'loading' | 'failed' | 'ready'>('loading');
  error = $state.raw<ApiError>();
  status = $state<AlertStatus>('open');
  rows = $state.raw<Alert[]>([]);
  next = $state<number | null>(null);
  /** The opened one: it stays on the screen when it moves to another list. */
  alert = $state.raw<Alert>();
  occurrences = $state.raw<Occurrence[]>([]);
  nextOccurrence = $state<number | null>(null);
  /** What went wrong with the opened one. */
  changeError = $state.raw<ApiError>();

  constructor(host: Host) {
    this.#host = host;
  }

  /** Loads the shown list anew, as far down as it was read. */
  async load(): Promise<void> {
    const status = this.status;
    try {
      const limit = Math.min(500, Math.max(PAGE, this.rows.length));
      const page = await this.#host.call('alerts_list', { status, limit });
      if (status !== this.status) return;
      this.rows = page.items;
      this.next = page.next;
      this.phase = 'ready';
      this.error = undefined;
    } catch (error) {
      this.error = apiError(error);
      this.phase = 'failed';
    }
  }

  /** Loads the next older page. */
  async more(): Promise<void> {
    if (this.next === null) return;
    const [after, status] = [this.next, this.status];
    this.next = null;
    try {
      const page = await this.#host.call('alerts_list', { status, limit: PAGE, after });
      if (status !== this.status) return;
      this.rows = [...this.rows, ...page.items];
      this.next = page.next;
    } catch (error) {
      this.next = after;
      this.error = apiError(error);
    }
  }

  /** Shows the alerts that stand so. */
  async show(status: AlertStatus): Promise<void> {
    this.status = status;
    this.rows = [];
    this.phase = 'loading';
    await this.load();
  }

  /** Opens one; none: closes it. */
  async select(id: AlertId | undefined): Promise<void> {
    this.changeError = undefined;
    if (this.alert?.id !== id) Object.assign(this, { alert: undefined, occurrences: [], nextOccurrence: null });
    if (!id) return;
    try {
      this.alert = await this.#host.call('alert_get', { id });
      const page = await this.#host.call('alert_occurrences', { id, limit: PAGE });
      if (this.alert?.id !== id) return;
      this.occurrences = page.items;
      this.nextOccurrence = page.next;
    } catch (error) {
      this.changeError = apiError(error);
    }
  }

  /** Loads earlier occurrences of the opened one. */
  async earlier(): Promise<void> {
    const { alert, nextOccurrence: after } = this;
    if (!alert || after === null) return;
    this.nextOccurrence = null;
    try {
      const page = await this.#host.call('alert_occurrences', { id: alert.id, limit: PAGE, after });
      this.occurrences = [...this.occurrences, ...page.items];
      this.nextOccurrence = page.next;
    } catch (error) {
      this.nextOccurrence = after;
      this.changeError = apiError(error);
    }
  }

  /** Somebody is at it. */
  acknowledge = (alert: Alert): Promise<boolean> => this.#change('alert_acknowledge', alert.id);

  /** It is over. */
  resolve = (alert: Alert): Promise<boolean> => this.#change('alert_resolve', alert.id);

  /** The way back to where it stood before. */
  async putBack(before: Alert): Promise<void> {
    if (!(await this.#change('alert_reopen', before.id))) return;
    if (before.status === 'acknowledged') await this.#change('alert_acknowledge', before.id);
  }

  async #change(command: 'alert_acknowledge' | 'alert_resolve' | 'alert_reopen', id: AlertId): Promise<boolean> {
    this.changeError = undefined;
    try {
      const changed = await this.#host.call(command, { id });
      if (this.alert?.id === id) this.alert = changed;
      await this.load();
      return true;
    } catch (error) {
      this.changeError = apiError(error);
      return false;
    }
  }

  /** Reports come in storms: list and opened alert are asked for again, once for a burst. */
  apply(event: Event): void {
    if (event === 'status' || !('alert' in event || 'lagged' in event) || this.#again !== undefined) return;
    this.#again = setTimeout(() => {
      this.#again = undefined;
      void this.load();
      if (this.alert) void this.select(this.alert.id);
    }, BURST_MS);
  }

  /** Stops what is under way. */
  close(): void {
    clearTimeout(this.#again);
  }
}
