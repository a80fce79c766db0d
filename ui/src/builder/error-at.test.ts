import { expect, test } from 'vitest';
import { errorAt } from './error-at';

const at = (field: string) => ({ code: 'invalid' as const, message: 'wrong', hint: 'mend it', field });

test('an error belongs to the field it names', () => {
  expect(errorAt(at('filter.rows.2.value'), 'filter', 'rows', 2, 'value')).toBe('wrong; mend it');
  expect(errorAt(at('filter.rows.2.value'), 'filter', 'rows', 1, 'value')).toBeUndefined();
  expect(errorAt(at('name'), 'name')).toBe('wrong; mend it');
  expect(errorAt(at('slug'), 'name')).toBeUndefined();
});

test("an action's field is found whether or not the action's kind is named on the way", () => {
  expect(errorAt(at('actions.0.list_id'), 'actions', 0, 'list_id')).toBeDefined();
  expect(errorAt(at('actions.0.create_task.list_id'), 'actions', 0, 'list_id')).toBeDefined();
  expect(errorAt(at('actions.1.create_task.list_id'), 'actions', 0, 'list_id')).toBeUndefined();
});

test('without a field an error belongs to none', () => {
  expect(errorAt({ code: 'internal', message: 'no' }, 'name')).toBeUndefined();
});
