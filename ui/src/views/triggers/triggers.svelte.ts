/** The triggers list: rows as the core counts them, kept fresh by events. */
import type { AnswerAs } from '../../generated/AnswerAs';
import type { ApiError } from '../../generated/ApiError';
import type { Contract } from '../../generated/Contract';
import type { Delivery } from '../../generated/Delivery';
import type { Event } from '../../generated/Event';
import type { Fault } from '../../generated/Fault';
import type { RotationRadar } from '../../generated/RotationRadar';
import type { SecretId } from '../../generated/SecretId';
import type { TriggerId } from '../../generated/TriggerId';
import type { TriggerMade } from '../../generated/TriggerMade';
import type { TriggerRow } from '../../generated/TriggerRow';
import type { Host } from '../../host/host';
import { apiError } from '../../host/host';
import { creationOf, draftOf } from '../builder/draft';
import { rotate, type Rotated, type Rotating } from './rotation';

/** A secret or a token in clear, shown this one time. */
export interface Revealed extends Rotated {
  trigger: TriggerId;
  name: string;
}

/** Rest between two reloads: counts may be this late. */
const BURST_MS = 400;

export class Triggers {
  readonly #host: Host;
  #again: ReturnType<typeof setTimeout> | undefined;
  phase = $state<'loading' | 'failed' | 'ready'>('loading');
  error = $state<ApiError>();
  rows = $state.raw<TriggerRow[]>([]);
  revealed = $state.raw<Revealed>();
  /** The documented faults of the contracts that were asked for. */
  faults = $state.raw<Partial<Record<Contract, Fault[]>>>({});
  /** Who uses which secret, of triggers with an old one and of those that were asked for. */
  radars = $state.raw<Record<TriggerId, RotationRadar>>({});
  /** Triggers whose senders somebody looks at. */
  #watched = $state.raw<TriggerId[]>([]);
  /** What went wrong with one trigger, shown at its row. */
  rowErrors = $state<Record<TriggerId, ApiError>>({});

  constructor(host: Host) {
    this.#host = host;
  }

  /** Loads the list anew. */
  async load(): Promise<void> {
    try {
      this.rows = await this.#host.call('triggers_list', {});
      void this.#loadRadars();
      for (const row of this.rows) if (row.answer_as) void this.needFaults(row.trigger.contract);
      this.phase = 'ready';
      this.error = undefined;
    } catch (error) {
      this.error = apiError(error);
      this.phase = 'failed';
    }
  }

