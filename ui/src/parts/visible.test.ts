import { describe, expect, test } from 'vitest';
import { visible } from './visible';

describe('visible', () => {
  test.each([
    ['a right-to-left override', 'invoice\u202Efdp.exe', 'invoice⟨U+202E⟩fdp.exe'],
    ['an isolate', '\u2066admin\u2069', '⟨U+2066⟩admin⟨U+2069⟩'],
    ['a zero-width space', 'pay\u200Bpal', 'pay⟨U+200B⟩pal'],
    ['NUL', 'a\u0000b', 'a⟨U+0000⟩b'],
    ['an ANSI sequence', '\u001b[31mred', '⟨U+001B⟩[31mred'],
    ['a tag character outside the first plane', 'x\u{E0041}', 'x⟨U+E0041⟩'],
    ['half a pair', 'x\uD83D', 'x⟨U+D83D⟩'],
    ['a line feed', 'a\nb', 'a⟨U+000A⟩b'],
  ])('names %s', (_, text, shown) => expect(visible(text)).toBe(shown));

  test('leaves letters of any language and emoji alone', () => {
    const text = 'Grüße 你好 مرحبا 😀 e\u0301';
    expect(visible(text)).toBe(text);
  });

  test('keeps line feeds and tabs where lines are shown, but not a carriage return', () => {
    expect(visible('a\n\tb\rc', 'lines')).toBe('a\n\tb⟨U+000D⟩c');
  });

  test('cuts ten thousand combining marks to a few', () => {
    const shown = visible(`Z${'\u0335'.repeat(10_000)}o`);
    expect(shown).toBe(`Z${'\u0335'.repeat(6)}⟨9994 more marks⟩o`);
  });
});
