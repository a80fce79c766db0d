/** The parts of a record as a form has them: places, the three forms of a signature's text, lists in one line. */
import type { SchemeForm } from '../../generated/SchemeForm';

export const PLACE_KINDS = [
  { value: 'header', label: 'Header' },
  { value: 'json', label: 'JSON field' },
  { value: 'form', label: 'Form field' },
  { value: 'query', label: 'Query parameter' },
  { value: 'sig', label: 'Item of the list' },
] as const;
export type PlaceKind = (typeof PLACE_KINDS)[number]['value'];

/** A single place taken apart; none: it is several, or no place at all, and is edited as text. */
export function placeOf(text: string): { kind: PlaceKind; name: string } | undefined {
  const [kind, ...name] = text.split(':');
  const known = PLACE_KINDS.find(({ value }) => value === kind);
  if (text !== '' && (!known || /[|&]/.test(text))) return undefined;
  return { kind: known?.value ?? 'header', name: name.join(':') };
}

export type FormKind = 'alone' | 'prefix' | 'list';

export function formKind(form: SchemeForm | undefined): FormKind {
  if (!form) return 'alone';
  return form.pick === undefined ? 'prefix' : 'list';
}

/** The form of a kind: what was there where it is of that kind, else what senders mostly use. */
export function formOf(kind: FormKind, before: SchemeForm | undefined): SchemeForm | undefined {
  if (formKind(before) === kind) return before;
  if (kind === 'alone') return undefined;
  return kind === 'prefix' ? { prefix: 'sha256=' } : { split: ',', kv: '=', pick: 'v1' };
}

/** A list as one line, and back. */
export const inLine = (items: string[] | undefined): string => (items ?? []).join(', ');
export function fromLine(line: string): string[] | undefined {
  const items = line.split(',').map((item) => item.trim());
  const some = items.filter(Boolean);
  return some.length > 0 ? some : undefined;
}
