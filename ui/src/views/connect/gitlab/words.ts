/** GitLab's hooks in words. */
import type { GitlabEvent } from '../../../generated/GitlabEvent';
import type { GitlabHook } from '../../../generated/GitlabHook';

export type Preset = 'push' | 'merge' | 'all' | 'own';

/** The shortcuts over what a place offers. */
export function presets(offered: GitlabEvent[]): Array<{ id: Preset; label: string; events: string[] }> {
  return [
    { id: 'push', label: 'Just push', events: ['push_events'] },
    { id: 'merge', label: 'Merge requests', events: ['merge_requests_events', 'note_events'] },
    { id: 'all', label: 'Everything', events: offered.map(({ name }) => name) },
  ];
}

/** Which of the shortcuts is chosen. */
export function presetOf(all: ReturnType<typeof presets>, chosen: readonly string[]): Preset {
  const same = (events: string[]) => events.length === chosen.length && events.every((name) => chosen.includes(name));
  return all.find(({ events }) => same(events))?.id ?? 'own';
}

/** `Push`, `Push and Jobs`, `Push and 3 more` */
export function eventWords(known: GitlabEvent[], chosen: readonly string[]): string {
  const titles = chosen.map((name) => known.find((event) => event.name === name)?.title ?? name);
  const [first = '', ...more] = titles;
  return more.length > 1 ? `${first} and ${more.length} more` : titles.join(' and ');
}

/** How a hook stands: a tone and a word. */
export function standing(hook: GitlabHook): { tone: 'ok' | 'bad' | 'warn' | 'muted'; text: string } {
  if (hook.trigger_name === null) return { tone: 'warn', text: 'Its trigger is gone' };
  if (hook.wanted === 'gone') return { tone: 'warn', text: 'Being removed' };
  if (hook.trouble) return { tone: 'bad', text: 'Not as it should be' };
  if (hook.hook_id === null || hook.url === null) return { tone: 'warn', text: 'Being set up' };
  if (!hook.active) return { tone: 'muted', text: 'Switched off' };
  return hook.newest ? { tone: 'ok', text: 'Verified' } : { tone: 'warn', text: 'Waiting for the first delivery' };
}
