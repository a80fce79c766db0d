/** A scheme that is edited, as fields and as YAML, which the core keeps in step; and tried on a captured delivery. */
import type { ApiError } from '../../generated/ApiError';
import type { Delivery } from '../../generated/Delivery';
import type { DeliveryId } from '../../generated/DeliveryId';
import type { SchemeDetail } from '../../generated/SchemeDetail';
import type { SchemeDraft } from '../../generated/SchemeDraft';
import type { SchemeRead } from '../../generated/SchemeRead';
import type { SchemeRecord } from '../../generated/SchemeRecord';
import type { SchemeTrial } from '../../generated/SchemeTrial';
import type { TriggerRow } from '../../generated/TriggerRow';
import { apiError, type Host } from '../../host/host';
import { Latest } from '../builder/latest';

/** Quiet before the core is asked, in milliseconds: typing is not interrupted by messages about half a word. */
const QUIET_MS = 180;
/** Deliveries that can be chosen to try it on. */
const DELIVERIES = 50;

/** What the form has a row for; what is wrong elsewhere is said above it. */
const IN_FORM =
  'name scheme signature algo form signed key timestamp id event words source checked agent silent encoding'.split(' ');

/** What a new scheme begins as. */
const NEW: SchemeRecord = { name: '', signature: 'header:', algo: 'hmac-sha256' };

export class SchemeEditing {
  readonly #host: Host;
  /** Of one that is there; none: a new one. */
  readonly key: string | undefined;
  record = $state.raw<SchemeRecord>(NEW);
  text = $state('');
  words = $state<string | undefined>();
  problems = $state.raw<ApiError[]>([]);
  /** The YAML cannot be read: the fields stand as they were. */
  unread = $state(false);
  warnings = $state.raw<string[]>([]);
  /** What the core refused when it was saved. */
  saveError = $state.raw<ApiError>();
  /** Which side was changed last: that one is kept. */
  #by: 'record' | 'text' = 'record';
  dirty = $state(false);
  saving = $state(false);

  deliveries = $state.raw<Delivery[]>([]);
  triggers = $state.raw<TriggerRow[]>([]);
  delivery = $state<DeliveryId>();
  /** Empty: that of the trigger which the delivery came to; `typed`; or a trigger's id. */
  secretFrom = $state('');
  secret = $state('');
  trial = $state.raw<SchemeTrial>();
  trialError = $state.raw<ApiError>();
  readonly #reading = new Latest<SchemeRead>(QUIET_MS);
  readonly #trying = new Latest<SchemeTrial>(QUIET_MS);

  constructor(host: Host, key: string | undefined) {
    this.#host = host;
    this.key = key;
  }

  /** Opens what is there, a draft from a delivery, a text that was read from a file, or a new one. */
  async open(from: { detail?: SchemeDetail; delivery?: DeliveryId; text?: string }): Promise<void> {
    const chosen = this.#loadChoices(from.delivery);
    if (from.detail) {
      this.record = from.detail.record;
      this.text = from.detail.text;
      this.words = from.detail.info.words;
      this.warnings = from.detail.warnings;
    } else if (from.text !== undefined) {
      this.changeText(from.text);
    } else if (from.delivery) {
      await this.#begin(from.delivery);
    } else {
      this.#ask();
    }
    await chosen;
    this.tryIt();
  }

  async #begin(id: DeliveryId): Promise<void> {
    try {
      this.#take(await this.#host.call('scheme_draft', { delivery_id: id }));
      this.dirty = true;
    } catch (thrown) {
      this.saveError = apiError(thrown);
    }
  }

  async #loadChoices(wanted: DeliveryId | undefined): Promise<void> {
    const [found, triggers] = await Promise.all([
      this.#host.call('deliveries_list', { limit: DELIVERIES }).catch(() => undefined),
      this.#host.call('triggers_list', {}).catch(() => []),
    ]);
    this.deliveries = found?.page.items ?? [];
    this.triggers = triggers;
    this.delivery = wanted ?? this.deliveries[0]?.id;
    // What came to no trigger was signed with a secret that Creel does not have.
    const chosen = this.deliveries.find(({ id }) => id === this.delivery);
    if (chosen?.endpoint === null) this.secretFrom = 'typed';
  }

  /** A field of the form changed. */
  set = (part: Partial<SchemeRecord>): void => {
    this.record = { ...this.record, ...part };
    this.#by = 'record';
    this.#changed();
  };

  /** The YAML changed. */
  changeText = (text: string): void => {
    this.text = text;
    this.#by = 'text';
    this.#changed();
  };

  #changed(): void {
    this.dirty = true;
    this.saveError = undefined;
    this.#ask();
    this.tryIt();
  }

  #draft(): SchemeDraft {
    return this.#by === 'text' ? { text: this.text } : { record: this.record };
  }

  #ask(): void {
    const failed = (thrown: unknown) => (this.problems = [apiError(thrown)]);
    this.#reading.ask(
      () => this.#host.call('scheme_read', this.#draft()),
      (read) => this.#take(read),
      failed,
    );
  }

  /** The side that was not changed follows the one that was. */
  #take(read: SchemeRead): void {
    if (this.#by === 'record') this.text = read.text;
    if (read.record && (this.#by === 'text' || !this.dirty)) this.record = read.record;
    this.unread = read.record === null;
    this.words = read.words ?? undefined;
    this.problems = read.problems;
    this.warnings = read.warnings;
  }

  /** Tries the draft on the chosen delivery, some time after the last change. */
  tryIt = (): void => {
    const id = this.delivery;
    if (!id) return;
    const secret = this.secretFrom === 'typed' ? this.secret || undefined : undefined;
    const from = this.secretFrom === 'typed' ? undefined : this.secretFrom || undefined;
    this.#trying.ask(
      () => this.#host.call('scheme_try', { draft: this.#draft(), delivery_id: id, secret, secret_from: from }),
      (trial) => {
        this.trial = trial;
        this.trialError = undefined;
      },
      (thrown) => (this.trialError = apiError(thrown)),
    );
  };

  /** Keeps it; its key. */
  async save(): Promise<string | undefined> {
    if (this.saving) return undefined;
    this.saving = true;
    this.saveError = undefined;
    try {
      const kept = this.key
        ? await this.#host.call('scheme_update', { key: this.key, draft: this.#draft() })
        : await this.#host.call('scheme_create', this.#draft());
      this.dirty = false;
      return kept.info.key;
    } catch (thrown) {
      this.saveError = apiError(thrown);
      return undefined;
    } finally {
      this.saving = false;
    }
  }

  /** What is wrong with a field, or with one below it. */
  wrong(field: string): string | undefined {
    // Nothing is wrong with what nobody has begun to write.
    if (!this.dirty) return undefined;
    const all = this.saveError ? [this.saveError, ...this.problems] : this.problems;
    const error = all.find((one) => one.field === field || one.field?.startsWith(`${field}.`));
    return error && (error.hint ? `${error.message}. ${error.hint}` : error.message);
  }

  /** What is wrong where the form has no row. */
  readonly elsewhere = $derived(
    [...(this.saveError ? [this.saveError] : []), ...this.problems].filter(
      ({ field }) => this.unread || !IN_FORM.includes(field?.split('.')[0] ?? ''),
    ),
  );

  close(): void {
    this.#reading.stop();
    this.#trying.stop();
  }
}
