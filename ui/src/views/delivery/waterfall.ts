/** The way of a delivery as bars on one time axis. */
import type { Execution } from '../../generated/Execution';
import type { Timing } from '../../generated/Timing';
import { duration } from '../../parts/times';

export interface Bar {
  name: string;
  /** From the first byte, and how long, in microseconds. */
  startUs: number;
  durationUs: number;
  /** How long, in words. */
  took: string;
  state: 'ok' | 'bad' | 'waiting';
  /** Percent of the axis. */
  left: number;
  width: number;
}

export interface Waterfall {
  bars: Bar[];
  /** Where the axis ends, in microseconds. */
  endUs: number;
}

/** A bar is never thinner than this share of the axis, or it could not be seen. */
const THINNEST = 0.8;

/**
 * Lays out the timings. Executions take milliseconds to minutes where the answer took microseconds: on one linear axis
 * one of the two would vanish, so each group has an axis of its own.
 */
export function waterfall(timings: readonly Timing[]): Waterfall {
  const endUs = Math.max(1, ...timings.map((timing) => timing.start_us + timing.duration_us));
  const bars = timings.map((timing) =>
    bar(timing.name, timing.start_us, timing.duration_us, timing.ok ? 'ok' : 'bad', endUs),
  );
  return { bars, endUs };
}

/** The executions on their own axis, which begins when the delivery came. Milliseconds are all that is known of them. */
export function executionBars(executions: readonly Execution[], receivedAt: number): Waterfall {
  const spans = executions.map((execution) => {
    const start = Math.max(0, (execution.started_at ?? execution.created_at) - receivedAt) * 1000;
    const end = execution.finished_at === null ? start : (execution.finished_at - receivedAt) * 1000;
    return { execution, start, length: Math.max(0, end - start) };
  });
  const endUs = Math.max(1, ...spans.map((span) => span.start + span.length));
  const bars = spans.map(({ execution, start, length }) =>
    bar(execution.summary || execution.action, start, length, stateOf(execution), endUs),
  );
  for (const bar of bars) if (bar.durationUs === 0) bar.took = '< 1 ms';
  return { bars, endUs };
}

function stateOf(execution: Execution): Bar['state'] {
  if (execution.status === 'succeeded' || execution.status === 'skipped') return 'ok';
  return execution.status === 'queued' || execution.status === 'running' ? 'waiting' : 'bad';
}

function bar(name: string, startUs: number, durationUs: number, state: Bar['state'], endUs: number): Bar {
  const width = Math.max(THINNEST, (durationUs / endUs) * 100);
  const left = Math.min((startUs / endUs) * 100, 100 - width);
  return { name, startUs, durationUs, took: duration(durationUs), state, left, width };
}
