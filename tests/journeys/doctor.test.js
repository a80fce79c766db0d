// The doctor on the screen: signed with another trigger's secret, which is named; a click, and the sender's next delivery
// is accepted.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openPage, startCreel } from './creel.js';
import { looked } from './faces.js';
import { go } from './screens.js';

test('the wrong secret is named, used here for a day, and the next delivery is accepted', async (t) => {
  const creel = await startCreel(t);
  const old = await creel.trigger({
    name: 'github-old',
    slug: 'old',
    scheme: 'github',
    actions: [],
  });
  const now = await creel.trigger({
    name: 'github-new',
    slug: 'new',
    scheme: 'github',
    actions: [],
  });
  const sender = { path: now.path, secret: old.secret };
  assert.equal((await creel.push(sender, 'one', '{"ref":"refs/heads/main"}')).status, 401);
  const { page: found } = await creel.rpc('deliveries_list');
  const page = await openPage(creel);
  await go(page, `#/inbox/${found.items[0].id}?tab=signature`);
  await page.getByRole('tab', { name: 'Signature' }).click();
  const doctor = page.getByRole('region', { name: 'Doctor' });
  await doctor.getByText('Signed with the secret of "github-old".').waitFor();
  assert.doesNotMatch(await page.locator('body').innerText(), new RegExp(old.secret), 'no secret is shown');
  await looked(page, 'doctor');
  await doctor.getByRole('button', { name: 'Use that secret here for 24 h' }).click();
  await doctor.getByText('is accepted here for 24 hours').waitFor();
  assert.equal((await creel.push(sender, 'two', '{"ref":"refs/heads/next"}')).status, 202);
  const { page: after } = await creel.rpc('deliveries_list');
  assert.deepEqual([after.items[0].outcome, after.items[0].signature], ['accepted', 'previous']);
});

test('the first tab of a refused delivery says the cause, and its button mends it', async (t) => {
  const creel = await startCreel(t);
  const made = (slug) => ({ name: slug, slug, scheme: 'github', actions: [] });
  const old = await creel.trigger(made('github-old'));
  const now = await creel.trigger(made('github-new'));
  const sender = { path: now.path, secret: old.secret };
  const body = '{"ref":"refs/heads/main"}';
  const page = await openPage(creel);
  await go(page, '#/inbox');
  assert.equal((await creel.push(sender, 'one', body)).status, 401);
  const row = page.getByRole('option').first();
  await row.getByText('Signed with the secret of "github-old".').waitFor();
  await looked(page, 'inbox-cause');
  await row.click();
  await page.getByText('How it was found').waitFor();
  await looked(page, 'cause-found');
  await page.getByRole('button', { name: 'Use that secret here for 24 h' }).click();
  await page.getByText('is accepted here for 24 hours').waitFor();
  assert.equal((await creel.push(sender, 'two', `${body} `)).status, 202);
});
