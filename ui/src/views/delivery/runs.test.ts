import { expect, test, vi } from 'vitest';
import { TableHost } from '../../../tests/host';
import { Failure } from '../../host/host';
import { Runs } from './runs.svelte';
import { executionOf } from '../../../tests/detail';

const detail = (attempts: number) => ({ execution: executionOf({ attempts }), steps: [], plan: '{}', result: null });

test('a log that is shown follows its execution; others are not asked for', async () => {
  const execution_get = vi.fn(() => detail(execution_get.mock.calls.length));
  const runs = new Runs(new TableHost({ execution_get }));
  await runs.load('exe_1');
  runs.apply({ execution: executionOf({ id: 'exe_2' }) });
  expect(execution_get).toHaveBeenCalledTimes(1);
  runs.apply({ execution: executionOf() });
  await vi.waitFor(() => expect(runs.details.get('exe_1')?.execution.attempts).toBe(2));
});

test('a change that comes while the log is being read is not missed', async () => {
  const answers: Array<(value: unknown) => void> = [];
  const runs = new Runs(new TableHost({ execution_get: () => new Promise((resolve) => answers.push(resolve)) }));
  const first = runs.load('exe_1');
  void runs.load('exe_1');
  void runs.load('exe_1');
  answers[0]?.(detail(1));
  await vi.waitFor(() => expect(answers).toHaveLength(2));
  answers[1]?.(detail(2));
  await first;
  expect(runs.details.get('exe_1')?.execution.attempts).toBe(2);
});

test('a refused retry is told at its execution and forgotten when one succeeds', async () => {
  const host = new TableHost({ execution_get: () => detail(1) });
  const runs = new Runs(host);
  host.answers.execution_retry = () => {
    throw new Failure({ code: 'conflict', message: 'it is running' });
  };
  await runs.retry('exe_1');
  expect(runs.refusals.get('exe_1')?.message).toBe('it is running');
  host.answers.execution_retry = () => executionOf();
  await runs.retry('exe_1');
  expect(runs.refusals.size).toBe(0);
});
