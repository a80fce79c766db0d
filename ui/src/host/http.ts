/** The host in a browser: `POST /rpc/<command>`, events over SSE, a session cookie. */
import type { Commands } from '../generated/commands';
import type { Event } from '../generated/Event';
import { Failure, type Connection, type Host } from './host';

/** First and longest wait before the event stream is opened again: quick after a restart, calm while Creel is down. */
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 10_000;

export class HttpHost implements Host {
  readonly kind = 'browser';
  readonly #handlers = new Set<(event: Event) => void>();
  readonly #watchers = new Set<(connection: Connection) => void>();
  #connection: Connection = 'connecting';
  #wait = FIRST_WAIT_MS;
  #wasOpen = false;

  /** Spends the one-time code of the address, if there is one, then opens the event stream. */
  async start(): Promise<void> {
    const code = takeCode();
    if (code) await this.#session({ code }).catch(() => this.#become('locked'));
    this.#open();
  }

  async call<C extends keyof Commands>(command: C, input: Commands[C]['input']): Promise<Commands[C]['output']> {
    const answer = await this.#post(`/rpc/${command}`, input);
    return (await answer.json()) as Commands[C]['output'];
  }

  listen(handler: (event: Event) => void): () => void {
    this.#handlers.add(handler);
    return () => this.#handlers.delete(handler);
  }

  watch(handler: (connection: Connection) => void): () => void {
    this.#watchers.add(handler);
    handler(this.#connection);
    return () => this.#watchers.delete(handler);
  }

  async unlock(token: string): Promise<void> {
    await this.#session({ token: token.trim() });
    this.#open();
  }

  async #session(proof: { code: string } | { token: string }): Promise<void> {
    await this.#post('/session', proof);
  }

  async #post(path: string, input: unknown): Promise<Response> {
    let answer: Response;
    try {
      answer = await fetch(path, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify(input),
        credentials: 'same-origin',
      });
    } catch {
      throw new Failure({ code: 'unavailable', message: 'creel does not answer', hint: 'is it still running?' });
    }
    if (answer.ok) return answer;
    if (answer.status === 401 && path !== '/session') this.#become('locked');
    throw await failureOf(answer);
  }

  #open(): void {
    const source = new EventSource('/events');
    source.onopen = () => {
      this.#wait = FIRST_WAIT_MS;
      this.#become('open');
      if (this.#wasOpen) this.#emit({ lagged: 0 });
      this.#wasOpen = true;
    };
    source.onmessage = (message) => this.#emit(JSON.parse(message.data as string) as Event);
    source.onerror = () => {
      source.close();
      void this.#again();
    };
  }

  /** After the stream broke: asks why (a 401 locks), waits, opens it again. */
  async #again(): Promise<void> {
    try {
      await this.call('status', {});
    } catch {
      if (this.#connection === 'locked') return;
    }
    this.#become('lost');
    setTimeout(() => this.#open(), this.#wait);
    this.#wait = Math.min(this.#wait * 2, LONGEST_WAIT_MS);
  }

  #emit(event: Event): void {
    for (const handler of this.#handlers) handler(event);
  }

  #become(connection: Connection): void {
    if (this.#connection === connection) return;
    this.#connection = connection;
    for (const watcher of this.#watchers) watcher(connection);
  }
}

/** The one-time code of `#code=…`, taken out of the address so that it stays in no history. */
function takeCode(): string | undefined {
  const found = /^#code=([^&]+)/.exec(location.hash)?.[1];
  if (found) history.replaceState(null, '', location.pathname + location.search);
  return found && decodeURIComponent(found);
}

async function failureOf(answer: Response): Promise<Failure> {
  try {
    const error: unknown = await answer.json();
    if (typeof error === 'object' && error !== null && 'code' in error && 'message' in error)
      return new Failure(error as Failure);
  } catch {
    // Not Creel's own error: said below with its status.
  }
  return new Failure({ code: 'internal', message: `creel answered ${answer.status} ${answer.statusText}`.trim() });
}
