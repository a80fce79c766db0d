import { expect, test } from 'vitest';
import { Parked } from './parked.svelte';

test('what waits is handed back once, and only to its own address', () => {
  const parked = new Parked();
  parked.keep({ path: '/triggers/new?from=dlv_1', name: 'The new trigger', held: { draft: 1 } });
  expect(parked.take('/triggers/new')).toBeUndefined();
  expect(parked.waiting?.name).toBe('The new trigger');
  expect(parked.take('/triggers/new?from=dlv_1')).toEqual({ draft: 1 });
  expect(parked.waiting).toBeUndefined();
  expect(parked.take('/triggers/new?from=dlv_1')).toBeUndefined();
});
