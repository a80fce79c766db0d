import { expect, test, vi } from 'vitest';
import { github as hook, NOTHING_MISSED } from '../../../../tests/hook';
import { delivery, TableHost } from '../../../../tests/host';
import type { GithubHook } from '../../../generated/GithubHook';
import type { GithubSent } from '../../../generated/GithubSent';
import type { GithubView } from '../../../generated/GithubView';
import { Failure } from '../../../host/host';
import { presetOf, standing } from '../forge/words';
import { Github } from './github.svelte';
import { awayWords, costWords, eventWords, everyWords, missedWords, PRESETS, ruleWords, sentWords } from './words';

const API = 'https://api.github.com';
const hello = {
  place: { kind: 'repository', name: 'octocat/hello-world' },
  about: null,
  private: false,
  refused: null,
} as const;

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
  await vi.waitFor(() => expect(github.isPlanned).toBe(true));
  github.chooseEvents(['push', 'issues']);
  await github.connect('pause');
  expect([github.isPlanned, github.plan]).toEqual([false, expect.anything()]);
  await vi.waitFor(() => expect(github.isPlanned).toBe(true));
  expect(host.calls.filter(([command]) => command === 'github_plan').at(-1)?.[1]).toMatchObject({
    events: ['push', 'issues'],
  });
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
  expect(standing(hook({ trigger_name: null }), 'ping').text).toBe('Its trigger is gone');
  expect(standing(hook({ trouble: { code: 'upstream', message: 'x' } }), 'ping').tone).toBe('bad');
  expect(standing(hook({ url: null }), 'ping').text).toBe('Being set up');
  expect(standing(hook({ active: false }), 'ping').text).toBe('Switched off');
  expect(standing(hook(), 'ping').text).toBe('Waiting for the ping');
  expect(standing(hook({ newest: delivery(1) }), 'ping').text).toBe('Verified');
});

test('the shortcuts know themselves', () => {
  const preset = (chosen: string[]) => presetOf(PRESETS, chosen);
  expect([preset(['push']), preset(['*']), preset(['push', 'issues'])]).toEqual(['push', 'all', 'own']);
  expect([eventWords(['*']), eventWords(['a', 'b']), eventWords(['a', 'b', 'c'])]).toEqual([
    'everything',
    'a and b',
    'a and 2 more',
  ]);
});

const at = (hour: number, minute: number, second = 0) => new Date(2026, 10, 21, hour, minute, second).getTime();
const down = { cause: 'tunnel', from: at(14, 2), to: at(14, 5), why: 'it did not answer' } as const;

test('why nothing arrived is told with its times', () => {
  const now = at(15, 0);
  expect(awayWords(down, now)).toBe('the tunnel was down 14:02–14:05 (it did not answer)');
  expect(awayWords({ ...down, to: at(14, 2, 9) }, now)).toBe(
    'the tunnel was down 14:02:00–14:02:09 (it did not answer)',
  );
  expect(awayWords({ cause: 'closed', from: at(13, 10), to: at(13, 40), why: null }, now)).toBe(
    'Creel was not running 13:10–13:40',
  );
  expect(awayWords({ cause: 'no_tunnel', from: at(13, 10), to: null, why: null }, now)).toBe(
    'no tunnel has run since 13:10',
  );
  expect(awayWords({ ...down, to: down.from, why: null }, now)).toBe('the tunnel was down at 14:02:00');
  const sent = {
    words: 'GitHub got 502 (failed to connect to host); Creel never saw it.',
    side: 'never_arrived',
    away: down,
  };
  expect(sentWords(sent as unknown as GithubSent, now)).toBe(
    'GitHub got 502 (failed to connect to host); Creel never saw it: the tunnel was down 14:02–14:05 (it did not answer).',
  );
  const brought = { words: 'You brought it in.', side: 'brought_in', away: { ...down, why: null } };
  expect(sentWords(brought as unknown as GithubSent, now)).toBe(
    'You brought it in. The reason: the tunnel was down 14:02–14:05.',
  );
});

