import { beforeEach, expect, test, vi } from 'vitest';
import { delivery, TableHost } from '../../../tests/host';
import type { Trigger } from '../../generated/Trigger';
import type { TriggerDraft } from '../../generated/TriggerDraft';
import { Failure } from '../../host/host';
import { Builder } from './builder.svelte';
import { changeOf, creationOf, emptyDraft } from './draft';

const sample = delivery(7, { pinned: true });
const page = (items: unknown[]) => ({ page: { items, next: null }, meaning: '', search_lag: 0 });
const rowOf = (draft: TriggerDraft, id = 'trg_1') => ({
  trigger: { ...emptyDraft('lst_1'), ...draft, id, project_id: 'local', created_at: 1, updated_at: 1 } as Trigger,
  path: '/hooks/test',
  secrets: [],
  last_fired_at: null,
  accepted_24h: 0,
  refused_24h: 0,
  failed_24h: 0,
});

function hostOf() {
  return new TableHost({
    lists_list: () => [{ id: 'lst_1', name: 'Inbox', open: 0, done: 0, created_at: 1 }],
    schemes_list: () => [],
    samples_list: () => [],
    secrets_list: () => [],
    deliveries_list: () => page([sample]),
    delivery_get: () => ({ delivery: sample }),
    trigger_draft: () => ({
      draft: { name: 'push', slug: 'test', scheme: 'github', secret_from: 'trg_test', filter: null, actions: [] },
      sample: sample.id,
      why: 'the header X-Hub-Signature-256',
    }),
    fields: () => ({ items: [], cut: false }),
    preview: () => ({ filter: { passed: true, reason: '', rows: [] }, actions: [] }),
    backtest: () => ({ matched: 1, filtered: 0, rows: [] }),
    trigger_create: (draft) => ({ row: rowOf(draft), secret: 'whsec_once', warnings: [] }),
    trigger_update: ({ change }) => rowOf(change),
  });
}

let host: TableHost;
let builder: Builder;
beforeEach(() => {
  vi.useFakeTimers();
  host = hostOf();
  builder = new Builder(host);
});

const asked = (command: string) => host.calls.filter(([name]) => name === command).map(([, input]) => input);

test('from a delivery: its sample, its secret, and a task to begin with; nothing counts as changed', async () => {
  await builder.open({ from: sample.id });
  expect(builder.phase).toBe('ready');
  expect(builder.sample?.id).toBe(sample.id);
  expect(builder.draft.secret_from).toBe('trg_test');
  expect(builder.draft.actions).toHaveLength(1);
  expect(builder.draft.filter).toEqual({ match: 'all', rows: [] });
  expect(builder.dirty).toBe(false);
});

test('a burst of typing asks for one preview, of the last text', async () => {
  await builder.open({ from: sample.id });
  await vi.runAllTimersAsync();
  host.calls.length = 0;
  for (const name of ['a', 'ab', 'abc']) {
    builder.draft = { ...builder.draft, name };
    builder.refresh();
  }
  await vi.runAllTimersAsync();
  expect(asked('preview')).toEqual([expect.objectContaining({ draft: expect.objectContaining({ name: 'abc' }) })]);
  expect(asked('backtest')).toHaveLength(1);
});

test('an answer that comes after a newer question is not shown', async () => {
  await builder.open({ from: sample.id });
  await vi.runAllTimersAsync();
  const answers: Array<(words: string) => void> = [];
  host.answers.preview = () =>
    new Promise((resolve) =>
      answers.push((reason) => resolve({ filter: { passed: true, reason, rows: [] }, actions: [] })),
    );
  builder.refresh();
  await vi.runAllTimersAsync();
  builder.refresh();
  await vi.runAllTimersAsync();
  answers[1]?.('new');
  answers[0]?.('old');
  await vi.runAllTimersAsync();
  expect(builder.preview?.filter.reason).toBe('new');
});

