/** How the statuses of executions read, and the order of their filters. */
import type { ExecutionStatus } from '../../generated/ExecutionStatus';
import { duration } from '../../parts/times';

/** What a status means for the eye. */
export type Tone = 'ok' | 'bad' | 'warn' | 'muted' | 'busy';

export const STATUSES: Readonly<Record<ExecutionStatus, { word: string; tone: Tone }>> = {
  queued: { word: 'queued', tone: 'busy' },
  running: { word: 'running', tone: 'busy' },
  succeeded: { word: 'succeeded', tone: 'ok' },
  failed: { word: 'failed', tone: 'bad' },
  skipped: { word: 'skipped', tone: 'muted' },
  cancelled: { word: 'cancelled', tone: 'muted' },
  interrupted: { word: 'interrupted', tone: 'warn' },
  quarantined: { word: 'quarantined', tone: 'bad' },
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

/** How long it took, in milliseconds: the store counts no finer, and a local effect is done within one. */
export function took(milliseconds: number): string {
  return milliseconds < 1 ? '< 1 ms' : duration(milliseconds * 1000);
}