  /** The list's counts and the radars are younger than each other by one answer at most. */
  async #loadRadars(): Promise<void> {
    const old = ({ secrets }: TriggerRow) => secrets.some(({ expires_at }) => expires_at !== null);
    const wanted = this.rows.filter((row) => old(row) || this.#watched.includes(row.trigger.id));
    const load = ({ trigger: { id } }: TriggerRow) =>
      this.#host.call('trigger_senders', { id }).then(
        (radar): [TriggerId, RotationRadar][] => [[id, radar]],
        () => [],
      );
    this.radars = Object.fromEntries((await Promise.all(wanted.map(load))).flat());
  }

  /** Shows who uses which secret of a trigger, or shows it no longer. */
  async watch(row: TriggerRow): Promise<void> {
    const { id } = row.trigger;
    const others = this.#watched.filter((other) => other !== id);
    this.#watched = others.length < this.#watched.length ? others : [...others, id];
    await this.#loadRadars();
  }

  /** Whether somebody asked for it: the radar is shown then, whatever it says. */
  watches(id: TriggerId): boolean {
    return this.#watched.includes(id);
  }

  /** Sets the end of an old secret, in hours from now; 0: it ends now. */
  async grace(row: TriggerRow, secret: SecretId, hours: number): Promise<void> {
    const { id } = row.trigger;
    const radar = await this.#host.call('trigger_grace', { id, secret_id: secret, hours });
    this.radars = { ...this.radars, [id]: radar };
  }

  /** Counts change with every delivery: the list is small, so it is asked for again, once for a burst of events. */
  apply(event: Event): void {
    if (event === 'status') return;
    const concerns = 'trigger' in event || 'lagged' in event || 'deliveries' in event || 'execution' in event;
    if (!concerns || this.#again !== undefined) return;
    this.#again = setTimeout(() => {
      this.#again = undefined;
      void this.load();
    }, BURST_MS);
  }

  /** Stops what is under way. */
  close(): void {
    clearTimeout(this.#again);
  }

  /** Sends a shipped sample to a trigger; gives the delivery that came of it. */
  send(row: TriggerRow): Promise<Delivery | undefined> {
    return this.#at(row, async () => {
      const sent = await this.#host.call('send_test', { trigger_id: row.trigger.id });
      if (!sent.delivery) throw { code: 'upstream', message: sent.error ?? 'no answer came' } satisfies ApiError;
      return sent.delivery;
    });
  }

  /** Switches a trigger on or off. */
  toggle(row: TriggerRow): Promise<void> {
    return this.#at(row, async () => {
      const change = { enabled: !row.trigger.enabled };
      this.#replace(await this.#host.call('trigger_update', { id: row.trigger.id, change }));
    });
  }

  /** Loads the faults of a contract, once: a banner names them, the dialog offers them. */
  async needFaults(contract: Contract): Promise<void> {
    if (this.faults[contract]) return;
    const found = await this.#host.call('faults_list', { contract }).catch(() => undefined);
    if (found) this.faults = { ...this.faults, [contract]: found };
  }

  /** Answers a fault in place of the trigger's work; without one it works again. Gives what was wrong with the choice. */
  async answerAs(row: TriggerRow, asked?: AnswerAs): Promise<ApiError | undefined> {
    try {
      this.#replace(await this.#host.call('trigger_answer_as', { id: row.trigger.id, answer_as: asked }));
      return undefined;
    } catch (error) {
      return apiError(error);
    }
  }

  /** Waits for the request that brings the key of a trigger, or waits no longer. */
  async learn(row: TriggerRow, wait: boolean): Promise<void> {
    this.#replace(await this.#host.call('trigger_learn', { id: row.trigger.id, wait }));
  }

  /** The key that was learnt, this one time. */
  async showLearnt(row: TriggerRow): Promise<string> {
    const { secret } = await this.#host.call('trigger_learnt_key', { id: row.trigger.id });
    return secret;
  }

  /** Makes a copy, switched off, with a secret of its own. */
  duplicate(row: TriggerRow): Promise<TriggerMade | undefined> {
    return this.#at(row, async () => {
      const draft = { ...draftOf(row.trigger), name: this.#copyName(row.trigger.name), enabled: false };
      const made = await this.#host.call(
        'trigger_create',
        creationOf({ ...draft, slug: undefined, make_secret: this.#mayHaveSecret(row) || undefined }),
      );
      const [secret, token] = [made.secret ?? undefined, made.token ?? undefined];
      if (secret || token) this.revealed = { trigger: made.row.trigger.id, name: draft.name, secret, token };
      await this.load();
      return made;
    });
  }

  /** Makes a new secret or token; the old one works on for `graceHours`, where the contract has a grace. */
  rotate(rotating: Rotating, graceHours: number): Promise<Rotated | undefined> {
    const { id, name } = rotating.row.trigger;
    return this.#at(rotating.row, async () => {
      const rotated = await rotate(this.#host, rotating, graceHours);
      this.revealed = { trigger: id, name, ...rotated };
      await this.load();
      return rotated;
    });
  }

  /** Deletes a trigger. What it received stays in the inbox. */
  remove(row: TriggerRow): Promise<boolean | undefined> {
    return this.#at(row, async () => {
      await this.#host.call('trigger_delete', { id: row.trigger.id });
      this.rows = this.rows.filter((other) => other.trigger.id !== row.trigger.id);
      return true;
    });
  }

  /** Brings back what was just deleted, with its secrets; what stands in the way, where something does. */
  async restore(row: TriggerRow): Promise<ApiError | undefined> {
    try {
      await this.#host.call('trigger_restore', { id: row.trigger.id });
      await this.load();
      return undefined;
    } catch (error) {
      return apiError(error);
    }
  }

  /** The secret was seen: it is not kept here any longer. */
  dismissSecret = (): void => {
    this.revealed = undefined;
  };

  /** An error of one row stays at that row. */
  async #at<T>(row: TriggerRow, work: () => Promise<T>): Promise<T | undefined> {
    delete this.rowErrors[row.trigger.id];
    try {
      return await work();
    } catch (error) {
      this.rowErrors[row.trigger.id] = apiError(error);
      return undefined;
    }
  }

  #replace(row: TriggerRow): void {
    this.rows = this.rows.map((other) => (other.trigger.id === row.trigger.id ? row : other));
  }

  /** A contract that goes without a secret makes one for the copy where the original has one. */
  #mayHaveSecret({ trigger, secrets }: TriggerRow): boolean {
    return (trigger.contract === 'octipus' || trigger.contract === 'promptrails') && secrets.length > 0;
  }

  #copyName(name: string): string {
    const taken = new Set(this.rows.map((row) => row.trigger.name));
    for (let n = 1; ; n += 1) {
      const copy = n === 1 ? `${name} copy` : `${name} copy ${n}`;
      if (!taken.has(copy)) return copy;
    }
  }
}
