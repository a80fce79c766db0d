import { describe, expect, it } from 'vitest';
import { TableHost } from '../../../tests/host';
import type { SuggestQuery } from '../../generated/SuggestQuery';
import { SearchState } from './search.svelte';

const items = [
  { text: 'sig:bad', about: 'does not fit' },
  { text: 'source:', about: 'from whom' },
];

function suggesting(from: number, to: number) {
  return new SearchState(
    new TableHost({ search_suggest: () => ({ meaning: 'deliveries', error: null, from, to, items }) }),
  );
}

describe('the search box', () => {
  it('puts a suggestion in place of the word at the caret', async () => {
    const search = suggesting(3, 5);
    search.text = 'ab si cd';
    await search.ask(5);
    expect(search.take(items[0]!)).toBe(11);
    expect(search.text).toBe('ab sig:bad cd');
  });

  it('leaves the caret behind a key that still wants its value', async () => {
    const search = suggesting(0, 2);
    search.text = 'so';
    await search.ask(2);
    expect(search.take(items[1]!)).toBe(7);
    expect(search.text).toBe('source:');
  });

  it('moves through the suggestions and back to none', async () => {
    const search = suggesting(0, 0);
    await search.ask(0);
    const places = [1, 1, 1].map((step) => (search.move(step), search.chosen));
    expect(places).toEqual([0, 1, -1]);
    search.move(-1);
    expect(search.chosen).toBe(1);
  });

  it('drops an answer that was overtaken, so that a half-typed word is not searched', async () => {
    const waiting: Array<() => void> = [];
    const host = new TableHost({
      search_suggest: ({ q }: SuggestQuery) =>
        new Promise((resolve) => waiting.push(() => resolve({ meaning: q, error: null, from: 0, to: 0, items: [] }))),
    });
    const search = new SearchState(host);
    search.text = 'a';
    const first = search.ask(1);
    search.text = 'ab';
    const second = search.ask(2);
    waiting[1]?.();
    waiting[0]?.();
    expect(await first).toBe(false);
    expect(await second).toBe(true);
    expect(search.known?.meaning).toBe('ab');
  });
});
