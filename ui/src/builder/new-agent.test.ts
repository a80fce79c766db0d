import { expect, test } from 'vitest';
import type { AgentDraft } from '../generated/AgentDraft';
import type { Host } from '../host/host';
import { makeAgent, newAgent } from './new-agent';

/** A host that keeps what it is told to make, or refuses it. */
function hostOf(made: AgentDraft[], refusal?: unknown): Host {
  const call = async (_: string, draft: AgentDraft): Promise<{ id: string }> => {
    if (refusal) throw refusal;
    made.push(draft);
    return { id: 'agent-1' };
  };
  return { call } as unknown as Host;
}

test('a new agent is made with its backend, its topic and its instructions', async () => {
  const made: AgentDraft[] = [];
  const chat = { backend: 'chat' as const, base_url: 'http://127.0.0.1:11434/v1', model: 'llama3.2' };
  const agent = { ...newAgent(), ...chat, name: 'Reviewer', topic: 'coding', instructions: 'Be brief.' };
  expect(await makeAgent(hostOf(made), agent)).toBe('agent-1');
  expect(made[0]).toMatchObject({
    name: 'Reviewer',
    topic: 'coding',
    instructions: 'Be brief.',
    backend: { chat: { base_url: 'http://127.0.0.1:11434/v1', model: 'llama3.2', key: null } },
    input_schema: null,
  });
});

test('what is wrong with it is said at its own field', async () => {
  const typed = { ...newAgent(), name: 'x', schema: '{' };
  await expect(makeAgent(hostOf([]), typed)).rejects.toMatchObject({ field: 'agent.input_schema' });
  const refused = hostOf([], { code: 'invalid', message: 'no', field: 'backend.command.program' });
  await expect(makeAgent(refused, newAgent())).rejects.toMatchObject({ field: 'agent.backend.command.program' });
});
