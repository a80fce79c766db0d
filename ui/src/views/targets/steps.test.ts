import { expect, test } from 'vitest';
import { actionOf, nameFor, newStep, ofKind, ownFields, readSteps, STEP_KINDS, stepKind, withAction } from './steps';

test('each new step has a name of its own and does what was chosen', () => {
  expect(newStep('wait', 'lst_1', []).name).toBe('wait');
  expect(newStep('wait', 'lst_1', ['wait', 'wait-2']).name).toBe('wait-3');
  expect(nameFor('build-2', ['build', 'build-2'])).toBe('build-3');
  for (const { value } of STEP_KINDS) expect(stepKind(newStep(value, 'lst_1', []))).toBe(value);
  expect(newStep('task', 'lst_1', []).task?.list_id).toBe('lst_1');
});

test('another thing to do leaves name, time and what follows; one thing only is done', () => {
  const step = { ...newStep('wait', '', []), name: 'hold', timeout_s: 9, on_failure: 'continue' as const };
  const told = ofKind(step, 'notify', '');
  expect(told).toMatchObject({ name: 'hold', timeout_s: 9, on_failure: 'continue' });
  expect(told.wait).toBeUndefined();
  expect(stepKind(told)).toBe('notify');
});

test('what a step leaves out has the core’s default, not that of a new action', () => {
  const step = { name: 'n', notify: { message: 'm' } as never };
  expect(actionOf(step)).toEqual({ notify: { message: 'm', notify_owner: false, channels: [] } });
  const tool = actionOf({ name: 't', tool: { tool: 'http', action: 'request' } as never });
  expect(tool).toEqual({ execute_tool: { tool: 'http', action: 'request', params: {} } });
  const task = actionOf({ name: 'a', task: { list_id: 'l', title: 't' } as never });
  expect(task && 'create_task' in task && task.create_task.tags).toEqual([]);
  expect(actionOf({ name: 'w', wait: { seconds: 1 } })).toBeUndefined();
});

test('an action goes back to where it came from', () => {
  for (const kind of ['task', 'agent', 'notify', 'forward', 'tool'] as const) {
    const step = newStep(kind, 'lst_1', []);
    const action = actionOf(step);
    expect(action && withAction(step, action)).toEqual(step);
  }
});

test('a step can name the variables and the steps before it, not itself', () => {
  const steps = [{ name: 'build' }, { name: 'deploy' }];
  const paths = ownFields(
    [
      { name: ' env ', value: 'x' },
      { name: '', value: 'y' },
    ],
    steps,
    1,
  ).map(({ path }) => path);
  expect(paths).toEqual(['variables.env', 'steps.build.output', 'steps.build.status']);
});

test('a text is read as steps, or said why not', () => {
  expect(readSteps('[{"name":"a"},{}]')).toEqual([{ name: 'a' }, { name: '' }]);
  expect(readSteps('[1]')).toBe('step 1 is no object');
  expect(readSteps('{}')).toBe('it is no list of steps');
  expect(readSteps('[')).toBe('it is not JSON');
});
