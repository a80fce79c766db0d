/** Runs an asynchronous question some time after the last call, and reports the newest answer only. */
export class Latest<T> {
  #round = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #wait: number;

  /** `wait`: milliseconds of quiet before the question is asked. */
  constructor(wait: number) {
    this.#wait = wait;
  }

  /** Asks later; an earlier question that was not asked yet is dropped, an answer to one that was is ignored. */
  ask(question: () => Promise<T>, answered: (answer: T) => void, failed: (error: unknown) => void): void {
    this.stop();
    const round = this.#round;
    this.#timer = setTimeout(() => {
      question().then(
        (answer) => this.#round === round && answered(answer),
        (error) => this.#round === round && failed(error),
      );
    }, this.#wait);
  }

  /** Forgets everything asked so far. */
  stop(): void {
    this.#round += 1;
    clearTimeout(this.#timer);
  }
}
