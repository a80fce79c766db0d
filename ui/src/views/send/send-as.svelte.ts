/** "Send as…": a shipped sample of any sender, edited at will, to a trigger, the test address or any URL. */
import type { ApiError } from '../../generated/ApiError';
import type { Broken } from '../../generated/Broken';
import type { ReplayDraft } from '../../generated/ReplayDraft';
import type { ReplayResult } from '../../generated/ReplayResult';
import type { SampleContents } from '../../generated/SampleContents';
import type { SampleInfo } from '../../generated/SampleInfo';
import type { TriggerRow } from '../../generated/TriggerRow';
import { apiError, type Host } from '../../host/host';
import type { HeaderRow } from '../replay/composer.svelte';

/** The built-in test address, which checks GitHub's signature. */
export const TEST = 'test';
/** An address that is typed. */
export const ELSEWHERE = 'url';
const TEST_SCHEME = 'github';

export class SendAs {
  readonly #host: Host;
  samples = $state.raw<SampleInfo[]>([]);
  triggers = $state.raw<TriggerRow[]>([]);
  loadError = $state.raw<ApiError>();
  /** What is looked for among all senders' samples. */
  query = $state('');
  contents = $state.raw<SampleContents>();
  body = $state('');
  headers = $state<HeaderRow[]>([]);
  /** A trigger's id, `TEST` or `ELSEWHERE`. */
  target = $state(TEST);
  url = $state('');
  secret = $state('');
  broken = $state<Broken | 'no'>('no');
  sending = $state(false);
  making = $state(false);
  error = $state.raw<ApiError>();
  results = $state.raw<ReplayResult[]>([]);

  constructor(host: Host) {
    this.#host = host;
  }

  readonly info: SampleInfo | undefined = $derived(this.contents?.info);

  /** The samples of the chosen sender; with something to look for, those of all senders that hold every word of it. */
  readonly shown: SampleInfo[] = $derived.by(() => {
    const words = this.query.toLowerCase().split(/\s+/).filter(Boolean);
    if (words.length === 0) return this.samples.filter((sample) => sample.sender === this.info?.sender);
    const holds = ({ key, sender, event, about }: SampleInfo) => {
      const text = `${key} ${sender} ${event} ${about}`.toLowerCase();
      return words.every((word) => text.includes(word));
    };
    return this.samples.filter(holds);
  });

  /** The scheme that is checked where it goes; nothing: unknown. */
  readonly checked: string | undefined = $derived.by(() => {
    if (this.target === TEST) return TEST_SCHEME;
    return this.triggers.find((row) => row.trigger.id === this.target)?.trigger.scheme;
  });

  /** It goes to somebody who checks another sender's signature: its name. */
  readonly foreign: string | undefined = $derived.by(() => {
    if (!this.info || this.checked === undefined || this.#fits(this.checked)) return undefined;
    return this.checked;
  });

  readonly edited: boolean = $derived.by(() => {
    const [now, then] = [this.headers, this.contents?.headers ?? []];
    return now.length !== then.length || now.some((row, n) => row.name !== then[n]?.[0] || row.value !== then[n]?.[1]);
  });

  #fits(scheme: string): boolean {
    return this.info?.scheme === scheme || (this.info?.also.includes(scheme) ?? false);
  }

  /** Loads what there is to choose, and the sample with that key, for a trigger where one is given. */
  async load(key: string, trigger?: string): Promise<void> {
    try {
      [this.samples, this.triggers] = await Promise.all([
        this.#host.call('samples_list', {}),
        this.#host.call('triggers_list', {}),
      ]);
      const scheme = this.triggers.find((row) => row.trigger.id === trigger)?.trigger.scheme;
      const own =
        scheme && this.samples.find((one) => !one.asks && (one.scheme === scheme || one.also.includes(scheme)));
      const known = this.samples.find((one) => one.key === key);
      const last = known && (!scheme || known.scheme === scheme || known.also.includes(scheme)) ? known.key : undefined;
      await this.choose(last ?? (own || known || this.samples[0])?.key ?? key);
      if (trigger) this.target = trigger;
      this.loadError = undefined;
    } catch (thrown) {
      this.loadError = apiError(thrown);
    }
  }

  /** Takes a sample, and the trigger that checks its sender where there is one. */
  async choose(key: string): Promise<void> {
    this.error = undefined;
    try {
      const contents = await this.#host.call('sample_get', { key });
      this.contents = contents;
      this.body = contents.body;
      this.resetHeaders();
    } catch (thrown) {
      this.error = apiError(thrown);
      return;
    }
    if (this.target === ELSEWHERE || (this.checked !== undefined && this.#fits(this.checked))) return;
    const fitting = this.triggers.find((row) => row.trigger.enabled && this.#fits(row.trigger.scheme));
    this.target = fitting?.trigger.id ?? TEST;
  }

  /** Takes another sender: its first sample. */
  async chooseSender(sender: string): Promise<void> {
    const first = this.samples.find((sample) => sample.sender === sender);
    if (first) await this.choose(first.key);
  }

  resetHeaders(): void {
    this.headers = (this.contents?.headers ?? []).map(([name, value]) => ({ name, value }));
  }

  /** Makes a trigger that checks the sender's signature, and aims at it. */
  async makeTrigger(): Promise<void> {
    if (!this.info || this.making) return;
    this.making = true;
    this.error = undefined;
    try {
      const made = await this.#host.call('trigger_create', { name: this.info.sender, scheme: this.info.scheme });
      this.triggers = [...this.triggers, made.row];
      this.target = made.row.trigger.id;
    } catch (thrown) {
      this.error = apiError(thrown);
    }
    this.making = false;
  }

  #draft(): ReplayDraft | undefined {
    const contents = this.contents;
    if (!contents) return undefined;
    const elsewhere = this.target === ELSEWHERE;
    const signed = { with: { scheme: contents.info.scheme, secret: this.secret } };
    const target = elsewhere ? { url: this.url } : { trigger: this.target === TEST ? 'trg_test' : this.target };
    return {
      sample: contents.info.key,
      target,
      headers: this.edited
        ? this.headers.filter((row) => row.name.trim()).map((row) => [row.name.trim(), row.value])
        : undefined,
      body: this.body === contents.body ? undefined : this.body,
      signing: !elsewhere ? 'target' : this.secret ? signed : 'unsigned',
      new_event_id: true,
      broken: this.broken === 'no' ? undefined : this.broken,
    };
  }

  async send(): Promise<void> {
    const draft = this.#draft();
    if (!draft || this.sending) return;
    this.sending = true;
    this.error = undefined;
    try {
      const sent = await this.#host.call('replay_send', draft);
      this.results = [...sent.results, ...this.results];
    } catch (thrown) {
      this.error = apiError(thrown);
    }
    this.sending = false;
  }
}
