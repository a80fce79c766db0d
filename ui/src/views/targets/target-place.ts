/** What an address below `#/targets/pipelines` or `#/targets/agents` means. */

export interface TargetPlace {
  /** The definition: whose runs are shown, or which is edited. */
  of?: string;
  /** The run that is opened. */
  run?: string;
  /** A definition is edited; without `of` a new one. */
  editing: boolean;
}

/** Reads the parts of an address, of which the first is the tab: `new`, `<id>`, `<id>/edit`, `run/<id>`. */
export function targetPlace([, first, second]: string[]): TargetPlace {
  if (first === undefined) return { editing: false };
  if (first === 'new') return { editing: true };
  if (first === 'run') return { run: second, editing: false };
  return { of: first, editing: second === 'edit' };
}
