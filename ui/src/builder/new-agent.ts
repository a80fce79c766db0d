/** An agent that is made when its trigger is saved. */
import type { AgentDraft } from '../generated/AgentDraft';
import type { ApiError } from '../generated/ApiError';
import type { Host } from '../host/host';
import { apiError } from '../host/host';

/** As it is typed. */
export interface NewAgent {
  name: string;
  description: string;
  /** JSON Schema as text; blank: any JSON. */
  schema: string;
}

/** Makes it; its id. What is wrong with it is thrown with the field of the form: `agent.name`, `agent.input_schema`. */
export async function makeAgent(host: Host, agent: NewAgent): Promise<string> {
  const draft: Partial<AgentDraft> = { name: agent.name, description: agent.description };
  if (agent.schema.trim() !== '') draft.input_schema = schemaOf(agent.schema);
  try {
    return (await host.call('agent_create', draft as AgentDraft)).id;
  } catch (error) {
    const { code, message, hint, field } = apiError(error);
    throw { code, message, hint, field: field && `agent.${field}` } satisfies ApiError;
  }
}

function schemaOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const message = `the input schema is no JSON: ${(error as Error).message}`;
    throw { code: 'invalid', message, field: 'agent.input_schema' } satisfies ApiError;
  }
}
