/** Which rows of the field tree are on the screen. The list comes from the core: parents before children. */
import type { Field } from '../generated/Field';

/** A search shows so many hits: more are no help to a person, and the tree is not virtual. */
export const MOST_HITS = 200;

/** Branches deeper than this are folded at first: the payload's own fields are seen, not all 400 of a push. */
const OPEN_DEPTH = 1;

/** The paths that are folded at first: every branch below the payload's top level, and the other roots. */
export function foldedAtFirst(fields: Field[]): Set<string> {
  const folded = fields.filter((field) => isBranch(field) && field.path !== 'payload');
  return new Set(folded.filter((field) => field.depth >= OPEN_DEPTH || field.depth === 0).map((field) => field.path));
}

/** Whether a field has fields of its own. */
export function isBranch(field: Field): boolean {
  return field.kind === 'object' || field.kind === 'array';
}

/** The rows to show: those under no folded branch, or, when something is searched, the leaves that have it. */
export function visibleRows(fields: Field[], folded: Set<string>, query: string): Field[] {
  const wanted = query.trim().toLowerCase();
  if (wanted !== '') return fields.filter((field) => !isBranch(field) && has(field, wanted)).slice(0, MOST_HITS);
  const rows: Field[] = [];
  let hiddenBelow = Infinity;
  for (const field of fields) {
    if (field.depth > hiddenBelow) continue;
    hiddenBelow = folded.has(field.path) ? field.depth : Infinity;
    rows.push(field);
  }
  return rows;
}

function has(field: Field, wanted: string): boolean {
  return field.path.toLowerCase().includes(wanted) || field.sample.toLowerCase().includes(wanted);
}
