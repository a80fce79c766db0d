/** A delivery in full for tests. Never part of the product. */
import { delivery } from './host';
import type { DeliveryDetail } from '../src/generated/DeliveryDetail';
import type { Execution } from '../src/generated/Execution';

export function detailOf(part: Partial<DeliveryDetail> = {}): DeliveryDetail {
  return {
    delivery: delivery(7),
    verdict: 'Accepted. Signature valid.',
    target: '/hooks/test?x=1',
    headers: [
      { name: 'Host', value: '127.0.0.1', masked: false, about: null },
      { name: 'X-GitHub-Event', value: 'push', masked: false, about: null },
    ],
    answer: { status: 202, headers: [], body: '' },
    timings: [],
    filters: [],
    executions: [],
    lineage: [],
    body_sha256: 'ab'.repeat(32),
    body_bytes: 2,
    body_kept: 2,
    body_is_text: true,
    content_type: 'application/json',
    json_error: null,
    ...part,
  };
}

export function executionOf(part: Partial<Execution> = {}): Execution {
  return {
    id: 'exe_1',
    seq: 1,
    delivery_id: 'dlv_7',
    trigger_id: 'trg_1',
    trigger_name: 'Deploys',
    position: 0,
    action: 'forward',
    summary: 'POST https://example.com/x',
    status: 'queued',
    attempts: 0,
    max_attempts: 3,
    next_at: null,
    created_at: 1_000_000,
    started_at: null,
    finished_at: null,
    error: null,
    ...part,
  };
}
