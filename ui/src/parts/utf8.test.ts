import { expect, test } from 'vitest';
import { decodeUtf8 } from './utf8';

test('text stays text, its byte order mark too', () => {
  const bytes = Uint8Array.of(0xef, 0xbb, 0xbf, 0x7b, 0x7d);
  expect(decodeUtf8(bytes)).toEqual({ text: '\ufeff{}', exact: true });
});

test.each([
  ['a stray continuation byte', [0x61, 0x80, 0x62], 'a\\x80b'],
  ['an overlong slash', [0xc0, 0xaf], '\\xc0\\xaf'],
  ['an encoded surrogate', [0xed, 0xa0, 0x80], '\\xed\\xa0\\x80'],
  ['a character cut off at the end', [0x61, 0xe2, 0x82], 'a\\xe2\\x82'],
  ['latin-1 among UTF-8', [0xc3, 0xa9, 0xe9, 0x21], 'é\\xe9!'],
])('%s is written byte by byte', (_, bytes, text) => {
  expect(decodeUtf8(Uint8Array.from(bytes))).toEqual({ text, exact: false });
});
