/** GitHub set up by clicking: what it does otherwise than another forge, its record, and what was missed. */
import type { Event } from '../../../generated/Event';
import type { GithubDraft } from '../../../generated/GithubDraft';
import type { GithubEvent } from '../../../generated/GithubEvent';
import type { GithubMissedItem } from '../../../generated/GithubMissedItem';
import type { GithubPlaceFound } from '../../../generated/GithubPlaceFound';
import type { GithubSent } from '../../../generated/GithubSent';
import type { GithubView } from '../../../generated/GithubView';
import type { MissedHow } from '../../../generated/MissedHow';
import type { TriggerId } from '../../../generated/TriggerId';
import type { Wanted } from '../../../generated/Wanted';
import type { Host } from '../../../host/host';
import { Forge } from '../forge/forge.svelte';

/** What GitHub has in its own shape. */
export interface GithubShapes {
  view: GithubView;
  found: GithubPlaceFound;
  event: GithubEvent;
  draft: GithubDraft;
}

export class Github extends Forge<GithubShapes> {
  api = $state<string>();
  /** What GitHub says it sent by each hook, and where its next page begins. */
  records = $state.raw<Record<TriggerId, { items: GithubSent[]; next: string | null }>>({});
  /** What each hook missed, where it is shown. */
  lists = $state.raw<Record<TriggerId, GithubMissedItem[]>>({});
  /** Without a public address GitHub is to be asked every so many seconds. */
  asksEvery = $state<number>();

  readonly account = $derived(this.view?.accounts.find(({ api }) => api === this.api) ?? this.view?.accounts[0]);
  readonly offered = $derived(this.events.filter(({ of }) => of.includes(this.place?.place.kind ?? 'repository')));

  constructor(host: Host) {
    super(host, 'push');
  }

  protected look = () => this.host.call('github_get', {});
  protected allEvents = () => this.host.call('github_events', {});
  protected places = (api: string, q: string) => this.host.call('github_places', { api, q });
  protected planned = (draft: GithubDraft) => this.host.call('github_plan', draft);
  protected connected = (draft: GithubDraft) => this.host.call('github_connect', draft);
  protected leftRemoved = ({ api, place }: GithubDraft, hook_id: number) =>
    this.host.call('github_left_remove', { api, place, hook_id });
  protected hookSet = (trigger_id: TriggerId, wanted: Wanted) =>
    this.host.call('github_hook_set', { trigger_id, wanted });
  protected tested = (trigger_id: TriggerId) => this.host.call('github_hook_ping', { trigger_id });
  protected signedOut = (api: string) => this.host.call('github_sign_out', { api });

  protected draft(): GithubDraft | undefined {
    const api = this.account?.api;
    if (!api || !this.place) return undefined;
    const asks = this.view?.address || !this.asksEvery ? {} : { asks_every: this.asksEvery };
    return { api, place: this.place.place, events: [...this.chosen], then: this.task ? 'task' : 'nothing', ...asks };
  }

  /** Follows what changes: a hook, a trigger's secret, a ping. */
  apply(event: Event): void {
    if (event === 'status') return;
    const arrived = this.arrived(event);
    if ('github' in event || 'tunnel' in event || 'lagged' in event || arrived) {
      void this.load();
      for (const id of Object.keys(this.lists)) void this.missed(id);
    }
    // What arrived may be what was asked for: the record is told anew where it is open.
    if (arrived) for (const id of Object.keys(this.records)) void this.record(id);
  }

  /** With `gh`'s token, or with one that was pasted. */
  async signIn(token?: string, host?: string): Promise<boolean> {
    return this.once('sign-in', async () => {
      const account = await this.host.call('github_sign_in', {
        ...(token ? { token } : {}),
        ...(host ? { host } : {}),
      });
      this.api = account.api;
      await this.signedInAnew();
    });
  }

  /** How often a new hook has GitHub asked; `undefined`: it is to reach a public address. */
  askEvery(seconds: number | undefined): void {
    this.asksEvery = seconds;
    if (this.place) void this.show();
  }

  async setAddress(address: string): Promise<boolean> {
    return this.once('address', async () => {
      this.view = await this.host.call('github_address', { address });
    });
  }

  /** GitHub's record of a hook: its newest page, or one more. */
  async record(trigger_id: TriggerId, more = false): Promise<void> {
    const before = more ? this.records[trigger_id] : undefined;
    await this.once('record', async () => {
      const after = before?.next ? { after: before.next } : {};
      const { items, next } = await this.host.call('github_record', { trigger_id, ...after });
      this.records = { ...this.records, [trigger_id]: { items: [...(before?.items ?? []), ...items], next } };
    });
  }

  /** Has GitHub send one again, then asks for the record as it is then. */
  async sendAgain(trigger_id: TriggerId, id: string): Promise<void> {
    const asked = await this.once(
      'record',
      async () => void (await this.host.call('github_send_again', { trigger_id, id })),
    );
    if (asked) await this.record(trigger_id);
  }

  /** Takes the payload of one attempt as a delivery here. */
  async bringIn(trigger_id: TriggerId, id: string): Promise<void> {
    const brought = await this.once(
      'record',
      async () => void (await this.host.call('github_import', { trigger_id, id })),
    );
    if (brought) await this.record(trigger_id);
  }

  /** What a hook missed, one by one. */
  async missed(trigger_id: TriggerId): Promise<void> {
    await this.once('missed', async () => {
      const items = await this.host.call('github_missed', { trigger_id });
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
      this.host.call('github_missed_work', { trigger_id, how, ...(ids ? { ids } : {}) }),
    );
  }

  async stopWork(trigger_id: TriggerId): Promise<void> {
    await this.#missed(trigger_id, () => this.host.call('github_missed_stop', { trigger_id }));
  }

  async lookForMissed(trigger_id: TriggerId): Promise<void> {
    await this.#missed(trigger_id, () => this.host.call('github_missed_look', { trigger_id }));
  }

  async leaveMissed(trigger_id: TriggerId): Promise<void> {
    await this.#missed(trigger_id, () => this.host.call('github_missed_leave', { trigger_id }));
  }

  /** What is done without asking. */
  async rule(trigger_id: TriggerId, always: boolean, asks_every: number | null): Promise<void> {
    await this.#missed(trigger_id, () => this.host.call('github_missed_rule', { trigger_id, always, asks_every }));
  }

  async #missed(trigger_id: TriggerId, act: () => Promise<unknown>): Promise<void> {
    await this.once('missed', async () => void (await act()));
    await this.load();
    if (this.lists[trigger_id]) await this.missed(trigger_id);
  }
}
