import { expect, test } from 'vitest';
import { findBytes, hexRow, hexRowCount } from './hex-rows';

const bytes = new TextEncoder().encode('{"a":"é"}\r\n0123456789');

test('a full row', () => {
  expect(hexRow(bytes, 0)).toEqual({
    offset: '00000000',
    hex: '7b 22 61 22 3a 22 c3 a9  22 7d 0d 0a 30 31 32 33',
    ascii: '{"a":"··"}··0123',
  });
});

test('the last row is padded, so that its ASCII stands in its column', () => {
  const row = hexRow(bytes, 1);
  expect(row.offset).toBe('00000010');
  expect(row.hex).toBe('34 35 36 37 38 39'.padEnd(48));
  expect(row.ascii).toBe('456789');
});

test('rows are counted up', () => {
  expect([0, 1, 16, 17].map(hexRowCount)).toEqual([0, 1, 1, 2]);
});

test('bytes are found wherever they begin', () => {
  const encode = (text: string) => new TextEncoder().encode(text);
  expect(findBytes(encode('aaab'), encode('aa'))).toEqual([0, 1]);
  expect(findBytes(bytes, encode('é'))).toEqual([6]);
  expect(findBytes(bytes, encode('zz'))).toEqual([]);
  expect(findBytes(bytes, encode(''))).toEqual([]);
});