test('a new trigger is made once, then changed; its secret goes when it was seen', async () => {
  await builder.open({ from: sample.id });
  expect(await builder.save()).toBe(true);
  expect(builder.id).toBe('trg_1');
  expect(builder.made?.secret).toBe('whsec_once');
  builder.dismissSecret();
  expect(JSON.stringify(builder.made ?? null)).not.toContain('whsec_once');
  builder.draft = { ...builder.draft, name: 'renamed' };
  expect(builder.dirty).toBe(true);
  expect(await builder.save()).toBe(true);
  expect(asked('trigger_create')).toHaveLength(1);
  expect(asked('trigger_update')).toEqual([{ id: 'trg_1', change: expect.objectContaining({ name: 'renamed' }) }]);
  expect(builder.dirty).toBe(false);
});

test('what the core refuses is kept with its field, and the draft stays', async () => {
  await builder.open({ from: sample.id });
  host.answers.trigger_create = () => {
    throw new Failure({ code: 'conflict', message: '"test" is taken', field: 'slug' });
  };
  builder.draft = { ...builder.draft, name: 'mine' };
  expect(await builder.save()).toBe(false);
  expect(builder.saveError).toMatchObject({ field: 'slug' });
  expect(builder.draft.name).toBe('mine');
  expect(builder.saving).toBe(false);
});

test('a trigger that is gone is said, not shown empty', async () => {
  await builder.open({ id: 'trg_gone' });
  expect(builder.phase).toBe('failed');
  expect(builder.loadError?.code).toBe('not_found');
});

test('a change never carries a secret or a contract; a creation for OpenGate has no slug', () => {
  const draft = { ...emptyDraft('lst_1'), slug: 'a', secret: 's', secret_from: 'trg_test' };
  expect(changeOf(draft)).not.toHaveProperty('secret');
  expect(changeOf(draft)).not.toHaveProperty('secret_from');
  expect(changeOf(draft)).not.toHaveProperty('contract');
  expect(creationOf({ ...draft, contract: 'opengate' })).not.toHaveProperty('slug');
  expect(creationOf(draft)).toMatchObject({ secret: 's' });
  expect(creationOf(draft)).not.toHaveProperty('secret_from');
  expect(creationOf({ ...draft, scheme: 'none' })).not.toHaveProperty('secret');
});

test('what was imported is not saved yet, and has what its contract begins with where it says nothing', async () => {
  const task = {
    create_task: { list_id: 'lst_x', title: 't', description: '', assignees: [], priority: 'high', tags: [] },
  };
  await builder.open({
    draft: { contract: 'octipus', name: 'Hook', actions: [task], slug: undefined } as TriggerDraft,
  });
  expect(builder.dirty).toBe(true);
  expect(builder.draft).toMatchObject({ name: 'Hook', scheme: 'octipus', missing: 'keep', make_secret: true });
  expect(builder.draft.actions).toEqual([task]);
  await builder.open({ draft: { contract: 'creel', name: 'Nothing', actions: [] } });
  expect(builder.draft.actions, 'it does nothing where it says nothing').toEqual([]);
});

test('a draft that waited comes back as it was left, unsaved, with its sample', async () => {
  await builder.open({ from: sample.id });
  builder.draft = { ...builder.draft, name: 'half done' };
  const parked = builder.parked();
  const again = new Builder(host);
  await again.open({ from: sample.id }, parked);
  expect(again.draft.name).toBe('half done');
  expect(again.sample?.id).toBe(sample.id);
  expect(again.dirty).toBe(true);
});

test('a command is let run for a trigger that is saved, letter by letter, and the preview is asked again', async () => {
  host.answers.approval_give = () => ({});
  await builder.open({ from: sample.id });
  await builder.approve('rm -rf "${CREEL_PAYLOAD_REF}"');
  expect(asked('approval_give'), 'there is no trigger yet').toEqual([]);
  await builder.save();
  await vi.runAllTimersAsync();
  host.calls.length = 0;
  await builder.approve('rm -rf "${CREEL_PAYLOAD_REF}"');
  await vi.runAllTimersAsync();
  expect(asked('approval_give')).toEqual([{ trigger_id: 'trg_1', command: 'rm -rf "${CREEL_PAYLOAD_REF}"' }]);
  expect(asked('preview')).toHaveLength(1);
});
