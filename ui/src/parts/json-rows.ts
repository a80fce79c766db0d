/** Which rows of a JSON tree are seen, what stands in them, and what a row is called in a template. */
import type { JsonNode } from './json-scan';

/** Documents up to this size open whole. */
const OPENS_WHOLE = 200;

/** Larger ones open so many levels. */
const OPEN_LEVELS = 2;

/** Characters of a value in a row; the whole of it can be copied. */
const SHOWN = 300;

/** Whether a row is open before anybody touched it. */
export function opensByItself(node: JsonNode, nodes: readonly JsonNode[]): boolean {
  return nodes.length <= OPENS_WHOLE || node.depth < OPEN_LEVELS;
}

/** Indexes of the nodes that are seen, in order. */
export function seenRows(nodes: readonly JsonNode[], isOpen: (index: number) => boolean): number[] {
  const rows: number[] = [];
  for (let index = 0; index < nodes.length;) {
    const node = nodes[index] as JsonNode;
    rows.push(index);
    index = node.count > 0 && !isOpen(index) ? node.end : index + 1;
  }
  return rows;
}

/** A value in one line: `"text"`, `1.0`, `{ 3 fields }`; long ones cut. */
export function shownValue(text: string, node: JsonNode): string {
  if (node.kind === 'object') return node.count === 0 ? '{}' : `{ ${counted(node.count, 'field', 'fields')} }`;
  if (node.kind === 'array') return node.count === 0 ? '[]' : `[ ${counted(node.count, 'entry', 'entries')} ]`;
  const source = text.slice(node.from, Math.min(node.to, node.from + SHOWN));
  return node.to - node.from > SHOWN ? `${source}…` : source;
}

/** How long a value is that a row does not show whole; nothing for the others. */
export function lengthNote(node: JsonNode): string | undefined {
  const length = node.to - node.from;
  return node.count === 0 && length > SHOWN ? `${length.toLocaleString()} characters` : undefined;
}

function counted(count: number, one: string, more: string): string {
  return `${count.toLocaleString()} ${count === 1 ? one : more}`;
}

/** The key in clear, or the place in its array. */
export function nameOfNode(text: string, node: JsonNode): string {
  if (node.parent < 0) return 'payload';
  return node.keyFrom < 0 ? String(node.place) : (JSON.parse(text.slice(node.keyFrom, node.keyTo)) as string);
}

/** As templates write it: `payload.items.0.name`. */
export function pathOfNode(text: string, nodes: readonly JsonNode[], index: number): string {
  const names: string[] = [];
  for (let node = nodes[index]; node; node = nodes[node.parent]) names.push(nameOfNode(text, node));
  return names.reverse().join('.');
}

/** What copying gives: a text without its quotes and escapes, anything else as it was sent. */
export function copiedValue(text: string, node: JsonNode): string {
  const source = text.slice(node.from, node.to);
  return node.kind === 'string' ? (JSON.parse(source) as string) : source;
}

/** The nodes whose key or value holds the words; objects and arrays count by their key only. */
export function findNodes(text: string, nodes: readonly JsonNode[], words: string): number[] {
  const wanted = words.toLowerCase();
  const found: number[] = [];
  for (const [index, node] of nodes.entries()) {
    const scalar = node.kind !== 'object' && node.kind !== 'array';
    const source =
      (node.keyFrom < 0 ? '' : text.slice(node.keyFrom, node.keyTo)) + (scalar ? text.slice(node.from, node.to) : '');
    if (source.toLowerCase().includes(wanted)) found.push(index);
  }
  return found;
}
