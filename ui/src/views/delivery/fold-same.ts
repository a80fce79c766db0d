/** A difference with its long stretches of equal lines folded away. */
import type { DiffLine } from '../../parts/line-diff';

/** Equal lines that stay around a difference. */
const AROUND = 3;

/** A fold that hides fewer lines is not worth a click. */
const LEAST = 4;

/** So many equal lines in a row are hidden from this index on. */
export interface Fold {
  hidden: number;
  from: number;
}

/** The lines and folds, in order; the folds whose first index is in `opened` are shown. */
export function foldSame(lines: readonly DiffLine[], opened: readonly number[]): Array<DiffLine | Fold> {
  const rows: Array<DiffLine | Fold> = [];
  for (let at = 0; at < lines.length;) {
    let end = at;
    while (end < lines.length && lines[end]?.kind === 'same') end += 1;
    const from = at === 0 ? 0 : at + AROUND;
    const to = end === lines.length ? end : end - AROUND;
    if (to - from >= LEAST && !opened.includes(from)) {
      rows.push(...lines.slice(at, from), { hidden: to - from, from }, ...lines.slice(to, end));
    } else rows.push(...lines.slice(at, end));
    if (end < lines.length) rows.push(lines[end] as DiffLine);
    at = end + 1;
  }
  return rows;
}
