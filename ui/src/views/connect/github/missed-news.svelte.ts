/** Which hooks missed something: for the top of the screen, where the hooks' cards may be out of sight. */
import type { Event } from '../../../generated/Event';
import type { GithubHook } from '../../../generated/GithubHook';
import type { Host } from '../../../host/host';

export class MissedNews {
  readonly #host: Host;
  hooks = $state.raw<GithubHook[]>([]);

  constructor(host: Host) {
    this.#host = host;
  }

  /** What cannot be loaded is said where the hooks are. */
  async load(): Promise<void> {
    try {
      const { hooks } = await this.#host.call('github_get', {});
      this.hooks = hooks.filter(({ missed }) => missed.count > 0);
    } catch {
      this.hooks = [];
    }
  }

  apply(event: Event): void {
    if (event !== 'status' && ('github' in event || 'lagged' in event)) void this.load();
  }

  async bringIn({ trigger_id }: GithubHook): Promise<void> {
    try {
      await this.#host.call('github_missed_work', { trigger_id, how: 'bring_in' });
    } finally {
      await this.load();
    }
  }
}
