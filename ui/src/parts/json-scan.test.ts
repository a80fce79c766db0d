import { describe, expect, test } from 'vitest';
import { scanJson } from './json-scan';

function problem(text: string) {
  const scan = scanJson(text);
  return 'problem' in scan ? `${scan.problem.line}:${scan.problem.column} ${scan.problem.words}` : 'none';
}

describe('what is not JSON is pointed at', () => {
  test.each([
    ['{"a": 1,\n "b" 2}', '2:6 expected a colon'],
    ['[1 2]', '1:4 expected a comma or ]'],
    ['{a: 1}', '1:2 expected a name in double quotes'],
    ['{"a":1,}', '1:8 expected a name in double quotes'],
    ['[1,]', '1:4 expected a value'],
    ['[01]', '1:3 expected a comma or ]'],
    ['[NaN]', '1:2 expected a value'],
    ['"a\nb"', '1:3 expected an escaped control character'],
    ['"a\u001fb"', '1:3 expected an escaped control character'],
    ['"\\x"', '1:3 expected a known escape'],
    ['{"a": "b', '1:7 this text has no closing quote'],
    ['{"a": 1', '1:8 the text ends; expected a comma or }'],
    ['', '1:1 the text ends; expected a value'],
    ['{} x', '1:4 expected nothing more after the value'],
  ])('%j', (text, said) => expect(problem(text)).toBe(said));
});

test.each(['{}', ' [ ] ', '-0.5e-10', '"\\ud83d\\ude00"', '{"a":{"b":[true,false,null]}}', '\ufeff{}'])(
  '%j is JSON',
  (text) => expect(problem(text)).toBe('none'),
);

test('every value knows its source, its key, its parent and its end', () => {
  const text = '{"a":[1.0,2],"a":"x"}';
  const scan = scanJson(text);
  if ('problem' in scan) throw new Error(scan.problem.words);
  const seen = scan.nodes.map((node) => [
    text.slice(node.from, node.to),
    node.parent,
    node.place,
    node.depth,
    node.end,
  ]);
  expect(seen).toEqual([
    [text, -1, 0, 0, 5],
    ['[1.0,2]', 0, 0, 1, 4],
    ['1.0', 1, 0, 2, 3],
    ['2', 1, 1, 2, 4],
    ['"x"', 0, 1, 1, 5],
  ]);
});
