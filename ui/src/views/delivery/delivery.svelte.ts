/** One open delivery: everything about it, kept fresh by events, and what can be done with it. */
import type { ApiError } from '../../generated/ApiError';
import type { Delivery } from '../../generated/Delivery';
import type { DeliveryDetail } from '../../generated/DeliveryDetail';
import type { DeliveryId } from '../../generated/DeliveryId';
import type { Event } from '../../generated/Event';
import type { Execution } from '../../generated/Execution';
import type { SnippetLanguage } from '../../generated/SnippetLanguage';
import { apiError, type Host } from '../../host/host';
import { Body } from './body.svelte';
import { Doctor } from './doctor.svelte';
import { KeyWaiting } from './key-waiting.svelte';
import { SignatureCheck } from './signature.svelte';

export class OpenDelivery {
  readonly #host: Host;
  readonly id: DeliveryId;
  readonly body: Body;
  readonly signature: SignatureCheck;
  readonly doctor: Doctor;
  readonly keyWait: KeyWaiting;
  phase = $state<'loading' | 'failed' | 'ready'>('loading');
  error = $state.raw<ApiError>();
  detail = $state.raw<DeliveryDetail>();
  /** What an action said when it failed; shown under the header. */
  actionError = $state.raw<ApiError>();
  busy = $state<'send' | 'pin' | 'delete'>();
  #asked = 0;

  constructor(host: Host, id: DeliveryId) {
    this.#host = host;
    this.id = id;
    this.body = new Body(host, id);
    this.signature = new SignatureCheck(host, id);
    this.doctor = new Doctor(host, id);
    this.keyWait = new KeyWaiting(host);
  }

  /** Loads everything but the body; what is shown stays until the answer is here. */
  async load(): Promise<void> {
    const asked = (this.#asked += 1);
    try {
      const detail = await this.#host.call('delivery_get', { id: this.id });
      if (asked !== this.#asked) return;
      this.detail = detail;
      this.phase = 'ready';
      void this.keyWait.follow(detail.delivery);
    } catch (thrown) {
      if (asked !== this.#asked) return;
      this.error = apiError(thrown);
      this.phase = 'failed';
    }
  }

  apply(event: Event): void {
    if (event === 'status' || !this.detail) return;
    if ('execution' in event) this.#take(event.execution);
    else if ('delivery_changed' in event) this.#changed(event.delivery_changed);
    else if ('deliveries_deleted' in event) {
      // Asked again, it says in the core's words that it is not there any more.
      if (event.deliveries_deleted.includes(this.id)) void this.load();
    } else if ('deliveries' in event) {
      if (event.deliveries.some((delivery) => delivery.replay_of === this.id)) void this.load();
    } else if ('trigger' in event || 'lagged' in event) void this.load();
  }

  /** An execution of this delivery moved on: its row is replaced, a new one means that the waterfall changed too. */
  #take(execution: Execution): void {
    if (execution.delivery_id !== this.id || !this.detail) return;
    const known = this.detail.executions.some((other) => other.id === execution.id);
    if (!known || execution.finished_at !== null) return void this.load();
    const executions = this.detail.executions.map((other) => (other.id === execution.id ? execution : other));
    this.detail = { ...this.detail, executions };
  }

  #changed(delivery: Delivery): void {
    if (delivery.id !== this.id || !this.detail) return;
    this.detail = { ...this.detail, delivery };
  }

  /**
   * Fires it again at its own address as a new event; the new delivery's id, unless it failed. What would leave this
   * machine is planned only: running that takes the composer, where it is shown first.
   */
  async sendAgain(): Promise<DeliveryId | undefined> {
    return this.#act('send', async () => {
      const sent = await this.#host.call('replay_send', {
        delivery_id: this.id,
        target: 'original',
        signing: 'target',
        new_event_id: true,
        outside_effects: false,
      });
      const first = sent.results[0];
      if (first?.error) throw { code: 'upstream', message: first.error } satisfies ApiError;
      return first?.delivery?.id;
    });
  }

  /** Keeps it from retention, or lets go of it. */
  async togglePin(): Promise<void> {
    const pinned = this.detail?.delivery.pinned;
    if (pinned === undefined) return;
    await this.#act('pin', async () => {
      this.#changed(await this.#host.call('delivery_pin', { id: this.id, pinned: !pinned }));
    });
  }

  /** Deletes it for good; true when it is gone. */
  async remove(): Promise<boolean> {
    const done = await this.#act('delete', () => this.#host.call('deliveries_delete', { ids: [this.id] }));
    return done !== undefined;
  }

  /** It as a command or code; signed from `$SECRET`, which is not in it. */
  async snippet(language: SnippetLanguage): Promise<string | undefined> {
    const snippet = await this.#act(undefined, () => this.#host.call('delivery_snippet', { id: this.id, language }));
    return snippet?.text;
  }

  async #act<T>(what: OpenDelivery['busy'], work: () => Promise<T>): Promise<T | undefined> {
    if (this.busy) return undefined;
    this.busy = what;
    this.actionError = undefined;
    try {
      return await work();
    } catch (thrown) {
      this.actionError = apiError(thrown);
      return undefined;
    } finally {
      this.busy = undefined;
    }
  }
}
