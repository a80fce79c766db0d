import { expect, test, vi } from 'vitest';
import { TableHost } from '../../../tests/host';
import { executionOf } from '../../../tests/detail';
import type { PipelineInstance } from '../../generated/PipelineInstance';
import { Failure } from '../../host/host';
import { Pipelines } from './pipelines.svelte';

function instance(seq: number, part: Partial<PipelineInstance> = {}): PipelineInstance {
  return {
    id: `pin_${seq}`,
    seq,
    pipeline_id: 'pip_1',
    variables: {},
    status: 'pending',
    steps: [],
    execution_id: null,
    progress: [],
    source_delivery: 'dlv_1',
    created_at: 1,
    ...part,
  };
}

function open() {
  const host = new TableHost({
    pipelines_list: () => [{ id: 'pip_1', name: 'Release', variables: {}, steps: [], created_at: 1 }],
    pipeline_instances_list: () => ({ items: [instance(2), instance(1)], next: null }),
    pipeline_instance_get: ({ id }) => instance(Number(id.slice(4))),
    pipeline_instance_cancel: ({ id }) => instance(Number(id.slice(4)), { status: 'cancelled' }),
  });
  return { host, pipelines: new Pipelines(host) };
}

test('the instances of one are asked of the core', async () => {
  const { host, pipelines } = open();
  await pipelines.load();
  await pipelines.show('pip_1');
  expect(host.calls.at(-1)).toEqual(['pipeline_instances_list', { limit: 100, pipeline_id: 'pip_1' }]);
  expect(pipelines.pipeline?.name).toBe('Release');
});

test('an instance that is taken back is shown so', async () => {
  const { pipelines } = open();
  await pipelines.select('pin_2');
  await pipelines.cancel('pin_2');
  expect(pipelines.instance?.status).toBe('cancelled');
});

test('a refusal is said, and the opened instance stays', async () => {
  const { host, pipelines } = open();
  host.answers.pipeline_instance_cancel = () => {
    throw new Failure({ code: 'conflict', message: 'it does not wait any more' });
  };
  await pipelines.select('pin_2');
  expect(await pipelines.cancel('pin_2')).toBe(false);
  expect([pipelines.changeError?.code, pipelines.instance?.id]).toEqual(['conflict', 'pin_2']);
});

test('a delivery that made an instance is seen, any other is not', async () => {
  vi.useFakeTimers();
  const { host, pipelines } = open();
  pipelines.apply({ execution: executionOf({ action: 'forward' }) });
  await vi.runAllTimersAsync();
  expect(host.calls).toEqual([]);
  pipelines.apply({ execution: executionOf({ action: 'instantiate_pipeline' }) });
  await vi.runAllTimersAsync();
  expect(host.calls).toHaveLength(1);
  vi.useRealTimers();
});

test('one that is gone is said, and nothing else is shown in its place', async () => {
  const { host, pipelines } = open();
  await pipelines.select('pin_2');
  host.answers.pipeline_instance_get = () => {
    throw new Failure({ code: 'not_found', message: 'no pipeline instance pin_9' });
  };
  await pipelines.select('pin_9');
  expect([pipelines.instance, pipelines.changeError?.code]).toEqual([undefined, 'not_found']);
});
