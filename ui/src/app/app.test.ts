import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { TableHost } from '../../tests/host';
import type { Status } from '../generated/Status';
import type { TunnelState } from '../generated/TunnelState';
import { App } from './app.svelte';

const ADDRESS = 'https://x.example';
const status = (tunnel: TunnelState) => ({ tunnel, public: tunnel === 'off' ? null : ADDRESS }) as Status;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('an address that leads nowhere any more is gone with the event that says so', async () => {
  const host = new TableHost({ status: () => status('online'), settings_get: () => ({}) });
  const app = new App(host);
  await app.load();
  expect(app.status?.public).toBe(ADDRESS);
  host.answers.status = () => new Promise(() => {});
  app.apply({ tunnel: 'off' });
  expect(app.status).toEqual(status('off'));
});

test('a status that was asked for before the event does not bring the address back', async () => {
  const host = new TableHost({ status: () => status('online'), settings_get: () => ({}) });
  const app = new App(host);
  await app.load();
  let answer: (status: Status) => void = () => {};
  host.answers.status = () => new Promise((done) => (answer = done));
  app.apply('status');
  await vi.advanceTimersByTimeAsync(300);
  app.apply({ tunnel: 'off' });
  answer(status('online'));
  await vi.advanceTimersByTimeAsync(0);
  expect(app.status).toEqual(status('off'));
  host.answers.status = () => status('checking');
  await vi.advanceTimersByTimeAsync(300);
  expect(app.status).toEqual(status('checking'));
});
