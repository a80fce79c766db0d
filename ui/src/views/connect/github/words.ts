/** GitHub's hooks in words. */
import type { Absence } from '../../../generated/Absence';
import type { GithubMissed } from '../../../generated/GithubMissed';
import type { GithubSent } from '../../../generated/GithubSent';
import type { GithubSide } from '../../../generated/GithubSide';
import { rowTime } from '../../../parts/times';
import { few, type NewWords, type Preset } from '../forge/words';
import type { GithubShapes } from './github.svelte';

/** The shortcuts: they are the same at every place. */
export const PRESETS: Preset[] = [
  { id: 'push', label: 'Just push', events: ['push'] },
  {
    id: 'pull',
    label: 'Pull requests',
    events: ['pull_request', 'pull_request_review', 'pull_request_review_comment', 'issue_comment'],
  },
  { id: 'all', label: 'Everything', events: ['*'] },
];

/** `push`, `pull_request and 3 more`, `everything` */
export function eventWords(events: readonly string[]): string {
  return events.includes('*') ? 'everything' : few(events);
}

/** How a new hook is asked for. */
export const newWords: NewWords<GithubShapes> = {
  forge: 'GitHub',
  places: 'Repository or organisation',
  placeList: 'Where a hook can be',
  place: ({ place, about }) => ({ name: place.name, many: place.kind === 'organisation', about }),
  shortcuts: 'Which events',
  eventSearch: 'Search events',
  eventList: 'Events',
  presets: () => PRESETS,
  title: ({ name }) => (name === '*' ? 'everything' : name),
};

/** How often GitHub can be asked, in seconds. */
export const EVERY: readonly number[] = [10, 60, 600, 3600];

/** `asked every 10 minutes` */
export function everyWords(seconds: number): string {
  const [many, unit] =
    seconds % 3600 === 0
      ? [seconds / 3600, 'hour']
      : seconds % 60 === 0
        ? [seconds / 60, 'minute']
        : [seconds, 'second'];
  return `asked every ${many === 1 ? unit : `${many} ${unit}s`}`;
}

/** GitHub allows that many calls an hour to whom it has not told another limit. */
const USUAL_LIMIT = 5000;

/** What that costs: an answer that nothing is new is free at GitHub, so this is the most. */
export function costWords(seconds: number, limit: number = USUAL_LIMIT): string {
  const calls = Math.ceil(3600 / seconds);
  const share = Math.round((calls / limit) * 100);
  const many = calls === 1 ? '1 call' : `${calls} calls`;
  return `At most ${many} an hour, ${share === 0 ? 'less than 1' : share} % of what GitHub allows; a call that finds nothing new is free.`;
}

/** What is done with a hook without asking: `GitHub is asked every minute; missed ones are brought in`. */
export function ruleWords({ always, asks_every }: GithubMissed): string {
  const asked = asks_every === null ? [] : [`without a public address GitHub is ${everyWords(asks_every)}`];
  const brought = always ? ['what was missed is brought in'] : [];
  return [...brought, ...asked].join('; ') || 'nothing';
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
    case 'brought_in':
      return { tone: 'ok', text: 'Brought in' };
    case 'never_arrived':
      return { tone: 'bad', text: 'Never arrived' };
  }
}

/** `14:02–14:05`; with seconds where the minutes are the same, with the day where it is another one. */
function span(from: number, to: number, now: number): string {
  const [begin, end] = [rowTime(from, now), rowTime(to, now)];
  const [shortBegin, shortEnd] = [shortTime(from, now), shortTime(to, now)];
  if (begin === end) return `at ${begin}`;
  return shortBegin === shortEnd ? `${begin}–${end}` : `${shortBegin}–${shortEnd}`;
}

function shortTime(at: number, now: number): string {
  return rowTime(at, now).replace(/^(\d+:\d+):\d+$/, '$1');
}

/** Why nothing arrived: `the tunnel was down 14:02–14:05 (it did not answer)`. */
export function awayWords({ cause, from, to, why }: Absence, now: number): string {
  const what = {
    closed: ['Creel was not running', 'Creel has not been running'],
    asleep: ['the machine slept', 'the machine has been asleep'],
    tunnel: ['the tunnel was down', 'the tunnel has been down'],
    no_tunnel: ['no tunnel ran', 'no tunnel has run'],
  }[cause];
  const when = to === null ? `${what[1]} since ${shortTime(from, now)}` : `${what[0]} ${span(from, to, now)}`;
  return why ? `${when} (${why})` : when;
}

/** GitHub's side of an attempt with the reason on this side. */
export function sentWords(sent: GithubSent, now: number): string {
  if (!sent.away) return sent.words;
  const why = awayWords(sent.away, now);
  return sent.side === 'never_arrived'
    ? `${sent.words.replace(/\.$/, '')}: ${why}.`
    : `${sent.words} The reason: ${why}.`;
}

/** `4 deliveries were missed while the tunnel was down 14:02–14:05.` */
export function missedWords({ count, away }: GithubMissed, now: number): string {
  const many = count === 1 ? '1 delivery was missed' : `${count} deliveries were missed`;
  if (!away) return `${many}.`;
  return `${many}${away.to === null ? ':' : ' while'} ${awayWords(away, now)}.`;
}
