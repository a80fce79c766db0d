/** Why a delivery's signature does not fit, asked of the core, and the fixes that a button can do. */
import type { ApiError } from '../../generated/ApiError';
import type { DeliveryId } from '../../generated/DeliveryId';
import type { Diagnosis } from '../../generated/Diagnosis';
import type { Fix } from '../../generated/Fix';
import type { TriggerId } from '../../generated/TriggerId';
import type { UseSecret } from '../../generated/UseSecret';
import { apiError, type Host } from '../../host/host';

/** As long as the grace of a rotation: time to change the sender. */
export const HOURS = 24;

export class Doctor {
  readonly #host: Host;
  readonly #id: DeliveryId;
  phase = $state<'idle' | 'loading' | 'failed' | 'ready'>('idle');
  error = $state.raw<ApiError>();
  found = $state.raw<Diagnosis>();
  /** A fix is under way. */
  busy = $state(false);
  fixError = $state.raw<ApiError>();
  /** What was done, in one sentence. */
  done = $state('');

  constructor(host: Host, id: DeliveryId) {
    this.#host = host;
    this.#id = id;
  }

  async load(): Promise<void> {
    if (this.phase === 'loading') return;
    this.phase = 'loading';
    this.done = '';
    this.fixError = undefined;
    try {
      this.found = await this.#host.call('delivery_doctor', { id: this.#id });
      this.phase = 'ready';
    } catch (thrown) {
      this.error = apiError(thrown);
      this.phase = 'failed';
    }
  }

  /** Lets another stored secret verify here as well, for a while. */
  useSecret(target: UseSecret): Promise<void> {
    return this.#fix(`The secret of "${target.name}" is accepted here for ${HOURS} hours.`, async () => {
      await this.#host.call('trigger_accept_secret', {
        id: target.trigger_id,
        secret_id: target.secret_id,
        hours: HOURS,
      });
    });
  }

  /** Gives the hook that Creel made at GitHub the trigger's current secret. */
  updateHook(trigger: TriggerId): Promise<void> {
    return this.#fix('The hook at GitHub has the current secret.', async () => {
      await this.#host.call('github_hook_secret', { trigger_id: trigger });
    });
  }

  /** Gives the trigger another scheme; its secret stays. */
  changeScheme(trigger: TriggerId, scheme: string): Promise<void> {
    return this.#fix('The trigger checks by that scheme from now on.', async () => {
      await this.#host.call('trigger_update', { id: trigger, change: { scheme } });
    });
  }

  async #fix(done: string, work: () => Promise<void>): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    this.fixError = undefined;
    try {
      await work();
      this.done = `${done} The sender's next delivery is checked so; this one can be replayed.`;
    } catch (thrown) {
      this.fixError = apiError(thrown);
    } finally {
      this.busy = false;
    }
  }
}

/** What the user can do elsewhere. */
export function advice(fixes: Fix[]): string[] {
  return fixes.flatMap((fix) => ('advice' in fix ? [fix.advice] : []));
}
