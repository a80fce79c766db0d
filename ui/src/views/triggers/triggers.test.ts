import { expect, test } from 'vitest';
import { TableHost } from '../../../tests/host';
import type { Trigger } from '../../generated/Trigger';
import type { TriggerDraft } from '../../generated/TriggerDraft';
import type { TriggerRow } from '../../generated/TriggerRow';
import { Failure } from '../../host/host';
import { emptyDraft } from '../builder/draft';
import { webhookOf } from '../builder/orloj';
import { rotatable } from './rotation';
import { Triggers } from './triggers.svelte';

function row(id: string, part: Partial<Trigger> = {}): TriggerRow {
  const trigger = {
    ...emptyDraft('lst_1'),
    slug: id,
    id,
    project_id: 'local',
    name: id,
    created_at: 1,
    updated_at: 1,
    ...part,
  };
  return {
    trigger,
    path: `/hooks/${id}`,
    secrets: [],
    last_fired_at: null,
    accepted_24h: 0,
    refused_24h: 0,
    failed_24h: 0,
    answer_as: null,
    learning: null,
  };
}

async function open() {
  const host = new TableHost({
    triggers_list: () => [row('a'), row('b', { name: 'a copy' })],
    trigger_update: ({ id, change }) => row(id, change as Partial<Trigger>),
    trigger_create: (draft: TriggerDraft) => ({
      row: row('c', draft as Partial<Trigger>),
      secret: 'whsec_new',
      warnings: [],
    }),
    trigger_rotate_secret: () => ({
      secret: 'whsec_two',
      old_secret_expires_at: '2026-11-22T09:00:00Z',
      grace_period_hours: 24,
    }),
  });
  const triggers = new Triggers(host);
  await triggers.load();
  return { host, triggers, first: triggers.rows[0] as TriggerRow };
}

test('a copy is off, has a free name, an address and a secret of its own, which is shown', async () => {
  const { host, triggers, first } = await open();
  await triggers.duplicate(first);
  const [, draft] = host.calls.find(([command]) => command === 'trigger_create') ?? [];
  expect(draft).toMatchObject({ name: 'a copy 2', enabled: false });
  expect(draft).not.toHaveProperty('slug');
  expect(draft).not.toHaveProperty('secret_from');
  expect(triggers.revealed?.secret).toBe('whsec_new');
});

test('a rotation shows the new secret and says until when the old one works; then it is forgotten', async () => {
  const { triggers, first } = await open();
  await triggers.rotate({ row: first, what: 'secret' }, 24);
  expect(triggers.revealed).toMatchObject({ secret: 'whsec_two', oldUntil: '2026-11-22T09:00:00Z' });
  triggers.dismissSecret();
  expect(triggers.revealed).toBeUndefined();
});

test('an error stays at its row, and goes with the next success', async () => {
  const { host, triggers, first } = await open();
  const works = host.answers.trigger_update;
  host.answers.trigger_update = () => {
    throw new Failure({ code: 'unavailable', message: 'the disk is full' });
  };
  await triggers.toggle(first);
  expect(triggers.rowErrors['a']?.message).toBe('the disk is full');
  expect(triggers.rowErrors['b']).toBeUndefined();
  host.answers.trigger_update = works;
  await triggers.toggle(first);
  expect(triggers.rowErrors['a']).toBeUndefined();
  expect(triggers.rows[0]?.trigger.enabled).toBe(false);
});

test('what was deleted comes back by its id, and what stands in the way is told', async () => {
  const { host, triggers, first } = await open();
  host.answers.trigger_delete = () => ({});
  host.answers.trigger_restore = ({ id }) => row(id);
  await triggers.remove(first);
  expect(triggers.rows.map(({ trigger }) => trigger.id)).toEqual(['b']);
  expect(await triggers.restore(first)).toBeUndefined();
  expect(host.calls).toContainEqual(['trigger_restore', { id: 'a' }]);
  expect(triggers.rows.map(({ trigger }) => trigger.id)).toContain('a');
  host.answers.trigger_restore = () => {
    throw new Failure({ code: 'conflict', message: 'the address is taken' });
  };
  expect(await triggers.restore(first)).toMatchObject({ code: 'conflict' });
});

test('each contract rotates what its document knows', async () => {
  const { host, triggers, first } = await open();
  const of = (contract: Trigger['contract'], secrets: unknown[] = []) =>
    rotatable({ ...row('x', { contract }), secrets } as TriggerRow);
  expect([of('opengate'), of('promptrails'), of('promptrails', [{}]), of('orloj')]).toEqual([
    ['secret'],
    ['token'],
    ['token', 'secret'],
    ['Secret'],
  ]);
  expect(rotatable(row('x', { scheme: 'none' }))).toEqual([]);
  host.answers.trigger_rotate_token = () => ({ token: 'wht_new', old_token_expires_at: 'then', grace_period_hours: 1 });
  await triggers.rotate({ row: first, what: 'token' }, 1);
  expect(triggers.revealed).toMatchObject({ token: 'wht_new', oldUntil: 'then' });
});

test('an Orloj Secret keeps its key and labels; one with several keys is left to its owner', async () => {
  const { host, triggers } = await open();
  const orloj = webhookOf('generic');
  orloj.spec.auth.secret_ref = 'team/shared';
  const hook = row('w', { contract: 'orloj', settings: { orloj } });
  let data: Record<string, string> = { value: '***' };
  host.answers.resource_get = () => ({
    manifest: JSON.stringify({ metadata: { labels: { a: 'b' } }, spec: { data } }),
  });
  host.answers.resources_apply = () => [];
  const rotated = await triggers.rotate({ row: hook, what: 'Secret' }, 24);
  const [, applied] = host.calls.find(([command]) => command === 'resources_apply') ?? [];
  expect((applied as { text: string }).text).toContain(`namespace: team\n  labels:\n    a: b\n`);
  expect((applied as { text: string }).text).toContain(rotated?.secret);
  data = { one: '***', two: '***' };
  await triggers.rotate({ row: hook, what: 'Secret' }, 24);
  expect(triggers.rowErrors['w']?.message).toBe('the Secret "shared" has 2 keys');
});
