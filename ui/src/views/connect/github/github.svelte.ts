/** GitHub set up by clicking: sign in, choose, see the call, connect; then the hooks with what arrived from them. */
import type { ApiError } from '../../../generated/ApiError';
import type { Event } from '../../../generated/Event';
import type { GithubDraft } from '../../../generated/GithubDraft';
import type { GithubEvent } from '../../../generated/GithubEvent';
import type { GithubMissedItem } from '../../../generated/GithubMissedItem';
import type { HookLeft } from '../../../generated/HookLeft';
import type { GithubPlaceFound } from '../../../generated/GithubPlaceFound';
import type { HookPlan } from '../../../generated/HookPlan';
import type { GithubSent } from '../../../generated/GithubSent';
import type { GithubThen } from '../../../generated/GithubThen';
import type { GithubView } from '../../../generated/GithubView';
import type { MissedHow } from '../../../generated/MissedHow';
import type { OnQuit } from '../../../generated/OnQuit';
import type { TriggerId } from '../../../generated/TriggerId';
import type { Wanted } from '../../../generated/Wanted';
import type { Host } from '../../../host/host';
import { apiError } from '../../../host/host';

/** What has to be done once, and where its error belongs. */
export type Doing = 'sign-in' | 'address' | 'search' | 'plan' | 'connect' | 'hook' | 'record' | 'missed';

/** A search waits this long for more letters: GitHub allows thirty a minute. */
const SEARCH_AFTER_MS = 300;

export class Github {
  readonly #host: Host;
  phase = $state<'loading' | 'failed' | 'ready'>('loading');
  error = $state.raw<ApiError>();
  view = $state.raw<GithubView>();
  events = $state.raw<GithubEvent[]>([]);
  /** What is being done now, and what failed last. */
  doing = $state<Doing>();
  failed = $state.raw<{ at: Doing; error: ApiError }>();

  api = $state<string>();
  q = $state('');
  found = $state.raw<GithubPlaceFound[]>();
  place = $state.raw<GithubPlaceFound>();
  chosen = $state<string[]>(['push']);
  then = $state<GithubThen>('task');
  plan = $state.raw<HookPlan>();
  /** The hook that was just made: it comes into view. */
  made = $state<TriggerId>();
  /** What GitHub says it sent by each hook, and where its next page begins. */
  records = $state.raw<Record<TriggerId, { items: GithubSent[]; next: string | null }>>({});
  /** What each hook missed, where it is shown. */
  lists = $state.raw<Record<TriggerId, GithubMissedItem[]>>({});
  /** Without a public address GitHub is to be asked every so many seconds. */
  asksEvery = $state<number>();
  #searching: ReturnType<typeof setTimeout> | undefined;
  #asked = 0;

  readonly account = $derived(this.view?.accounts.find(({ api }) => api === this.api) ?? this.view?.accounts[0]);
  readonly offered = $derived(this.events.filter(({ of }) => of.includes(this.place?.place.kind ?? 'repository')));

  constructor(host: Host) {
    this.#host = host;
  }

  async load(): Promise<void> {
    try {
      this.view = await this.#host.call('github_get', {});
      if (this.events.length === 0) this.events = await this.#host.call('github_events', {});
      this.phase = 'ready';
      this.error = undefined;
      if (this.account && !this.found && !this.place) void this.search('');
    } catch (error) {
      this.error = apiError(error);
      this.phase = 'failed';
    }
  }

  /** Follows what changes: a hook, a trigger's secret, a ping. */
  apply(event: Event): void {
    if (event === 'status') return;
    const ours = (endpoint: TriggerId | null) => this.view?.hooks.some(({ trigger_id }) => trigger_id === endpoint);
    const arrived = 'deliveries' in event && event.deliveries.some(({ endpoint }) => ours(endpoint));
    if ('github' in event || 'tunnel' in event || 'lagged' in event || arrived) {
      void this.load();
      for (const id of Object.keys(this.lists)) void this.missed(id);
    }
    // What arrived may be what was asked for: the record is told anew where it is open.
    if (arrived) for (const id of Object.keys(this.records)) void this.record(id);
  }

