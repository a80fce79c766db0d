/** Where an error of the core belongs: errors stay at the field that they are about. */
import type { ApiError } from '../generated/ApiError';

/**
 * The error in words if it is about this field (`filter.rows.2.value`). In an action the kind may stand between
 * (`actions.0.create_task.title`): its number and its last name decide.
 */
export function errorAt(error: ApiError | undefined, ...path: Array<string | number>): string | undefined {
  if (!error?.field) return undefined;
  const parts = error.field.split('.');
  const same = error.field === path.join('.');
  const within =
    ['actions', 'steps'].includes(String(path[0])) &&
    startsWith(parts, path.slice(0, 2)) &&
    parts.at(-1) === String(path.at(-1));
  return same || within ? sentence(error) : undefined;
}

/** Message and hint as one text: both begin small, so they are one sentence. */
export function sentence(error: ApiError): string {
  return error.hint ? `${error.message}; ${error.hint}` : error.message;
}

function startsWith(parts: string[], path: Array<string | number>): boolean {
  return path.every((part, n) => parts[n] === String(part));
}
