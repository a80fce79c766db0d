import { expect, test } from 'vitest';
import type { RuleRow } from '../generated/RuleRow';
import { changedRow, kindsOf } from './rule-words';

const row: RuleRow = { field: 'metadata.n', operator: 'eq', value: '5', type: 'string' };

test('another operator brings a kind that it takes', () => {
  expect(changedRow(row, { operator: 'gt' })).toMatchObject({ type: 'number', value: 5 });
  expect(changedRow({ ...row, type: 'number', value: 5 }, { operator: 'co' })).toMatchObject({
    type: 'string',
    value: '5',
  });
  expect(changedRow(row, { operator: 'nx' }).value).toBeNull();
  expect(kindsOf('ne')).toEqual(['string', 'number', 'boolean']);
});

test('a value is of its kind where it is exactly that; else it stays as it is typed', () => {
  expect(changedRow({ ...row, type: 'number' }, { value: '9007199254740993' }).value).toBe('9007199254740993');
  expect(changedRow({ ...row, type: 'number' }, { value: 'five' }).value).toBe('five');
  expect(changedRow({ ...row, type: 'boolean' }, { value: 'true' }).value).toBe(true);
  expect(changedRow({ ...row, type: 'boolean' }, { value: 'yes' }).value).toBe('yes');
});
