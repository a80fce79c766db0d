/** How the statuses of executions read, and the order of their filters. */
import type { Execution } from '../../generated/Execution';
import type { ExecutionStatus } from '../../generated/ExecutionStatus';
import { counted } from '../../parts/counted';
import { duration } from '../../parts/times';

/** What a status means for the eye. */
export type Tone = 'ok' | 'bad' | 'warn' | 'muted' | 'busy';

export const STATUSES: Readonly<Record<ExecutionStatus, { word: string; tone: Tone }>> = {
  queued: { word: 'Queued', tone: 'busy' },
  running: { word: 'Running', tone: 'busy' },
  succeeded: { word: 'Succeeded', tone: 'ok' },
  failed: { word: 'Failed', tone: 'bad' },
  skipped: { word: 'Skipped', tone: 'muted' },
  cancelled: { word: 'Cancelled', tone: 'muted' },
  interrupted: { word: 'Interrupted', tone: 'warn' },
  quarantined: { word: 'Quarantined', tone: 'bad' },
};

/** The filters above the list: what they are called and which statuses they show. */
export const FILTERS: ReadonlyArray<{ label: string; statuses: ExecutionStatus[] }> = [
  { label: 'All', statuses: [] },
  { label: 'Waiting', statuses: ['queued', 'running'] },
  { label: 'Succeeded', statuses: ['succeeded'] },
  { label: 'Failed', statuses: ['failed', 'quarantined', 'interrupted'] },
  { label: 'Skipped', statuses: ['skipped', 'cancelled'] },
];

/** Whether it can be stopped. */
export function stoppable(status: ExecutionStatus): boolean {
  return status === 'queued' || status === 'running';
}

/** Whether it can be run again: it is over, and its effect did not come to pass. */
export function retriable(status: ExecutionStatus): boolean {
  return status === 'failed' || status === 'cancelled' || status === 'interrupted' || status === 'quarantined';
}

/** How often it was tried, and, while more can come, of how many. */
export function tries({ status, attempts, max_attempts }: Execution): string {
  if (stoppable(status)) return attempts === 0 ? 'not tried yet' : `attempt ${attempts} of ${max_attempts}`;
  return counted(attempts, 'attempt');
}

/** How long it took, in milliseconds: the store counts no finer, and a local effect is done within one. */
export function took(milliseconds: number): string {
  return milliseconds < 1 ? '< 1 ms' : duration(milliseconds * 1000);
}
