// An allowlist, typed into the builder: who is not on it gets 403, whatever the signature says, and the inbox says why.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openPage, picture, startCreel } from './creel.js';
import { go } from './screens.js';

test('a trigger with an allowlist', async (t) => {
  const creel = await startCreel(t);
  const endpoint = await creel.trigger({
    name: 'Deploys',
    slug: 'deploys',
    scheme: 'github',
    actions: [],
  });
  const page = await openPage(creel);
  await go(page, `#/triggers/${endpoint.id}`);
  const box = page.getByLabel('Add an address or a range');
  const save = async () => {
    await page.keyboard.press('ControlOrMeta+s');
  };
  await box.fill('203.0.113.0/33');
  await page.keyboard.press('Enter');
  await save();
  await page.getByRole('alert').filter({ hasText: '203.0.113.0/33' }).waitFor();
  await picture(page, 'journey-allowlist-refused');
  await page.getByRole('button', { name: 'Remove 203.0.113.0/33' }).click();
  await box.fill('203.0.113.0/24, 2001:db8::/32');
  await page.keyboard.press('Enter');
  await save();
  await page.getByRole('button', { name: 'Saved' }).waitFor();

  const refused = await creel.push(endpoint, 'a', '{}');
  assert.deepEqual([refused.status, refused.body], [403, '{"error":"Address not allowed"}']);
  await page.getByRole('link', { name: 'Inbox' }).click();
  await page
    .getByRole('option', { name: /Rejected/ })
    .first()
    .click();
  await page.getByText('Rejected. 127.0.0.1 is not on the allowlist.').waitFor();
  await page.getByRole('tab', { name: 'Signature' }).click();
  await page.getByRole('tabpanel').getByText('127.0.0.1 is not on the allowlist').first().waitFor();
  await picture(page, 'journey-allowlist-inbox');

  await go(page, `#/triggers/${endpoint.id}`);
  await box.fill('127.0.0.0/8');
  await page.keyboard.press('Enter');
  await save();
  await page.getByRole('button', { name: 'Saved' }).waitFor();
  assert.equal((await creel.push(endpoint, 'b', '{"b":1}')).status, 202);
});
