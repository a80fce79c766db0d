/**
 * JSON read for showing: every value keeps its own source text, so that `1.0`, `1e400`, `12345678901234567890` and
 * repeated keys stay what the sender wrote. Without recursion: a hundred thousand brackets are a body like any other.
 */

export type JsonKind = 'object' | 'array' | 'string' | 'number' | 'bool' | 'null';

/** One value, in the document's order; a parent stands before its children. */
export interface JsonNode {
  kind: JsonKind;
  /** Its source: from this UTF-16 unit to before that one. */
  from: number;
  to: number;
  /** Where its key's source stands, with the quotes; -1: it has none. */
  keyFrom: number;
  keyTo: number;
  /** Index of the object or array around it; -1 for the root. */
  parent: number;
  /** Which entry of its parent it is, from 0. */
  place: number;
  depth: number;
  /** Index after its last descendant. */
  end: number;
  /** Entries of an object or array. */
  count: number;
}

/** Where and why a text is not JSON. */
export interface JsonProblem {
  /** The UTF-16 unit, counted from 0. */
  at: number;
  /** From 1. */
  line: number;
  column: number;
  /** `expected a comma or }` */
  words: string;
}

export type JsonScan = { nodes: JsonNode[] } | { problem: JsonProblem };

/** Reads a whole document. */
export function scanJson(text: string): JsonScan {
  try {
    return { nodes: new Scanner(text).document() };
  } catch (thrown) {
    if (thrown instanceof Unexpected) return { problem: problemAt(text, thrown.at, thrown.message) };
    throw thrown;
  }
}

class Unexpected extends Error {
  readonly at: number;
  constructor(at: number, words: string) {
    super(words);
    this.at = at;
  }
}

const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const SPACE = /[ \t\r\n]*/y;
const WORDS: ReadonlyArray<[string, JsonKind]> = [
  ['true', 'bool'],
  ['false', 'bool'],
  ['null', 'null'],
];

class Scanner {
  readonly #text: string;
  readonly #nodes: JsonNode[] = [];
  /** Indexes of the objects and arrays that are open. */
  readonly #open: number[] = [];
  #at = 0;

  constructor(text: string) {
    this.#text = text;
    if (text.startsWith('\ufeff')) this.#at = 1;
  }

  document(): JsonNode[] {
    this.#space();
    this.#value(-1, -1);
    while (this.#open.length > 0) this.#entryOrEnd();
    this.#space();
    if (this.#at < this.#text.length) throw this.#unexpected('nothing more after the value');
    return this.#nodes;
  }

  /** What stands next inside the innermost open object or array. */
  #entryOrEnd(): void {
    const index = this.#open.at(-1) ?? 0;
    const node = this.#nodes[index] as JsonNode;
    const close = node.kind === 'object' ? '}' : ']';
    this.#space();
    if (this.#take(close)) return this.#close(node);
    if (node.count > 0) {
      if (!this.#take(',')) throw this.#unexpected(`a comma or ${close}`);
      this.#space();
    }
    if (node.kind === 'array') return this.#value(-1, -1);
    if (this.#text[this.#at] !== '"') throw this.#unexpected('a name in double quotes');
    const keyFrom = this.#at;
    this.#string();
    const keyTo = this.#at;
    this.#space();
    if (!this.#take(':')) throw this.#unexpected('a colon');
    this.#space();
    this.#value(keyFrom, keyTo);
  }

  #close(node: JsonNode): void {
    node.to = this.#at;
    node.end = this.#nodes.length;
    this.#open.pop();
  }

  #value(keyFrom: number, keyTo: number): void {
    const parent = this.#open.at(-1) ?? -1;
    const around = this.#nodes[parent];
    const place = around ? around.count++ : 0;
    const from = this.#at;
    const kind = this.#kind();
    const index = this.#nodes.length;
    const depth = this.#open.length;
    this.#nodes.push({ kind, from, to: this.#at, keyFrom, keyTo, parent, place, depth, end: index + 1, count: 0 });
    if (kind === 'object' || kind === 'array') this.#open.push(index);
  }

  /** Reads a whole scalar, or only the bracket of an object or array. */
  #kind(): JsonKind {
    if (this.#take('{')) return 'object';
    if (this.#take('[')) return 'array';
    if (this.#text[this.#at] === '"') return this.#string();
    for (const [word, kind] of WORDS) {
      if (!this.#text.startsWith(word, this.#at)) continue;
      this.#at += word.length;
      return kind;
    }
    NUMBER.lastIndex = this.#at;
    if (!NUMBER.test(this.#text)) throw this.#unexpected('a value');
    this.#at = NUMBER.lastIndex;
    return 'number';
  }

  #string(): 'string' {
    const start = this.#at;
    for (this.#at += 1; this.#at < this.#text.length; this.#at += 1) {
      const unit = this.#text.charCodeAt(this.#at);
      if (unit === 0x22) {
        this.#at += 1;
        return 'string';
      }
      if (unit < 0x20) throw this.#unexpected('an escaped control character');
      if (unit === 0x5c) this.#escape();
    }
    throw new Unexpected(start, 'this text has no closing quote');
  }

  /** From the backslash to the last unit of its escape. */
  #escape(): void {
    this.#at += 1;
    const letter = this.#text[this.#at] ?? '';
    if ('"\\/bfnrt'.includes(letter) && letter) return;
    if (letter === 'u' && /^[0-9a-fA-F]{4}$/.test(this.#text.slice(this.#at + 1, this.#at + 5))) this.#at += 4;
    else throw this.#unexpected('a known escape');
  }

  #space(): void {
    SPACE.lastIndex = this.#at;
    SPACE.test(this.#text);
    this.#at = SPACE.lastIndex;
  }

  #take(letter: string): boolean {
    if (this.#text[this.#at] !== letter) return false;
    this.#at += 1;
    return true;
  }

  #unexpected(wanted: string): Unexpected {
    return new Unexpected(
      this.#at,
      this.#at < this.#text.length ? `expected ${wanted}` : `the text ends; expected ${wanted}`,
    );
  }
}

function problemAt(text: string, at: number, words: string): JsonProblem {
  const before = text.slice(0, at);
  const line = before.split('\n').length;
  return { at, line, column: at - before.lastIndexOf('\n'), words };
}
