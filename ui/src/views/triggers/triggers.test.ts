import { expect, test } from 'vitest';
import { TableHost } from '../../../tests/host';
import type { Trigger } from '../../generated/Trigger';
import type { TriggerDraft } from '../../generated/TriggerDraft';
import type { TriggerRow } from '../../generated/TriggerRow';
import { Failure } from '../../host/host';
import { emptyDraft } from '../builder/draft';
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
  await triggers.rotate(first, 24);
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
