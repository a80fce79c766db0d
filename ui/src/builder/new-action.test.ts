import { expect, test } from 'vitest';
import { kindOf } from './action-words';
import { kindsOf, newAction } from './new-action';

test('each contract offers what its service has first, and everything is of its kind', () => {
  const firsts = (contract: Parameters<typeof kindsOf>[0], count: number) =>
    kindsOf(contract)
      .slice(0, count)
      .map(({ value }) => value);
  expect(firsts('opengate', 2)).toEqual(['create_task', 'instantiate_pipeline']);
  expect(firsts('octipus', 4)).toEqual(['spawn_agent', 'notify', 'forward', 'execute_tool']);
  expect(kindsOf('promptrails').map(({ value }) => value)).toEqual(['run_agent']);
  expect(kindsOf('creel')).toHaveLength(7);
  expect(kindsOf('octipus')).toHaveLength(7);
  for (const { value } of kindsOf('creel')) expect(kindOf(newAction(value, 'lst_1'))).toBe(value);
});
