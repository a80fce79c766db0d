/** One sender set up by hand: its trigger, the secret, and whether what it sends arrives and verifies. */
import type { ApiError } from '../../../generated/ApiError';
import type { Delivery } from '../../../generated/Delivery';
import type { Event } from '../../../generated/Event';
import type { SchemeInfo } from '../../../generated/SchemeInfo';
import type { TriggerId } from '../../../generated/TriggerId';
import type { TriggerRow } from '../../../generated/TriggerRow';
import { newAction } from '../../../builder/new-action';
import type { Host } from '../../../host/host';
import { apiError } from '../../../host/host';
import type { Sender } from './senders';

/** What is under way, and where its error belongs. */
export type Doing = 'load' | 'make' | 'secret' | 'send';

/** Deliveries of the trigger that are looked at when a card opens. */
const LOOKED_AT = 50;

const proven = ({ signature }: Delivery) => signature === 'valid' || signature === 'previous';

export class Setup {
  readonly #host: Host;
  readonly sender: Sender;
  /** Every trigger, for names that nobody has yet; and those of this sender, the newest first. */
  #all = $state.raw<TriggerRow[]>([]);
  schemes = $state.raw<SchemeInfo[]>([]);
  scheme = $state('');
  task = $state(true);
  chosen = $state<TriggerId>();
  doing = $state<Doing>();
  failed = $state.raw<{ at: Doing; error: ApiError }>();
  /** The secret in clear, this one time. */
  revealed = $state<string>();
  /** The sender's own secret was pasted in this sitting. */
  pasted = $state(false);
  /** The sender's newest delivery that proved itself, the newest that did not, and the newest test from here. */
  verified = $state.raw<Delivery>();
  refused = $state.raw<Delivery>();
  tested = $state.raw<Delivery>();

  readonly rows = $derived(
    this.#all
      .filter(({ trigger }) => trigger.contract === 'creel' && this.#isMine(trigger))
      .toSorted((one, other) => other.trigger.created_at - one.trigger.created_at),
  );
  readonly row = $derived(this.rows.find(({ trigger }) => trigger.id === this.chosen));
  /** The newest delivery that arrived from the sender, proven or not. */
  readonly arrived = $derived(
    [this.verified, this.refused].filter((one) => one !== undefined).toSorted((one, other) => other.seq - one.seq)[0],
  );

  constructor(host: Host, sender: Sender) {
    this.#host = host;
    this.sender = sender;
    this.scheme = sender.schemes[0] ?? 'hmac-generic';
  }

  /** A sender without schemes of its own is told by the name that its triggers begin with. */
  #isMine({ scheme, name }: TriggerRow['trigger']): boolean {
    return this.sender.schemes.length > 0 ? this.sender.schemes.includes(scheme) : name.startsWith(this.sender.name);
  }

  async load(): Promise<void> {
    await this.#do('load', async () => {
      [this.#all, this.schemes] = await Promise.all([
        this.#host.call('triggers_list', {}),
        this.#host.call('schemes_list', {}),
      ]);
      if (!this.row) await this.choose(this.rows[0]?.trigger.id);
    });
  }

  /** Looks at one of the sender's triggers; none: another is to be made. */
  async choose(id: TriggerId | undefined): Promise<void> {
    this.chosen = id;
    this.verified = this.refused = this.tested = undefined;
    this.revealed = undefined;
    this.pasted = false;
    if (!id) return;
    const { page } = await this.#host.call('deliveries_list', { q: `trigger:${id}`, limit: LOOKED_AT });
    if (this.chosen === id) page.items.toReversed().forEach((delivery) => this.#see(delivery));
  }

  /** Follows what arrives, and triggers that change elsewhere. */
  apply(event: Event): void {
    if (event === 'status') return;
    if ('deliveries' in event)
      event.deliveries.toSorted((one, other) => one.seq - other.seq).forEach((one) => this.#see(one));
    if ('trigger' in event || 'lagged' in event) void this.load();
  }

  #see(delivery: Delivery): void {
    if (!this.chosen || delivery.endpoint !== this.chosen || delivery.id === this.tested?.id) return;
    if (proven(delivery) || (delivery.signature === 'unsigned' && delivery.outcome === 'accepted'))
      this.verified = delivery;
    else if (delivery.outcome === 'rejected') this.refused = delivery;
  }

  /** `Stripe`, `Stripe 2`: a name that no trigger has. */
  #freeName(): string {
    const taken = new Set(this.#all.map(({ trigger }) => trigger.name));
    const { name } = this.sender;
    for (let n = 1; ; n += 1) {
      const candidate = n === 1 ? name : `${name} ${n}`;
      if (!taken.has(candidate)) return candidate;
    }
  }

  /** Makes the trigger, with a secret of its own. */
  async make(): Promise<void> {
    await this.#do('make', async () => {
      const [list] = this.task ? await this.#host.call('lists_list', {}) : [];
      const action = list && newAction('create_task', list.id);
      if (action && 'create_task' in action) action.create_task.title = `{{event}} from ${this.sender.name}`;
      const made = await this.#host.call('trigger_create', {
        name: this.#freeName(),
        scheme: this.scheme,
        actions: action ? [action] : [],
      });
      await this.load();
      await this.choose(made.row.trigger.id);
      if (this.sender.secret === 'made') this.revealed = made.secret ?? undefined;
    });
  }

  /** Keeps the secret that the sender shows, in place of the one that the trigger has; it holds from now on. */
  async paste(secret: string): Promise<boolean> {
    return this.#rotate(secret.trim());
  }

  /** Another secret in place of one that is lost. */
  async renew(): Promise<void> {
    await this.#rotate();
  }

  async #rotate(secret?: string): Promise<boolean> {
    const id = this.chosen;
    if (!id) return false;
    return this.#do('secret', async () => {
      const given = secret === undefined ? {} : { secret };
      const rotated = await this.#host.call('trigger_rotate_secret', { id, ...given, grace_hours: 0 });
      this.pasted = secret !== undefined;
      this.revealed = secret === undefined ? rotated.secret : undefined;
      await this.load();
    });
  }

  /** A shipped sample, signed, through the same door; it is no delivery of the sender's. */
  async test(): Promise<void> {
    const id = this.chosen;
    if (!id) return;
    await this.#do('send', async () => {
      const before = this.verified;
      const { delivery, error } = await this.#host.call('send_test', { trigger_id: id });
      if (!delivery) throw { code: 'upstream', message: error ?? 'no answer came' } satisfies ApiError;
      this.tested = delivery;
      // Its event may have come before the answer.
      if (this.verified?.id === delivery.id) this.verified = before;
      if (this.refused?.id === delivery.id) this.refused = undefined;
    });
  }

  async #do(at: Doing, act: () => Promise<void>): Promise<boolean> {
    this.doing = at;
    if (this.failed?.at === at) this.failed = undefined;
    try {
      await act();
      return true;
    } catch (error) {
      this.failed = { at, error: apiError(error) };
      return false;
    } finally {
      if (this.doing === at) this.doing = undefined;
    }
  }
}
