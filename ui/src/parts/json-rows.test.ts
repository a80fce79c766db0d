import { describe, expect, test } from 'vitest';
import { copiedValue, findNodes, lengthNote, pathOfNode, seenRows, shownValue } from './json-rows';
import { scanJson, type JsonNode } from './json-scan';

const text = '{"a.b":[{"name":"\\u00e9\\n"},1.0],"n":12345678901234567890,"e":{}}';
const scan = scanJson(text);
const nodes: JsonNode[] = 'nodes' in scan ? scan.nodes : [];

test('a closed row hides what is in it and nothing else', () => {
  expect(seenRows(nodes, () => true)).toEqual([0, 1, 2, 3, 4, 5, 6]);
  expect(seenRows(nodes, (index) => index !== 1)).toEqual([0, 1, 5, 6]);
  expect(seenRows(nodes, () => false)).toEqual([0]);
});

test('a row shows the source of a value and the size of a container', () => {
  expect(nodes.map((node) => shownValue(text, node))).toEqual([
    '{ 3 fields }',
    '[ 2 entries ]',
    '{ 1 field }',
    '"\\u00e9\\n"',
    '1.0',
    '12345678901234567890',
    '{}',
  ]);
});

test('paths are those of templates', () => {
  expect(pathOfNode(text, nodes, 3)).toBe('payload.a.b.0.name');
  expect(pathOfNode(text, nodes, 0)).toBe('payload');
});

describe('copying', () => {
  test('gives a text in clear', () => expect(copiedValue(text, nodes[3] as JsonNode)).toBe('é\n'));
  test('gives a number as sent', () => expect(copiedValue(text, nodes[5] as JsonNode)).toBe('12345678901234567890'));
});

test('finding looks at keys and values', () => {
  expect(findNodes(text, nodes, 'NAME')).toEqual([3]);
  expect(findNodes(text, nodes, '1.0')).toEqual([4]);
  expect(findNodes(text, nodes, 'a.b')).toEqual([1]);
});

test('a long text is cut in its row, which says how long it is', () => {
  const long = `"${'x'.repeat(2_000_000)}"`;
  const scanned = scanJson(long);
  const [node] = 'nodes' in scanned ? scanned.nodes : [];
  expect(shownValue(long, node as JsonNode)).toHaveLength(301);
  expect(lengthNote(node as JsonNode)).toBe(`${(2_000_002).toLocaleString()} characters`);
  expect(lengthNote(nodes[3] as JsonNode)).toBeUndefined();
});
