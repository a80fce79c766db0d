/** An agent as its form edits it: the schema as JSON text, every backend's fields beside each other. */
import type { Agent } from '../generated/Agent';
import type { AgentDraft } from '../generated/AgentDraft';
import type { AgentLimits } from '../generated/AgentLimits';
import type { Backend } from '../generated/Backend';

export type BackendKind = 'echo' | 'command' | 'chat';

export interface AgentForm {
  name: string;
  kind: string;
  description: string;
  topic: string;
  instructions: string;
  /** JSON text; empty: any input fits. */
  schema: string;
  backend: BackendKind;
  program: string;
  /** One a line. */
  arguments: string;
  base_url: string;
  model: string;
  /** Id of a kept secret; empty: none. */
  key: string;
  limits: AgentLimits;
}

/** PromptRails' words for how an agent works. */
export const AGENT_KINDS = ['simple', 'chain', 'agent', 'workflow'];

export const BACKENDS: Array<{ value: BackendKind; label: string; hint: string }> = [
  { value: 'echo', label: 'Echo', hint: 'The prompt itself is the answer: to see what an agent would get.' },
  {
    value: 'command',
    label: 'A program on this machine',
    hint: 'The prompt on its input, the answer on its output. It is approved before it first runs for a trigger.',
  },
  {
    value: 'chat',
    label: 'A chat server',
    hint: 'Anything that speaks OpenAI’s chat completions: Ollama, LM Studio, OpenAI, OpenRouter.',
  },
];

/** What a new agent starts with: the core's own defaults (`agent.rs`). */
const LIMITS: AgentLimits = { timeout_s: 120, tokens_a_day: 200_000, runs_a_day: 500 };

/** What a new schema starts with: one field that has to be there. */
export const EXAMPLE_SCHEMA = `{
  "type": "object",
  "required": ["message"],
  "properties": {
    "message": { "type": "string" }
  }
}`;

/** The form of an agent, or of a new one. */
export function agentForm(agent: Agent | undefined): AgentForm {
  const backend = agent?.backend ?? 'echo';
  const command = typeof backend === 'object' && 'command' in backend ? backend.command : undefined;
  const chat = typeof backend === 'object' && 'chat' in backend ? backend.chat : undefined;
  return {
    name: agent?.name ?? '',
    kind: agent?.kind ?? 'simple',
    description: agent?.description ?? '',
    topic: agent?.topic ?? '',
    instructions: agent?.instructions ?? '',
    schema: agent?.input_schema ? JSON.stringify(agent.input_schema, null, 2) : '',
    backend: command ? 'command' : chat ? 'chat' : 'echo',
    program: command?.program ?? '',
    arguments: command?.arguments.join('\n') ?? '',
    base_url: chat?.base_url ?? '',
    model: chat?.model ?? '',
    key: chat?.key ?? '',
    limits: agent?.limits ?? LIMITS,
  };
}

/** What is sent. A schema that was taken out becomes one that everything fits: a missing one would keep the old. */
export function agentDraft(form: AgentForm, before: Agent | undefined): AgentDraft {
  const { name, kind, description, topic, instructions, limits, schema } = form;
  const draft = { name, kind, description, topic, instructions, limits, backend: backendOf(form) };
  if (schema.trim()) return { ...draft, input_schema: JSON.parse(schema) as unknown };
  return { ...draft, input_schema: before?.input_schema ? {} : null };
}

function backendOf(form: AgentForm): Backend {
  if (form.backend === 'chat')
    return { chat: { base_url: form.base_url.trim(), model: form.model.trim(), key: form.key || null } };
  // An empty line between two is an empty argument; the last line's end is none.
  const lines = form.arguments === '' ? [] : form.arguments.replace(/\n$/, '').split('\n');
  return form.backend === 'command' ? { command: { program: form.program.trim(), arguments: lines } } : 'echo';
}
