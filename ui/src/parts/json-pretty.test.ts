import { describe, expect, test } from 'vitest';
import { prettyJson } from './json-pretty';
import { scanJson } from './json-scan';

function pretty(text: string, limit?: number) {
  const scan = scanJson(text);
  if ('problem' in scan) throw new Error(scan.problem.words);
  return prettyJson(text, scan.nodes, limit);
}

describe('what the sender wrote stays', () => {
  test.each(['1.0', '1e400', '12345678901234567890', '-0', '1E5', '0.10', '"\\u00e9\\/"', 'true', 'null'])(
    '%s',
    (value) => {
      expect(pretty(value)).toEqual({ text: value, cut: false });
    },
  );

  test('repeated keys, their order, and numbers inside', () => {
    expect(pretty('{"a":1.0,"a":1e400,"b":[12345678901234567890,{}],"c":[]}').text).toBe(
      '{\n  "a": 1.0,\n  "a": 1e400,\n  "b": [\n    12345678901234567890,\n    {}\n  ],\n  "c": []\n}',
    );
  });

  test('laid out as JSON.stringify would, for what it can hold', () => {
    const value = { a: [1, [2, { b: null }], []], c: { d: {} }, e: 'x' };
    expect(pretty(JSON.stringify(value)).text).toBe(JSON.stringify(value, null, 2));
  });
});

describe('bounds', () => {
  test('a long text is cut and says so', () => {
    const cut = pretty(JSON.stringify(Array(1000).fill('x')), 100);
    expect(cut.cut).toBe(true);
    expect(cut.text).toHaveLength(100);
  });

  test('a hundred thousand brackets neither overflow nor fill the memory', () => {
    const deep = '['.repeat(100_000) + ']'.repeat(100_000);
    expect(pretty(deep, 10_000).text.length).toBe(10_000);
  });
});
