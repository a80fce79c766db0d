/** A replay as it is being composed: the draft, its plan as the core sees it, and what came of sending it. */
import type { ApiError } from '../../generated/ApiError';
import type { Broken } from '../../generated/Broken';
import type { DeliveryDetail } from '../../generated/DeliveryDetail';
import type { ReplayDraft } from '../../generated/ReplayDraft';
import type { ReplayPlan } from '../../generated/ReplayPlan';
import type { ReplayResult } from '../../generated/ReplayResult';
import type { ReplaySent } from '../../generated/ReplaySent';
import type { SchemeInfo } from '../../generated/SchemeInfo';
import type { TriggerRow } from '../../generated/TriggerRow';
import { apiError, type Host } from '../../host/host';
import { Latest } from '../builder/latest';

/** Quiet before the plan is asked for: longer than the gap between two keys. */
const PLAN_WAIT_MS = 150;

export type TargetKind = 'original' | 'trigger' | 'url';
export type SigningKind = 'target' | 'as_received' | 'unsigned' | 'with';

export interface HeaderRow {
  name: string;
  value: string;
}

export class Composer {
  readonly #host: Host;
  readonly #detail: DeliveryDetail;
  readonly #plans = new Latest<ReplayPlan>(PLAN_WAIT_MS);

  target = $state<TargetKind>('original');
  trigger = $state('');
  url = $state('');
  method = $state('');
  headers = $state<HeaderRow[]>([]);
  /** The edited body; nothing: the bytes as received. */
  body = $state<string>();
  signing = $state<SigningKind>('target');
  scheme = $state('');
  secret = $state('');
  /** A chosen time in `datetime-local`'s words; empty: now. */
  at = $state('');
  newEventId = $state(true);
  broken = $state<Broken | 'no'>('no');
  times = $state(1);
  outside = $state(false);

  triggers = $state.raw<TriggerRow[]>([]);
  schemes = $state.raw<SchemeInfo[]>([]);
  /** Why the choices could not be loaded. */
  choicesError = $state.raw<ApiError>();

  plan = $state.raw<ReplayPlan>();
  planning = $state(false);
  /** What is wrong with the draft, from planning or from sending; `field` says where. */
  error = $state.raw<ApiError>();
  sending = $state(false);
  /** The replay that is being sent, and how far it is. */
  underWay = $state.raw<ReplaySent>();
  results = $state.raw<ReplayResult[]>([]);
  /** The last sending was stopped before its end: how many of how many were sent. */
  stopped = $state.raw<{ sent: number; of: number }>();
  /** It is asked to stop; what is on its way still comes back. */
  stopping = $state(false);

  constructor(host: Host, detail: DeliveryDetail) {
    this.#host = host;
    this.#detail = detail;
    this.method = detail.delivery.method;
    this.headers = detail.headers.map(({ name, value }) => ({ name, value }));
  }

  /** What is sent to the core. Headers and body are in it only where they were changed: the bytes stay the sender's. */
  readonly draft: ReplayDraft = $derived.by(() => ({
    delivery_id: this.#detail.delivery.id,
    target: this.#target(),
    method: this.method === this.#detail.delivery.method ? undefined : this.method,
    headers: this.headersEdited ? this.#headerList() : undefined,
    body: this.body,
    signing: this.#signing(),
    at: this.at ? Math.floor(new Date(this.at).getTime() / 1000) : undefined,
    new_event_id: this.newEventId,
    broken: this.broken === 'no' ? undefined : this.broken,
    times: this.times,
    outside_effects: this.outside,
  }));

  /** A row was added, removed or changed. */
  readonly headersEdited: boolean = $derived.by(() => {
    const [now, then] = [this.headers, this.#detail.headers];
    return (
      now.length !== then.length || now.some((row, n) => row.name !== then[n]?.name || row.value !== then[n]?.value)
    );
  });

  #target(): ReplayDraft['target'] {
    if (this.target === 'trigger') return { trigger: this.trigger };
    return this.target === 'url' ? { url: this.url } : 'original';
  }

  #signing(): ReplayDraft['signing'] {
    return this.signing === 'with' ? { with: { scheme: this.scheme, secret: this.secret } } : this.signing;
  }

  /** A row without a name is one that is still being typed. */
  #headerList(): Array<[string, string]> {
    return this.headers.filter((row) => row.name.trim()).map((row) => [row.name.trim(), row.value]);
  }

  /** Loads the triggers and schemes to choose from. */
  async load(): Promise<void> {
    try {
      [this.triggers, this.schemes] = await Promise.all([
        this.#host.call('triggers_list', {}),
        this.#host.call('schemes_list', {}),
      ]);
      this.trigger ||= this.triggers[0]?.trigger.id ?? '';
      this.scheme ||= this.schemes[0]?.key ?? '';
      this.choicesError = undefined;
    } catch (thrown) {
      this.choicesError = apiError(thrown);
    }
  }

  /** Another address was chosen and none is typed yet: there is nothing to plan, and nothing wrong. */
  readonly unaddressed: boolean = $derived(this.target === 'url' && !this.url.trim());

  /** Asks what the draft would do, once typing rests. Call after every change. */
  replan(draft: ReplayDraft): void {
    if (this.unaddressed) {
      this.#plans.stop();
      Object.assign(this, { plan: undefined, planning: false, error: undefined });
      return;
    }
    this.planning = true;
    this.#plans.ask(
      () => this.#host.call('replay_plan', draft),
      (plan) => Object.assign(this, { plan, planning: false, error: undefined }),
      (thrown) => Object.assign(this, { plan: undefined, planning: false, error: apiError(thrown) }),
    );
  }

  /** Sends the draft as it stands, and follows it to its end: each result appears as it comes back. */
  async send(): Promise<void> {
    if (this.sending) return;
    this.sending = true;
    this.stopped = undefined;
    const before = this.results;
    try {
      const draft = $state.snapshot(this.draft) as ReplayDraft;
      let sent = await this.#host.call('replay_send', { ...draft, in_background: true });
      this.#show(sent, before);
      this.error = undefined;
      while (!sent.ended) {
        sent = await this.#host.call('replay_progress', { id: sent.id, seen: sent.results.length });
        this.#show(sent, before);
      }
      if (sent.results.length < sent.times) this.stopped = { sent: sent.results.length, of: sent.times };
    } catch (thrown) {
      this.error = apiError(thrown);
    } finally {
      this.sending = false;
      this.stopping = false;
      this.underWay = undefined;
    }
  }

  #show(sent: ReplaySent, before: ReplayResult[]): void {
    this.underWay = sent;
    this.results = [...sent.results.toReversed(), ...before];
  }

  /** Sends no more of what is being sent; what came back stays. */
  async stop(): Promise<void> {
    const id = this.underWay?.id;
    if (!id) return;
    this.stopping = true;
    try {
      await this.#host.call('replay_stop', { id });
    } catch (thrown) {
      this.stopping = false;
      this.error = apiError(thrown);
    }
  }

  /** What is wrong with one field, in words; `signing` also means what lies under it. */
  errorAt(field: string): string | undefined {
    const at = this.error?.field;
    if (!this.error || at === undefined || (at !== field && !at.startsWith(`${field}.`))) return undefined;
    return this.error.hint ? `${this.error.message}. ${this.error.hint}` : this.error.message;
  }

  /** The plan that is still being asked for is wanted no more. */
  close(): void {
    this.#plans.stop();
  }
}
