/** GitLab's hooks in words. */
import type { GitlabEvent } from '../../../generated/GitlabEvent';
import { few, type NewWords, type Preset } from '../forge/words';
import type { GitlabShapes } from './gitlab.svelte';

/** The shortcuts over what a place offers. */
export function presets(offered: GitlabEvent[]): Preset[] {
  return [
    { id: 'push', label: 'Just push', events: ['push_events'] },
    { id: 'merge', label: 'Merge requests', events: ['merge_requests_events', 'note_events'] },
    { id: 'all', label: 'Everything', events: offered.map(({ name }) => name) },
  ];
}

/** `Push`, `Push and Jobs`, `Push and 3 more` */
export function eventWords(known: GitlabEvent[], chosen: readonly string[]): string {
  return few(chosen.map((name) => known.find((event) => event.name === name)?.title ?? name));
}

/** How a new hook is asked for. */
export const newWords: NewWords<GitlabShapes> = {
  forge: 'GitLab',
  places: 'Project or group',
  placeList: 'Where a GitLab hook can be',
  place({ place, about }) {
    const many = place.kind === 'group';
    return { name: place.path, many, about: many ? 'a group: GitLab Premium' : about };
  },
  shortcuts: 'Which of GitLab’s events',
  eventSearch: 'Search GitLab’s events',
  eventList: 'GitLab’s events',
  presets,
  title: ({ title }) => title,
};
