import { expect, test, vi } from 'vitest';
import { TableHost } from '../../../tests/host';
import type { BodyQuery } from '../../generated/BodyQuery';
import { Body } from './body.svelte';

function slices(bytes: Uint8Array) {
  return vi.fn(({ offset = 0, limit = 0 }: BodyQuery) => ({
    base64: Buffer.from(bytes.subarray(offset, offset + limit)).toString('base64'),
    offset,
    total: bytes.length,
  }));
}

test('a body of several slices comes together byte for byte, and only once', async () => {
  const bytes = Uint8Array.from({ length: 600_000 }, (_, n) => n % 251);
  const delivery_body = slices(bytes);
  const body = new Body(new TableHost({ delivery_body }), 'dlv_1');
  await Promise.all([body.load(), body.load()]);
  await body.load();
  expect(delivery_body.mock.calls.map(([query]) => query.offset)).toEqual([0, 262_144, 524_288]);
  expect(body.phase).toBe('ready');
  expect(Buffer.compare(body.bytes, bytes)).toBe(0);
});

test('an empty body is one question', async () => {
  const delivery_body = slices(new Uint8Array());
  const body = new Body(new TableHost({ delivery_body }), 'dlv_1');
  await body.load();
  expect(body.bytes).toHaveLength(0);
  expect(delivery_body).toHaveBeenCalledTimes(1);
});

test('a body that ends early is an error, and loading again may succeed', async () => {
  const short = vi.fn(() => ({ base64: '', offset: 0, total: 10 }));
  const host = new TableHost({ delivery_body: short });
  const body = new Body(host, 'dlv_1');
  await body.load();
  expect(body.phase).toBe('failed');
  expect(body.error?.message).toBe('the body ended before its length');
  host.answers.delivery_body = slices(Uint8Array.of(1, 2));
  await body.load();
  expect([...body.bytes]).toEqual([1, 2]);
});
