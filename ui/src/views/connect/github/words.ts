/** GitHub's hooks in words. */
import type { GithubHook } from '../../../generated/GithubHook';
import type { GithubSide } from '../../../generated/GithubSide';
import type { OnQuit } from '../../../generated/OnQuit';

export const PRESETS = [
  { id: 'push', label: 'Just push', events: ['push'] },
  {
    id: 'pull',
    label: 'Pull requests',
    events: ['pull_request', 'pull_request_review', 'pull_request_review_comment', 'issue_comment'],
  },
  { id: 'all', label: 'Everything', events: ['*'] },
] as const;

export type Preset = (typeof PRESETS)[number]['id'] | 'own';

/** Which of the shortcuts is chosen. */
export function preset(chosen: readonly string[]): Preset {
  const same = (events: readonly string[]) =>
    events.length === chosen.length && events.every((event) => chosen.includes(event));
  return PRESETS.find(({ events }) => same(events))?.id ?? 'own';
}

/** How a hook stands: a tone and a word. */
export function standing(hook: GithubHook): { tone: 'ok' | 'bad' | 'warn' | 'muted'; text: string } {
  if (hook.trigger_name === null) return { tone: 'warn', text: 'Its trigger is gone' };
  if (hook.wanted === 'gone') return { tone: 'warn', text: 'Being removed' };
  if (hook.trouble) return { tone: 'bad', text: 'Not as it should be' };
  if (hook.hook_id === null || hook.url === null) return { tone: 'warn', text: 'Being set up' };
  if (!hook.active) return { tone: 'muted', text: 'Switched off' };
  return hook.newest ? { tone: 'ok', text: 'Verified' } : { tone: 'warn', text: 'Waiting for the ping' };
}

/** `push`, `pull_request and 3 more`, `everything` */
export function eventWords(events: readonly string[]): string {
  if (events.includes('*')) return 'everything';
  const [first = '', ...more] = events;
  return more.length > 1 ? `${first} and ${more.length} more` : events.join(' and ');
}

/** How GitHub's record and the inbox agree: a tone and a word. */
export function sideWords(side: GithubSide): { tone: 'ok' | 'bad' | 'warn' | 'muted'; text: string } {
  switch (side) {
    case 'same':
      return { tone: 'ok', text: 'Arrived' };
    case 'otherwise':
      return { tone: 'warn', text: 'Answered otherwise' };
    case 'other_attempt':
      return { tone: 'muted', text: 'Arrived later' };
    case 'never_arrived':
      return { tone: 'bad', text: 'Never arrived' };
  }
}

/** What can happen to hooks when Creel ends. */
export const onQuitChoices: Array<{ value: OnQuit; label: string; about: string }> = [
  {
    value: 'leave',
    label: 'Leave the hooks',
    about: 'What GitHub sends meanwhile fails there, and can be sent again.',
  },
  { value: 'pause', label: 'Switch them off', about: 'On again at the next start.' },
  { value: 'remove', label: 'Remove them', about: 'Made again at the next start.' },
];
