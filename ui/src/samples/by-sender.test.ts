import { expect, test } from 'vitest';
import type { SampleInfo } from '../generated/SampleInfo';
import { bySender } from './by-sender';

const sample = (key: string, sender: string): SampleInfo => ({
  key,
  sender,
  scheme: key,
  also: [],
  event: key,
  about: '',
  asks: false,
});

test('samples of a sender stand together, in the order in which senders first come', () => {
  const all = [sample('github/push', 'GitHub'), sample('stripe/a', 'Stripe'), sample('github/ping', 'GitHub')];
  expect(bySender(all).map(({ sender, samples }) => [sender, samples.map(({ key }) => key)])).toEqual([
    ['GitHub', ['github/push', 'github/ping']],
    ['Stripe', ['stripe/a']],
  ]);
});
