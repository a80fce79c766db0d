import { expect, test } from 'vitest';
import { TableHost } from '../../../../tests/host';
import type { ForwarderChoice } from '../../../generated/ForwarderChoice';
import type { ForwarderView } from '../../../generated/ForwarderView';
import { Forwarder } from './forwarder.svelte';

const view = (part: Partial<ForwarderView> = {}) =>
  ({ now: { state: 'off', name: '', failed: 0, outages: [] }, ...part }) as ForwarderView;
const rows = [
  { trigger: { id: 'trg_a', name: 'Stripe', scheme: 'stripe' }, path: '/hooks/a' },
  { trigger: { id: 'trg_b', name: 'Deploys', scheme: 'github' }, path: '/hooks/b' },
  { trigger: { id: 'trg_c', name: 'Others', scheme: 'github' }, path: '/hooks/c' },
];

function open(answers = {}) {
  const host = new TableHost({
    forwarder_needs: () => ({ needs: { ready: true } }),
    forwarder_get: () => view(),
    forwarder_start: () => view({ running: {} as ForwarderChoice }),
    triggers_list: () => rows,
    ...answers,
  });
  return { host, forwarder: new Forwarder(host) };
}

test('only triggers that check GitHub’s signature are offered, and the first is chosen', async () => {
  const { forwarder } = open();
  await forwarder.load();
  expect(forwarder.triggers.map(({ trigger }) => trigger.id)).toEqual(['trg_b', 'trg_c']);
  expect(forwarder.trigger).toBe('trg_b');
});

test('a name with a slash is a repository, one without an organisation; what was kept fills the form', async () => {
  const kept: ForwarderChoice = {
    trigger_id: 'trg_c',
    place: { kind: 'repository', name: 'octocat/hello-world' },
    events: ['push', 'issues'],
    host: 'ghe.example.com',
  };
  const { host, forwarder } = open({ forwarder_get: () => view({ kept }) });
  await forwarder.load();
  await forwarder.start();
  expect(host.calls.at(-1)).toEqual(['forwarder_start', kept]);
  expect(forwarder.isOn).toBe(true);
  [forwarder.place, forwarder.host] = [' octo-org ', ''];
  await forwarder.start();
  expect(host.calls.at(-1)?.[1]).toEqual({
    trigger_id: 'trg_c',
    place: { kind: 'organisation', name: 'octo-org' },
    events: ['push', 'issues'],
  });
});

test('a refused start says at which field', async () => {
  const refuse = () => Promise.reject(Object.assign(new Error('no'), { code: 'invalid', field: 'place.name' }));
  const { forwarder } = open({ forwarder_start: refuse });
  await forwarder.load();
  await forwarder.start();
  expect([forwarder.isOn, forwarder.error !== undefined, forwarder.busy]).toEqual([false, true, false]);
});
