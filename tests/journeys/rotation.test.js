// Rotating a secret: asked first, shown once, and the old one works until its end, which the screen says.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openPage, picture, startCreel, until } from './creel.js';
import { go } from './screens.js';

const DEPLOY = '{"title":"Deploy failed","environment":"production"}';

test('rotating a secret', async (t) => {
  const creel = await startCreel(t);
  const old = await creel.trigger({
    name: 'Deploys',
    slug: 'deploys',
    scheme: 'github',
    actions: [],
  });
  const page = await openPage(creel);
  await go(page, '#/triggers');
  const rotate = async () => {
    await page.getByRole('button', { name: 'More for Deploys' }).click();
    await page.getByRole('menuitem', { name: /Rotate the secret/ }).click();
    return page.getByRole('dialog', { name: /Rotate the secret/ });
  };
  await (await rotate()).getByRole('button', { name: 'Cancel' }).click();
  assert.equal((await creel.push(old, 'before', DEPLOY)).status, 202, 'nothing was rotated');

  await (await rotate()).getByRole('button', { name: 'Rotate the secret' }).click();
  const banner = page.getByRole('status', { name: 'The secret of Deploys' });
  await banner.getByText('The old one works until').waitFor();
  const secret = await banner.locator('[data-secret]').innerText();
  assert.notEqual(secret, old.secret);
  await picture(page, 'journey-rotation-banner');
  await page.getByText(/the old secret; it ends in 23 h 5\d min|No sender was seen yet; it ends in/).waitFor();

  assert.equal((await creel.push({ ...old, secret }, 'new', `${DEPLOY} `)).status, 202);
  assert.equal((await creel.push(old, 'grace', ` ${DEPLOY}`)).status, 202, 'the old one has a day left');
  const { page: listed } = await creel.rpc('deliveries_list');
  assert.deepEqual(
    listed.items.slice(0, 2).map(({ signature }) => signature),
    ['previous', 'valid'],
  );

  await banner.getByRole('button', { name: 'I have it' }).click();
  await banner.waitFor({ state: 'detached' });
  await page.reload();
  await page.getByRole('button', { name: 'More for Deploys' }).waitFor();
  assert.equal((await page.content()).includes(secret), false, 'it is shown once');

  await go(page, `#/inbox/${listed.items[0].id}`);
  await page.getByText('Signature valid under the previous secret.').waitFor();
  await page.getByRole('button', { name: 'Valid with the previous secret' }).click();
  await until('the check says which secret', async () => /previous/.test(await page.getByRole('tabpanel').innerText()));
  await picture(page, 'journey-rotation-previous');
});
