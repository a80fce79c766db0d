import { expect, test, vi } from 'vitest';
import { TableHost } from '../../../tests/host';
import type { SignatureQuery } from '../../generated/SignatureQuery';
import { Failure } from '../../host/host';
import { SignatureCheck } from './signature.svelte';

const report = (valid: boolean) => ({ scheme: 'github', steps: [], valid, conclusion: '', reproduce: '' });

test('a try goes with what was typed, is called a try, and is undone', async () => {
  const delivery_signature = vi.fn((query: SignatureQuery) => report(query.try_secret === 'right'));
  const check = new SignatureCheck(new TableHost({ delivery_signature, schemes_list: () => [] }), 'dlv_1');
  await check.load();
  expect([check.report?.valid, check.tried]).toEqual([false, false]);
  check.trySecret = 'right';
  await check.try();
  expect([check.report?.valid, check.tried]).toEqual([true, true]);
  expect(delivery_signature).toHaveBeenLastCalledWith({ id: 'dlv_1', try_secret: 'right', try_scheme: undefined });
  await check.reset();
  expect([check.report?.valid, check.tried, check.trySecret]).toEqual([false, false, '']);
});

test('a try that is refused leaves the report alone and says why', async () => {
  const host = new TableHost({ delivery_signature: () => report(true), schemes_list: () => [] });
  const check = new SignatureCheck(host, 'dlv_1');
  await check.load();
  host.answers.delivery_signature = () => {
    throw new Failure({ code: 'invalid', message: 'the secret is empty', field: 'try_secret' });
  };
  await check.try();
  expect(check.tryError?.field).toBe('try_secret');
  expect([check.report?.valid, check.tried, check.trying]).toEqual([true, false, false]);
});
