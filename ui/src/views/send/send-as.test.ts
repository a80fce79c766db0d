import { expect, test } from 'vitest';
import { TableHost } from '../../../tests/host';
import type { ReplayDraft } from '../../generated/ReplayDraft';
import type { SampleInfo } from '../../generated/SampleInfo';
import { ELSEWHERE, SendAs, TEST } from './send-as.svelte';

const info = (key: string, sender: string, scheme: string, about = ''): SampleInfo => ({
  key,
  sender,
  scheme,
  also: key.startsWith('gitlab') ? ['gitlab-signing'] : [],
  event: key.slice(key.indexOf('/') + 1),
  about,
  asks: false,
});
const ALL = [
  info('github/push', 'GitHub', 'github', 'Commits were pushed'),
  info('stripe/charge.failed', 'Stripe', 'stripe', 'A card was declined'),
  info('stripe/invoice.paid', 'Stripe', 'stripe', 'An invoice was paid'),
  info('gitlab/push', 'GitLab', 'gitlab-token', 'A commit was pushed'),
];
const row = (id: string, scheme: string) => ({
  trigger: { id, name: id, scheme, enabled: true },
  path: `/hooks/${id}`,
});

function form(triggers: unknown[] = []) {
  const host = new TableHost({
    samples_list: () => ALL,
    triggers_list: () => triggers as never,
    sample_get: ({ key }) => ({
      info: ALL.find((one) => one.key === key)!,
      method: 'POST',
      query: null,
      headers: [['Content-Type', 'application/json']],
      body: '{"a":1}',
    }),
    trigger_create: (draft) => ({ row: row('trg_new', draft.scheme!), secret: 's', warnings: [] }) as never,
    replay_send: () => ({ id: 'rpl_1', times: 1, results: [], ended: true }),
  });
  const sent = () =>
    host.calls.filter(([command]) => command === 'replay_send').map(([, draft]) => draft as ReplayDraft);
  return { form: new SendAs(host), sent };
}

test('a sample is aimed at the trigger that checks its sender, else at the test address with a warning', async () => {
  const { form: send } = form([row('trg_pay', 'stripe'), row('trg_lab', 'gitlab-signing')]);
  await send.load('stripe/charge.failed');
  expect([send.target, send.foreign]).toEqual(['trg_pay', undefined]);
  await send.choose('gitlab/push');
  expect([send.target, send.foreign]).toEqual(['trg_lab', undefined]);
  await send.choose('github/push');
  expect([send.target, send.foreign]).toEqual([TEST, undefined]);
  const { form: alone } = form();
  await alone.load('stripe/charge.failed');
  expect([alone.target, alone.foreign]).toEqual([TEST, 'github']);
  await alone.makeTrigger();
  expect([alone.target, alone.foreign]).toEqual(['trg_new', undefined]);
});

test('for a trigger a sample of its own sender is taken unless the last one fits', async () => {
  const { form: send } = form([row('trg_pay', 'stripe')]);
  await send.load('github/push', 'trg_pay');
  expect([send.info?.key, send.target]).toEqual(['stripe/charge.failed', 'trg_pay']);
  await send.load('stripe/invoice.paid', 'trg_pay');
  expect(send.info?.key).toBe('stripe/invoice.paid');
});

test('every word that is looked for has to be there; without one the sender’s own are shown', async () => {
  const { form: send } = form();
  await send.load('stripe/charge.failed');
  expect(send.shown.map(({ key }) => key)).toEqual(['stripe/charge.failed', 'stripe/invoice.paid']);
  send.query = 'PUSHED git';
  expect(send.shown.map(({ key }) => key)).toEqual(['github/push', 'gitlab/push']);
  send.query = 'pushed stripe';
  expect(send.shown).toEqual([]);
});

test('only what was changed is in the draft; elsewhere it is signed with a secret that is given', async () => {
  const { form: send, sent } = form();
  await send.load('stripe/charge.failed');
  await send.send();
  expect(sent()[0]).toEqual({
    sample: 'stripe/charge.failed',
    target: { trigger: 'trg_test' },
    headers: undefined,
    body: undefined,
    signing: 'target',
    new_event_id: true,
    broken: undefined,
  });
  send.body = '{}';
  send.headers = [...send.headers, { name: 'X-A', value: 'b' }];
  send.broken = 'altered_byte';
  Object.assign(send, { target: ELSEWHERE, url: 'https://example.com/', secret: 'whsec_x' });
  await send.send();
  expect(sent()[1]).toMatchObject({
    target: { url: 'https://example.com/' },
    headers: [
      ['Content-Type', 'application/json'],
      ['X-A', 'b'],
    ],
    body: '{}',
    signing: { with: { scheme: 'stripe', secret: 'whsec_x' } },
    broken: 'altered_byte',
  });
});
