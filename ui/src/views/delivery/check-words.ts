/** How a step of the signature check reads and looks. */
import { CircleCheck, CircleDashed, CircleMinus, CircleX } from '@lucide/svelte';
import type { CheckState } from '../../generated/CheckState';
import type { Icon } from '../../parts/Icon';

export const CHECKS: Record<CheckState, { word: string; tone: 'ok' | 'bad' | 'muted'; icon: Icon }> = {
  pass: { word: 'pass', tone: 'ok', icon: CircleCheck },
  fail: { word: 'fail', tone: 'bad', icon: CircleX },
  not_used: { word: 'not used', tone: 'muted', icon: CircleMinus },
  not_reached: { word: 'not reached', tone: 'muted', icon: CircleDashed },
};
