import type { GithubHook } from '../src/generated/GithubHook';
import type { GithubMissed } from '../src/generated/GithubMissed';

/** A hook that missed nothing. */
export const NOTHING_MISSED: GithubMissed = {
  count: 0,
  away: null,
  looked_at: null,
  trouble: null,
  cut: false,
  at_work: null,
  always: false,
  asks_every: null,
};

/** A hook of GitHub's as the core tells it: connected, and still without its ping. */
export const github = (part: Partial<GithubHook> = {}) =>
  ({
    trigger_id: 'trg_a',
    trigger_name: 'GitHub octocat/hello-world',
    host: 'github.com',
    place: { kind: 'repository', name: 'octocat/hello-world' },
    events: ['push'],
    wanted: 'connected',
    hook_id: 1,
    url: 'https://hooks.example.com/hooks/creel-1',
    active: true,
    trouble: null,
    ping: null,
    newest: null,
    missed: NOTHING_MISSED,
    ...part,
  }) as GithubHook;
