import { expect, test } from 'vitest';
import { behindPlaceholder } from './placeholder-marks';

test.each([
  ['inside one', 5, 9],
  ['at its start', 2, 2],
  ['at its end', 9, 9],
  ['in plain text', 11, 11],
])('a drop %s', (_, at, lands) => {
  expect(behindPlaceholder('a {{b.c}} text', at)).toBe(lands);
});
