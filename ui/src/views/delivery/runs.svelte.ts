/** The executions of one delivery with their logs. */
import { SvelteMap } from 'svelte/reactivity';
import type { ApiError } from '../../generated/ApiError';
import type { Event } from '../../generated/Event';
import type { Execution } from '../../generated/Execution';
import type { ExecutionDetail } from '../../generated/ExecutionDetail';
import type { ExecutionId } from '../../generated/ExecutionId';
import type { Output } from '../../generated/Output';
import { apiError, type Host } from '../../host/host';
import { withOutput } from '../executions/live';

export class Runs {
  readonly #host: Host;
  readonly #loading = new Set<ExecutionId>();
  readonly details = new SvelteMap<ExecutionId, ExecutionDetail>();
  /** Why a log could not be loaded. */
  readonly failures = new SvelteMap<ExecutionId, ApiError>();
  /** Why a retry or a cancel was refused. */
  readonly refusals = new SvelteMap<ExecutionId, ApiError>();

  constructor(host: Host) {
    this.#host = host;
  }

  /** Loads the log of one execution anew. A change that comes meanwhile loads it once more. */
  async load(id: ExecutionId): Promise<void> {
    if (this.#loading.has(id)) return void this.#again.add(id);
    this.#loading.add(id);
    try {
      this.details.set(id, await this.#host.call('execution_get', { id }));
      this.failures.delete(id);
    } catch (thrown) {
      this.failures.set(id, apiError(thrown));
    } finally {
      this.#loading.delete(id);
    }
    if (this.#again.delete(id)) await this.load(id);
  }
  readonly #again = new Set<ExecutionId>();

  apply(event: Event): void {
    if (event === 'status') return;
    if ('execution' in event && this.details.has(event.execution.id)) void this.load(event.execution.id);
    if ('output' in event) this.#hear(event.output);
    if ('lagged' in event) for (const id of this.details.keys()) void this.load(id);
  }

  /** A piece that comes while the log is loaded may not be in it. */
  #hear(output: Output): void {
    const detail = this.details.get(output.execution_id);
    if (detail) this.details.set(output.execution_id, withOutput(detail, output));
    if (this.#loading.has(output.execution_id)) this.#again.add(output.execution_id);
  }

  retry(id: ExecutionId): Promise<void> {
    return this.#change(id, () => this.#host.call('execution_retry', { id }));
  }

  cancel(id: ExecutionId): Promise<void> {
    return this.#change(id, () => this.#host.call('execution_cancel', { id }));
  }

  async #change(id: ExecutionId, work: () => Promise<Execution>): Promise<void> {
    try {
      await work();
      this.refusals.delete(id);
      await this.load(id);
    } catch (thrown) {
      this.refusals.set(id, apiError(thrown));
    }
  }
}
