/** The operators of a condition as people read them. */
import type { Combine } from '../generated/Combine';
import type { Operator } from '../generated/Operator';

/** In the order of the menu. */
export const OPERATORS: Array<{ value: Operator; label: string }> = [
  { value: 'is', label: 'is' },
  { value: 'is_not', label: 'is not' },
  { value: 'contains', label: 'contains' },
  { value: 'not_contains', label: 'does not contain' },
  { value: 'starts_with', label: 'begins with' },
  { value: 'ends_with', label: 'ends with' },
  { value: 'like', label: 'is like (* and ?)' },
  { value: 'gt', label: 'is more than' },
  { value: 'gte', label: 'is at least' },
  { value: 'lt', label: 'is less than' },
  { value: 'lte', label: 'is at most' },
  { value: 'in', label: 'is one of' },
  { value: 'exists', label: 'exists' },
  { value: 'missing', label: 'is missing' },
];

/** How the rows combine. */
export const COMBINES: Array<{ value: Combine; label: string }> = [
  { value: 'all', label: 'all of' },
  { value: 'any', label: 'any of' },
  { value: 'none', label: 'none of' },
];

/** Whether the operator compares with a value. */
export function takesValue(operator: Operator): boolean {
  return operator !== 'exists' && operator !== 'missing';
}
