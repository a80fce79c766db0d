/** What an execution says while it runs: the core's snapshot, and the pieces that come after it. */
import type { ExecutionDetail } from '../../generated/ExecutionDetail';
import type { Output } from '../../generated/Output';

/** Bytes that the core keeps of it, and characters that are shown: the end is what matters. */
const KEPT = 64 * 1024;

const bytes = (text: string) => new TextEncoder().encode(text).length;

/** The detail with one more piece. A piece that the snapshot has already is not shown twice; what was left out is said. */
export function withOutput(detail: ExecutionDetail, output: Output): ExecutionDetail {
  if (detail.execution.id !== output.execution_id) return detail;
  const before = detail.live ?? '';
  const known = bytes(before);
  // A snapshot that is full begins somewhere: where its end lies is not known.
  const whole = known < KEPT;
  if (whole && output.from < known) return detail;
  const missing = whole ? output.from - known : 0;
  const gap = missing > 0 && before ? `\n… ${missing} bytes left out …\n` : '';
  return { ...detail, live: `${before}${gap}${output.text}`.slice(-KEPT) };
}
