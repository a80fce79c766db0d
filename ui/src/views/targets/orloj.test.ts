import { expect, test, vi } from 'vitest';
import { executionOf } from '../../../tests/detail';
import { TableHost } from '../../../tests/host';
import { Resources } from './orloj.svelte';

function open() {
  const host = new TableHost({ resources_list: () => ({ items: [], next: null }) });
  return { host, resources: new Resources(host) };
}

test('each shelf is a question of its own', async () => {
  const { host, resources } = open();
  await resources.show('runs');
  await resources.show('templates');
  await resources.show('secrets');
  expect(host.calls.map(([, asked]) => asked)).toEqual([
    { limit: 100, kind: 'Task', mode: 'run' },
    { limit: 100, kind: 'Task', mode: 'template' },
    { limit: 100, kind: 'Secret' },
  ]);
});

test('a run that was made is seen; a delivery concerns the webhooks only', async () => {
  vi.useFakeTimers();
  const { host, resources } = open();
  await resources.show('runs');
  const questions = async () => {
    await vi.runAllTimersAsync();
    return host.calls.splice(0).length;
  };
  await questions();
  resources.hear({ deliveries: [] });
  expect(await questions()).toBe(0);
  resources.hear({ execution: executionOf({ action: 'run_task' }) });
  expect(await questions()).toBe(1);
  await resources.show('webhooks');
  await questions();
  resources.hear({ deliveries: [] });
  expect(await questions()).toBe(1);
  vi.useRealTimers();
});
