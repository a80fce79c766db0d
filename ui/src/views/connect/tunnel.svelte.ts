/** The tunnel: the kinds with what each needs, the one that runs, and what only the user can say. */
import type { ApiError } from '../../generated/ApiError';
import type { Event } from '../../generated/Event';
import type { Exposure } from '../../generated/Exposure';
import type { TriggerId } from '../../generated/TriggerId';
import type { TunnelCard } from '../../generated/TunnelCard';
import type { TunnelChoice } from '../../generated/TunnelChoice';
import type { TunnelView } from '../../generated/TunnelView';
import type { Host } from '../../host/host';
import { apiError } from '../../host/host';
import { type Form, choiceOf, formOf, type KindKey, noNumber } from './tunnel-form';

export class Tunnel {
  readonly #host: Host;
  phase = $state<'loading' | 'failed' | 'ready'>('loading');
  loadError = $state.raw<ApiError>();
  cards = $state.raw<TunnelCard[]>([]);
  view = $state.raw<TunnelView>();
  /** The kind whose form is open. */
  open = $state<KindKey>();
  form = $state<Form>(formOf());
  /** What a start of the open form would expose. */
  plan = $state.raw<Exposure>();
  error = $state.raw<ApiError>();
  busy = $state(false);

  readonly now = $derived(this.view?.now);
  /** Something is being kept up. A tunnel that needs its user is not: the kinds are offered again. */
  readonly isOn = $derived(this.view?.running != null);

  constructor(host: Host) {
    this.#host = host;
  }

  /** Loads the kinds and the tunnel. What was started last fills the form. */
  async load(): Promise<void> {
    try {
      [this.cards, this.view] = await Promise.all([
        this.#host.call('tunnels_list', {}),
        this.#host.call('tunnel_get', {}),
      ]);
      this.form = formOf(this.view.kept ?? undefined);
      this.phase = 'ready';
      this.loadError = undefined;
    } catch (error) {
      this.loadError = apiError(error);
      this.phase = 'failed';
    }
  }

  /** Follows the tunnel, and the triggers that it exposes. */
  apply(event: Event): void {
    if (event === 'status') return;
    if ('tunnel' in event || 'trigger' in event || 'lagged' in event) void this.#refresh();
  }

  async #refresh(): Promise<void> {
    try {
      this.view = await this.#host.call('tunnel_get', {});
      if (this.open) await this.look();
    } catch {
      // The frame says that the connection is gone; the next event brings the rest.
    }
  }

  /** Opens the form of a kind, or closes it. */
  choose(key: KindKey | undefined): void {
    this.open = key;
    this.error = undefined;
    this.plan = undefined;
    if (key) void this.look();
  }

  /** Asks who could reach what. */
  async look(): Promise<void> {
    const key = this.open;
    if (!key) return;
    try {
      const plan = await this.#host.call('tunnel_plan', this.#choice(key));
      if (this.open === key) this.plan = plan;
    } catch (error) {
      this.error = apiError(error);
    }
  }

  #choice(key: KindKey): TunnelChoice {
    return choiceOf(key, this.form);
  }

  /** Exposes a trigger that checks no signature, or no longer: in the form, and at once where a tunnel runs. */
  async tick(id: TriggerId, on: boolean): Promise<void> {
    this.form.ticked = on ? [...this.form.ticked, id] : this.form.ticked.filter((other) => other !== id);
    if (this.isOn) await this.#do(() => this.#host.call('tunnel_tick', { ticked: this.form.ticked }));
    await this.look();
  }

  /** Keeps ngrok's token first where one was typed. */
  async start(): Promise<void> {
    const key = this.open;
    if (!key) return;
    this.error = noNumber(key, this.form);
    if (this.error) return;
    const started = await this.#do(async () => {
      if (key === 'ngrok' && this.form.token.trim()) {
        await this.#host.call('tunnel_token', { token: this.form.token });
        this.form.token = '';
        this.cards = await this.#host.call('tunnels_list', {});
      }
      return this.#host.call('tunnel_start', this.#choice(key));
    });
    if (started) this.open = undefined;
  }

  /** Starts again what was started last. */
  again(): Promise<boolean> {
    const kept = this.view?.kept;
    return kept ? this.#do(() => this.#host.call('tunnel_start', kept)) : Promise.resolve(false);
  }

  stop(): Promise<boolean> {
    return this.#do(() => this.#host.call('tunnel_stop', {}));
  }

  /** Asks through the public address now. */
  check(): Promise<boolean> {
    return this.#do(() => this.#host.call('tunnel_check', {}));
  }

  /** The user says that the key that is shown is the host's. */
  trust(): Promise<boolean> {
    const key = this.now?.host_key;
    if (!key) return Promise.resolve(false);
    return this.#do(() => this.#host.call('tunnel_trust_key', { host: key.host, fingerprint: key.fingerprint }));
  }

  /** Looks again for programs and tokens. */
  async detect(): Promise<void> {
    this.cards = await this.#host.call('tunnels_list', {});
  }

  async #do(work: () => Promise<TunnelView>): Promise<boolean> {
    if (this.busy) return false;
    this.busy = true;
    this.error = undefined;
    try {
      this.view = await work();
      return true;
    } catch (error) {
      this.error = apiError(error);
      return false;
    } finally {
      this.busy = false;
    }
  }
}
