/** A test: the sample sent again through the socket to the saved trigger, and what its actions make of it. */
import type { ApiError } from '../../generated/ApiError';
import type { DeliveryId } from '../../generated/DeliveryId';
import type { Event } from '../../generated/Event';
import type { Execution } from '../../generated/Execution';
import type { ReplayResult } from '../../generated/ReplayResult';
import type { TriggerId } from '../../generated/TriggerId';
import type { Host } from '../../host/host';
import { apiError } from '../../host/host';

export class TestRun {
  readonly #host: Host;
  sending = $state(false);
  error = $state<ApiError>();
  result = $state.raw<ReplayResult | undefined>();
  executions = $state.raw<Execution[]>([]);

  constructor(host: Host) {
    this.#host = host;
  }

  /** Sends the delivery again, or, when there is none, a shipped sample that fits the trigger. */
  async send(trigger: TriggerId, sample: DeliveryId | undefined, outside: boolean): Promise<void> {
    if (this.sending) return;
    this.sending = true;
    this.error = undefined;
    this.executions = [];
    try {
      this.result = sample ? await this.#replay(trigger, sample, outside) : await this.#ship(trigger, outside);
      await this.#loadExecutions();
    } catch (error) {
      this.result = undefined;
      this.error = apiError(error);
    } finally {
      this.sending = false;
    }
  }

  async #replay(trigger: TriggerId, sample: DeliveryId, outside: boolean): Promise<ReplayResult | undefined> {
    const sent = await this.#host.call('replay_send', {
      delivery_id: sample,
      target: { trigger },
      signing: 'target',
      new_event_id: true,
      outside_effects: outside,
    });
    return sent.results[0];
  }

  #ship(trigger: TriggerId, outside: boolean): Promise<ReplayResult> {
    return this.#host.call('send_test', { trigger_id: trigger, outside_effects: outside });
  }

  async #loadExecutions(): Promise<void> {
    const delivery = this.result?.delivery?.id;
    if (!delivery) return;
    this.executions = (await this.#host.call('executions_list', { delivery })).items.toReversed();
  }

  /** Follows the executions of this test. */
  apply(event: Event): void {
    const delivery = this.result?.delivery?.id;
    if (!delivery || typeof event !== 'object' || !('execution' in event)) return;
    const changed = event.execution;
    if (changed.delivery_id !== delivery) return;
    const others = this.executions.filter((execution) => execution.id !== changed.id);
    this.executions = [...others, changed].toSorted((one, other) => one.position - other.position);
  }

  /** Puts the result away. */
  dismiss = (): void => {
    this.result = undefined;
    this.error = undefined;
    this.executions = [];
  };
}
