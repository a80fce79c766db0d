/** Where a picked field goes: to the template input that was used last, else to the default one (the task's title). */

/** An input that takes text at its caret. */
export interface Inserter {
  insert: (text: string) => void;
}

/** A path as a placeholder. */
export function placeholderOf(path: string): string {
  return `{{${path}}}`;
}

export class InsertTarget {
  #last: Inserter | undefined;
  #default: Inserter | undefined;

  /** The input that takes insertions until another one is used. */
  use = (inserter: Inserter): void => {
    this.#last = inserter;
  };

  /** The input that takes them when none was used. */
  setDefault(inserter: Inserter): void {
    this.#default = inserter;
  }

  /** An input went away: it takes nothing any more. */
  drop(inserter: Inserter): void {
    if (this.#last === inserter) this.#last = undefined;
    if (this.#default === inserter) this.#default = undefined;
  }

  /** Puts the placeholder of a path in. Says whether there was an input for it. */
  insert = (path: string): boolean => {
    const target = this.#last ?? this.#default;
    target?.insert(placeholderOf(path));
    return target !== undefined;
  };
}
