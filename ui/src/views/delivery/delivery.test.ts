import { describe, expect, test, vi } from 'vitest';
import { delivery, TableHost } from '../../../tests/host';
import type { DeliveryDetail } from '../../generated/DeliveryDetail';
import { Failure } from '../../host/host';
import { OpenDelivery } from './delivery.svelte';
import { detailOf, executionOf } from '../../../tests/detail';

async function opened(answers: ConstructorParameters<typeof TableHost>[0] = {}, detail: DeliveryDetail = detailOf()) {
  const host = new TableHost({ delivery_get: () => detail, ...answers });
  const open = new OpenDelivery(host, 'dlv_7');
  await open.load();
  return { host, open, loads: () => host.calls.filter(([command]) => command === 'delivery_get').length };
}

describe('loading', () => {
  test('shows what came', async () => {
    const { open } = await opened();
    expect(open.phase).toBe('ready');
    expect(open.detail?.delivery.id).toBe('dlv_7');
  });

  test('keeps why it failed', async () => {
    const refuse = () => {
      throw new Failure({ code: 'not_found', message: 'there is no delivery "dlv_7"' });
    };
    const { open } = await opened({ delivery_get: refuse });
    expect(open.phase).toBe('failed');
    expect(open.error?.message).toBe('there is no delivery "dlv_7"');
  });

  test('an older answer that comes late does not replace a newer one', async () => {
    const answers: Array<(detail: DeliveryDetail) => void> = [];
    const host = new TableHost({ delivery_get: () => new Promise((resolve) => answers.push(resolve)) });
    const open = new OpenDelivery(host, 'dlv_7');
    const both = [open.load(), open.load()];
    answers[1]?.(detailOf({ verdict: 'new' }));
    answers[0]?.(detailOf({ verdict: 'old' }));
    await Promise.all(both);
    expect(open.detail?.verdict).toBe('new');
  });
});

describe('events', () => {
  test('a change of its row is taken as it is', async () => {
    const { open, loads } = await opened();
    open.apply({ delivery_changed: delivery(7, { pinned: true }) });
    expect(open.detail?.delivery.pinned).toBe(true);
    expect(loads()).toBe(1);
  });

  test("other deliveries' changes are none of its business", async () => {
    const { open, loads } = await opened();
    open.apply({ delivery_changed: delivery(8, { pinned: true }) });
    open.apply({ execution: executionOf({ delivery_id: 'dlv_8' }) });
    open.apply({ deliveries: [delivery(9)] });
    open.apply({ deliveries_deleted: ['dlv_8'] });
    open.apply('status');
    expect(open.detail?.delivery.pinned).toBe(false);
    expect(loads()).toBe(1);
  });

  test('a running execution moves in its place; one that ends loads everything anew', async () => {
    const { open, loads } = await opened({}, detailOf({ executions: [executionOf({ status: 'queued' })] }));
    open.apply({ execution: executionOf({ status: 'running' }) });
    expect(open.detail?.executions[0]?.status).toBe('running');
    expect(loads()).toBe(1);
    open.apply({ execution: executionOf({ status: 'succeeded', finished_at: 5 }) });
    expect(loads()).toBe(2);
  });

  test.each([
    ['a new replay of it', { deliveries: [delivery(9, { replay_of: 'dlv_7' })] }],
    ['an edited trigger', { trigger: 'trg_1' }],
    ['its own deletion', { deliveries_deleted: ['dlv_8', 'dlv_7'] }],
    ['missed events', { lagged: 3 }],
  ])('%s loads it anew', async (_, event) => {
    const { open, loads } = await opened();
    open.apply(event);
    expect(loads()).toBe(2);
  });
});

describe('actions', () => {
  test('sending again is a new event to its own address, without outside effects', async () => {
    const replay_send = vi.fn(() => ({ results: [{ delivery: delivery(8), error: null }] }));
    const { open } = await opened({ replay_send });
    expect(await open.sendAgain()).toBe('dlv_8');
    expect(replay_send).toHaveBeenCalledWith({
      delivery_id: 'dlv_7',
      target: 'original',
      signing: 'target',
      new_event_id: true,
      outside_effects: false,
    });
  });

  test('a sending without an answer is an error here, not a success', async () => {
    const { open } = await opened({ replay_send: () => ({ results: [{ delivery: null, error: 'refused' }] }) });
    expect(await open.sendAgain()).toBeUndefined();
    expect(open.actionError?.message).toBe('refused');
    expect(open.busy).toBeUndefined();
  });

  test('pinning asks for the opposite and shows the answer', async () => {
    const delivery_pin = vi.fn(() => delivery(7, { pinned: true }));
    const { open } = await opened({ delivery_pin });
    await open.togglePin();
    expect(delivery_pin).toHaveBeenCalledWith({ id: 'dlv_7', pinned: true });
    expect(open.detail?.delivery.pinned).toBe(true);
  });

  test('deleting says whether it is gone', async () => {
    const { open } = await opened({ deliveries_delete: () => ({ count: 1 }) });
    expect(await open.remove()).toBe(true);
    const { open: refused } = await opened();
    expect(await refused.remove()).toBe(false);
  });
});
