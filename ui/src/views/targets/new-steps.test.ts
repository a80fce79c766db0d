import { expect, test } from 'vitest';
import { STEP_KINDS, newStep } from './new-steps';

test('each new step has a name of its own', () => {
  expect(JSON.parse(newStep('wait', 'lst_1', [])).name).toBe('wait');
  expect(JSON.parse(newStep('wait', 'lst_1', ['wait', 'wait-2'])).name).toBe('wait-3');
  expect(JSON.parse(newStep('task', 'lst_1', [])).task.list_id).toBe('lst_1');
  expect(new Set(STEP_KINDS.map(({ word }) => word)).size).toBe(STEP_KINDS.length);
});
