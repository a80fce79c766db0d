import { expect, test } from 'vitest';
import { TableHost } from '../../../tests/host';
import type { Agent } from '../../generated/Agent';
import type { AgentExecution } from '../../generated/AgentExecution';
import { agentDraft, agentForm } from './agent-form';
import { AgentsState } from './agents.svelte';

const AGENT: Agent = {
  id: 'agent1',
  name: 'Triage',
  kind: 'simple',
  description: '',
  input_schema: null,
  topic: '',
  instructions: '',
  backend: 'echo',
  limits: { timeout_s: 120, tokens_a_day: 0, runs_a_day: 0 },
  created_at: 1,
  updated_at: 1,
};

const run = (seq: number) => ({ id: `run${seq}`, seq, agent_id: 'agent1', input: {} }) as unknown as AgentExecution;

test('executions come in pages behind a cursor, however many there are', async () => {
  const host = new TableHost({
    agent_executions_list: ({ limit = 20, after }) => {
      const all = Array.from({ length: 150 }, (_, n) => run(150 - n)).filter(({ seq }) => seq < (after ?? 999));
      return { items: all.slice(0, limit), total: 150, page: 1, limit };
    },
  });
  const agents = new AgentsState(host);
  await agents.runs.load();
  await agents.runs.more();
  expect(agents.runs.rows.map(({ seq }) => seq)).toEqual(Array.from({ length: 150 }, (_, n) => 150 - n));
  expect(agents.runs.next).toBeNull();
});

test('an agent beyond the loaded page can be opened by its address', async () => {
  const host = new TableHost({
    agents_list: () => ({ items: [AGENT], total: 101, page: 1, limit: 100 }),
    agent_get: ({ id }) => ({ ...AGENT, id, name: 'Older' }),
    agent_executions_list: () => ({ items: [], total: 0, page: 1, limit: 100 }),
  });
  const agents = new AgentsState(host);
  await agents.load();
  await agents.show('agent77');
  expect(agents.agent?.name).toBe('Older');
});

test('a schema that is taken out becomes one that everything fits', () => {
  const before = { ...AGENT, input_schema: { type: 'object' } };
  const form = agentForm(before);
  expect(agentDraft(form, before).input_schema).toEqual({ type: 'object' });
  expect(agentDraft({ ...form, schema: ' ' }, before).input_schema).toEqual({});
  expect(agentDraft({ ...form, schema: '' }, AGENT).input_schema).toBeNull();
});
