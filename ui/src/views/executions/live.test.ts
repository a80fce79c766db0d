import { expect, test } from 'vitest';
import { executionOf } from '../../../tests/detail';
import type { ExecutionDetail } from '../../generated/ExecutionDetail';
import { withOutput } from './live';

const detail = (live: string | null): ExecutionDetail => ({
  execution: executionOf(),
  steps: [],
  plan: '{}',
  result: null,
  live,
});
const piece = (from: number, text: string, execution_id = 'exe_1') => ({ execution_id, from, text });

test('pieces follow the snapshot', () => {
  let one = withOutput(detail('ab'), piece(2, 'cd'));
  one = withOutput(one, piece(4, 'é'));
  expect(withOutput(one, piece(6, '!')).live).toBe('abcdé!');
  expect(withOutput(detail(null), piece(0, 'first')).live).toBe('first');
});

test('a piece that is there already is not shown twice', () => {
  expect(withOutput(detail('abcd'), piece(2, 'cd')).live).toBe('abcd');
});

test('what was left out is said', () => {
  expect(withOutput(detail('ab'), piece(10, 'z')).live).toBe('ab\n… 8 bytes left out …\nz');
});

test('somebody else’s output is not taken, and a flood keeps its end', () => {
  expect(withOutput(detail('a'), piece(1, 'b', 'exe_2')).live).toBe('a');
  const long = withOutput(detail('x'.repeat(64 * 1024)), piece(99_999_999, 'end')).live ?? '';
  expect([long.length, long.endsWith('xend')]).toEqual([64 * 1024, true]);
});
