import { expect, test } from 'vitest';
import { delivery, TableHost } from '../../../../tests/host';
import type { GithubHook } from '../../../generated/GithubHook';
import type { GithubView } from '../../../generated/GithubView';
import { Failure } from '../../../host/host';
import { Github } from './github.svelte';
import { eventWords, preset, standing } from './words';

const API = 'https://api.github.com';
const hello = {
  place: { kind: 'repository', name: 'octocat/hello-world' },
  about: null,
  private: false,
  refused: null,
} as const;

const hook = (part: Partial<GithubHook> = {}) =>
  ({
    trigger_id: 'trg_a',
    trigger_name: 'GitHub octocat/hello-world',
    host: 'github.com',
    place: hello.place,
    events: ['push'],
    wanted: 'connected',
    hook_id: 1,
    url: 'https://hooks.example.com/hooks/creel-1',
    active: true,
    trouble: null,
    ping: null,
    newest: null,
    ...part,
  }) as GithubHook;

function open(hooks: GithubHook[] = []) {
  const view = { accounts: [{ api: API, login: 'octocat' }], hooks, address: 'https://hooks.example.com' };
  const host = new TableHost({
    github_get: () => view as unknown as GithubView,
    github_events: () => [
      { name: 'push', about: 'Commits.', of: ['repository', 'organisation'] },
      { name: 'team', about: 'A team.', of: ['organisation'] },
    ],
    github_places: () => [hello],
    github_plan: () => ({ method: 'POST', url: '', headers: [], body: '', also: [], left: [] }),
    github_connect: () => hook(),
    github_on_quit: () => view,
  });
  return { host, github: new Github(host) };
}

test('the call is asked for before it is made, and another choice asks for it again', async () => {
  const { host, github } = open();
  await github.load();
  github.choose({ ...hello, place: { ...hello.place } });
  await github.show();
  expect(github.plan).toBeDefined();
  github.chooseEvents(['push', 'issues']);
  expect(github.plan).toBeUndefined();
  expect(host.calls.some(([command]) => command === 'github_connect')).toBe(false);
  await github.connect('pause');
  const made = host.calls.map(([command]) => command).filter((name) => /connect|quit/.test(name));
  expect(made).toEqual(['github_on_quit', 'github_connect']);
  expect([github.place, github.made]).toEqual([undefined, 'trg_a']);
});

test('a refusal stands where it happened and goes with the next try', async () => {
  const { host, github } = open();
  await github.load();
  github.choose({ ...hello, place: { ...hello.place } });
  host.answers.github_plan = () => {
    throw new Failure({ code: 'conflict', message: 'there are 20 hooks already' });
  };
  await github.show();
  expect(github.failed).toMatchObject({
    at: 'plan',
    error: { code: 'conflict', message: 'there are 20 hooks already' },
  });
  host.answers.github_plan = () => ({ method: 'POST', url: '', headers: [], body: '', also: [], left: [] });
  await github.show();
  expect(github.failed).toBeUndefined();
});

test('what arrives at a hook is looked at, and what arrives elsewhere is not', async () => {
  const { host, github } = open([hook()]);
  await github.load();
  const asked = () => host.calls.filter(([command]) => command === 'github_get').length;
  github.apply({ deliveries: [delivery(1, { endpoint: 'trg_b' })] });
  expect(asked()).toBe(1);
  github.apply({ deliveries: [delivery(2, { endpoint: 'trg_a' })] });
  expect(asked()).toBe(2);
});

test('how a hook stands is one word, the worst first', () => {
  expect(standing(hook({ trigger_name: null })).text).toBe('Its trigger is gone');
  expect(standing(hook({ trouble: { code: 'upstream', message: 'x' } })).tone).toBe('bad');
  expect(standing(hook({ url: null })).text).toBe('Being set up');
  expect(standing(hook({ active: false })).text).toBe('Switched off');
  expect(standing(hook()).text).toBe('Waiting for the ping');
  expect(standing(hook({ newest: delivery(1) })).text).toBe('Verified');
});

test('the shortcuts know themselves', () => {
  expect([preset(['push']), preset(['*']), preset(['push', 'issues'])]).toEqual(['push', 'all', 'own']);
  expect([eventWords(['*']), eventWords(['a', 'b']), eventWords(['a', 'b', 'c'])]).toEqual([
    'everything',
    'a and b',
    'a and 2 more',
  ]);
});
