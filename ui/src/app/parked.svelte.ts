/** Something unsaved that waits while its user makes on another screen what it needs. It lives as long as the window. */

export interface Waiting {
  /** Its address. */
  path: string;
  /** What it is, for the way back: `the trigger “Deploys”`. */
  name: string;
  /** What its screen needs to go on. */
  held: unknown;
}

export class Parked {
  waiting = $state.raw<Waiting>();

  /** Keeps it until it is taken. */
  keep(waiting: Waiting): void {
    this.waiting = waiting;
  }

  /** Hands back what waits for this address, once. */
  take(path: string): unknown {
    if (this.waiting?.path !== path) return undefined;
    const { held } = this.waiting;
    this.waiting = undefined;
    return held;
  }

  /** Nothing waits any more. */
  drop = (): void => {
    this.waiting = undefined;
  };
}
