import { expect, test } from 'vitest';
import { executionOf } from '../../../tests/detail';
import { TableHost } from '../../../tests/host';
import type { Agent } from '../../generated/Agent';
import type { AgentExecution } from '../../generated/AgentExecution';
import { agentDraft, agentForm } from '../../builder/agent-form';
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

test('a backend is sent as it is set, and comes back into the form', () => {
  const echo = agentForm(AGENT);
  expect(agentDraft(echo, AGENT).backend).toBe('echo');
  const command = { ...echo, backend: 'command' as const, program: ' /bin/llm ', arguments: '-m\n\nx y\n' };
  const backend = { command: { program: '/bin/llm', arguments: ['-m', '', 'x y'] } };
  expect(agentDraft(command, AGENT).backend).toEqual(backend);
  expect(agentForm({ ...AGENT, backend }).arguments).toBe('-m\n\nx y');
  const chat = { ...echo, backend: 'chat' as const, base_url: 'http://127.0.0.1:1/v1', model: 'm' };
  expect(agentDraft(chat, AGENT).backend).toEqual({
    chat: { base_url: 'http://127.0.0.1:1/v1', model: 'm', key: null },
  });
});

test('what the opened one says comes as it is said', async () => {
  const running = { ...run(1), status: 'running', execution_id: 'exe_1' };
  const host = new TableHost({
    agent_execution_get: () => running,
    execution_get: () => ({ execution: executionOf(), steps: [], plan: '{}', result: null, live: 'Two ' }),
  });
  const agents = new AgentsState(host);
  await agents.select('run1');
  agents.apply({ output: { execution_id: 'exe_1', from: 4, text: 'words' } });
  agents.apply({ output: { execution_id: 'exe_2', from: 0, text: 'of another' } });
  expect(agents.speaking.now?.live).toBe('Two words');
});
