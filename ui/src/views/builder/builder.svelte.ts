/** The builder's state: a draft, its sample, what the core says about the two, and saving. */
import type { ApiError } from '../../generated/ApiError';
import type { Backtest } from '../../generated/Backtest';
import type { SchemeSuggested } from '../../generated/SchemeSuggested';
import type { Delivery } from '../../generated/Delivery';
import type { DeliveryId } from '../../generated/DeliveryId';
import type { Event } from '../../generated/Event';
import type { Field } from '../../generated/Field';
import type { Preview } from '../../generated/Preview';
import type { ResourceRow } from '../../generated/ResourceRow';
import type { SampleInfo } from '../../generated/SampleInfo';
import type { TriggerDraft } from '../../generated/TriggerDraft';
import type { TriggerId } from '../../generated/TriggerId';
import type { TriggerMade } from '../../generated/TriggerMade';
import type { TriggerRow } from '../../generated/TriggerRow';
import type { Host } from '../../host/host';
import { apiError } from '../../host/host';
import { loadChoices } from '../../builder/choices';
import { NO_CHOICES, type Choices } from '../../builder/form-props';
import { makeAgent } from '../../builder/new-agent';
import { changeOf, creationOf, draftOf, emptyDraft, wholeDraft, type WholeDraft } from './draft';
import { Latest } from './latest';
import { manifestOf } from './orloj';
import { importedDraft } from './recipes';
import { saveWebhook } from './save-orloj';

/** Quiet before a preview: shorter than a pause in typing is felt, longer than the gap between two keys. */
const PREVIEW_WAIT_MS = 120;

/** The back-test reads many deliveries: it waits until typing has stopped. */
const BACKTEST_WAIT_MS = 350;

/** Deliveries that the back-test goes over. */
export const BACKTEST_ROWS = 20;

/** Orloj's resources that a menu offers, newest first: nobody looks through more. */
const OFFERED = 100;

/** Deliveries that the sample menu offers. */
const RECENT = 30;

/** Which builder is wanted: a new trigger, one from a delivery or from what was imported, or an existing one. */
export type Opening = { from?: DeliveryId; draft?: TriggerDraft } | { id: TriggerId };

/** A draft that waits while something that it needs is made. */
export interface ParkedDraft {
  draft: WholeDraft;
  sample?: Delivery;
}

/** What a trigger took or would have taken, under a signature that fits. */
function genuine({ outcome }: Delivery): boolean {
  return outcome === 'accepted' || outcome === 'filtered' || outcome === 'duplicate';
}

export class Builder {
  readonly #host: Host;
  readonly #preview = new Latest<Preview>(PREVIEW_WAIT_MS);
  readonly #backtest = new Latest<Backtest>(BACKTEST_WAIT_MS);

  phase = $state.raw<'loading' | 'failed' | 'ready'>('loading');
  loadError = $state.raw<ApiError>();
  draft = $state.raw<WholeDraft>(emptyDraft(''));
  row = $state.raw<TriggerRow>();
  why = $state.raw('');

  /** What the forms of its actions offer. */
  choices = $state.raw<Choices>(NO_CHOICES);
  /** Orloj's template tasks and Secrets, to choose from. */
  tasks = $state.raw<ResourceRow[]>([]);
  keys = $state.raw<ResourceRow[]>([]);
  shipped = $state.raw<SampleInfo[]>([]);
  recent = $state.raw<Delivery[]>([]);

  sample = $state.raw<Delivery>();
  /** The scheme that the sample seems to be signed with. */
  suggested = $state.raw<SchemeSuggested>();
  fields = $state.raw<Field[]>([]);
  preview = $state.raw<Preview>();
  previewError = $state.raw<ApiError>();
  backtest = $state.raw<Backtest>();
  backtestError = $state.raw<ApiError>();

  saving = $state.raw(false);
  saveError = $state.raw<ApiError>();
  made = $state.raw<TriggerMade>();

