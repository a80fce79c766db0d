/** Orloj's resources: templates, the runs made from them, task webhooks, secrets by name. */
import type { Applied } from '../../generated/Applied';
import type { ApiError } from '../../generated/ApiError';
import type { Event } from '../../generated/Event';
import type { ResourceRef } from '../../generated/ResourceRef';
import type { ResourceRow } from '../../generated/ResourceRow';
import type { Host } from '../../host/host';
import { apiError } from '../../host/host';
import { SHELVES, type Shelf } from './orloj-words';
import { Pages } from './pages.svelte';

export class Resources {
  readonly #host: Host;
  shelf = $state<Shelf>('runs');
  readonly rows: Pages<ResourceRow>;
  /** The opened one. */
  resource = $state.raw<ResourceRow>();
  /** What went wrong with opening or deleting one. */
  changeError = $state.raw<ApiError>();

  constructor(host: Host) {
    this.#host = host;
    this.rows = new Pages((page) => host.call('resources_list', { ...page, ...SHELVES[this.shelf].of }));
  }

  /** Shows one kind. */
  async show(shelf: Shelf): Promise<void> {
    if (this.shelf === shelf && this.rows.phase === 'ready') return;
    this.shelf = shelf;
    await this.rows.restart();
  }

  /** Opens one; none: closes it. */
  async select(at: ResourceRef | undefined): Promise<void> {
    this.changeError = undefined;
    const shown = this.resource;
    if (!at || shown?.kind !== at.kind || shown.namespace !== at.namespace || shown.name !== at.name)
      this.resource = undefined;
    if (!at) return;
    try {
      this.resource = await this.#host.call('resource_get', at);
    } catch (thrown) {
      this.changeError = apiError(thrown);
    }
  }

  /** Applies manifests, or says what they would change. Throws what the core refuses: the form shows it. */
  apply(text: string, dry: boolean): Promise<Applied[]> {
    return this.#host.call('resources_apply', { text, dry_run: dry });
  }

  /** Deletes one. */
  async remove({ kind, namespace, name }: ResourceRow): Promise<boolean> {
    this.changeError = undefined;
    try {
      await this.#host.call('resource_delete', { kind, namespace, name });
      await this.rows.load();
      return true;
    } catch (thrown) {
      this.changeError = apiError(thrown);
      return false;
    }
  }

  /** Deliveries change run tasks and the status of webhooks; manifests change the rest. */
  hear(event: Event): void {
    if (event === 'status') return;
    const ran = 'execution' in event && event.execution.action === 'run_task';
    const hooks = this.shelf === 'webhooks' && ('trigger' in event || 'deliveries' in event);
    if (ran || hooks || 'resources' in event || 'lagged' in event)
      this.rows.soon(() => this.resource && void this.select(this.resource));
  }
}
