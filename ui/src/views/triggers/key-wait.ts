/** How it stands with a key that the sender brings. The core decides; here is only what the screen says of it. */
import type { Learning } from '../../generated/Learning';

export type Standing = 'none' | 'waiting' | 'over' | 'learnt';

export function standingOf(learning: Learning | null, now: number): Standing {
  if (!learning) return 'none';
  if (learning.learnt) return 'learnt';
  return now < learning.until ? 'waiting' : 'over';
}

/** `9:41`; above an hour `3 h 12 min`. Never below zero. */
export function countdown(until: number, now: number): string {
  const seconds = Math.max(0, Math.ceil((until - now) / 1000));
  const minutes = Math.floor(seconds / 60);
  if (minutes >= 60) return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
  return `${minutes}:${String(seconds % 60).padStart(2, '0')}`;
}