  #saved = $state.raw('');
  readonly dirty = $derived(this.phase === 'ready' && JSON.stringify(this.draft) !== this.#saved);
  readonly id = $derived(this.row?.trigger.id);

  constructor(host: Host) {
    this.#host = host;
  }

  /** Loads what the opening asks for. Nothing is saved by it, except that a delivery to start from is pinned. */
  async open(opening: Opening, parked?: ParkedDraft): Promise<void> {
    this.phase = 'loading';
    try {
      await this.#loadChoices();
      if ('id' in opening) await this.#openTrigger(opening.id);
      else if (opening.from) await this.#openDelivery(opening.from);
      else if (opening.draft) this.#openDraft(opening.draft);
      else this.#start(emptyDraft(this.choices.lists[0]?.id ?? ''));
      if (parked) await this.#goOn(parked);
      this.phase = 'ready';
      await this.#loadSamples();
    } catch (error) {
      this.loadError = apiError(error);
      this.phase = 'failed';
    }
  }

  /** Without the shipped samples a trigger can be built as well. */
  async #loadChoices(): Promise<void> {
    const shipped = this.#host.call('samples_list', {}).catch(() => []);
    await this.#loadTargets();
    this.shipped = await shipped;
  }

  /** What actions act on, and Orloj's resources: only its contract asks for one. */
  async #loadTargets(): Promise<void> {
    const none = { items: [] };
    const resources = (kind: 'Task' | 'Secret', mode?: 'template') =>
      this.#host.call('resources_list', { kind, mode, limit: OFFERED }).catch(() => none);
    const [choices, tasks, keys] = await Promise.all([
      loadChoices(this.#host),
      resources('Task', 'template'),
      resources('Secret'),
    ]);
    Object.assign(this, { choices, tasks: tasks.items, keys: keys.items });
  }

