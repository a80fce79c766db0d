import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Event } from '../generated/Event';
import type { Connection } from './host';
import { HttpHost } from './http';

/** An event stream that the test plays. */
class Stream {
  static all: Stream[] = [];
  onopen?: () => void;
  onmessage?: (message: { data: string }) => void;
  onerror?: () => void;
  close = vi.fn();
  constructor(readonly url: string) {
    Stream.all.push(this);
  }
  static get last(): Stream {
    return Stream.all.at(-1) as Stream;
  }
}

const answers = vi.fn<(path: string, body: unknown) => Response>();
const ok = (value: unknown) => new Response(JSON.stringify(value));

beforeEach(() => {
  Stream.all = [];
  answers.mockReset().mockImplementation(() => ok({}));
  vi.stubGlobal('EventSource', Stream);
  vi.stubGlobal('fetch', async (path: string, init: RequestInit) => answers(path, JSON.parse(init.body as string)));
  vi.useFakeTimers();
  location.hash = '';
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

async function started() {
  const host = new HttpHost();
  const seen: Connection[] = [];
  const events: Event[] = [];
  host.watch((connection) => seen.push(connection));
  host.listen((event) => events.push(event));
  await host.start();
  return { host, seen, events };
}

describe('the browser host', () => {
  it('spends the one-time code and takes it out of the address', async () => {
    location.hash = '#code=abc%2F1';
    await started();
    expect(answers).toHaveBeenCalledWith('/session', { code: 'abc/1' });
    expect(location.hash).toBe('');
  });

  it('asks for the token when there is no session, and goes on once it has it', async () => {
    answers.mockImplementation((path) =>
      path === '/session' ? ok({}) : new Response('{"code":"unauthorized","message":"no session"}', { status: 401 }),
    );
    const { host, seen } = await started();
    Stream.last.onerror?.();
    await vi.advanceTimersByTimeAsync(0);
    expect(seen.at(-1)).toBe('locked');
    const before = Stream.all.length;
    await vi.advanceTimersByTimeAsync(60_000);
    expect(Stream.all).toHaveLength(before);
    await host.unlock(' token\n');
    expect(answers).toHaveBeenLastCalledWith('/session', { token: 'token' });
    Stream.last.onopen?.();
    expect(seen.at(-1)).toBe('open');
  });

  it('says that the connection is lost, tries again ever more calmly, and has lists loaded anew', async () => {
    const { seen, events } = await started();
    Stream.last.onopen?.();
    Stream.last.onmessage?.({ data: '"status"' });
    expect(events).toEqual(['status']);
    for (const wait of [500, 1000, 2000]) {
      Stream.last.onerror?.();
      await vi.advanceTimersByTimeAsync(wait - 1);
      const before = Stream.all.length;
      await vi.advanceTimersByTimeAsync(1);
      expect(Stream.all).toHaveLength(before + 1);
    }
    expect(seen.at(-1)).toBe('lost');
    Stream.last.onopen?.();
    expect(seen.at(-1)).toBe('open');
    expect(events.at(-1)).toEqual({ lagged: 0 });
  });

  it('hands on the error of the core with its hint', async () => {
    const { host } = await started();
    answers.mockImplementation(
      () => new Response('{"code":"bad_query","message":"unknown key","hint":"sig?"}', { status: 400 }),
    );
    await expect(host.call('status', {})).rejects.toMatchObject({ code: 'bad_query', hint: 'sig?' });
  });

  it('tells an answer that is not the core’s by its status', async () => {
    const { host } = await started();
    answers.mockImplementation(() => new Response('<h1>', { status: 502, statusText: 'Bad Gateway' }));
    await expect(host.call('status', {})).rejects.toMatchObject({ message: 'creel answered 502 Bad Gateway' });
  });
});
