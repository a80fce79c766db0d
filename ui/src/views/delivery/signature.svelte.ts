/** The signature check of one delivery, computed anew by the core, also with a secret or scheme to try. */
import type { ApiError } from '../../generated/ApiError';
import type { DeliveryId } from '../../generated/DeliveryId';
import type { SchemeInfo } from '../../generated/SchemeInfo';
import type { SignatureReport } from '../../generated/SignatureReport';
import { apiError, type Host } from '../../host/host';

export class SignatureCheck {
  readonly #host: Host;
  readonly #id: DeliveryId;
  phase = $state<'idle' | 'loading' | 'failed' | 'ready'>('idle');
  error = $state.raw<ApiError>();
  report = $state.raw<SignatureReport>();
  schemes = $state.raw<SchemeInfo[]>([]);
  /** What is tried; kept nowhere and forgotten with this view. Empty: the stored ones. */
  trySecret = $state('');
  tryScheme = $state('');
  /** Whether the report shown is of a try. */
  tried = $state(false);
  trying = $state(false);
  tryError = $state.raw<ApiError>();

  constructor(host: Host, id: DeliveryId) {
    this.#host = host;
    this.#id = id;
  }

  /** Checks with what is stored; the first time the schemes come along. */
  async load(): Promise<void> {
    if (this.phase === 'loading') return;
    this.phase = 'loading';
    try {
      const known = this.schemes.length > 0 ? Promise.resolve(this.schemes) : this.#host.call('schemes_list', {});
      [this.report, this.schemes] = await Promise.all([this.#host.call('delivery_signature', { id: this.#id }), known]);
      this.tried = false;
      this.tryError = undefined;
      this.phase = 'ready';
    } catch (thrown) {
      this.error = apiError(thrown);
      this.phase = 'failed';
    }
  }

  /** Checks with the secret and scheme in the fields. */
  async try(): Promise<void> {
    if (this.trying) return;
    this.trying = true;
    this.tryError = undefined;
    try {
      this.report = await this.#host.call('delivery_signature', {
        id: this.#id,
        try_secret: this.trySecret || undefined,
        try_scheme: this.tryScheme || undefined,
      });
      this.tried = true;
    } catch (thrown) {
      this.tryError = apiError(thrown);
    } finally {
      this.trying = false;
    }
  }

  /** Empties the fields and shows the stored check again. */
  async reset(): Promise<void> {
    this.trySecret = '';
    this.tryScheme = '';
    await this.load();
  }
}
