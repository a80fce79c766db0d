/** `gh webhook forward`: what it needs, what it is to forward to which trigger, and how it stands. */
import type { ApiError } from '../../../generated/ApiError';
import type { Event } from '../../../generated/Event';
import type { ForwarderChoice } from '../../../generated/ForwarderChoice';
import type { ForwarderNeeds } from '../../../generated/ForwarderNeeds';
import type { ForwarderView } from '../../../generated/ForwarderView';
import type { TriggerRow } from '../../../generated/TriggerRow';
import { apiError, type Host } from '../../../host/host';

export class Forwarder {
  readonly #host: Host;
  phase = $state<'loading' | 'failed' | 'ready'>('loading');
  loadError = $state.raw<ApiError>();
  needs = $state.raw<ForwarderNeeds>();
  view = $state.raw<ForwarderView>();
  /** Triggers that check GitHub's signature. */
  triggers = $state.raw<TriggerRow[]>([]);
  trigger = $state<string>();
  place = $state('');
  events = $state<string[]>(['push']);
  host = $state('');
  error = $state.raw<ApiError>();
  busy = $state(false);

  readonly now = $derived(this.view?.now);
  readonly isOn = $derived(this.view?.running != null);

  constructor(host: Host) {
    this.#host = host;
  }

  /** Loads everything. What was forwarded last fills the form. */
  async load(): Promise<void> {
    try {
      const [needs, view] = await Promise.all([
        this.#host.call('forwarder_needs', {}),
        this.#host.call('forwarder_get', {}),
        this.#loadTriggers(),
      ]);
      [this.needs, this.view] = [needs, view];
      this.#fill(view.kept);
      this.phase = 'ready';
      this.loadError = undefined;
    } catch (error) {
      this.loadError = apiError(error);
      this.phase = 'failed';
    }
  }

  #fill(kept: ForwarderChoice | null | undefined): void {
    if (kept) {
      [this.place, this.events, this.host] = [kept.place.name, kept.events, kept.host ?? ''];
      this.trigger = kept.trigger_id;
    }
    if (!this.triggers.some(({ trigger }) => trigger.id === this.trigger)) this.trigger = this.triggers[0]?.trigger.id;
  }

  async #loadTriggers(): Promise<void> {
    const all = await this.#host.call('triggers_list', {});
    this.triggers = all.filter(({ trigger }) => trigger.scheme === 'github');
  }

  /** Follows the forwarder and the triggers. */
  apply(event: Event): void {
    if (event === 'status') return;
    if ('forwarder' in event || 'lagged' in event) void this.#refresh();
    if ('trigger' in event || 'lagged' in event)
      void this.#loadTriggers().then(
        () => this.#fill(undefined),
        () => {},
      );
  }

  async #refresh(): Promise<void> {
    try {
      this.view = await this.#host.call('forwarder_get', {});
    } catch {
      // The frame says that the connection is gone; the next event brings the rest.
    }
  }

  /** Looks again for the program and its extension. */
  async detect(): Promise<void> {
    this.needs = await this.#host.call('forwarder_needs', {});
  }

  start(): Promise<void> {
    return this.#do(() => this.#host.call('forwarder_start', this.#choice()));
  }

  stop(): Promise<void> {
    return this.#do(() => this.#host.call('forwarder_stop', {}));
  }

  /** A name with a slash is a repository's, one without an organisation's. */
  #choice(): ForwarderChoice {
    const [name, host] = [this.place.trim(), this.host.trim()];
    return {
      trigger_id: this.trigger ?? '',
      place: { kind: name.includes('/') ? 'repository' : 'organisation', name },
      events: this.events,
      ...(host ? { host } : {}),
    };
  }

  async #do(work: () => Promise<ForwarderView>): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    this.error = undefined;
    try {
      this.view = await work();
    } catch (error) {
      this.error = apiError(error);
    } finally {
      this.busy = false;
    }
  }
}
