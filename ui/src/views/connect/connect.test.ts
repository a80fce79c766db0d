import { expect, test } from 'vitest';
import { delivery, TableHost } from '../../../tests/host';
import type { TriggerRow } from '../../generated/TriggerRow';
import { Connect } from './connect.svelte';

const row = (id: string, scheme = 'github') => ({ trigger: { id, name: id, scheme } }) as TriggerRow;

function open(known = [delivery(1, { endpoint: 'trg_a', outcome: 'rejected', signature: 'bad' })]) {
  const host = new TableHost({
    triggers_list: () => [row('trg_a'), row('trg_b')],
    schemes_list: () => [],
    deliveries_list: () => ({ page: { items: known, next: null }, meaning: '', search_lag: 0, searched_to: null }),
  });
  return { host, connect: new Connect(host) };
}

test('the tick comes with the first verified delivery at this endpoint, not with another', async () => {
  const { connect } = open();
  await connect.load();
  expect(connect.chosen).toBe('trg_a');
  expect(connect.verified).toBeUndefined();
  connect.apply({ deliveries: [delivery(2, { endpoint: 'trg_b' })] });
  expect(connect.verified).toBeUndefined();
  connect.apply({ deliveries: [delivery(3, { endpoint: 'trg_a' })] });
  expect(connect.verified?.seq).toBe(3);
});

test('a refused one is shown, and is no tick', async () => {
  const { connect } = open();
  await connect.load();
  expect(connect.refused?.seq).toBe(1);
  connect.apply({ deliveries: [delivery(4, { endpoint: 'trg_a', outcome: 'rejected', signature: 'bad' })] });
  expect(connect.refused?.seq).toBe(4);
  expect(connect.verified).toBeUndefined();
});

test('the old secret proves it as well; an unsigned one counts when it was accepted', async () => {
  const { connect } = open([]);
  await connect.load();
  connect.apply({ deliveries: [delivery(5, { endpoint: 'trg_a', signature: 'previous' })] });
  expect(connect.verified?.seq).toBe(5);
  connect.apply({ deliveries: [delivery(6, { endpoint: 'trg_a', signature: 'unsigned' })] });
  expect(connect.verified?.seq).toBe(6);
});

test('a test that gets no answer is said', async () => {
  const { host, connect } = open([]);
  host.answers.send_test = () => ({ answer: null, error: 'refused', duration_us: 1, delivery: null, differences: [] });
  await connect.load();
  await connect.send();
  expect(connect.sendError?.message).toBe('refused');
  expect(connect.sending).toBe(false);
});
