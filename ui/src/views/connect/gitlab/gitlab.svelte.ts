/** GitLab by clicking: sign in, choose, see the call, connect; then the hooks with what arrived from them. */
import type { ApiError } from '../../../generated/ApiError';
import type { Event } from '../../../generated/Event';
import type { GitlabDraft } from '../../../generated/GitlabDraft';
import type { GitlabEvent } from '../../../generated/GitlabEvent';
import type { GitlabPlaceFound } from '../../../generated/GitlabPlaceFound';
import type { GitlabRecord } from '../../../generated/GitlabRecord';
import type { GitlabView } from '../../../generated/GitlabView';
import type { HookLeft } from '../../../generated/HookLeft';
import type { HookPlan } from '../../../generated/HookPlan';
import type { OnQuit } from '../../../generated/OnQuit';
import type { TriggerId } from '../../../generated/TriggerId';
import type { Wanted } from '../../../generated/Wanted';
import type { Host } from '../../../host/host';
import { apiError } from '../../../host/host';

/** What has to be done once, and where its error belongs. */
export type Doing = 'sign-in' | 'search' | 'plan' | 'connect' | 'hook' | 'record';

/** A search waits this long for more letters. */
const SEARCH_AFTER_MS = 300;

export class Gitlab {
  readonly #host: Host;
  error = $state.raw<ApiError>();
  view = $state.raw<GitlabView>();
  events = $state.raw<GitlabEvent[]>([]);
  doing = $state<Doing>();
  failed = $state.raw<{ at: Doing; error: ApiError }>();

  q = $state('');
  found = $state.raw<GitlabPlaceFound[]>();
  place = $state.raw<GitlabPlaceFound>();
  chosen = $state<string[]>(['push_events']);
  task = $state(true);
  plain = $state(false);
  plan = $state.raw<HookPlan>();
  /** The hook that was just made: it comes into view. */
  made = $state<TriggerId>();
  records = $state.raw<Record<TriggerId, GitlabRecord>>({});
  #searching: ReturnType<typeof setTimeout> | undefined;
  #asked = 0;

  readonly account = $derived(this.view?.accounts[0]);
  readonly offered = $derived(this.events.filter(({ of }) => of.includes(this.place?.place.kind ?? 'project')));

  constructor(host: Host) {
    this.#host = host;
  }

  async load(): Promise<void> {
    try {
      this.view = await this.#host.call('gitlab_get', {});
      if (this.events.length === 0) this.events = await this.#host.call('gitlab_events', {});
      this.error = undefined;
      if (this.account && !this.found && !this.place) void this.search('');
    } catch (error) {
      this.error = apiError(error);
    }
  }

  /** Follows what changes: a hook, the address, what arrives. */
  apply(event: Event): void {
    if (event === 'status') return;
    const ours = (endpoint: TriggerId | null) => this.view?.hooks.some(({ trigger_id }) => trigger_id === endpoint);
    const arrived = 'deliveries' in event && event.deliveries.some(({ endpoint }) => ours(endpoint));
    if ('github' in event || 'tunnel' in event || 'lagged' in event || arrived) void this.load();
    if (arrived) for (const id of Object.keys(this.records)) void this.record(id);
  }

  async signIn(token: string, host: string): Promise<boolean> {
    return this.#do('sign-in', async () => {
      await this.#host.call('gitlab_sign_in', { token, ...(host ? { host } : {}) });
      this.found = undefined;
      await this.load();
    });
  }

  async signOut(): Promise<void> {
    const api = this.account?.api;
    if (!api) return;
    await this.#do('sign-in', async () => {
      await this.#host.call('gitlab_sign_out', { api });
      this.found = this.place = this.plan = undefined;
      await this.load();
    });
  }

  /** Looks for a place once no more letters come. */
  type(q: string): void {
    this.q = q;
    clearTimeout(this.#searching);
    this.#searching = setTimeout(() => void this.search(q), SEARCH_AFTER_MS);
  }

  async search(q: string): Promise<void> {
    const api = this.account?.api;
    if (!api) return;
    const asked = ++this.#asked;
    await this.#do('search', async () => {
      const found = await this.#host.call('gitlab_places', { api, q });
      if (asked === this.#asked) this.found = found;
    });
  }

  choose(place: GitlabPlaceFound | undefined): void {
    this.place = place;
    this.plan = undefined;
    this.failed = undefined;
    this.chosen = this.chosen.filter((name) => this.offered.some((event) => event.name === name));
    if (this.chosen.length === 0) this.chosen = ['push_events'];
  }

  chooseEvents(names: string[]): void {
    this.chosen = names;
    this.plan = undefined;
  }

  #draft(): GitlabDraft | undefined {
    const api = this.account?.api;
    if (!api || !this.place) return undefined;
    return { api, place: this.place.place, events: [...this.chosen], task: this.task, plain: this.plain };
  }

  /** The exact call, before it is made. */
  async show(): Promise<void> {
    const draft = this.#draft();
    if (draft) await this.#do('plan', async () => void (this.plan = await this.#host.call('gitlab_plan', draft)));
  }

  /** Makes the trigger, its secret and the hook; what Creel does at its end is kept with it. */
  async connect(onQuit: OnQuit | undefined): Promise<void> {
    const draft = this.#draft();
    if (!draft) return;
    await this.#do('connect', async () => {
      if (onQuit) await this.#host.call('github_on_quit', { on_quit: onQuit });
      const { trigger_id } = await this.#host.call('gitlab_connect', draft);
      this.choose(undefined);
      this.q = '';
      this.found = undefined;
      this.made = trigger_id;
      await this.load();
    });
  }

  async want(trigger_id: TriggerId, wanted: Wanted): Promise<void> {
    await this.#do(
      'hook',
      async () => void (this.view = await this.#host.call('gitlab_hook_set', { trigger_id, wanted })),
    );
  }

  /** Has GitLab send a test: it also wakes a hook that GitLab stopped. */
  async test(trigger_id: TriggerId): Promise<void> {
    await this.#do('hook', async () => void (await this.#host.call('gitlab_hook_test', { trigger_id })));
  }

  async removeLeft(left: HookLeft): Promise<void> {
    const draft = this.#draft();
    if (!draft) return;
    const { api, place } = draft;
    const removed = await this.#do(
      'plan',
      async () => void (await this.#host.call('gitlab_left_remove', { api, place, hook_id: left.hook_id })),
    );
    if (removed) await this.show();
  }

  /** GitLab's record of a hook: its newest page, or one more. */
  async record(trigger_id: TriggerId, more = false): Promise<void> {
    const before = more ? this.records[trigger_id] : undefined;
    await this.#do('record', async () => {
      const page = before?.next ? { page: before.next } : {};
      const told = await this.#host.call('gitlab_record', { trigger_id, ...page });
      const items = [...(before?.items ?? []), ...told.items];
      this.records = { ...this.records, [trigger_id]: { ...told, items } };
    });
  }

  async sendAgain(trigger_id: TriggerId, id: number): Promise<void> {
    const asked = await this.#do(
      'record',
      async () => void (await this.#host.call('gitlab_send_again', { trigger_id, id })),
    );
    if (asked) await this.record(trigger_id);
  }

  async #do(at: Doing, act: () => Promise<void>): Promise<boolean> {
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
