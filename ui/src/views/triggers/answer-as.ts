/** "Answer as" in words: what a setting means, and what is left of it. */
import type { AnswerAs } from '../../generated/AnswerAs';
import type { Fault } from '../../generated/Fault';
import type { Manner } from '../../generated/Manner';
import { grouped } from '../../parts/times';

/** Bounds of the core (`answer_as.rs`). */
export const COUNT_MOST = 10_000;
export const DELAY_MOST_MS = 60_000;

export const MANNERS: Array<{ value: Manner; label: string; about: string }> = [
  { value: 'whole', label: 'The whole answer', about: 'Status, headers and body at once' },
  { value: 'slow_body', label: 'A slow body', about: 'The head at once, the body byte by byte' },
  { value: 'drop', label: 'Drop the connection', about: 'It closes without any answer' },
];

/** What the choice will do, as one sentence. */
export function meaning({ manner, delay_ms, count }: AnswerAs, fault: Fault | undefined): string {
  const who = count === undefined ? 'Until you switch it off, every request' : requests(count);
  const gets = count === undefined || count === 1 ? 'gets' : 'get';
  const wait = delay_ms > 0 ? ` after ${grouped(delay_ms)} ms` : '';
  const answer = fault ? `${fault.status} (${fault.about})` : 'the fault';
  const what = { whole: answer, slow_body: `${answer} with a slow body`, drop: 'a closed connection and no answer' };
  return `${who} ${gets} ${what[manner]}${wait}. Nothing is checked and nothing runs; each one is in the inbox.`;
}

/** The banner's words: what is answered, how, and for how long. */
export function standing({ fault, manner, delay_ms, count }: AnswerAs, faults: Fault[]): string {
  const known = faults.find(({ key }) => key === fault);
  const answer = known ? `${known.status} ${known.about}` : fault;
  const what = manner === 'drop' ? 'Closes the connection without an answer' : `Answers ${answer}`;
  const how = [manner === 'slow_body' && 'with a slow body', delay_ms > 0 && `after ${grouped(delay_ms)} ms`].filter(
    Boolean,
  );
  const left =
    count === undefined ? 'until you switch it off' : `${grouped(count)} ${count === 1 ? 'request' : 'requests'} left`;
  return `${[what, ...how].join(' ')}, ${left}`;
}

function requests(count: number): string {
  return count === 1 ? 'The next request' : `The next ${grouped(count)} requests`;
}
