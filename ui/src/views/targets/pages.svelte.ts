/** A list in pages behind a cursor that is loaded anew, as far down as it was read, whenever something changed. */
import type { ApiError } from '../../generated/ApiError';
import { apiError } from '../../host/host';

/** Rows in a page: some screens of them. */
export const PAGE = 100;
/** The most rows that one answer has. */
const MOST = 500;
/** Rest between two reloads: a storm of changes is one question. */
const BURST_MS = 300;

/** A page as the core gives it; `next`: the cursor of the one after it. */
export interface Rows<T> {
  items: T[];
  next: number | null;
}

type Ask<T> = (page: { limit: number; after?: number }) => Promise<Rows<T>>;

export class Pages<T> {
  readonly #ask: Ask<T>;
  readonly #most: number;
  #again: ReturnType<typeof setTimeout> | undefined;
  /** Counts questions: only the answer to the latest is shown. */
  #asked = 0;
  phase = $state<'loading' | 'failed' | 'ready'>('loading');
  error = $state.raw<ApiError>();
  rows = $state.raw<T[]>([]);
  next = $state<number | null>(null);

  /** `most`: rows that the command gives at once. */
  constructor(ask: Ask<T>, most = MOST) {
    this.#ask = ask;
    this.#most = most;
  }

  /** Loads the list anew. */
  load = async (): Promise<void> => {
    const limit = Math.min(this.#most, Math.max(PAGE, this.rows.length));
    await this.#take({ limit }, (page) => page.items);
  };

  /** Loads the next older page. */
  more = async (): Promise<void> => {
    if (this.next === null) return;
    await this.#take({ limit: PAGE, after: this.next }, (page) => [...this.rows, ...page.items]);
  };

  /** Shows another list: nothing of this one stays. */
  async restart(): Promise<void> {
    this.rows = [];
    this.next = null;
    this.phase = 'loading';
    await this.load();
  }

  async #take(asked: { limit: number; after?: number }, rows: (page: Rows<T>) => T[]): Promise<void> {
    const mine = ++this.#asked;
    try {
      const page = await this.#ask(asked);
      if (mine !== this.#asked) return;
      this.rows = rows(page);
      this.next = page.next;
      this.phase = 'ready';
      this.error = undefined;
    } catch (thrown) {
      if (mine !== this.#asked) return;
      this.error = apiError(thrown);
      this.phase = 'failed';
    }
  }

  /** Something in it changed: it is asked for again, once for a burst. `also`: what is asked for with it. */
  soon(also?: () => void): void {
    if (this.#again !== undefined) return;
    this.#again = setTimeout(() => {
      this.#again = undefined;
      void this.load();
      also?.();
    }, BURST_MS);
  }

  /** Stops what is under way. */
  close(): void {
    clearTimeout(this.#again);
  }
}
