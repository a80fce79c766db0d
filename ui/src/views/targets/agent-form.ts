/** An agent as its form edits it: the schema as JSON text. */
import type { Agent } from '../../generated/Agent';
import type { AgentDraft } from '../../generated/AgentDraft';

export interface AgentForm {
  name: string;
  kind: string;
  description: string;
  /** JSON text; empty: any input fits. */
  schema: string;
}

/** PromptRails' words for how an agent works. */
export const AGENT_KINDS = ['simple', 'chain', 'agent', 'workflow'];

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
  return {
    name: agent?.name ?? '',
    kind: agent?.kind ?? 'simple',
    description: agent?.description ?? '',
    schema: agent?.input_schema ? JSON.stringify(agent.input_schema, null, 2) : '',
  };
}

/** What is sent. A schema that was taken out becomes one that everything fits: a missing one would keep the old. */
export function agentDraft(form: AgentForm, before: Agent | undefined): AgentDraft {
  const { schema, ...rest } = form;
  if (schema.trim()) return { ...rest, input_schema: JSON.parse(schema) as unknown };
  return { ...rest, input_schema: before?.input_schema ? {} : null };
}
