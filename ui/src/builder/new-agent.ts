/** An agent that is made when its trigger is saved. */
import type { ApiError } from '../generated/ApiError';
import type { Host } from '../host/host';
import { apiError } from '../host/host';
import { agentDraft, agentForm, type AgentForm } from './agent-form';

/** As it is typed: with its backend, its topic and its instructions, as the agent's own form has them. */
export type NewAgent = AgentForm;

/** One to begin with. */
export function newAgent(): NewAgent {
  return agentForm(undefined);
}

/** Makes it; its id. What is wrong with it is thrown with the field of the form: `agent.name`, `agent.input_schema`. */
export async function makeAgent(host: Host, agent: NewAgent): Promise<string> {
  schemaIsJson(agent.schema);
  try {
    return (await host.call('agent_create', agentDraft(agent, undefined))).id;
  } catch (error) {
    const { code, message, hint, field } = apiError(error);
    throw { code, message, hint, field: field && `agent.${field}` } satisfies ApiError;
  }
}

function schemaIsJson(text: string): void {
  if (text.trim() === '') return;
  try {
    JSON.parse(text);
  } catch (error) {
    const message = `the input schema is no JSON: ${(error as Error).message}`;
    throw { code: 'invalid', message, field: 'agent.input_schema' } satisfies ApiError;
  }
}
