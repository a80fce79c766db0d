/** A forge by clicking, GitHub or GitLab: choose a place and its events, see the call, connect; then the hooks. */
import { tick } from 'svelte';
import type { ApiError } from '../../../generated/ApiError';
import type { Event } from '../../../generated/Event';
import type { HookLeft } from '../../../generated/HookLeft';
import type { HookPlan } from '../../../generated/HookPlan';
import type { OnQuit } from '../../../generated/OnQuit';
import type { RateLimit } from '../../../generated/RateLimit';
import type { TriggerId } from '../../../generated/TriggerId';
import type { Wanted } from '../../../generated/Wanted';
import type { Host } from '../../../host/host';
import { apiError } from '../../../host/host';

/** What has to be done once, and where its error belongs. */
export type Doing = 'sign-in' | 'address' | 'search' | 'plan' | 'connect' | 'hook' | 'record' | 'missed';

/** What each forge has in its own shape. */
export interface Shapes {
  view: {
    hooks: Array<{ trigger_id: TriggerId }>;
    address: string | null;
    on_quit: OnQuit | null;
    rate: RateLimit | null;
  };
  found: { place: { kind: string }; about: string | null; private: boolean; refused: string | null };
  event: { name: string; about: string; of: string[] };
  draft: { api: string };
}

/** A question waits this long for more letters or ticks: of searches GitHub allows thirty a minute. */
const ASKED_AFTER_MS = 300;

export abstract class Forge<S extends Shapes = Shapes> {
  protected readonly host: Host;
  error = $state.raw<ApiError>();
  view = $state.raw<S['view']>();
  events = $state.raw<S['event'][]>([]);
  /** What is being done now, and what failed last. */
  doing = $state<Doing>();
  failed = $state.raw<{ at: Doing; error: ApiError }>();

  q = $state('');
  found = $state.raw<S['found'][]>();
  place = $state.raw<S['found']>();
  chosen = $state<string[]>([]);
  /** Each delivery is to become a task. */
  task = $state(true);
  /** The exact call; while another choice is asked about, still that of the one before. */
  plan = $state.raw<HookPlan>();
  /** The call that is shown is that of what is chosen now. */
  isPlanned = $state(false);
  /** The hook that was just made: it comes into view. */
  made = $state<TriggerId>();
  /** The user goes on with the search: it takes the focus when it is there. */
  seeks = false;
  #searching: ReturnType<typeof setTimeout> | undefined;
  #planning: ReturnType<typeof setTimeout> | undefined;
  #asked = 0;
  #plansAsked = 0;
  /** The event that is chosen where nothing else is. */
  readonly #usual: string;

  constructor(host: Host, usual: string) {
    this.host = host;
    this.#usual = usual;
    this.chosen = [usual];
  }

  /** Who is signed in. */
  abstract get account(): { api: string; host: string; login: string; expires: string | null } | undefined;
  /** The events of the place that is chosen. */
  abstract get offered(): S['event'][];
  /** What is to be connected, once a place is chosen. */
  protected abstract draft(): S['draft'] | undefined;
  protected abstract look(): Promise<S['view']>;
  protected abstract allEvents(): Promise<S['event'][]>;
  protected abstract places(api: string, q: string): Promise<S['found'][]>;
  protected abstract planned(draft: S['draft']): Promise<HookPlan>;
  protected abstract connected(draft: S['draft']): Promise<{ trigger_id: TriggerId }>;
  protected abstract leftRemoved(draft: S['draft'], hook_id: HookLeft['hook_id']): Promise<unknown>;
  protected abstract hookSet(trigger_id: TriggerId, wanted: Wanted): Promise<S['view']>;
  protected abstract tested(trigger_id: TriggerId): Promise<unknown>;
  protected abstract signedOut(api: string): Promise<unknown>;

  async load(): Promise<void> {
    try {
      const before = this.view?.address;
      this.view = await this.look();
      if (this.place && this.view.address !== before) void this.show();
      if (this.events.length === 0) this.events = await this.allEvents();
      this.error = undefined;
      if (this.account && !this.found && !this.place) void this.search('');
    } catch (error) {
      this.error = apiError(error);
    }
  }

