// Who still uses the old secret: seen at the trigger while deliveries come, made longer, and ended.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openPage, startCreel } from './creel.js';
import { looked } from './faces.js';
import { go } from './screens.js';

test('the rotation radar', async (t) => {
  const creel = await startCreel(t);
  const old = await creel.trigger({
    name: 'Deploys',
    slug: 'deploys',
    scheme: 'github',
    actions: [],
  });
  let sent = 0;
  const push = (secret, agent) => {
    sent += 1;
    return creel.push({ ...old, secret }, `id-${sent}`, `{"n":${sent}}`, {
      'User-Agent': agent,
    });
  };
  for (const agent of ['GitHub-Hookshot/044aadd', 'deploy-bot/2.1'])
    assert.equal((await push(old.secret, agent)).status, 202);
  const { secret } = await creel.rpc('trigger_rotate_secret', { id: old.id });

  const page = await openPage(creel);
  await go(page, '#/triggers');
  const radar = page.getByRole('region', {
    name: 'Who uses which secret of Deploys',
  });
  await radar.getByText(/^2 senders still use the old secret; it ends in 23 h 5\d min\.$/).waitFor();
  assert.equal((await push(secret, 'GitHub-Hookshot/044aadd')).status, 202);
  await radar.getByText(/^1 sender still uses the old secret/).waitFor();
  const rows = radar.getByRole('row');
  assert.match(await rows.nth(1).innerText(), /127\.0\.0\.1\s*deploy-bot\/2\.1\s*the old secret\s*1/);
  assert.match(await rows.nth(2).innerText(), /127\.0\.0\.1\s*GitHub-Hookshot\/044aadd\s*the new secret\s*1/);
  await looked(page, 'rotation-radar');

  await creel.rpc('trigger_grace', {
    id: old.id,
    secret_id: (await creel.rpc('trigger_senders', { id: old.id })).secrets[1].secret.id,
    hours: 2,
  });
  await radar.getByText(/it ends in 1 h 5\d min\.$/).waitFor();
  await radar.getByRole('button', { name: '24 h from now' }).click();
  await radar.getByText(/it ends in 2[34] h/).waitFor();

  await radar.getByRole('button', { name: 'End it now' }).click();
  const ask = page.getByRole('dialog', {
    name: /End the old secret of “Deploys” now/,
  });
  await ask.getByText('1 sender still uses it').waitFor();
  await ask.getByRole('button', { name: 'Cancel' }).click();
  assert.equal((await push(old.secret, 'deploy-bot/2.1')).status, 202, 'nothing ended yet');
  await radar.getByRole('button', { name: 'End it now' }).click();
  await ask.getByRole('button', { name: 'End it now' }).click();
  await radar.getByText(/^The old secret ended .*; 1 sender used it last, and is refused with it now\.$/).waitFor();
  assert.equal((await push(old.secret, 'deploy-bot/2.1')).status, 401);
  assert.equal((await push(secret, 'deploy-bot/2.1')).status, 202);
  await radar.waitFor({ state: 'detached' });

  await page.getByRole('button', { name: 'More for Deploys' }).click();
  await page.getByRole('menuitem', { name: 'Who uses which secret' }).click();
  await radar.getByText(/^The old secret ended .*; nobody uses it\.$/).waitFor();
});
