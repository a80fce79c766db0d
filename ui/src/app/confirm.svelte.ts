/** Asks before something that cannot be undone. `ConfirmDialog.svelte` shows the question. */

export interface Question {
  title: string;
  text: string;
  /** The button that does it: `Delete 3 deliveries`. */
  yes: string;
  danger?: boolean;
}

export class Confirm {
  question = $state.raw<Question>();
  #answer: ((yes: boolean) => void) | undefined;

  /** Resolves to true when the user said yes. */
  ask(question: Question): Promise<boolean> {
    this.#answer?.(false);
    this.question = question;
    return new Promise((resolve) => (this.#answer = resolve));
  }

  answer(yes: boolean): void {
    this.question = undefined;
    this.#answer?.(yes);
    this.#answer = undefined;
  }
}
