/** Actions to begin with, and which of them a contract's service has. */
import type { Action } from '../generated/Action';
import type { ActionKind } from '../generated/ActionKind';
import type { Contract } from '../generated/Contract';
import type { ListId } from '../generated/ListId';
import { actionWords } from './action-words';

/** Most attempts of a forward to begin with: the whole schedule. */
const ATTEMPTS = 8;

/** Every kind that can be chosen. */
type Chosen = Exclude<ActionKind, 'raise_alert' | 'run_task'>;

const MAKE: Record<Chosen, (list: ListId) => Action> = {
  create_task: (list_id) => ({
    create_task: { list_id, title: '', description: '', assignees: [], priority: 'normal', tags: [] },
  }),
  forward: () => ({
    forward: {
      method: 'POST',
      url: 'https://',
      headers: [],
      body: 'as_received',
      sign: null,
      allow_private: false,
      max_attempts: ATTEMPTS,
    },
  }),
  notify: () => ({ notify: { message: '', notify_owner: true, channels: [] } }),
  spawn_agent: () => ({
    spawn_agent: { prompt: '', topic: '', model: '', orchestrated: false, notify_owner: false },
  }),
  run_agent: () => ({ run_agent: { agent_id: '', input: {} } }),
  execute_tool: () => ({ execute_tool: { tool: 'shell', action: 'execute', params: { command: '' } } }),
  instantiate_pipeline: () => ({ instantiate_pipeline: { pipeline_id: '', variables: {} } }),
};

/** In the order of the menu. */
const ALL = Object.keys(MAKE) as Chosen[];

/** What a service's documents name; it stands first, and the rest is Creel's own. */
const OF_SERVICE: Partial<Record<Contract, { name: string; kinds: Chosen[] }>> = {
  opengate: { name: 'OpenGate', kinds: ['create_task', 'instantiate_pipeline'] },
  octipus: { name: 'Octipus', kinds: ['spawn_agent', 'notify', 'forward', 'execute_tool'] },
};

/** An action of a kind to begin with; `list` is where its task would go. */
export function newAction(kind: ActionKind, list: ListId): Action {
  return MAKE[kind as Chosen](list);
}

/** One line of the menu of kinds. */
export interface KindChoice {
  value: ActionKind;
  label: string;
  about?: string;
}

/** The kinds that a trigger of a contract can have. PromptRails binds it to one agent. */
export function kindsOf(contract: Contract): KindChoice[] {
  if (contract === 'promptrails') return [{ value: 'run_agent', label: actionWords('run_agent') }];
  const service = OF_SERVICE[contract];
  if (!service) return ALL.map((value) => ({ value, label: actionWords(value) }));
  const own = service.kinds.map((value) => ({ value, label: actionWords(value), about: `One of ${service.name}’s` }));
  const rest = ALL.filter((kind) => !service.kinds.includes(kind));
  return [...own, ...rest.map((value) => ({ value, label: actionWords(value), about: 'Creel’s own' }))];
}
