import { expect, test } from 'vitest';
import { delivery, TableHost } from '../../../../tests/host';
import type { GitlabEvent } from '../../../generated/GitlabEvent';
import type { GitlabHook } from '../../../generated/GitlabHook';
import type { GitlabPlaceFound } from '../../../generated/GitlabPlaceFound';
import type { GitlabView } from '../../../generated/GitlabView';
import { Failure } from '../../../host/host';
import { presetOf, standing } from '../forge/words';
import { Gitlab } from './gitlab.svelte';
import { eventWords, presets } from './words';

const EVENTS: GitlabEvent[] = [
  { name: 'push_events', title: 'Push', about: '', of: ['project', 'group'] },
  { name: 'job_events', title: 'Jobs', about: '', of: ['project', 'group'] },
  { name: 'member_events', title: 'Members', about: '', of: ['group'] },
];
const hook = (part: Partial<GitlabHook> = {}) =>
  ({
    trigger_id: 'trg_a',
    trigger_name: 'a',
    wanted: 'connected',
    hook_id: 1,
    url: 'u',
    active: true,
    trouble: null,
    newest: null,
    ...part,
  }) as GitlabHook;
const found = (kind: 'project' | 'group', id = 7) =>
  ({ place: { kind, id, path: 'a/b' }, about: null, private: true, refused: null }) satisfies GitlabPlaceFound;

function open(hooks: GitlabHook[] = []) {
  const view = { accounts: [{ api: 'http://x/api/v4' }], hooks } as unknown as GitlabView;
  const host = new TableHost({
    gitlab_get: () => view,
    gitlab_events: () => EVENTS,
    gitlab_places: () => [found('project')],
    gitlab_plan: () => ({ method: 'POST', url: '', headers: [], body: '', also: [], left: [] }),
  });
  return { host, gitlab: new Gitlab(host) };
}

test('what a group alone can send is forgotten with the group, and another choice wants another plan', async () => {
  const { gitlab } = open();
  await gitlab.load();
  gitlab.choose(found('group'));
  gitlab.chooseEvents(['member_events']);
  await gitlab.show();
  expect(gitlab.plan).toBeDefined();
  gitlab.choose(found('project'));
  expect([gitlab.chosen, gitlab.plan]).toEqual([['push_events'], undefined]);
});

test('a refusal stays where it happened until it is tried again', async () => {
  const { host, gitlab } = open();
  await gitlab.load();
  gitlab.choose(found('project'));
  const plan = host.answers.gitlab_plan;
  host.answers.gitlab_plan = () => {
    throw new Failure({ code: 'forbidden', message: 'the token may not do this' });
  };
  await gitlab.show();
  expect(gitlab.failed).toMatchObject({ at: 'plan', error: { message: 'the token may not do this' } });
  host.answers.gitlab_plan = plan;
  await gitlab.show();
  expect(gitlab.failed).toBeUndefined();
});

test('what arrives at a hook is looked at, and what arrives elsewhere is not', async () => {
  const { host, gitlab } = open([hook()]);
  await gitlab.load();
  const asked = () => host.calls.filter(([command]) => command === 'gitlab_get').length;
  gitlab.apply({ deliveries: [delivery(1, { endpoint: 'trg_b' })] });
  expect(asked()).toBe(1);
  gitlab.apply({ deliveries: [delivery(2, { endpoint: 'trg_a' })] });
  expect(asked()).toBe(2);
});

test('a hook stands in one word, the worst first, and its events in a few', () => {
  expect(standing(hook({ trigger_name: null }), 'first delivery').text).toBe('Its trigger is gone');
  expect(standing(hook({ trouble: { code: 'upstream', message: 'x' } }), 'first delivery').tone).toBe('bad');
  expect(standing(hook({ url: null }), 'first delivery').text).toBe('Being set up');
  expect(standing(hook({ active: false }), 'first delivery').text).toBe('Switched off');
  expect(standing(hook(), 'first delivery').text).toBe('Waiting for the first delivery');
  expect(standing(hook({ newest: delivery(1) }), 'first delivery').text).toBe('Verified');
  expect(eventWords(EVENTS, ['push_events', 'job_events'])).toBe('Push and Jobs');
  const all = presets(EVENTS.slice(0, 2));
  expect(presetOf(all, ['job_events', 'push_events'])).toBe('all');
  expect(presetOf(all, ['job_events'])).toBe('own');
});
