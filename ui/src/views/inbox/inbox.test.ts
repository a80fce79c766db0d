import { describe, expect, it, vi } from 'vitest';
import { delivery, TableHost } from '../../../tests/host';
import type { DeliveriesQuery } from '../../generated/DeliveriesQuery';
import { Failure } from '../../host/host';
import { InboxState } from './inbox.svelte';

/** A store of deliveries with positions 1 to `count`, newest first, in pages of three. */
function store(count: number) {
  const seqs = { newest: count };
  const host = new TableHost({
    deliveries_list: ({ after, q }: DeliveriesQuery) => {
      const all = Array.from({ length: seqs.newest }, (_, index) => seqs.newest - index);
      const rest = all.filter((seq) => after === undefined || seq < after);
      const items = rest.slice(0, 3).map((seq) => delivery(seq));
      const next = rest.length > 3 ? (items.at(-1)?.seq ?? null) : null;
      return {
        page: { items, next },
        meaning: q ? `deliveries like ${q}` : 'all deliveries',
        search_lag: 0,
        searched_to: null,
      };
    },
  });
  return { host, seqs, inbox: new InboxState(host) };
}

const seqsOf = (rows: Array<{ seq: number }>) => rows.map((row) => row.seq);

describe('the inbox', () => {
  it('pages by position until there is no more', async () => {
    const { inbox } = store(5);
    await inbox.load();
    expect(seqsOf(inbox.rows)).toEqual([5, 4, 3]);
    expect(inbox.more).toBe(true);
    await inbox.loadMore();
    expect(seqsOf(inbox.rows)).toEqual([5, 4, 3, 2, 1]);
    expect(inbox.more).toBe(false);
  });

  it('lets new rows in while it is followed', async () => {
    const { inbox } = store(2);
    await inbox.load();
    inbox.apply({ deliveries: [delivery(3), delivery(4)] });
    expect(seqsOf(inbox.rows)).toEqual([4, 3, 2, 1]);
  });

  it('moves nothing while the user reads, and the pill lets the new rows in', async () => {
    const { inbox } = store(2);
    await inbox.load();
    inbox.follow(false);
    inbox.apply({ deliveries: [delivery(3)] });
    inbox.apply({ deliveries: [delivery(4)] });
    expect(seqsOf(inbox.rows)).toEqual([2, 1]);
    expect(seqsOf(inbox.waiting)).toEqual([4, 3]);
    await inbox.resume();
    expect(seqsOf(inbox.rows)).toEqual([4, 3, 2, 1]);
    expect(inbox.following).toBe(true);
  });

  it('lets the first row in though another screen opened it already', async () => {
    const { inbox } = store(0);
    await inbox.load();
    inbox.follow(false);
    inbox.apply({ deliveries: [delivery(1)] });
    expect(seqsOf(inbox.rows)).toEqual([1]);
  });

  it('lets the waiting rows in when one of them is opened', async () => {
    const { inbox } = store(1);
    await inbox.load();
    inbox.follow(false);
    inbox.apply({ deliveries: [delivery(2)] });
    expect(inbox.admit('dlv_9')).toBe(false);
    expect(inbox.admit('dlv_2')).toBe(true);
    expect(seqsOf(inbox.rows)).toEqual([2, 1]);
  });

  it('holds rows back while frozen, though it is followed', async () => {
    const { inbox } = store(1);
    await inbox.load();
    inbox.freeze(true);
    inbox.apply({ deliveries: [delivery(2)] });
    expect(seqsOf(inbox.rows)).toEqual([1]);
    inbox.freeze(false);
    expect(seqsOf(inbox.rows)).toEqual([2, 1]);
  });

  it('takes the same delivery once', async () => {
    const { inbox } = store(1);
    await inbox.load();
    inbox.apply({ deliveries: [delivery(2)] });
    inbox.apply({ deliveries: [delivery(2)] });
    expect(seqsOf(inbox.rows)).toEqual([2, 1]);
  });

  it('asks the core again when a search is on, because it alone knows what matches', async () => {
    vi.useFakeTimers();
    const { inbox, seqs, host } = store(1);
    await inbox.load('sig:bad');
    seqs.newest = 2;
    inbox.apply({ deliveries: [delivery(2)] });
    inbox.apply({ deliveries: [delivery(3)] });
    expect(seqsOf(inbox.rows)).toEqual([1]);
    await vi.runAllTimersAsync();
    vi.useRealTimers();
    expect(seqsOf(inbox.rows)).toEqual([2, 1]);
    expect(host.calls).toHaveLength(2);
  });

  it('loads anew when more was missed than a page holds', async () => {
    const { inbox, seqs } = store(3);
    await inbox.load();
    inbox.follow(false);
    seqs.newest = 20;
    inbox.apply({ lagged: 17 });
    await vi.waitFor(() => expect(inbox.waiting).toHaveLength(3));
    expect(seqsOf(inbox.rows)).toEqual([3, 2, 1]);
    await inbox.resume();
    expect(seqsOf(inbox.rows)).toEqual([20, 19, 18]);
  });

  it('loads by itself what could not be loaded while the connection was lost', async () => {
    const { inbox, host } = store(2);
    const answer = host.answers.deliveries_list;
    host.answers.deliveries_list = () => {
      throw new Failure({ code: 'unavailable', message: 'Creel does not answer' });
    };
    await inbox.load();
    expect(inbox.phase).toBe('failed');
    host.answers.deliveries_list = answer;
    inbox.apply({ lagged: 0 });
    await vi.waitFor(() => expect(inbox.phase).toBe('ready'));
    expect(seqsOf(inbox.rows)).toEqual([2, 1]);
  });

  it('puts a changed row in its place', async () => {
    const { inbox } = store(2);
    await inbox.load();
    inbox.apply({ delivery_changed: delivery(1, { pinned: true }) });
    expect(inbox.rows[1]?.pinned).toBe(true);
  });

  it('drops what was deleted, also from what waits', async () => {
    const { inbox } = store(3);
    await inbox.load();
    inbox.follow(false);
    inbox.apply({ deliveries: [delivery(4), delivery(5)] });
    inbox.apply({ deliveries_deleted: [delivery(2).id, delivery(4).id, 'dlv_elsewhere'] });
    expect(seqsOf(inbox.rows)).toEqual([3, 1]);
    expect(seqsOf(inbox.waiting)).toEqual([5]);
  });

  it('says why a query is refused and keeps no old rows on the screen as its answer', async () => {
    const { inbox, host } = store(2);
    await inbox.load();
    host.answers.deliveries_list = () => {
      throw new Failure({ code: 'bad_query', message: 'unknown key "sgi"', hint: 'did you mean sig?' });
    };
    await inbox.load('sgi:bad');
    expect(inbox.phase).toBe('failed');
    expect(inbox.error?.hint).toBe('did you mean sig?');
  });

  it('steps to neighbours and stays at the ends', async () => {
    const { inbox } = store(3);
    await inbox.load();
    expect(inbox.neighbour(undefined, 1)?.seq).toBe(3);
    expect(inbox.neighbour('dlv_3', 1)?.seq).toBe(2);
    expect(inbox.neighbour('dlv_1', 1)?.seq).toBe(1);
  });

  describe('whose search takes longer than a page may', () => {
    /** Positions 100 down to 1, ten a page, of which `hits` are found. */
    function slow(hits: number[]) {
      const host = new TableHost({
        deliveries_list: async ({ after }: DeliveriesQuery) => {
          await gate.open;
          const from = (after ?? 101) - 1;
          const items = hits.filter((seq) => seq <= from && seq > from - 10).map((seq) => delivery(seq));
          const next = from > 10 ? from - 9 : null;
          return { page: { items, next }, meaning: '', search_lag: 0, searched_to: next && next * 1000 };
        },
      });
      const gate = { open: Promise.resolve() };
      return { host, inbox: new InboxState(host), gate };
    }

    it('goes on by itself to the end, and says how far it is', async () => {
      const { inbox, host } = slow([95, 42, 1]);
      await inbox.load('rare');
      expect([seqsOf(inbox.rows), inbox.searchedTo, inbox.searching]).toEqual([[95], 91_000, true]);
      await vi.waitFor(() => expect(inbox.searching).toBe(false));
      expect([seqsOf(inbox.rows), inbox.searchedTo, inbox.more]).toEqual([[95, 42, 1], undefined, false]);
      expect(host.calls).toHaveLength(10);
    });

    it('stops when it is told to, and goes on from there', async () => {
      const { inbox, host } = slow([1]);
      await inbox.load('rare');
      inbox.stop();
      await vi.waitFor(() => expect(inbox.searchedTo).toBe(81_000));
      await inbox.loadMore();
      expect([inbox.searching, inbox.searchedTo, host.calls.length]).toEqual([false, 81_000, 2]);
      await inbox.goOn();
      expect([seqsOf(inbox.rows), host.calls.length]).toEqual([[1], 10]);
    });

    it('gives way to another query', async () => {
      const { inbox, gate } = slow([95, 1]);
      await inbox.load('rare');
      let open = () => {};
      gate.open = new Promise((resolve) => (open = resolve));
      const second = inbox.load('other');
      open();
      await second;
      await vi.waitFor(() => expect(inbox.searching).toBe(false));
      expect(seqsOf(inbox.rows)).toEqual([95, 1]);
    });

    it('loads anew when more arrived than a page looks through', async () => {
      const { inbox } = slow([95, 1]);
      await inbox.load('rare');
      inbox.stop();
      vi.useFakeTimers();
      inbox.apply({ deliveries: [delivery(85)] });
      await vi.runAllTimersAsync();
      vi.useRealTimers();
      await vi.waitFor(() => expect(seqsOf(inbox.rows)).toEqual([95, 1]));
    });
  });
});
