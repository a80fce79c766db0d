import { expect, test } from 'vitest';
import { shown } from './shown';

test('a right-to-left override is written out', () => {
  expect(shown('invoice\u202efdp.exe')).toBe('invoice⟨U+202E⟩fdp.exe');
});

test('escapes, zero-width and NUL characters are written out', () => {
  expect(shown('\u001b[31m\u200b\u0000')).toBe('⟨U+001B⟩[31m⟨U+200B⟩⟨U+0000⟩');
});

test('lines stay lines where they are wanted', () => {
  expect(shown('a\nb\tc', 'keep')).toBe('a\nb\tc');
  expect(shown('a\nb')).toBe('a⟨U+000A⟩b');
});
