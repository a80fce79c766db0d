/** Saved views: shipped ones and the user's own. */
import type { View } from '../../generated/View';
import type { Host } from '../../host/host';

export class ViewsState {
  readonly #host: Host;
  all = $state.raw<View[]>([]);

  constructor(host: Host) {
    this.#host = host;
  }

  /** Loads them; without an answer the list stays as it is, the inbox works without. */
  async load(): Promise<void> {
    this.all = await this.#host.call('views_list', {}).catch(() => this.all);
  }

  /** Saves a query under a name; rejects with a `Failure`. */
  async save(name: string, q: string): Promise<void> {
    await this.#host.call('view_save', { name, q });
    await this.load();
  }

  /** Deletes one of the user's own; rejects with a `Failure`. */
  async remove(view: View): Promise<void> {
    await this.#host.call('view_delete', { id: view.id });
    await this.load();
  }
}
