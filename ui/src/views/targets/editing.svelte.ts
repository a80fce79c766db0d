/** A definition that is edited: its form, whether it differs from what is kept, and what of a refusal still holds. */
import type { ApiError } from '../../generated/ApiError';

export class Editing<F extends object> {
  form = $state() as F;
  readonly #said: (form: F) => string;
  #kept = $state('');
  /** The form as it was when it was refused. */
  #refused = $state<string>();
  readonly #now: string = $derived.by(() => this.#said(this.form));
  readonly dirty = $derived(this.#now !== this.#kept);

  /** `said`: what of the form counts as a change. */
  constructor(first: F, said: (form: F) => string = JSON.stringify) {
    this.#said = said;
    this.form = first;
    this.#kept = said(first);
  }

  /** Puts a part in. */
  set = (part: Partial<F>): void => {
    this.form = { ...this.form, ...part };
  };

  /** What is being mended is not wrong any more, until the core says so again. */
  standing(error: ApiError | undefined): ApiError | undefined {
    return this.#refused === undefined || this.#refused === this.#now ? error : undefined;
  }

  /** Keeps it; whether it was kept. What is typed meanwhile is a change of its own. */
  async save(keep: (form: F) => Promise<boolean>): Promise<boolean> {
    const now = this.#now;
    this.#refused = undefined;
    const kept = await keep($state.snapshot(this.form) as F);
    if (kept) this.#kept = now;
    else this.#refused = now;
    return kept;
  }
}
