import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { SchemeDraft } from '../../generated/SchemeDraft';
import type { Host } from '../../host/host';
import { SchemeEditing } from './editing.svelte';

/** A core that knows one field, and reads YAML of one line. */
function core(calls: Array<[string, unknown]>): Host {
  const read = ({ text, record }: SchemeDraft) => {
    if (record) return { record, text: `name: ${record.name}\n`, words: 'rule', problems: [], warnings: [] };
    const name = /^name: (.*)$/m.exec(text ?? '')?.[1];
    const wrong = { code: 'invalid', field: 'text', message: 'line 1: no' };
    if (name === undefined) return { record: null, text, words: null, problems: [wrong], warnings: [] };
    return { record: { name, signature: 'header:X' }, text, words: 'rule', problems: [], warnings: [] };
  };
  const call = (name: string, input: unknown) => {
    calls.push([name, input]);
    if (name === 'scheme_read') return Promise.resolve(read(input as SchemeDraft));
    if (name === 'deliveries_list') return Promise.resolve({ page: { items: [{ id: 'dlv_1' }] } });
    if (name === 'triggers_list') return Promise.resolve([]);
    if (name === 'scheme_create') return Promise.resolve({ info: { key: 'acme' } });
    return Promise.resolve({ report: null, places: [], problems: [] });
  };
  return { call, listen: () => () => {} } as unknown as Host;
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

async function opened(calls: Array<[string, unknown]> = []): Promise<SchemeEditing> {
  const editing = new SchemeEditing(core(calls), undefined);
  await editing.open({});
  await vi.runAllTimersAsync();
  return editing;
}

test('the YAML follows the form, and the form follows the YAML', async () => {
  const editing = await opened();
  editing.set({ name: 'Acme' });
  await vi.runAllTimersAsync();
  expect(editing.text).toBe('name: Acme\n');
  editing.changeText('name: Other\n');
  await vi.runAllTimersAsync();
  expect(editing.record.name).toBe('Other');
});

test('YAML that cannot be read leaves the form as it was, and says so', async () => {
  const editing = await opened();
  editing.set({ name: 'Acme' });
  await vi.runAllTimersAsync();
  editing.changeText(']');
  await vi.runAllTimersAsync();
  expect([editing.unread, editing.record.name, editing.elsewhere.map(({ message }) => message)]).toEqual([
    true,
    'Acme',
    ['line 1: no'],
  ]);
});

test('every change is tried on the chosen delivery, once it is quiet', async () => {
  const calls: Array<[string, unknown]> = [];
  const editing = await opened(calls);
  const tries = () => calls.filter(([name]) => name === 'scheme_try');
  const before = tries().length;
  editing.set({ name: 'A' });
  editing.set({ name: 'Ac' });
  await vi.runAllTimersAsync();
  expect(tries().length).toBe(before + 1);
  expect(tries().at(-1)?.[1]).toMatchObject({ delivery_id: 'dlv_1', draft: { record: { name: 'Ac' } } });
});

test('what was changed last is what is kept', async () => {
  const calls: Array<[string, unknown]> = [];
  const editing = await opened(calls);
  editing.changeText('name: Typed\n# and a note\n');
  expect(await editing.save()).toBe('acme');
  expect(calls.find(([name]) => name === 'scheme_create')?.[1]).toEqual({ text: 'name: Typed\n# and a note\n' });
  expect(editing.dirty).toBe(false);
});
