import { expect, test } from 'vitest';
import { executionOf } from '../../../tests/detail';
import { madeBy } from './made';

const path = (result: string | null) => madeBy({ execution: executionOf(), steps: [], plan: '{}', result, live: null })?.path;

test.each([
  ['{"task_id":"tsk_1"}', '/targets/tasks/tsk_1'],
  ['{"alert_id":"abc"}', '/targets/alerts/abc'],
  ['{"pipeline_instance_id":"pin_1"}', '/targets/pipelines/run/pin_1'],
  ['{"execution_id":"2x"}', '/targets/agents/run/2x'],
  ['{"task":"default/report-1"}', '/targets/orloj/runs/default/report-1'],
])('%s', (result, wanted) => {
  expect(path(result)).toBe(wanted);
});

test.each([null, '{"status":200}', '[]', 'no json', '{"task":5}', '{"task":"nameless"}'])(
  'nothing for %s',
  (result) => {
    expect(path(result)).toBeUndefined();
  },
);
