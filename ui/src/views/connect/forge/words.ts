/** Hooks in words, wherever they are. */
import type { ApiError } from '../../../generated/ApiError';
import type { Delivery } from '../../../generated/Delivery';
import type { OnQuit } from '../../../generated/OnQuit';
import type { TriggerId } from '../../../generated/TriggerId';
import type { Wanted } from '../../../generated/Wanted';
import type { Shapes } from './forge.svelte';

/** What a new hook is called at one forge. */
export interface NewWords<S extends Shapes> {
  /** The one that is called: `GitHub`. */
  forge: string;
  /** What is searched, and the list of what was found. */
  places: string;
  placeList: string;
  /** A place's name; several belong to it where it is an organisation or a group. */
  place: (found: S['found']) => { name: string; many: boolean; about: string | null };
  /** The shortcuts, the search and the list of events. */
  shortcuts: string;
  eventSearch: string;
  eventList: string;
  presets: (offered: S['event'][]) => Preset[];
  title: (event: S['event']) => string;
}

/** A shortcut to some events. */
export interface Preset {
  id: string;
  label: string;
  events: string[];
}

/** Which of the shortcuts is chosen; `own`: none. */
export function presetOf(all: Preset[], chosen: readonly string[]): string {
  const same = (events: string[]) => events.length === chosen.length && events.every((name) => chosen.includes(name));
  return all.find(({ events }) => same(events))?.id ?? 'own';
}

/** `Push`, `Push and Jobs`, `Push and 3 more` */
export function few(titles: readonly string[]): string {
  const [first = '', ...more] = titles;
  return more.length > 1 ? `${first} and ${more.length} more` : titles.join(' and ');
}

/** A hook as far as every forge has it. */
export interface Stands {
  trigger_id: TriggerId;
  trigger_name: string | null;
  wanted: Wanted;
  trouble: ApiError | null;
  hook_id: number | null;
  url: string | null;
  active: boolean;
  newest: Delivery | null;
}

/** What is said of one hook. */
export interface HookWords {
  /** Where it is: `GitHub`, and the place there. */
  forge: string;
  place: string;
  /** The card's name. */
  label: string;
  /** Where from and what: `github.com, push` */
  sends: string;
  /** What it waits for in the beginning, as a word and as a sentence. */
  first: string;
  waiting: string;
  /** And once it should have come; without it, whatever is awaited comes when somebody has it sent. */
  late?: string;
  /** What is said of the delivery that shows that it works. */
  proved: string;
  /** The button that has something sent. */
  test: string;
}

/** How a hook stands, a tone and a word; `first` is what it waits for in the beginning. */
export function standing(hook: Stands, first: string): { tone: 'ok' | 'bad' | 'warn' | 'muted'; text: string } {
  if (hook.trigger_name === null) return { tone: 'warn', text: 'Its trigger is gone' };
  if (hook.wanted === 'gone') return { tone: 'warn', text: 'Being removed' };
  if (hook.trouble) return { tone: 'bad', text: 'Not as it should be' };
  if (hook.hook_id === null || hook.url === null) return { tone: 'warn', text: 'Being set up' };
  if (!hook.active) return { tone: 'muted', text: 'Switched off' };
  return hook.newest ? { tone: 'ok', text: 'Verified' } : { tone: 'warn', text: `Waiting for the ${first}` };
}

/** What can happen to hooks when Creel ends. */
export const onQuitChoices: Array<{ value: OnQuit; label: string; about: string }> = [
  {
    value: 'leave',
    label: 'Leave the hooks',
    about: 'What is sent meanwhile fails there; what GitHub sent is offered at the next start.',
  },
  { value: 'pause', label: 'Switch them off', about: 'On again at the next start.' },
  { value: 'remove', label: 'Remove them', about: 'Made again at the next start.' },
];
