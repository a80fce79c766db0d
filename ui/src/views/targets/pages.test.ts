import { expect, test, vi } from 'vitest';
import { Failure } from '../../host/host';
import { PAGE, Pages } from './pages.svelte';

interface Row {
  seq: number;
}

const rows = (from: number, to: number): Row[] => Array.from({ length: from - to + 1 }, (_, n) => ({ seq: from - n }));

/** A store of `count` rows, newest first, behind a cursor. */
function store(count: number) {
  const asked: Array<{ limit: number; after?: number }> = [];
  const pages = new Pages<Row>(async (page) => {
    asked.push(page);
    const items = rows(count, 1)
      .filter((row) => row.seq < (page.after ?? Infinity))
      .slice(0, page.limit);
    const last = items.at(-1)?.seq ?? 0;
    return { items, next: last > 1 ? last : null };
  });
  return { asked, pages, grow: () => (count += 1) };
}

test('pages follow each other without gap or repeat', async () => {
  const { pages } = store(250);
  await pages.load();
  await pages.more();
  await pages.more();
  await pages.more();
  expect(pages.rows).toEqual(rows(250, 1));
  expect(pages.next).toBeNull();
});

test('loading anew keeps what was read so far', async () => {
  const { asked, pages, grow } = store(250);
  await pages.load();
  await pages.more();
  grow();
  await pages.load();
  expect(asked.at(-1)).toEqual({ limit: 2 * PAGE });
  expect(pages.rows[0]?.seq).toBe(251);
  expect(pages.rows).toHaveLength(2 * PAGE);
});

test('a late answer to an earlier question is not shown', async () => {
  let late: (() => void) | undefined;
  let first = true;
  const pages = new Pages<Row>(() => {
    if (!first) return Promise.resolve({ items: rows(9, 9), next: null });
    first = false;
    return new Promise((resolve) => (late = () => resolve({ items: rows(1, 1), next: null })));
  });
  const old = pages.load();
  await pages.restart();
  late?.();
  await old;
  expect(pages.rows).toEqual([{ seq: 9 }]);
});

test('what a list cannot be loaded for is said, and a later answer takes it back', async () => {
  let broken = true;
  const pages = new Pages<Row>(async () => {
    if (broken) throw new Failure({ code: 'unavailable', message: 'the store is busy' });
    return { items: [], next: null };
  });
  await pages.load();
  expect([pages.phase, pages.error?.message]).toEqual(['failed', 'the store is busy']);
  broken = false;
  await pages.load();
  expect([pages.phase, pages.error]).toEqual(['ready', undefined]);
});

test('a burst of changes is one question', async () => {
  vi.useFakeTimers();
  const { asked, pages } = store(3);
  for (let n = 0; n < 20; n += 1) pages.soon();
  await vi.runAllTimersAsync();
  expect(asked).toHaveLength(1);
  pages.soon();
  pages.close();
  await vi.runAllTimersAsync();
  expect(asked).toHaveLength(1);
  vi.useRealTimers();
});
