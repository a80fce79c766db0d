/** Where a row stands among others, and how it is moved. */
export interface Placing {
  /** From 0. */
  position: number;
  /** How many there are. */
  count: number;
  onmove: (by: -1 | 1) => void;
  /** It is taken by its handle. */
  ondrag: (event: DragEvent) => void;
}
