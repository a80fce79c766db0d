import { expect, test, vi } from 'vitest';
import { TableHost } from '../../../tests/host';
import { Failure } from '../../host/host';
import { advice, Doctor } from './doctor.svelte';

const target = { trigger_id: 'trg_1', secret_id: 'sec_2', name: 'github-old' };
const diagnosis = {
  needed: true,
  sentence: 'Signed with the secret of "github-old".',
  causes: [],
  tried: '',
  complete: true,
  took_us: 10,
};

test('a secret is used here for a day, and the sentence says what follows', async () => {
  const trigger_accept_secret = vi.fn(() => ({}));
  const doctor = new Doctor(new TableHost({ delivery_doctor: () => diagnosis, trigger_accept_secret }), 'dlv_1');
  await doctor.load();
  expect(doctor.found?.sentence).toBe(diagnosis.sentence);
  await doctor.useSecret(target);
  expect(trigger_accept_secret).toHaveBeenCalledWith({ id: 'trg_1', secret_id: 'sec_2', hours: 24 });
  expect(doctor.done).toMatch(/^The secret of "github-old" is accepted here for 24 hours\./);
});

test('a fix that is refused says why and does not say done', async () => {
  const host = new TableHost({
    delivery_doctor: () => diagnosis,
    trigger_update: () => {
      throw new Failure({ code: 'invalid', message: 'not that one' });
    },
  });
  const doctor = new Doctor(host, 'dlv_1');
  await doctor.changeScheme('trg_1', 'stripe');
  expect([doctor.fixError?.message, doctor.done, doctor.busy]).toEqual(['not that one', '', false]);
});

test('advice is what no button can do', () => {
  expect(advice([{ use_secret: target }, { advice: 'set the clock' }, { change_scheme: 'stripe' }])).toEqual([
    'set the clock',
  ]);
});

test('the hook at GitHub is given the current secret', async () => {
  const host = new TableHost({ github_hook_secret: () => ({}) });
  const doctor = new Doctor(host, 'dlv_1');
  await doctor.updateHook('trg_1');
  expect(host.calls).toEqual([['github_hook_secret', { trigger_id: 'trg_1' }]]);
  expect(doctor.done).toMatch(/^The hook at GitHub has the current secret\./);
});
