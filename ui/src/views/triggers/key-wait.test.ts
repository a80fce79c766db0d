import { expect, test } from 'vitest';
import { countdown, standingOf } from './key-wait';

test('a wait runs to its end and is over then', () => {
  const learning = { began_at: 0, until: 600_000, learnt: null };
  expect(standingOf(null, 0)).toBe('none');
  expect(standingOf(learning, 599_999)).toBe('waiting');
  expect(standingOf(learning, 600_000)).toBe('over');
  const learnt = { at: 5, from: null, delivery_id: 'dlv_1', shown: false };
  expect(standingOf({ ...learning, learnt }, 900_000)).toBe('learnt');
});

test('what is left is counted in minutes and seconds, long graces in hours', () => {
  expect(countdown(600_000, 0)).toBe('10:00');
  expect(countdown(600_000, 590_500)).toBe('0:10');
  expect(countdown(600_000, 700_000)).toBe('0:00');
  expect(countdown(3 * 3_600_000 + 12 * 60_000, 0)).toBe('3 h 12 min');
});
