/** OpShift's filter rules as people read them, and what a rule may begin with. */
import type { Comparison } from '../generated/Comparison';
import type { FilterRule } from '../generated/FilterRule';
import type { RuleRow } from '../generated/RuleRow';
import type { Severity } from '../generated/Severity';
import type { ValueKind } from '../generated/ValueKind';

/** In the order of the menu; the two letters are OpShift's own. */
export const COMPARISONS: Array<{ value: Comparison; label: string; about: string }> = [
  { value: 'eq', label: 'is', about: 'eq' },
  { value: 'ne', label: 'is not', about: 'ne; a missing field is not equal' },
  { value: 'co', label: 'contains', about: 'co' },
  { value: 'nc', label: 'does not contain', about: 'nc' },
  { value: 'sw', label: 'begins with', about: 'sw' },
  { value: 'ew', label: 'ends with', about: 'ew' },
  { value: 're', label: 'matches', about: 're, a regular expression' },
  { value: 'gt', label: 'is more than', about: 'gt' },
  { value: 'gte', label: 'is at least', about: 'gte' },
  { value: 'lt', label: 'is less than', about: 'lt' },
  { value: 'lte', label: 'is at most', about: 'lte' },
  { value: 'ex', label: 'exists', about: 'ex' },
  { value: 'nx', label: 'is missing', about: 'nx' },
];

export const KINDS: Array<{ value: ValueKind; label: string }> = [
  { value: 'string', label: 'text' },
  { value: 'number', label: 'number' },
  { value: 'boolean', label: 'true or false' },
];

export const SEVERITIES: Array<{ value: Severity; label: string }> = [
  { value: 'sev0', label: 'sev0, the worst' },
  { value: 'sev1', label: 'sev1' },
  { value: 'sev2', label: 'sev2' },
  { value: 'sev3', label: 'sev3, the usual' },
  { value: 'sev4', label: 'sev4, the mildest' },
];

/** Whether the operator compares with a value. */
export function comparesValue(operator: Comparison): boolean {
  return operator !== 'ex' && operator !== 'nx';
}

/** The kinds that an operator takes: order is of numbers, parts are of text. */
export function kindsOf(operator: Comparison): ValueKind[] {
  if (['gt', 'gte', 'lt', 'lte'].includes(operator)) return ['number'];
  if (['co', 'nc', 'sw', 'ew', 're'].includes(operator)) return ['string'];
  return ['string', 'number', 'boolean'];
}

/** A row with another part; its kind stays one that the operator takes, and its value is of that kind. */
export function changedRow(row: RuleRow, part: Partial<RuleRow>): RuleRow {
  const next = { ...row, ...part };
  const kinds = kindsOf(next.operator);
  const type = kinds.includes(next.type) ? next.type : (kinds[0] ?? 'string');
  return { ...next, type, value: comparesValue(next.operator) ? valueOf(String(next.value ?? ''), type) : null };
}

/** What is typed, as its kind writes it in JSON; text that is no such value stays text, for the core to refuse. */
function valueOf(text: string, kind: ValueKind): string | number | boolean {
  if (kind === 'boolean' && (text === 'true' || text === 'false')) return text === 'true';
  const exact = kind === 'number' && text !== '' && String(Number(text)) === text;
  return exact ? Number(text) : text;
}

const row = (field: string, operator: Comparison, value: string): RuleRow => ({
  field,
  operator,
  value,
  type: 'string',
});

/** Rules to begin with: the one that OpShift's document shows, a floor for severities, a worse one, and an empty one. */
export const BEGINNINGS: Array<{ label: string; rule: FilterRule }> = [
  {
    label: 'Drop alerts below a severity',
    rule: { match: 'all', rules: [row('severity', 're', '^sev[34]$')], effect: 'drop' },
  },
  {
    label: 'Drop what is not of one branch',
    rule: { match: 'all', rules: [row('metadata.branch', 'ne', 'main')], effect: 'drop' },
  },
  {
    label: 'Make alerts of production worse',
    rule: {
      match: 'all',
      rules: [row('metadata.environment', 'eq', 'production')],
      effect: 'severity',
      severity: 'sev1',
    },
  },
  { label: 'A rule of my own', rule: { match: 'all', rules: [row('', 'eq', '')], effect: 'drop' } },
];
