import { render, screen } from '@testing-library/svelte';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { delivery, TableHost } from '../../../../tests/host';
import type { GithubHook } from '../../../generated/GithubHook';
import GithubHookCard from './GithubHookCard.svelte';
import { Github } from './github.svelte';

const hook = (part: Partial<GithubHook> = {}) =>
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
    missed: {
      count: 0,
      away: null,
      looked_at: null,
      trouble: null,
      cut: false,
      at_work: null,
      always: false,
      asks_every: null,
    },
    ...part,
  }) as GithubHook;

const LATE = /No ping for 10 seconds/;

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

test('a ping that does not come is said to be late, with what GitHub says of it, however often the view is new', async () => {
  const host = new TableHost({ github_record: () => ({ items: [], cut: false }) });
  const github = new Github(host);
  const { rerender } = render(GithubHookCard, { github, hook: hook() });
  await vi.advanceTimersByTimeAsync(6_000);
  expect(screen.queryByText(LATE)).toBeNull();
  await rerender({ hook: hook() });
  await vi.advanceTimersByTimeAsync(5_000);
  expect(screen.getByText(LATE)).toBeInTheDocument();
  expect(screen.getByRole('list', { name: 'GitHub’s record' })).toBeInTheDocument();
  await rerender({ hook: hook({ ping: delivery(1) }) });
  expect(screen.queryByText(LATE)).toBeNull();
});