  /** With `gh`'s token, or with one that was pasted. */
  async signIn(token?: string, host?: string): Promise<boolean> {
    return this.#do('sign-in', async () => {
      const account = await this.#host.call('github_sign_in', {
        ...(token ? { token } : {}),
        ...(host ? { host } : {}),
      });
      this.api = account.api;
      this.found = undefined;
      this.place = undefined;
      await this.load();
    });
  }

  async signOut(): Promise<void> {
    const api = this.account?.api;
    if (!api) return;
    await this.#do('sign-in', async () => {
      await this.#host.call('github_sign_out', { api });
      this.found = undefined;
      this.place = undefined;
      this.plan = undefined;
      await this.load();
    });
  }

  async setAddress(address: string): Promise<boolean> {
    return this.#do('address', async () => {
      this.view = await this.#host.call('github_address', { address });
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
      const found = await this.#host.call('github_places', { api, q });
      if (asked === this.#asked) this.found = found;
    });
  }

  choose(place: GithubPlaceFound | undefined): void {
    this.place = place;
    this.plan = undefined;
    this.failed = undefined;
    this.chosen = this.chosen.filter((name) => this.offered.some((event) => event.name === name));
    if (this.chosen.length === 0) this.chosen = ['push'];
  }

  chooseEvents(names: string[]): void {
    this.chosen = names;
    this.plan = undefined;
  }

  #draft(): GithubDraft | undefined {
    const api = this.account?.api;
    if (!api || !this.place) return undefined;
    const asks = this.view?.address || !this.asksEvery ? {} : { asks_every: this.asksEvery };
    return { api, place: this.place.place, events: [...this.chosen], then: this.then, ...asks };
  }

  /** The exact call, before it is made. */
  async show(): Promise<void> {
    const draft = this.#draft();
    if (draft) await this.#do('plan', async () => void (this.plan = await this.#host.call('github_plan', draft)));
  }

  /** Makes the trigger, its secret and the hook; what Creel does at its end is kept with it. */
  async connect(onQuit: OnQuit | undefined): Promise<void> {
    const draft = this.#draft();
    if (!draft) return;
    await this.#do('connect', async () => {
      if (onQuit) await this.#host.call('github_on_quit', { on_quit: onQuit });
      const { trigger_id } = await this.#host.call('github_connect', draft);
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
      async () => void (this.view = await this.#host.call('github_hook_set', { trigger_id, wanted })),
    );
  }

  async ping(trigger_id: TriggerId): Promise<void> {
    await this.#do('hook', async () => void (await this.#host.call('github_hook_ping', { trigger_id })));
  }

  async removeLeft(left: HookLeft): Promise<void> {
    const draft = this.#draft();
    if (!draft) return;
    const { api, place } = draft;
    const removed = await this.#do(
      'plan',
      async () => void (await this.#host.call('github_left_remove', { api, place, hook_id: left.hook_id })),
    );
    if (removed) await this.show();
  }

  /** GitHub's record of a hook: its newest page, or one more. */
  async record(trigger_id: TriggerId, more = false): Promise<void> {
    const before = more ? this.records[trigger_id] : undefined;
    await this.#do('record', async () => {
      const after = before?.next ? { after: before.next } : {};
      const { items, next } = await this.#host.call('github_record', { trigger_id, ...after });
      this.records = { ...this.records, [trigger_id]: { items: [...(before?.items ?? []), ...items], next } };
    });
  }

  /** Has GitHub send one again, then asks for the record as it is then. */
  async sendAgain(trigger_id: TriggerId, id: string): Promise<void> {
    const asked = await this.#do(
      'record',
      async () => void (await this.#host.call('github_send_again', { trigger_id, id })),
    );
    if (asked) await this.record(trigger_id);
  }

  /** Takes the payload of one attempt as a delivery here. */
  async bringIn(trigger_id: TriggerId, id: string): Promise<void> {
    const brought = await this.#do(
      'record',
      async () => void (await this.#host.call('github_import', { trigger_id, id })),
    );
    if (brought) await this.record(trigger_id);
  }

  /** What a hook missed, one by one. */
  async missed(trigger_id: TriggerId): Promise<void> {
    await this.#do('missed', async () => {
      const items = await this.#host.call('github_missed', { trigger_id });
      this.lists = { ...this.lists, [trigger_id]: items };
    });
  }

  /** Nobody looks at the list any more. */
  closeMissed(trigger_id: TriggerId): void {
    const { [trigger_id]: _, ...others } = this.lists;
    this.lists = others;
  }

  /** Brings in what was missed or has it sent again: all, or these. */
  async work(trigger_id: TriggerId, how: MissedHow, ids?: string[]): Promise<void> {
    await this.#missed(trigger_id, () =>
      this.#host.call('github_missed_work', { trigger_id, how, ...(ids ? { ids } : {}) }),
    );
  }

  async stopWork(trigger_id: TriggerId): Promise<void> {
    await this.#missed(trigger_id, () => this.#host.call('github_missed_stop', { trigger_id }));
  }

  async lookForMissed(trigger_id: TriggerId): Promise<void> {
    await this.#missed(trigger_id, () => this.#host.call('github_missed_look', { trigger_id }));
  }

  async leaveMissed(trigger_id: TriggerId): Promise<void> {
    await this.#missed(trigger_id, () => this.#host.call('github_missed_leave', { trigger_id }));
  }

  /** What is done without asking. */
  async rule(trigger_id: TriggerId, always: boolean, asks_every: number | null): Promise<void> {
    await this.#missed(trigger_id, () => this.#host.call('github_missed_rule', { trigger_id, always, asks_every }));
  }

  async #missed(trigger_id: TriggerId, act: () => Promise<unknown>): Promise<void> {
    await this.#do('missed', async () => void (await act()));
    await this.load();
    if (this.lists[trigger_id]) await this.missed(trigger_id);
  }

  async setOnQuit(on_quit: OnQuit): Promise<void> {
    await this.#do('hook', async () => void (this.view = await this.#host.call('github_on_quit', { on_quit })));
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
