import { expect, test } from 'vitest';
import type { Action } from '../generated/Action';
import { withTemplate } from './template-at';

const loud = (text: string) => text.toUpperCase();
const task: Action = {
  create_task: {
    list_id: 'lst_1',
    title: 'a',
    description: 'b',
    assignees: ['c'],
    priority: 'normal',
    tags: ['d', 'e'],
  },
};
const forward: Action = {
  forward: {
    method: 'POST',
    url: 'https://example.com/x',
    headers: [['X-Env', 'prod']],
    body: { template: 'hello' },
    sign: null,
    allow_private: false,
    max_attempts: 8,
  },
};

test('a plain template changes, the others stay', () => {
  expect(withTemplate(task, 'title', loud)).toEqual({ create_task: { ...task.create_task, title: 'A' } });
});

test('one entry of a list changes', () => {
  expect(withTemplate(task, 'tags.1', loud)).toEqual({ create_task: { ...task.create_task, tags: ['d', 'E'] } });
});

test('a header is found by its name, a body by its kind', () => {
  expect(withTemplate(forward, 'headers.X-Env', loud)).toMatchObject({ forward: { headers: [['X-Env', 'PROD']] } });
  expect(withTemplate(forward, 'body', loud)).toMatchObject({ forward: { body: { template: 'HELLO' } } });
});

test('an unknown name changes nothing', () => {
  expect(withTemplate(task, 'nothing', loud)).toEqual(task);
  const as: Action = { forward: { ...forward.forward, body: 'as_received' } };
  expect(withTemplate(as, 'body', loud)).toEqual(as);
});

test('templates of every kind of action are found by their names, also those with dots of their own', () => {
  const loud = (text: string) => text.toUpperCase();
  const tool = { execute_tool: { tool: 'http', action: 'request', params: { url: 'a', headers: { 'X-A.b': 'c' } } } };
  expect(withTemplate(tool, 'params.headers.X-A.b', loud)).toEqual({
    execute_tool: { ...tool.execute_tool, params: { url: 'a', headers: { 'X-A.b': 'C' } } },
  });
  const pipeline = { instantiate_pipeline: { pipeline_id: 'p', variables: { 'a.b': 'x' } } };
  expect(withTemplate(pipeline, 'variables.a.b', loud)).toEqual({
    instantiate_pipeline: { pipeline_id: 'p', variables: { 'a.b': 'X' } },
  });
  const notify = { notify: { message: 'm', notify_owner: true, channels: [] } };
  expect(withTemplate(notify, 'message', loud)).toEqual({ notify: { ...notify.notify, message: 'M' } });
  expect(withTemplate(notify, 'nothing', loud)).toEqual(notify);
});
