import { expect, test } from 'vitest';
import { formKind, formOf, fromLine, inLine, placeOf } from './record-parts';

test('a single place is taken apart, several stay text', () => {
  expect(placeOf('header:X-Sig')).toEqual({ kind: 'header', name: 'X-Sig' });
  expect(placeOf('json:/a:b')).toEqual({ kind: 'json', name: '/a:b' });
  expect(placeOf('')).toEqual({ kind: 'header', name: '' });
  expect(placeOf('header:A | header:B')).toBeUndefined();
  expect(placeOf('nowhere')).toBeUndefined();
});

test('another form begins as most senders have it, and the same one keeps what it has', () => {
  expect(formKind(undefined)).toBe('alone');
  expect(formOf('prefix', undefined)).toEqual({ prefix: 'sha256=' });
  const list = { split: ';', kv: '=', pick: 's1' };
  expect(formOf('list', list)).toBe(list);
  expect(formOf('alone', list)).toBeUndefined();
});

test('a list is one line and back, without empty items', () => {
  expect(inLine(['a', 'b'])).toBe('a, b');
  expect(fromLine(' a ,, b ')).toEqual(['a', 'b']);
  expect(fromLine(' , ')).toBeUndefined();
});