test('what was missed is counted and has its reason', () => {
  const now = at(15, 0);
  expect(missedWords({ ...NOTHING_MISSED, count: 4, away: { ...down, why: null } }, now)).toBe(
    '4 deliveries were missed while the tunnel was down 14:02–14:05.',
  );
  expect(missedWords({ ...NOTHING_MISSED, count: 1 }, now)).toBe('1 delivery was missed.');
  const lasting = { cause: 'no_tunnel', from: at(13, 10), to: null, why: null } as const;
  expect(missedWords({ ...NOTHING_MISSED, count: 2, away: lasting }, now)).toBe(
    '2 deliveries were missed: no tunnel has run since 13:10.',
  );
});

test('a hook without a public address says how often GitHub is asked, and one with an address does not', async () => {
  for (const [address, expected] of [
    [null, 60],
    ['https://hooks.example.com', undefined],
  ] as const) {
    const { host, github } = open();
    await github.load();
    github.view = { ...github.view, address } as GithubView;
    github.asksEvery = 60;
    github.choose({ ...hello, place: { ...hello.place } });
    await github.show();
    const [, draft] = host.calls.find(([command]) => command === 'github_plan') ?? [];
    expect((draft as { asks_every?: number }).asks_every).toBe(expected);
  }
});

test('an answer about an earlier choice does not become the plan of a later one', async () => {
  const { host, github } = open();
  await github.load();
  const answers: Array<(plan: unknown) => void> = [];
  host.answers.github_plan = () => new Promise((resolve) => answers.push(resolve));
  github.choose({ ...hello, place: { ...hello.place } });
  const late = github.show();
  answers[1]?.({ url: 'second' });
  await late;
  answers[0]?.({ url: 'first' });
  await Promise.resolve();
  expect([github.plan?.url, github.isPlanned]).toEqual(['second', true]);
});

test('without an event there is no call to show', async () => {
  const { github } = open();
  await github.load();
  github.choose({ ...hello, place: { ...hello.place } });
  await vi.waitFor(() => expect(github.isPlanned).toBe(true));
  github.chooseEvents([]);
  await vi.waitFor(() => expect(github.plan).toBeUndefined());
});

test('what happens to hooks when Creel ends can be chosen again', async () => {
  const { host, github } = open([hook()]);
  await github.load();
  host.answers.github_get = () => ({ ...github.view, on_quit: 'remove' }) as GithubView;
  await github.setOnQuit('remove');
  expect(host.calls.filter(([command]) => command === 'github_on_quit')).toEqual([
    ['github_on_quit', { on_quit: 'remove' }],
  ]);
  expect(github.view?.on_quit).toBe('remove');
});

test('how often GitHub is asked says what it costs, and is kept with what is done without asking', async () => {
  expect([10, 60, 600, 3600, 90].map(everyWords)).toEqual([
    'asked every 10 seconds',
    'asked every minute',
    'asked every 10 minutes',
    'asked every hour',
    'asked every 90 seconds',
  ]);
  expect(costWords(10)).toMatch(/^At most 360 calls an hour, 7 % of what GitHub allows/);
  expect(costWords(3600)).toMatch(/^At most 1 call an hour, less than 1 %/);
  expect(costWords(10, 15_000)).toMatch(/^At most 360 calls an hour, 2 %/);
  expect(ruleWords(NOTHING_MISSED)).toBe('nothing');
  expect(ruleWords({ ...NOTHING_MISSED, always: true, asks_every: 60 })).toBe(
    'what was missed is brought in; without a public address GitHub is asked every minute',
  );
  const { host, github } = open([hook()]);
  await github.load();
  host.answers.github_missed_rule = () => hook();
  await github.rule('trg_a', true, 600);
  expect(host.calls.find(([command]) => command === 'github_missed_rule')?.[1]).toEqual({
    trigger_id: 'trg_a',
    always: true,
    asks_every: 600,
  });
});
