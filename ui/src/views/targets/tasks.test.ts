import { expect, test } from 'vitest';
import { TableHost } from '../../../tests/host';
import type { Task } from '../../generated/Task';
import { Failure } from '../../host/host';
import { Tasks } from './tasks.svelte';

function task(seq: number, part: Partial<Task> = {}): Task {
  return {
    id: `tsk_${seq}`,
    seq,
    list_id: 'lst_1',
    title: `Task ${seq}`,
    description: '',
    assignees: [],
    priority: 'normal',
    tags: [],
    status: 'open',
    source_delivery: null,
    created_at: 1,
    updated_at: 1,
    ...part,
  };
}

function open() {
  let stored = [task(3), task(2, { status: 'done' })];
  const host = new TableHost({
    lists_list: () => [{ id: 'lst_1', name: 'Inbox', open: 1, done: 1, created_at: 1 }],
    tasks_list: () => ({ items: stored, next: null }),
    task_get: ({ id }) => task(Number(id.slice(4))),
    task_update: ({ id, change }) => ({ ...task(Number(id.slice(4))), ...change }),
    task_delete: ({ id }) => {
      stored = stored.filter((one) => one.id !== id);
      return {};
    },
  });
  return { host, tasks: new Tasks(host) };
}

test('the board has the open and the done ones apart', async () => {
  const { tasks } = open();
  await tasks.load();
  expect(tasks.open.map((one) => one.id)).toEqual(['tsk_3']);
  expect(tasks.done.map((one) => one.id)).toEqual(['tsk_2']);
});

test('closing one moves it', async () => {
  const { tasks } = open();
  await tasks.load();
  expect(await tasks.change('tsk_3', { status: 'done' })).toBe(true);
  expect(tasks.open).toHaveLength(0);
});

test('a task beyond the loaded page can be opened by its address', async () => {
  const { tasks } = open();
  await tasks.load();
  await tasks.select('tsk_77');
  expect(tasks.task?.title).toBe('Task 77');
});

test('a refused change is said and changes nothing', async () => {
  const { host, tasks } = open();
  await tasks.load();
  host.answers.task_update = () => {
    throw new Failure({ code: 'invalid', message: 'the title is empty', field: 'title' });
  };
  expect(await tasks.change('tsk_3', { title: '' })).toBe(false);
  expect(tasks.changeError?.field).toBe('title');
  expect(tasks.rows[0]?.title).toBe('Task 3');
});

test('a deleted task is gone and not open any more', async () => {
  const { tasks } = open();
  await tasks.load();
  await tasks.select('tsk_3');
  await tasks.remove('tsk_3');
  expect(tasks.rows.map((one) => one.id)).toEqual(['tsk_2']);
  expect(tasks.task).toBeUndefined();
});

test('a list that was deleted elsewhere is not shown any more', async () => {
  const { tasks } = open();
  tasks.list = 'lst_gone';
  await tasks.load();
  expect(tasks.list).toBeUndefined();
});
