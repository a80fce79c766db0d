import { expect, test } from 'vitest';
import { counted } from './counted';

test('one is one, and everything else is many', () => {
  expect([0, 1, 2].map((count) => counted(count, 'step'))).toEqual(['0 steps', '1 step', '2 steps']);
  expect(counted(1, 'delivery', 'deliveries')).toBe('1 delivery');
  expect(counted(2, 'delivery', 'deliveries')).toBe('2 deliveries');
});
