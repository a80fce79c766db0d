/** One execution with what it says: a snapshot of the core's, and the pieces that come after it. */
import type { ExecutionDetail } from '../../generated/ExecutionDetail';
import type { ExecutionId } from '../../generated/ExecutionId';
import type { Output } from '../../generated/Output';
import type { Host } from '../../host/host';
import { withOutput } from './live';

export class LiveDetail {
  readonly #host: Host;
  /** Counts questions: only the answer to the latest is shown. */
  #asked = 0;
  #open = false;
  /** Pieces that came while a question was open: the snapshot may have been taken before them. */
  #meanwhile: Output[] = [];
  now = $state.raw<ExecutionDetail>();

  constructor(host: Host) {
    this.#host = host;
  }

  /** Loads it anew; rejects with what the core refuses, unless it was asked again meanwhile. */
  async load(id: ExecutionId): Promise<void> {
    const mine = ++this.#asked;
    this.#meanwhile = [];
    this.#open = true;
    try {
      const detail = await this.#host.call('execution_get', { id });
      if (mine === this.#asked) this.now = this.#meanwhile.reduce(withOutput, detail);
    } catch (thrown) {
      if (mine === this.#asked) throw thrown;
    } finally {
      if (mine === this.#asked) this.#open = false;
    }
  }

  /** Adds a piece, if it is of this one. */
  hear(output: Output): void {
    if (this.#open) this.#meanwhile.push(output);
    if (this.now) this.now = withOutput(this.now, output);
  }

  /** Shows nothing; what is on its way is not shown either. */
  clear(): void {
    this.#asked += 1;
    this.now = undefined;
  }
}
