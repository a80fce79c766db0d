/** Two deliveries side by side: their headers and bodies, line by line. */
import type { ApiError } from '../../generated/ApiError';
import type { DeliveryDetail } from '../../generated/DeliveryDetail';
import type { DeliveryId } from '../../generated/DeliveryId';
import { prettyJson } from '../../parts/json-pretty';
import { diffLines, type DiffLine } from '../../parts/line-diff';
import { apiError, type Host } from '../../host/host';
import { readBody } from './body-reading';
import { Body } from './body.svelte';

export interface Side {
  detail: DeliveryDetail;
  body: Uint8Array;
}

export class Comparison {
  readonly #host: Host;
  phase = $state<'loading' | 'failed' | 'ready'>('loading');
  error = $state.raw<ApiError>();
  left = $state.raw<Side>();
  right = $state.raw<Side>();

  constructor(host: Host) {
    this.#host = host;
  }

  /** Loads both, with their bodies. */
  async load(left: DeliveryId, right: DeliveryId): Promise<void> {
    this.phase = 'loading';
    try {
      [this.left, this.right] = await Promise.all([this.#side(left), this.#side(right)]);
      this.phase = 'ready';
    } catch (thrown) {
      this.error = apiError(thrown);
      this.phase = 'failed';
    }
  }

  async #side(id: DeliveryId): Promise<Side> {
    const body = new Body(this.#host, id);
    const [detail] = await Promise.all([this.#host.call('delivery_get', { id }), body.load()]);
    if (body.error) throw body.error;
    return { detail, body: body.bytes };
  }
}

/** Creel's own mark on a replay says who sent it; it is no header of the sender's, and is sent anew each time. */
const OWN_MARK = 'x-creel-replay';

function isOwnMark(name: string): boolean {
  return name.toLowerCase() === OWN_MARK;
}

/** Whether one of the two has the mark that the comparison leaves out. */
export function hasOwnMark(...sides: Side[]): boolean {
  return sides.some(({ detail }) => detail.headers.some(({ name }) => isOwnMark(name)));
}

/** The header lines of both, in the order in which they came. */
export function headerDiff(left: Side, right: Side): DiffLine[] {
  return diffLines(headerLines(left), headerLines(right));
}

function headerLines({ detail }: Side): string[] {
  return detail.headers.filter(({ name }) => !isOwnMark(name)).map((line) => `${line.name}: ${line.value}`);
}

/** Both bodies: JSON is laid out first, so that one changed value is one changed line. */
export function bodyDiff(left: Side, right: Side): DiffLine[] {
  const same = left.detail.body_sha256 === right.detail.body_sha256;
  const leftLines = bodyLines(left);
  return diffLines(leftLines, same ? leftLines : bodyLines(right));
}

function bodyLines({ detail, body }: Side): string[] {
  if (body.length === 0) return [];
  const { raw, nodes } = readBody(body, detail.content_type);
  return (nodes ? prettyJson(raw, nodes).text : raw).split('\n');
}
