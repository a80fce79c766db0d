import { expect, test } from 'vitest';
import { nextPlace, placesOf } from './code-find';

test('places are found in any case, and signs are taken as they are', () => {
  expect(placesOf('Name name NAME', 'name')).toEqual([0, 5, 10]);
  expect(placesOf('a.b axb a.b', 'a.b')).toEqual([0, 8]);
  expect(placesOf('{"a":1}', '{"')).toEqual([0]);
  expect(placesOf('abc', '')).toEqual([]);
});

test('a letter that grows in lower case does not move the places after it', () => {
  expect(placesOf('İİ name', 'NAME')).toEqual([3]);
});

test('stepping goes around the end', () => {
  expect([nextPlace([2, 5, 9], -1, 1), nextPlace([2, 5, 9], 5, 1), nextPlace([2, 5, 9], 9, 1)]).toEqual([0, 2, 0]);
  expect([nextPlace([2, 5, 9], 9, -1), nextPlace([2, 5, 9], 2, -1), nextPlace([2, 5, 9], -1, -1)]).toEqual([1, 2, 2]);
});

test('four megabytes in one line are searched at once', () => {
  const text = `${'{"name":"x"},'.repeat(300_000)}"last"`;
  expect(placesOf(text, '"LAST"')).toEqual([text.length - 6]);
});
