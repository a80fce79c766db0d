/** The guided set-up: an endpoint, and whether a verified delivery has reached it. */
import type { ApiError } from '../../generated/ApiError';
import type { Delivery } from '../../generated/Delivery';
import type { Event } from '../../generated/Event';
import type { SchemeInfo } from '../../generated/SchemeInfo';
import type { TriggerId } from '../../generated/TriggerId';
import type { TriggerRow } from '../../generated/TriggerRow';
import type { Host } from '../../host/host';
import { apiError } from '../../host/host';

export class Connect {
  readonly #host: Host;
  phase = $state<'loading' | 'failed' | 'ready'>('loading');
  error = $state<ApiError>();
  triggers = $state.raw<TriggerRow[]>([]);
  schemes = $state.raw<SchemeInfo[]>([]);
  chosen = $state<TriggerId>();
  /** The newest delivery at the chosen endpoint that proved itself, and the newest that did not. */
  verified = $state.raw<Delivery>();
  refused = $state.raw<Delivery>();
  sending = $state(false);
  sendError = $state<ApiError>();

  readonly row = $derived(this.triggers.find((row) => row.trigger.id === this.chosen));

  constructor(host: Host) {
    this.#host = host;
  }

  /** Loads the triggers; the first one is chosen unless one is. */
  async load(): Promise<void> {
    try {
      [this.triggers, this.schemes] = await Promise.all([
        this.#host.call('triggers_list', {}),
        this.#host.call('schemes_list', {}),
      ]);
      if (!this.row) await this.choose(this.triggers[0]?.trigger.id);
      this.phase = 'ready';
      this.error = undefined;
    } catch (error) {
      this.error = apiError(error);
      this.phase = 'failed';
    }
  }

  /** Looks at another endpoint. */
  async choose(id: TriggerId | undefined): Promise<void> {
    this.chosen = id;
    this.verified = undefined;
    this.refused = undefined;
    this.sendError = undefined;
    if (!id) return;
    try {
      const found = await this.#host.call('deliveries_list', { q: `trigger:${id}`, limit: 50 });
      if (this.chosen === id) found.page.items.toReversed().forEach((delivery) => this.#see(delivery));
    } catch (error) {
      this.sendError = apiError(error);
    }
  }

  /** Follows what arrives. */
  apply(event: Event): void {
    if (event === 'status') return;
    if ('deliveries' in event)
      event.deliveries.toSorted((one, other) => one.seq - other.seq).forEach((one) => this.#see(one));
    if ('trigger' in event || 'lagged' in event) void this.load();
  }

  /** An unsigned endpoint has nothing to verify: what it accepts counts. */
  #see(delivery: Delivery): void {
    if (!this.chosen || delivery.endpoint !== this.chosen) return;
    const proven = delivery.signature === 'valid' || delivery.signature === 'previous';
    if (proven || (delivery.signature === 'unsigned' && delivery.outcome === 'accepted')) this.verified = delivery;
    else if (delivery.outcome === 'rejected') this.refused = delivery;
  }

  /** Sends a shipped sample, signed, through the socket. */
  async send(): Promise<void> {
    if (!this.chosen || this.sending) return;
    this.sending = true;
    this.sendError = undefined;
    try {
      const sent = await this.#host.call('send_test', { trigger_id: this.chosen });
      if (sent.delivery) this.#see(sent.delivery);
      else this.sendError = { code: 'upstream', message: sent.error ?? 'no answer came' };
    } catch (error) {
      this.sendError = apiError(error);
    } finally {
      this.sending = false;
    }
  }
}
