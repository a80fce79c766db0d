/** JSON with line breaks, for reading. Every number, text and repeated key is copied as the sender wrote it. */
import type { JsonNode } from './json-scan';

/** Characters of the pretty text; more is cut, the raw view stays whole. */
export const PRETTY_LIMIT = 2_000_000;

const INDENT = '  ';

export interface Pretty {
  text: string;
  /** The document went on. */
  cut: boolean;
}

/** Lays out a scanned document, at most `limit` characters of it. */
export function prettyJson(text: string, nodes: readonly JsonNode[], limit = PRETTY_LIMIT): Pretty {
  const lines = new Lines(limit);
  const open: JsonNode[] = [];
  for (const [index, node] of nodes.entries()) {
    while (open.length > 0 && (open.at(-1)?.end ?? 0) <= index) lines.close(open.pop(), open.length);
    if (lines.full) break;
    const key = node.keyFrom < 0 ? '' : `${text.slice(node.keyFrom, node.keyTo)}: `;
    lines.start(node.depth, node.place > 0);
    lines.add(key + opening(text, node));
    if (node.count > 0) open.push(node);
  }
  while (open.length > 0 && !lines.full) lines.close(open.pop(), open.length);
  return lines.done();
}

function opening(text: string, node: JsonNode): string {
  if (node.kind === 'object') return node.count > 0 ? '{' : '{}';
  if (node.kind === 'array') return node.count > 0 ? '[' : '[]';
  return text.slice(node.from, node.to);
}

class Lines {
  readonly #parts: string[] = [];
  readonly #limit: number;
  #length = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get full(): boolean {
    return this.#length > this.#limit;
  }

  add(part: string): void {
    this.#parts.push(part);
    this.#length += part.length;
  }

  /** Begins an entry's line; the comma belongs to the entry before it. */
  start(depth: number, comma: boolean): void {
    if (this.#length > 0) this.add(`${comma ? ',' : ''}\n${this.#indent(depth)}`);
  }

  close(node: JsonNode | undefined, depth: number): void {
    this.add(`\n${this.#indent(depth)}${node?.kind === 'object' ? '}' : ']'}`);
  }

  /** Never longer than what may still be written: the nesting is the sender's choice. */
  #indent(depth: number): string {
    return INDENT.repeat(Math.min(depth, Math.ceil((this.#limit + 1) / INDENT.length)));
  }

  done(): Pretty {
    const text = this.#parts.join('');
    return text.length > this.#limit ? { text: text.slice(0, this.#limit), cut: true } : { text, cut: false };
  }
}
