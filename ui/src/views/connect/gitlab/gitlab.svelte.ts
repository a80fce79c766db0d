/** GitLab by clicking: what it does otherwise than another forge, and its record. */
import type { Event } from '../../../generated/Event';
import type { GitlabDraft } from '../../../generated/GitlabDraft';
import type { GitlabEvent } from '../../../generated/GitlabEvent';
import type { GitlabPlaceFound } from '../../../generated/GitlabPlaceFound';
import type { GitlabRecord } from '../../../generated/GitlabRecord';
import type { GitlabView } from '../../../generated/GitlabView';
import type { TriggerId } from '../../../generated/TriggerId';
import type { Wanted } from '../../../generated/Wanted';
import type { Host } from '../../../host/host';
import { Forge } from '../forge/forge.svelte';

/** What GitLab has in its own shape. */
export interface GitlabShapes {
  view: GitlabView;
  found: GitlabPlaceFound;
  event: GitlabEvent;
  draft: GitlabDraft;
}

export class Gitlab extends Forge<GitlabShapes> {
  /** The plain secret token instead of a signature. */
  plain = $state(false);
  records = $state.raw<Record<TriggerId, GitlabRecord>>({});

  readonly account = $derived(this.view?.accounts[0]);
  readonly offered = $derived(this.events.filter(({ of }) => of.includes(this.place?.place.kind ?? 'project')));

  constructor(host: Host) {
    super(host, 'push_events');
  }

  protected look = () => this.host.call('gitlab_get', {});
  protected allEvents = () => this.host.call('gitlab_events', {});
  protected places = (api: string, q: string) => this.host.call('gitlab_places', { api, q });
  protected planned = (draft: GitlabDraft) => this.host.call('gitlab_plan', draft);
  protected connected = (draft: GitlabDraft) => this.host.call('gitlab_connect', draft);
  protected leftRemoved = ({ api, place }: GitlabDraft, hook_id: number) =>
    this.host.call('gitlab_left_remove', { api, place, hook_id });
  protected hookSet = (trigger_id: TriggerId, wanted: Wanted) =>
    this.host.call('gitlab_hook_set', { trigger_id, wanted });
  protected tested = (trigger_id: TriggerId) => this.host.call('gitlab_hook_test', { trigger_id });
  protected signedOut = (api: string) => this.host.call('gitlab_sign_out', { api });

  protected draft(): GitlabDraft | undefined {
    const api = this.account?.api;
    if (!api || !this.place) return undefined;
    return { api, place: this.place.place, events: [...this.chosen], task: this.task, plain: this.plain };
  }

  /** Follows what changes: a hook, the address, what arrives. */
  apply(event: Event): void {
    if (event === 'status') return;
    const arrived = this.arrived(event);
    if ('github' in event || 'tunnel' in event || 'lagged' in event || arrived) void this.load();
    if (arrived) for (const id of Object.keys(this.records)) void this.record(id);
  }

  async signIn(token: string, host: string): Promise<boolean> {
    return this.once('sign-in', async () => {
      await this.host.call('gitlab_sign_in', { token, ...(host ? { host } : {}) });
      await this.signedInAnew();
    });
  }

  /** GitLab's record of a hook: its newest page, or one more. */
  async record(trigger_id: TriggerId, more = false): Promise<void> {
    const before = more ? this.records[trigger_id] : undefined;
    await this.once('record', async () => {
      const page = before?.next ? { page: before.next } : {};
      const told = await this.host.call('gitlab_record', { trigger_id, ...page });
      const items = [...(before?.items ?? []), ...told.items];
      this.records = { ...this.records, [trigger_id]: { ...told, items } };
    });
  }

  async sendAgain(trigger_id: TriggerId, id: number): Promise<void> {
    const asked = await this.once(
      'record',
      async () => void (await this.host.call('gitlab_send_again', { trigger_id, id })),
    );
    if (asked) await this.record(trigger_id);
  }
}
