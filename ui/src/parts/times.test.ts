import { describe, expect, it } from 'vitest';
import { byteSize, duration, relativeTime } from './times';

describe('sizes', () => {
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [7205, '7.2 kB'],
    [14_400, '14 kB'],
    [999_999, '1 MB'],
    [1_000_025, '1 MB'],
    [2_300_000_000, '2.3 GB'],
  ])('%d bytes are %s', (bytes, words) => {
    expect(byteSize(bytes)).toBe(words);
  });
});

describe('durations', () => {
  it.each([
    [820, '820 µs'],
    [4120, '4.1 ms'],
    [15_400, '15 ms'],
    [1_200_000, '1.2 s'],
    [180_000_000, '3 min'],
  ])('%d microseconds are %s', (us, words) => {
    expect(duration(us)).toBe(words);
  });
});

describe('relative times', () => {
  it('look back and ahead', () => {
    expect(relativeTime(0, 120_000)).toBe('2 min. ago');
    expect(relativeTime(3 * 3_600_000, 0)).toBe('in 3 hr.');
    expect(relativeTime(8 * 3_600_000, 1_000)).toBe('in 8 hr.');
  });
});
