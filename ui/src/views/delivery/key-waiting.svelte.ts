/** The wait for a sender's key at the trigger that a delivery reached. */
import type { Delivery } from '../../generated/Delivery';
import type { SchemeInfo } from '../../generated/SchemeInfo';
import type { TriggerRow } from '../../generated/TriggerRow';
import type { Host } from '../../host/host';

export class KeyWaiting {
  readonly #host: Host;
  row = $state.raw<TriggerRow>();
  scheme = $state.raw<SchemeInfo>();
  readonly learns = $derived(this.scheme?.learns === true);

  constructor(host: Host) {
    this.#host = host;
  }

  /** Looks how it stands, where the delivery is about a handshake; a trigger that is gone waits for nothing. */
  async follow({ reason_code, endpoint }: Delivery): Promise<void> {
    if ((reason_code !== 'handshake' && reason_code !== 'handshake_refused') || !endpoint) return;
    const [row, schemes] = await Promise.all([
      this.#host.call('trigger_get', { id: endpoint }).catch(() => undefined),
      this.#host.call('schemes_list', {}).catch(() => []),
    ]);
    this.row = row;
    this.scheme = schemes.find(({ key }) => key === row?.trigger.scheme);
  }

  async learn(wait: boolean): Promise<void> {
    if (this.row) this.row = await this.#host.call('trigger_learn', { id: this.row.trigger.id, wait });
  }

  /** The key that was learnt, this one time. */
  async show(): Promise<string> {
    const { secret } = await this.#host.call('trigger_learnt_key', { id: this.row?.trigger.id ?? '' });
    return secret;
  }
}
