/** A body's bytes, fetched slice by slice when somebody looks at it. */
import type { ApiError } from '../../generated/ApiError';
import type { DeliveryId } from '../../generated/DeliveryId';
import { apiError, type Host } from '../../host/host';

/** Bytes asked for at once: the core's largest slice. */
const SLICE = 262_144;

export class Body {
  readonly #host: Host;
  readonly #id: DeliveryId;
  phase = $state<'idle' | 'loading' | 'failed' | 'ready'>('idle');
  error = $state.raw<ApiError>();
  /** Fetched so far, and all there is. */
  loaded = $state(0);
  total = $state(0);
  bytes = $state.raw<Uint8Array>(new Uint8Array());

  constructor(host: Host, id: DeliveryId) {
    this.#host = host;
    this.#id = id;
  }

  /** Fetches the body unless it is here or on its way. */
  async load(): Promise<void> {
    if (this.phase === 'loading' || this.phase === 'ready') return;
    this.phase = 'loading';
    try {
      this.bytes = await this.#fetch();
      this.phase = 'ready';
    } catch (thrown) {
      this.error = apiError(thrown);
      this.phase = 'failed';
    }
  }

  async #fetch(): Promise<Uint8Array> {
    let bytes = new Uint8Array();
    this.loaded = 0;
    do {
      const slice = await this.#host.call('delivery_body', { id: this.#id, offset: this.loaded, limit: SLICE });
      if (this.loaded === 0) bytes = new Uint8Array(slice.total);
      const part = fromBase64(slice.base64);
      if (part.length === 0 && slice.total > 0) throw new Error('the body ended before its length');
      bytes.set(part, slice.offset);
      this.total = slice.total;
      this.loaded = slice.offset + part.length;
    } while (this.loaded < this.total);
    return bytes;
  }
}

/** Standard base64 as bytes. */
export function fromBase64(text: string): Uint8Array {
  const letters = atob(text);
  const bytes = new Uint8Array(letters.length);
  for (let at = 0; at < letters.length; at += 1) bytes[at] = letters.charCodeAt(at);
  return bytes;
}