  /** Whether an event is a delivery of one of the hooks. */
  protected arrived(event: Event): boolean {
    const ours = (endpoint: TriggerId | null) => this.view?.hooks.some(({ trigger_id }) => trigger_id === endpoint);
    return event !== 'status' && 'deliveries' in event && event.deliveries.some(({ endpoint }) => ours(endpoint));
  }

  /** Looks for a place once no more letters come. */
  type(q: string): void {
    this.q = q;
    clearTimeout(this.#searching);
    this.#searching = setTimeout(() => void this.search(q), ASKED_AFTER_MS);
  }

  async search(q: string): Promise<void> {
    const api = this.account?.api;
    if (!api) return;
    const asked = ++this.#asked;
    await this.once('search', async () => {
      const found = await this.places(api, q);
      if (asked === this.#asked) this.found = found;
    });
  }

  /** Somebody else is signed in: their places are others. */
  protected async signedInAnew(): Promise<void> {
    this.found = this.place = this.plan = undefined;
    this.seeks = true;
    await this.load();
    await tick();
    this.seeks = false;
  }

  async signOut(): Promise<void> {
    const api = this.account?.api;
    if (!api) return;
    await this.once('sign-in', async () => {
      await this.signedOut(api);
      this.found = this.place = this.plan = undefined;
      await this.load();
    });
  }

  /** Back to the search. */
  async chooseAnother(): Promise<void> {
    this.seeks = true;
    this.choose(undefined);
    await tick();
    this.seeks = false;
  }

  choose(place: S['found'] | undefined): void {
    this.place = place;
    this.plan = undefined;
    this.failed = undefined;
    this.chosen = this.chosen.filter((name) => this.offered.some((event) => event.name === name));
    if (this.chosen.length === 0) this.chosen = [this.#usual];
    void this.show();
  }

  chooseEvents(names: string[]): void {
    this.chosen = names;
    this.isPlanned = false;
    clearTimeout(this.#planning);
    this.#planning = setTimeout(() => void this.show(), ASKED_AFTER_MS);
  }

  /** The exact call, before it is made: it is there as soon as everything is chosen. */
  async show(): Promise<void> {
    clearTimeout(this.#planning);
    const asked = ++this.#plansAsked;
    const draft = this.chosen.length > 0 ? this.draft() : undefined;
    this.isPlanned = false;
    let plan: HookPlan | undefined;
    if (draft) await this.once('plan', async () => void (plan = await this.planned(draft)));
    if (asked !== this.#plansAsked) return;
    this.plan = plan;
    this.isPlanned = plan !== undefined;
  }

  /** Makes the trigger, its secret and the hook; what Creel does at its end is kept with it. */
  async connect(onQuit: OnQuit | undefined): Promise<void> {
    const draft = this.draft();
    if (!draft || !this.isPlanned) return;
    await this.once('connect', async () => {
      if (onQuit) await this.host.call('github_on_quit', { on_quit: onQuit });
      const { trigger_id } = await this.connected(draft);
      this.choose(undefined);
      this.q = '';
      this.found = undefined;
      this.made = trigger_id;
      await this.load();
    });
  }

  async want(trigger_id: TriggerId, wanted: Wanted): Promise<void> {
    await this.once('hook', async () => void (this.view = await this.hookSet(trigger_id, wanted)));
  }

  /** Has the forge send something to the hook: GitHub its ping, GitLab a test, which also wakes a stopped hook. */
  async test(trigger_id: TriggerId): Promise<void> {
    await this.once('hook', async () => void (await this.tested(trigger_id)));
  }

  async setOnQuit(on_quit: OnQuit): Promise<void> {
    await this.once('hook', async () => {
      await this.host.call('github_on_quit', { on_quit });
      await this.load();
    });
  }

  async removeLeft(left: HookLeft): Promise<void> {
    const draft = this.draft();
    if (!draft) return;
    const removed = await this.once('plan', async () => void (await this.leftRemoved(draft, left.hook_id)));
    if (removed) await this.show();
  }

  /** Does one thing; a refusal stays where it happened until that is tried again. */
  protected async once(at: Doing, act: () => Promise<void>): Promise<boolean> {
    this.doing = at;
    if (this.failed?.at === at) this.failed = undefined;
    try {
      await act();
      return true;
    } catch (error) {
      this.failed = { at, error: apiError(error) };
      return false;
    } finally {
      if (this.doing === at) this.doing = undefined;
    }
  }
}
