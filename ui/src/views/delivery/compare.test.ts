import { expect, test } from 'vitest';
import type { DeliveryDetail } from '../../generated/DeliveryDetail';
import { hasOwnMark, headerDiff, type Side } from './compare.svelte';

function side(...headers: Array<[string, string]>): Side {
  const lines = headers.map(([name, value]) => ({ name, value, note: null, masked: false }));
  return { detail: { headers: lines } as unknown as DeliveryDetail, body: new Uint8Array() };
}

test('Creel’s own mark on a replay is no difference, and it is said that it is left out', () => {
  const original = side(['X-A', '1']);
  const replay = side(['X-A', '1'], ['X-Creel-Replay', 'dlv_1.abc']);
  expect(headerDiff(original, replay).map(({ kind }) => kind)).toEqual(['same']);
  expect(hasOwnMark(original, replay)).toBe(true);
  expect(hasOwnMark(original, original)).toBe(false);
});
