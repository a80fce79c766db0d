import { describe, expect, test } from 'vitest';
import { diffLines } from './line-diff';

const SIGNS = { same: ' ', left: '-', right: '+' };

function shown(left: string, right: string): string {
  return diffLines([...left], [...right])
    .map((line) => SIGNS[line.kind] + line.text)
    .join('');
}

describe('the shortest difference', () => {
  test.each([
    ['abc', 'abc', ' a b c'],
    ['abc', 'axc', ' a-b+x c'],
    ['abc', 'ac', ' a-b c'],
    ['ac', 'abc', ' a+b c'],
    ['', 'ab', '+a+b'],
    ['ab', '', '-a-b'],
    ['', '', ''],
    ['abcabba', 'cbabac', '-a-b c+b a b-b a+c'],
  ])('%s → %s', (left, right, lines) => expect(shown(left, right)).toBe(lines));
});

test('reading only one side gives that side back, whatever the texts', () => {
  let seed = 7;
  const next = (bound: number) => (seed = (seed * 48_271) % 2_147_483_647) % bound;
  for (let round = 0; round < 300; round += 1) {
    const [left, right] = [next(12), next(12)].map((length) => Array.from({ length }, () => 'abc'[next(3)] ?? 'a'));
    const diff = diffLines(left ?? [], right ?? []);
    const side = (kind: string) => diff.filter((line) => line.kind === 'same' || line.kind === kind).map((l) => l.text);
    expect(side('left')).toEqual(left);
    expect(side('right')).toEqual(right);
  }
});

test('two long texts with nothing in common are done at once', () => {
  const [left, right] = ['l', 'r'].map((side) => Array.from({ length: 50_000 }, (_, n) => `${side}${n}`));
  expect(diffLines(left ?? [], right ?? [])).toHaveLength(100_000);
});
