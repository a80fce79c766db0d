/** What a body's bytes can be shown as. */
import { PRETTY_LIMIT, prettyJson } from '../../parts/json-pretty';
import { scanJson, type JsonNode, type JsonProblem } from '../../parts/json-scan';
import { decodeUtf8 } from '../../parts/utf8';

export type BodyMode = 'tree' | 'pretty' | 'raw' | 'hex';

export interface Reading {
  /** The bytes as text; what is not UTF-8 stands as `\xNN`. */
  raw: string;
  /** All of it was UTF-8. */
  exact: boolean;
  /** The values, when it is JSON. */
  nodes?: JsonNode[];
  /** Why it is not JSON although it claims to be. */
  problem?: JsonProblem;
  /** How to show it first. */
  first: BodyMode;
}

/** JSON by its media type, or by its first character where the sender names none or only plain text. */
export function claimsJson(contentType: string | null, raw: string): boolean {
  if (/[/+]json\b/i.test(contentType ?? '')) return true;
  return (contentType === null || /^text\/plain\b/i.test(contentType)) && /^\ufeff?\s*[[{]/.test(raw);
}

export function readBody(bytes: Uint8Array, contentType: string | null): Reading {
  const { text: raw, exact } = decodeUtf8(bytes);
  if (!exact && !/json|text|xml|form/i.test(contentType ?? '')) return { raw, exact, first: 'hex' };
  if (!exact || raw.length === 0 || !claimsJson(contentType, raw)) return { raw, exact, first: 'raw' };
  const scan = scanJson(raw);
  if ('problem' in scan) return { raw, exact, problem: scan.problem, first: 'raw' };
  return { raw, exact, nodes: scan.nodes, first: 'tree' };
}

/** The pretty text and what has to be said about it. */
export function prettyOf(reading: Reading): { text: string; notes: string[] } {
  const { text, cut } = prettyJson(reading.raw, reading.nodes ?? []);
  const notes: string[] = [];
  if (text !== reading.raw)
    notes.push('Line breaks and spaces differ from what was signed; Raw shows the signed bytes.');
  if (cut)
    notes.push(`Cut after ${(PRETTY_LIMIT / 1_000_000).toLocaleString()} million characters; Raw shows all of it.`);
  return { text, notes };
}

/** A file name that says which delivery it is and what is in it. */
export function fileName(id: string, contentType: string | null): string {
  if (/json/i.test(contentType ?? '')) return `${id}.json`;
  if (/xml/i.test(contentType ?? '')) return `${id}.xml`;
  return `${id}.${/^text\/|form-urlencoded/i.test(contentType ?? '') ? 'txt' : 'bin'}`;
}