  async #openTrigger(id: TriggerId): Promise<void> {
    this.row = await this.#host.call('trigger_get', { id });
    this.#start(draftOf(this.row.trigger));
  }

  async #openDelivery(from: DeliveryId): Promise<void> {
    const drafted = await this.#host.call('trigger_draft', { delivery_id: from });
    this.why = drafted.why;
    this.#start(wholeDraft(drafted.draft, this.choices.lists[0]?.id ?? ''));
    await this.useSample((await this.#host.call('delivery_get', { id: drafted.sample })).delivery);
  }

  /** What was imported is not saved yet: leaving asks. A recipe fills in what it leaves out. */
  #openDraft(draft: TriggerDraft): void {
    const list = this.choices.lists[0]?.id ?? '';
    this.#start(emptyDraft(list));
    this.draft = importedDraft(draft, list);
  }

  /** As it was left to make something else. */
  async #goOn({ draft, sample }: ParkedDraft): Promise<void> {
    this.draft = draft;
    if (sample) await this.useSample(sample);
  }

  /** What is needed to go on later. */
  parked(): ParkedDraft {
    return { draft: this.draft, sample: this.sample };
  }

  /** Waits for the request that brings the key, or waits no longer. */
  async learn(wait: boolean): Promise<void> {
    if (this.id) this.row = await this.#host.call('trigger_learn', { id: this.id, wait });
  }

  /** The key that was learnt, this one time. */
  async showLearnt(): Promise<string> {
    const { secret } = await this.#host.call('trigger_learnt_key', { id: this.id ?? '' });
    return secret;
  }

  /** The trigger may have learnt its key, or lost it elsewhere; the draft stays as it is. */
  apply(event: Event): void {
    const id = this.id;
    if (event === 'status' || !('trigger' in event) || !id || event.trigger !== id) return;
    this.#host.call('trigger_get', { id }).then(
      (row) => (this.row = row),
      () => {},
    );
  }

  /** Lets a command run for this trigger, letter by letter. */
  async approve(command: string): Promise<void> {
    if (!this.id) return;
    try {
      await this.#host.call('approval_give', { trigger_id: this.id, command });
      this.refresh();
    } catch (error) {
      this.saveError = apiError(error);
    }
  }

  #start(draft: WholeDraft): void {
    this.draft = draft;
    this.#saved = JSON.stringify(this.draft);
  }

  /** Deliveries at the trigger's own address first; a new trigger gets the newest of all. */
  async #loadSamples(): Promise<void> {
    const found = await this.#host.call('deliveries_list', { limit: RECENT, q: this.id ? `trigger:${this.id}` : '' });
    const others = found.page.items.length > 0 ? found : await this.#host.call('deliveries_list', { limit: RECENT });
    const pinned = await this.#host.call('deliveries_list', { limit: RECENT, q: 'is:pinned' });
    const seen = new Map([...pinned.page.items, ...others.page.items].map((delivery) => [delivery.id, delivery]));
    this.recent = [...seen.values()];
    if (!this.sample && this.id) {
      // A genuine one shows more than what was refused.
      const first = found.page.items.find(genuine) ?? found.page.items[0] ?? this.recent[0];
      if (first) await this.useSample(first);
    }
  }

  /** Takes a delivery as the sample; its fields are loaded, preview and back-test follow. */
  async useSample(delivery: Delivery): Promise<void> {
    this.sample = delivery;
    this.fields = [];
    void this.#suggest(delivery.id);
    try {
      this.fields = (await this.#host.call('fields', { delivery_id: delivery.id })).items;
      this.refresh();
    } catch (error) {
      this.previewError = apiError(error);
    }
  }

  /** Without a suggestion the schemes can be chosen as well. */
  async #suggest(id: DeliveryId): Promise<void> {
    const suggested = await this.#host.call('scheme_suggest', { delivery_id: id }).catch(() => undefined);
    if (this.sample?.id === id) this.suggested = suggested;
  }

  /** Sends a shipped sample to the test address, so that it becomes a delivery, and takes that. */
  async useShipped(key: string): Promise<void> {
    const sent = await this.#host.call('send_test', { sample: key });
    if (!sent.delivery) throw { code: 'upstream', message: sent.error ?? 'the sample did not arrive' } as ApiError;
    this.recent = [sent.delivery, ...this.recent];
    await this.useSample(sent.delivery);
  }

  /** Asks for preview and back-test of the draft as it stands. Call after every change of it. */
  refresh(): void {
    const sample = this.sample?.id;
    if (!sample) return;
    const query = { trigger_id: this.id, draft: this.#asked(), delivery_id: sample };
    this.#preview.ask(
      () => this.#host.call('preview', query),
      (preview) => Object.assign(this, { preview, previewError: undefined }),
      (error) => (this.previewError = apiError(error)),
    );
    this.#backtest.ask(
      () => this.#host.call('backtest', { ...query, limit: BACKTEST_ROWS }),
      (backtest) => Object.assign(this, { backtest, backtestError: undefined }),
      (error) => (this.backtestError = apiError(error)),
    );
  }

  #asked() {
    const draft = this.draft;
    return this.id ? changeOf(draft) : creationOf(draft);
  }

  /** Saves. Says whether it went well; what is wrong is in `saveError`, with the field it is about. */
  async save(): Promise<boolean> {
    if (this.saving) return false;
    this.saving = true;
    this.saveError = undefined;
    try {
      await this.#store();
      return true;
    } catch (error) {
      this.saveError = apiError(error);
      return false;
    } finally {
      this.saving = false;
    }
  }

  async #store(): Promise<void> {
    if (manifestOf(this.draft)) return this.#apply();
    await this.#makeAgent();
    const asked = this.#asked();
    if (this.id) {
      this.row = await this.#host.call('trigger_update', { id: this.id, change: asked });
    } else {
      this.made = await this.#host.call('trigger_create', asked);
      this.row = this.made.row;
    }
    this.#kept(this.row);
  }

  /** An agent that is made with its trigger is there once it is made, whatever becomes of the trigger then. */
  async #makeAgent(): Promise<void> {
    const agent = this.draft.beside?.agent;
    if (!agent) return;
    const agent_id = await makeAgent(this.#host, agent);
    const actions = this.draft.actions.map((action) =>
      'run_agent' in action ? { run_agent: { ...action.run_agent, agent_id } } : action,
    );
    this.draft = { ...this.draft, actions, beside: undefined };
    await this.#loadTargets();
  }

  /** An Orloj webhook is saved as `creel apply` saves it. */
  async #apply(): Promise<void> {
    const { row, secret } = await saveWebhook(this.#host, this.draft);
    if (secret !== null) this.made = { row, secret, token: null, warnings: [] };
    await this.#loadTargets();
    this.#kept(row);
  }

  #kept(row: TriggerRow): void {
    this.row = row;
    this.#start(draftOf(row.trigger));
    this.refresh();
  }

  /** The secret was seen, or copied: it is not kept here any longer. */
  dismissSecret = (): void => {
    this.made = undefined;
  };

  /** The user leaves without saving: what was changed counts no more. */
  discard(): void {
    this.#saved = JSON.stringify(this.draft);
  }

  /** Stops what is under way. */
  close(): void {
    this.#preview.stop();
    this.#backtest.stop();
  }
}
