/** Where an alert stands, as colour, icon and word; and what the three lists say when they are empty. */
import { BellRing, CircleCheck, UserCheck } from '@lucide/svelte';
import type { AlertStatus } from '../../generated/AlertStatus';
import type { Icon } from '../../parts/Icon';

interface Look {
  word: string;
  /** The list's name. */
  label: string;
  tone: 'bad' | 'warn' | 'ok';
  icon: Icon;
  /** The title of the empty list, and its text. */
  empty: [string, string];
}

export const STATUSES: Record<AlertStatus, Look> = {
  open: {
    word: 'Open',
    label: 'Open',
    tone: 'bad',
    icon: BellRing,
    empty: [
      'No open alerts',
      'A trigger that answers as OpShift raises them: reports of one trouble are gathered in one alert.',
    ],
  },
  acknowledged: {
    word: 'Acknowledged',
    label: 'Acknowledged',
    tone: 'warn',
    icon: UserCheck,
    empty: ['Nobody is at an alert', 'Acknowledge an open alert, and it waits here until it is resolved.'],
  },
  resolved: {
    word: 'Resolved',
    label: 'Resolved',
    tone: 'ok',
    icon: CircleCheck,
    empty: ['No resolved alerts', 'A new report within the webhook’s reopen window opens a resolved alert again.'],
  },
};
