import { expect, test } from 'vitest';
import { executionOf } from '../../../tests/detail';
import type { ExecutionDetail } from '../../generated/ExecutionDetail';
import { instanceOf, madeBy } from './made';

const path = (result: string | null) =>
  madeBy({ execution: executionOf(), steps: [], plan: '{}', result, live: null })?.path;

test.each([
  ['{"task_id":"tsk_1"}', '/targets/tasks/tsk_1'],
  ['{"alert_id":"abc"}', '/targets/alerts/abc'],
  ['{"pipeline_instance_id":"pin_1"}', '/targets/pipelines/run/pin_1'],
  ['{"task":"default/report-1"}', '/targets/orloj/runs/default/report-1'],
])('%s', (result, wanted) => {
  expect(path(result)).toBe(wanted);
});

test.each([null, '{"status":200}', '[]', 'no json', '{"task":5}', '{"task":"nameless"}', '{"execution_id":"exe_1"}'])(
  'nothing for %s',
  (result) => {
    expect(path(result)).toBeUndefined();
  },
);

test('an agent’s run is shown as soon as it is asked for', () => {
  const execution = executionOf({ action: 'run_agent' });
  const made = madeBy({ execution, steps: [], plan: '{"execution_id":"2x"}', result: null, live: null });
  expect(made?.path).toBe('/targets/agents/run/2x');
});

test('the instance of a pipeline is known before there is a result', () => {
  const plan = JSON.stringify({ pipeline_id: 'pip_1', instance_id: 'pin_1' });
  const detail = (action: string) => ({ execution: { action }, plan, result: null }) as unknown as ExecutionDetail;
  expect(instanceOf(detail('instantiate_pipeline'))).toBe('pin_1');
  expect(instanceOf(detail('forward'))).toBeUndefined();
});
