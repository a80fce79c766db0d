import { expect, test } from 'vitest';
import { TableHost } from '../../../tests/host';
import type { Execution } from '../../generated/Execution';
import { Failure } from '../../host/host';
import { Executions } from './executions.svelte';
import { tries } from './status-words';

function execution(seq: number, part: Partial<Execution> = {}): Execution {
  return {
    id: `exe_${seq}`,
    seq,
    delivery_id: 'dlv_1',
    trigger_id: 'trg_1',
    trigger_name: 'Deploys',
    position: 0,
    action: 'forward',
    summary: 'POST https://example.com',
    status: 'queued',
    attempts: 0,
    max_attempts: 8,
    next_at: null,
    created_at: 1,
    started_at: null,
    finished_at: null,
    error: null,
    ...part,
  };
}

function open() {
  const host = new TableHost({
    executions_list: ({ after }) =>
      after ? { items: [execution(1)], next: null } : { items: [execution(3), execution(2)], next: 2 },
    execution_get: ({ id }) => ({ execution: execution(Number(id.slice(4))), steps: [], plan: '{}', result: null }),
  });
  return { host, list: new Executions(host) };
}

const seqs = (list: Executions) => list.rows.map((row) => row.seq);

test('pages follow each other without gap or repeat', async () => {
  const { list } = open();
  await list.load();
  await list.more();
  await list.more();
  expect(seqs(list)).toEqual([3, 2, 1]);
});

test('a change of a known row stays in its place', async () => {
  const { list } = open();
  await list.load();
  list.apply({ execution: execution(2, { status: 'succeeded' }) });
  expect(seqs(list)).toEqual([3, 2]);
  expect(list.rows[1]?.status).toBe('succeeded');
});

test('new rows wait while something else is read, each once, and come in together', async () => {
  const { list } = open();
  await list.load();
  list.following = false;
  list.apply({ execution: execution(4) });
  list.apply({ execution: execution(5) });
  list.apply({ execution: execution(4, { status: 'running' }) });
  expect(seqs(list)).toEqual([3, 2]);
  expect(list.waiting).toHaveLength(2);
  list.showWaiting();
  expect(seqs(list)).toEqual([5, 4, 3, 2]);
  expect(list.waiting).toHaveLength(0);
});

test('executions go with their delivery', async () => {
  const { list } = open();
  await list.load();
  list.following = false;
  list.apply({ execution: execution(4, { delivery_id: 'dlv_2' }) });
  list.apply({ deliveries_deleted: ['dlv_2'] });
  expect([seqs(list), list.waiting]).toEqual([[3, 2], []]);
  list.apply({ deliveries_deleted: ['dlv_1'] });
  expect(list.rows).toEqual([]);
});

test('a filter keeps others out, and is asked of the core', async () => {
  const { host, list } = open();
  await list.show(['failed']);
  list.apply({ execution: execution(9, { status: 'succeeded' }) });
  expect(seqs(list)).toEqual([3, 2]);
  expect(host.calls.at(-1)).toEqual(['executions_list', { limit: 100, status: ['failed'] }]);
});

test('what a cancel is refused for is said at the execution', async () => {
  const { host, list } = open();
  host.answers.execution_cancel = () => {
    throw new Failure({ code: 'conflict', message: 'it is over' });
  };
  await list.load();
  await list.select('exe_3');
  await list.cancel('exe_3');
  expect(list.detailError?.message).toBe('it is over');
  expect(list.detail?.execution.id).toBe('exe_3');
});

test('the answer for one that is no longer open is not shown', async () => {
  const { host, list } = open();
  let late: (() => void) | undefined;
  host.answers.execution_get = ({ id }) =>
    id === 'exe_2'
      ? new Promise((resolve) => {
          late = () => resolve({ execution: execution(2), steps: [], plan: '', result: null });
        })
      : { execution: execution(3), steps: [], plan: '', result: null };
  const first = list.select('exe_2');
  await list.select('exe_3');
  late?.();
  await first;
  expect(list.detail?.execution.id).toBe('exe_3');
});

test('an answer that is older than the events does not overwrite them', async () => {
  const { host, list } = open();
  host.answers.execution_retry = () => execution(3, { status: 'queued' });
  host.answers.execution_get = () => ({
    execution: execution(3, { status: 'running' }),
    steps: [],
    plan: '{}',
    result: null,
    live: '',
  });
  await list.load();
  await list.select('exe_3');
  await list.retry('exe_3');
  expect([list.rows[0]?.status, list.detail?.execution.status]).toEqual(['running', 'running']);
});

test('tries are counted against their most only while more can come', () => {
  expect(tries(execution(1))).toBe('not tried yet');
  expect(tries(execution(1, { status: 'running', attempts: 2 }))).toBe('attempt 2 of 8');
  expect(tries(execution(1, { status: 'failed', attempts: 1 }))).toBe('1 attempt');
});
