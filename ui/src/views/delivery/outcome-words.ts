/** How what became of a delivery reads and looks: colour, icon and word together. */
import {
  Ban,
  CircleCheck,
  CircleDashed,
  CopyCheck,
  Filter,
  Gauge,
  PowerOff,
  ShieldCheck,
  ShieldQuestion,
  ShieldX,
} from '@lucide/svelte';
import type { Outcome } from '../../generated/Outcome';
import type { SignatureState } from '../../generated/SignatureState';
import type { Icon } from '../../parts/Icon';

export type Tone = 'ok' | 'bad' | 'warn' | 'muted';

export interface Look {
  word: string;
  tone: Tone;
  icon: Icon;
}

export const OUTCOMES: Record<Outcome, Look> = {
  accepted: { word: 'Accepted', tone: 'ok', icon: CircleCheck },
  filtered: { word: 'Filtered', tone: 'muted', icon: Filter },
  duplicate: { word: 'Duplicate', tone: 'muted', icon: CopyCheck },
  rejected: { word: 'Rejected', tone: 'bad', icon: Ban },
  unmatched: { word: 'Unmatched', tone: 'warn', icon: CircleDashed },
  limited: { word: 'Limited', tone: 'warn', icon: Gauge },
  disabled: { word: 'Disabled', tone: 'muted', icon: PowerOff },
};

export const SIGNATURES: Record<SignatureState, Look> = {
  valid: { word: 'Signature valid', tone: 'ok', icon: ShieldCheck },
  previous: { word: 'Valid with the previous secret', tone: 'warn', icon: ShieldCheck },
  bad: { word: 'Signature does not match', tone: 'bad', icon: ShieldX },
  missing: { word: 'Signature missing', tone: 'bad', icon: ShieldX },
  unsigned: { word: 'Not signed', tone: 'muted', icon: ShieldQuestion },
  unchecked: { word: 'Signature not checked', tone: 'muted', icon: ShieldQuestion },
};

/** The colour of an answer's status. */
export function answerTone(status: number): Tone {
  if (status >= 400) return 'bad';
  return status >= 300 ? 'warn' : 'ok';
}
