import { describe, expect, test } from 'vitest';
import { fileName, prettyOf, readBody } from './body-reading';

const encode = (text: string) => new TextEncoder().encode(text);

describe('how a body is shown first', () => {
  test.each([
    ['JSON', encode('{"a":1}'), 'application/json', 'tree'],
    ['JSON under a suffix', encode('[]'), 'application/cloudevents+json; charset=utf-8', 'tree'],
    ['JSON without a media type', encode(' {"a":1}'), null, 'tree'],
    ['a form', encode('a=1'), 'application/x-www-form-urlencoded', 'raw'],
    ['broken JSON', encode('{"a" 1}'), 'application/json', 'raw'],
    ['bytes', Uint8Array.of(0xff, 0xfe, 0), 'application/octet-stream', 'hex'],
    ['nothing', new Uint8Array(), 'application/json', 'raw'],
  ])('%s', (_, bytes, type, first) => expect(readBody(bytes, type).first).toBe(first));
});

test('broken JSON says where', () => {
  expect(readBody(encode('{"a" 1}'), 'application/json').problem).toMatchObject({ line: 1, column: 6 });
});

test('the pretty view says that it differs from the signed bytes, and only then', () => {
  expect(prettyOf(readBody(encode('{"a":1.0}'), 'application/json'))).toMatchObject({
    text: '{\n  "a": 1.0\n}',
    notes: [expect.stringContaining('signed')],
  });
  expect(prettyOf(readBody(encode('{\n  "a": 1.0\n}'), 'application/json')).notes).toEqual([]);
});

test('a file is named after its delivery', () => {
  expect(fileName('dlv_1', 'application/json')).toBe('dlv_1.json');
  expect(fileName('dlv_1', null)).toBe('dlv_1.bin');
});
