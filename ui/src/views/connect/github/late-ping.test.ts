import { render, screen } from '@testing-library/svelte';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { github as hook } from '../../../../tests/hook';
import { delivery, TableHost } from '../../../../tests/host';
import GithubHookCard from './GithubHookCard.svelte';
import { Github } from './github.svelte';

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
