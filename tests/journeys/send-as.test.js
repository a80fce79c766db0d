// "Send as…" by clicking: an event of any sender is found, aimed, edited, broken, sent, and its delivery opened; the
// verifier for its scheme is copied from the Signature tab.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openPage, startCreel } from './creel.js';
import { looked } from './faces.js';
import { choose, go, settled } from './screens.js';

test('a sample of any sender goes where it is sent, genuine or broken on purpose', async (t) => {
  const creel = await startCreel(t);
  const page = await openPage(creel);
  await go(page, '#/inbox');
  await page.keyboard.press('s');
  const dialog = page.getByRole('dialog', { name: 'Send as…' });
  const github = dialog.getByRole('list', { name: 'Events of GitHub' });
  await github.getByRole('button', { name: /^push / }).waitFor();

  await dialog.getByRole('textbox', { name: 'Look for an event' }).fill('stripe payment did not');
  await dialog.getByRole('button', { name: /payment_intent\.payment_failed/ }).click();
  const warning = dialog.getByRole('note').filter({ hasText: 'it is signed like that, not as Stripe does' });
  await warning.waitFor();
  await looked(page, 'send-as');
  await warning.getByRole('button', { name: 'Make a trigger for Stripe' }).click();
  await dialog.getByRole('combobox', { name: /^To: Stripe/ }).waitFor();
  // The new trigger checks what Stripe signs.
  await warning.waitFor({ state: 'detached' });

  await page.keyboard.press('ControlOrMeta+Enter');
  const results = dialog.getByRole('region', { name: 'Results' }).getByRole('listitem');
  await results.getByText('accepted').waitFor();
  await choose(page, dialog, 'Broken on purpose', 'Wrong secret');
  await dialog.getByRole('button', { name: 'Send', exact: true }).click();
  await results.getByText('rejected').waitFor();
  const { page: rows } = await creel.rpc('deliveries_list');
  const [broken, genuine] = rows.items;
  assert.deepEqual([broken.outcome, broken.reason_code], ['rejected', 'signature_mismatch']);
  assert.deepEqual([genuine.event, genuine.signature], ['payment_intent.payment_failed', 'valid']);

  await results.last().getByRole('button', { name: 'Open the delivery' }).click();
  await page.waitForURL(new RegExp(`#/inbox/${genuine.id}`));
  await page.keyboard.press('s');
  await dialog.getByRole('button', { name: /payment_intent\.payment_failed/, pressed: true }).waitFor();
  await page.keyboard.press('Escape');

  await go(page, `#/inbox/${genuine.id}/signature`);
  for (const [language, words] of [
    ['Node', 'timingSafeEqual'],
    ['Python', 'compare_digest'],
    ['Go', 'ConstantTimeCompare'],
    ['Rust', 'ct_eq'],
    ['Shell', 'openssl dgst'],
  ]) {
    await page.getByRole('group', { name: 'Language of the verifier' }).getByRole('button', { name: language }).click();
    const code = page.getByLabel(`Verifier for ${language}`, { exact: true });
    await code.getByText(words).first().waitFor();
    assert.ok((await code.innerText()).includes('WEBHOOK_SECRET'), language);
  }
  await settled(page);
  await looked(page, 'verifier-code');
});
