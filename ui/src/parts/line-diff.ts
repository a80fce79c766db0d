/** Two texts line by line: what both have, what only one has. Myers' greedy algorithm. */

export type DiffLine = { kind: 'same' | 'left' | 'right'; text: string };

/**
 * Edits that are looked for. The work grows with its square: two bodies that share nothing are shown as all removed,
 * all added, which is what a reader would see anyway.
 */
const MOST_EDITS = 1500;

/** From `left` to `right`; removed lines stand before the added ones. */
export function diffLines(left: readonly string[], right: readonly string[]): DiffLine[] {
  let head = 0;
  while (head < left.length && head < right.length && left[head] === right[head]) head += 1;
  let tail = 0;
  while (tail < Math.min(left.length, right.length) - head && left.at(-1 - tail) === right.at(-1 - tail)) tail += 1;
  const a = left.slice(head, left.length - tail);
  const b = right.slice(head, right.length - tail);
  const middle = edits(a, b) ?? [...a.map(line('left')), ...b.map(line('right'))];
  return [...left.slice(0, head).map(line('same')), ...middle, ...left.slice(left.length - tail).map(line('same'))];
}

function line(kind: DiffLine['kind']): (text: string) => DiffLine {
  return (text) => ({ kind, text });
}

/** The shortest way from `a` to `b`, or nothing if it has too many edits. */
function edits(a: readonly string[], b: readonly string[]): DiffLine[] | undefined {
  const offset = Math.min(a.length + b.length, MOST_EDITS) + 1;
  const reach = new Int32Array(2 * offset + 1);
  const rounds: Int32Array[] = [];
  for (let round = 0; round < offset; round += 1) {
    rounds.push(reach.slice());
    for (let k = -round; k <= round; k += 2) {
      let x = down(reach, offset + k, k, round) ? at(reach, offset + k + 1) : at(reach, offset + k - 1) + 1;
      while (x < a.length && x - k < b.length && a[x] === b[x - k]) x += 1;
      reach[offset + k] = x;
      if (x >= a.length && x - k >= b.length) return back(a, b, rounds, offset);
    }
  }
  return undefined;
}

/** Whether the way to this diagonal comes from above (an added line), not from the left (a removed one). */
function down(reach: Int32Array, here: number, k: number, round: number): boolean {
  return k === -round || (k !== round && at(reach, here - 1) < at(reach, here + 1));
}

function back(a: readonly string[], b: readonly string[], rounds: Int32Array[], offset: number): DiffLine[] {
  const out: DiffLine[] = [];
  let x = a.length;
  let y = b.length;
  for (let round = rounds.length - 1; round >= 0; round -= 1) {
    const reach = rounds[round] as Int32Array;
    const k = x - y;
    const before = down(reach, offset + k, k, round) ? k + 1 : k - 1;
    const fromX = round === 0 ? 0 : at(reach, offset + before);
    const fromY = round === 0 ? 0 : fromX - before;
    for (; x > fromX && y > fromY; x -= 1, y -= 1) out.push(line('same')(a[x - 1] ?? ''));
    if (round === 0) break;
    out.push(before > k ? line('right')(b[y - 1] ?? '') : line('left')(a[x - 1] ?? ''));
    [x, y] = [fromX, fromY];
  }
  return out.reverse();
}

function at(reach: Int32Array, index: number): number {
  return reach[index] ?? 0;
}
