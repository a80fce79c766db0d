/** A host for tests: answers by a table, and lets the test send events. Never part of the product. */
import type { Commands } from '../src/generated/commands';
import type { Delivery } from '../src/generated/Delivery';
import type { Event } from '../src/generated/Event';
import { Failure, type Host } from '../src/host/host';

type Answers = { [C in keyof Commands]?: (input: Commands[C]['input']) => unknown };

export class TableHost implements Host {
  readonly kind = 'browser';
  readonly calls: Array<[keyof Commands, unknown]> = [];
  readonly #handlers = new Set<(event: Event) => void>();

  constructor(readonly answers: Answers) {}

  async call<C extends keyof Commands>(command: C, input: Commands[C]['input']): Promise<Commands[C]['output']> {
    this.calls.push([command, input]);
    const answer = this.answers[command] as ((input: unknown) => unknown) | undefined;
    if (!answer) throw new Failure({ code: 'not_found', message: `no answer to ${command}` });
    return (await answer(input)) as Commands[C]['output'];
  }

  listen(handler: (event: Event) => void): () => void {
    this.#handlers.add(handler);
    return () => this.#handlers.delete(handler);
  }

  watch(handler: (connection: 'open') => void): () => void {
    handler('open');
    return () => {};
  }

  send(event: Event): void {
    for (const handler of this.#handlers) handler(event);
  }
}

/** A delivery with the given position; everything else is plausible. */
export function delivery(seq: number, part: Partial<Delivery> = {}): Delivery {
  return {
    id: `dlv_${seq}`,
    seq,
    received_at: 1_795_000_000_000 + seq * 1000,
    method: 'POST',
    path: '/hooks/test',
    contract: 'creel',
    trigger_ids: [],
    endpoint: 'trg_test',
    source: 'github',
    event: 'push',
    event_id: `evt-${seq}`,
    peer: '127.0.0.1',
    answer_status: 202,
    outcome: 'accepted',
    signature: 'valid',
    reason_code: null,
    reason: null,
    bytes: 7205,
    duration_us: 4120,
    identical_body: false,
    conflict: false,
    pinned: false,
    replay_of: null,
    imported: false,
    cause: null,
    key_id: null,
    ...part,
  };
}
