/** Pipelines and their instances. */
import type { Field } from '../../generated/Field';
import type { Event } from '../../generated/Event';
import type { Pipeline } from '../../generated/Pipeline';
import type { PipelineDraft } from '../../generated/PipelineDraft';
import type { PipelineId } from '../../generated/PipelineId';
import type { PipelineInstance } from '../../generated/PipelineInstance';
import type { PipelineInstanceId } from '../../generated/PipelineInstanceId';
import { loadChoices } from '../../builder/choices';
import { NO_CHOICES, type Choices } from '../../builder/form-props';
import type { Host } from '../../host/host';
import { apiError } from '../../host/host';
import { Changes } from './changes.svelte';
import { Pages } from './pages.svelte';

export class Pipelines extends Changes {
  readonly #host: Host;
  all = $state.raw<Pipeline[]>([]);
  /** The one whose instances are shown; none: those of all. */
  only = $state<PipelineId>();
  readonly instances: Pages<PipelineInstance>;
  /** What steps can act on. */
  choices = $state.raw<Choices>(NO_CHOICES);
  /** Fields that templates of steps can name, of the newest delivery. */
  fields = $state.raw<Field[]>([]);
  /** The opened instance. */
  instance = $state.raw<PipelineInstance>();

  readonly pipeline = $derived(this.all.find((one) => one.id === this.only));

  constructor(host: Host) {
    super();
    this.#host = host;
    this.instances = new Pages((page) =>
      host.call('pipeline_instances_list', { ...page, ...(this.only && { pipeline_id: this.only }) }),
    );
  }

  /** Loads the definitions and the newest instances. */
  async load(): Promise<void> {
    await Promise.all([this.#loadAll(), this.instances.load(), this.#loadChoices()]);
  }

  /** Without them a step is typed with nothing to choose from, and the core says what is wrong. */
  async #loadChoices(): Promise<void> {
    this.choices = await loadChoices(this.#host).catch(() => NO_CHOICES);
    this.fields = await this.#newestFields().catch(() => []);
  }

  async #newestFields(): Promise<Field[]> {
    const { page } = await this.#host.call('deliveries_list', { limit: 1, q: 'sig:ok' });
    const newest = page.items[0];
    return newest ? (await this.#host.call('fields', { delivery_id: newest.id })).items : [];
  }

  async #loadAll(): Promise<void> {
    try {
      this.all = await this.#host.call('pipelines_list', {});
    } catch (thrown) {
      this.changeError = apiError(thrown);
    }
  }

  /** Shows the instances of one, or of all. */
  async show(only: PipelineId | undefined): Promise<void> {
    if (this.only === only) return;
    this.only = only;
    await this.instances.restart();
  }

  /** Opens an instance; none: closes it. */
  async select(id: PipelineInstanceId | undefined): Promise<void> {
    this.changeError = undefined;
    if (this.instance?.id !== id) this.instance = undefined;
    if (id)
      await this.attempt(async () => void (this.instance = await this.#host.call('pipeline_instance_get', { id })));
  }

  /** Makes a pipeline, or changes the one with this id; what came of it. */
  async keep(id: PipelineId | undefined, draft: PipelineDraft): Promise<Pipeline | undefined> {
    let kept: Pipeline | undefined;
    await this.attempt(async () => {
      kept = id
        ? await this.#host.call('pipeline_update', { id, change: draft })
        : await this.#host.call('pipeline_create', draft);
      await this.#loadAll();
    });
    return kept;
  }

  /** Deletes a pipeline; its instances stay. */
  remove(id: PipelineId): Promise<boolean> {
    return this.attempt(async () => {
      await this.#host.call('pipeline_delete', { id });
      await this.#loadAll();
    });
  }

  /** Takes an instance back. */
  cancel(id: PipelineInstanceId): Promise<boolean> {
    return this.attempt(async () => {
      this.instance = await this.#host.call('pipeline_instance_cancel', { id });
      await this.instances.load();
    });
  }

  /** Goes on with one from the step at which it stands. */
  resume(id: PipelineInstanceId): Promise<boolean> {
    return this.attempt(async () => {
      this.instance = await this.#host.call('pipeline_instance_resume', { id });
      await this.instances.load();
    });
  }

  apply(event: Event): void {
    if (event === 'status') return;
    const lagged = 'lagged' in event;
    if (lagged || 'pipeline' in event) void this.#loadAll();
    if (lagged || ('execution' in event && event.execution.action === 'instantiate_pipeline'))
      this.instances.soon(() => this.instance && void this.select(this.instance.id));
  }
}
