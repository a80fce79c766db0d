import { expect, test } from 'vitest';
import { delivery, TableHost } from '../../../../tests/host';
import type { TriggerDraft } from '../../../generated/TriggerDraft';
import type { TriggerRow } from '../../../generated/TriggerRow';
import { SENDERS, type Sender } from './senders';
import { Setup } from './setup.svelte';

const sender = (key: string): Sender => {
  const found = SENDERS.find((one) => one.key === key);
  if (!found) throw new Error(key);
  return found;
};
const row = (id: string, name: string, scheme: string, created_at = 1) =>
  ({ trigger: { id, name, scheme, contract: 'creel', created_at }, path: `/hooks/${id}` }) as TriggerRow;

function open(key: string, rows: TriggerRow[] = []) {
  const held = [...rows];
  const host = new TableHost({
    triggers_list: () => [...held],
    schemes_list: () => [],
    lists_list: () => [{ id: 'lst_1' }],
    deliveries_list: () => ({ page: { items: [], next: null }, meaning: '', search_lag: 0, searched_to: null }),
    trigger_create: (draft: TriggerDraft) => {
      const made = row('trg_new', draft.name ?? '', draft.scheme ?? '', 9);
      held.push(made);
      return { row: made, secret: 'made-here', token: null, warnings: [] };
    },
    trigger_rotate_secret: ({ secret }) => ({ secret: secret ?? 'renewed' }),
  });
  return { host, setup: new Setup(host, sender(key)) };
}

test('every sender names schemes, says what to do there, and where a given secret is shown', () => {
  expect(new Set(SENDERS.map(({ key }) => key)).size).toBe(SENDERS.length);
  for (const one of SENDERS) {
    expect(one.there.length, one.key).toBeGreaterThan(0);
    expect(one.secretThere === undefined, one.key).toBe(one.secret === 'made');
  }
});

test('a trigger is made with a name that nobody has, and a secret that is made is shown once', async () => {
  const { host, setup } = open('gitlab', [row('trg_old', 'GitLab', 'github')]);
  await setup.load();
  expect(setup.row).toBeUndefined();
  await setup.make();
  const [, draft] = host.calls.find(([command]) => command === 'trigger_create') ?? [];
  expect(draft).toMatchObject({ name: 'GitLab 2', scheme: 'gitlab-token' });
  expect(JSON.stringify(draft)).toContain('{{event}} from GitLab');
  expect([setup.chosen, setup.revealed]).toEqual(['trg_new', 'made-here']);
});

test('a secret that the sender shows is pasted in place of the first one, which never shows', async () => {
  const { host, setup } = open('stripe');
  await setup.make();
  expect(setup.revealed).toBeUndefined();
  expect(await setup.paste(' whsec_theirs ')).toBe(true);
  expect(host.calls.find(([command]) => command === 'trigger_rotate_secret')?.[1]).toEqual({
    id: 'trg_new',
    secret: 'whsec_theirs',
    grace_hours: 0,
  });
  expect([setup.pasted, setup.revealed]).toEqual([true, undefined]);
});

test('a refused delivery is a first tick, a verified one the second, and a test from here is neither', async () => {
  const { host, setup } = open('stripe', [row('trg_a', 'Stripe', 'stripe')]);
  await setup.load();
  const test1 = delivery(1, { endpoint: 'trg_a' });
  host.answers.send_test = () => {
    setup.apply({ deliveries: [test1] });
    return { answer: null, error: null, duration_us: 1, delivery: test1, differences: [] };
  };
  await setup.test();
  expect([setup.tested?.id, setup.arrived, setup.verified]).toEqual(['dlv_1', undefined, undefined]);
  setup.apply({ deliveries: [delivery(2, { endpoint: 'trg_a', outcome: 'rejected', signature: 'bad' })] });
  expect([setup.arrived?.seq, setup.verified]).toEqual([2, undefined]);
  setup.apply({ deliveries: [delivery(3, { endpoint: 'trg_a' })] });
  expect([setup.arrived?.seq, setup.verified?.seq]).toEqual([3, 3]);
});

test('the newest of a sender’s triggers is looked at, and another one can be begun', async () => {
  const { setup } = open('stripe', [row('trg_a', 'A', 'stripe', 1), row('trg_b', 'B', 'stripe', 2)]);
  await setup.load();
  expect(setup.chosen).toBe('trg_b');
  await setup.choose(undefined);
  expect(setup.row).toBeUndefined();
});
