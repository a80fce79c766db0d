/** Agents and their executions. */
import type { Agent } from '../../generated/Agent';
import type { AgentDraft } from '../../generated/AgentDraft';
import type { AgentExecution } from '../../generated/AgentExecution';
import type { AgentExecutionId } from '../../generated/AgentExecutionId';
import type { AgentId } from '../../generated/AgentId';
import type { Event } from '../../generated/Event';
import type { SecretInfo } from '../../generated/SecretInfo';
import type { Host } from '../../host/host';
import { apiError } from '../../host/host';
import { LiveDetail } from '../executions/live-detail.svelte';
import { Changes } from './changes.svelte';
import { Pages } from './pages.svelte';

/** Agents and executions that one answer has at the most: they are paged as their service pages them. */
const MOST = 100;

export class AgentsState extends Changes {
  readonly #host: Host;
  all = $state.raw<Agent[]>([]);
  /** How many there are; `all` may have the newest only. */
  total = $state(0);
  /** The one whose executions are shown; none: those of all. */
  only = $state<AgentId>();
  readonly runs: Pages<AgentExecution>;
  /** The opened execution. */
  run = $state.raw<AgentExecution>();
  /** What the opened one says while it runs. */
  readonly speaking: LiveDetail;
  /** Kept secrets: keys of chat servers are among them. */
  secrets = $state.raw<SecretInfo[]>([]);

  readonly agent = $derived(this.all.find((one) => one.id === this.only));

  constructor(host: Host) {
    super();
    this.#host = host;
    this.speaking = new LiveDetail(host);
    this.runs = new Pages(async (page) => {
      const limit = Math.min(MOST, page.limit);
      const found = await host.call('agent_executions_list', { ...page, limit, ...this.#of() });
      return { items: found.items, next: found.items.length < limit ? null : (found.items.at(-1)?.seq ?? null) };
    }, MOST);
  }

  #of(): { agent_id?: AgentId } {
    return this.only ? { agent_id: this.only } : {};
  }

  /** Loads the agents and their newest executions. */
  async load(): Promise<void> {
    await Promise.all([this.#loadAll(), this.runs.load(), this.#loadSecrets()]);
  }

  /** Without them an agent can go without a key only. */
  async #loadSecrets(): Promise<void> {
    this.secrets = await this.#host.call('secrets_list', {}).catch(() => []);
  }

  async #loadAll(): Promise<void> {
    try {
      const found = await this.#host.call('agents_list', { limit: MOST });
      this.all = found.items;
      this.total = found.total;
    } catch (thrown) {
      this.changeError = apiError(thrown);
    }
  }

  /** Loads the agents after those that are there. */
  async moreAgents(): Promise<void> {
    await this.attempt(async () => {
      const page = Math.floor(this.all.length / MOST) + 1;
      const found = await this.#host.call('agents_list', { limit: MOST, page });
      const known = new Set(this.all.map(({ id }) => id));
      this.all = [...this.all, ...found.items.filter(({ id }) => !known.has(id))];
      this.total = found.total;
    });
  }

  /** Shows the executions of one, or of all. */
  async show(only: AgentId | undefined): Promise<void> {
    if (this.only === only) return;
    this.only = only;
    if (only) await this.#know(only);
    await this.runs.restart();
  }

  /** An agent beyond the loaded page can be opened by its address. */
  async #know(id: AgentId): Promise<void> {
    if (this.all.some((one) => one.id === id)) return;
    await this.attempt(async () => {
      const agent = await this.#host.call('agent_get', { id });
      if (!this.all.some((one) => one.id === id)) this.all = [...this.all, agent];
    });
  }

  /** Opens an execution; none: closes it. */
  async select(id: AgentExecutionId | undefined): Promise<void> {
    this.changeError = undefined;
    if (this.run?.id !== id) this.#forget();
    if (!id) return;
    await this.attempt(async () => {
      const run = await this.#host.call('agent_execution_get', { id });
      this.run = run;
      if (run.status === 'running' && run.execution_id) await this.speaking.load(run.execution_id);
      else this.speaking.clear();
    });
  }

  #forget(): void {
    this.run = undefined;
    this.speaking.clear();
  }

  /** Makes an agent, or changes the one with this id; what came of it. */
  async keep(id: AgentId | undefined, draft: AgentDraft): Promise<Agent | undefined> {
    let kept: Agent | undefined;
    await this.attempt(async () => {
      kept = id
        ? await this.#host.call('agent_update', { id, change: draft })
        : await this.#host.call('agent_create', draft);
      await this.#loadAll();
    });
    return kept;
  }

  /** Deletes an agent; its executions stay. */
  remove(id: AgentId): Promise<boolean> {
    return this.attempt(async () => {
      await this.#host.call('agent_delete', { id });
      await this.#loadAll();
    });
  }

  apply(event: Event): void {
    if (event === 'status') return;
    if ('output' in event) this.speaking.hear(event.output);
    const lagged = 'lagged' in event;
    if (lagged || 'agent' in event) void this.#loadAll();
    if (lagged || ('execution' in event && event.execution.action === 'run_agent'))
      this.runs.soon(() => this.run && void this.select(this.run.id));
  }
}
