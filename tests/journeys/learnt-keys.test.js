// Asana and Notion bring their key: waited for by clicking, with a countdown, and shown where it came from.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test } from 'node:test';
import { openPage, startCreel, until } from './creel.js';
import { looked } from './faces.js';
import { go } from './screens.js';

const TOKEN = 'secret_notion_verification_token_0123456789';
const EVENT = '{"id":"evt_1","type":"page.created"}';

test('the key that Notion brings', async (t) => {
  const creel = await startCreel(t);
  const page = await openPage(creel);
  const { id, path } = await creel.trigger({
    name: 'Notion pages',
    slug: 'notion',
    scheme: 'notion',
    actions: [],
  });
  const bring = (token) => creel.deliver(path, JSON.stringify({ verification_token: token }));
  const signed = (key) => ({
    'X-Notion-Signature': `sha256=${createHmac('sha256', key).update(EVENT).digest('hex')}`,
  });

  assert.equal((await bring('a-stranger-s-token-0123456789')).status, 401);
  const { page: listed } = await creel.rpc('deliveries_list');
  await go(page, `#/inbox/${listed.items[0].id}`);
  const inDelivery = page.getByRole('article', { name: 'Delivery' });
  await inDelivery.getByText(/nobody waits for one/).waitFor();
  await inDelivery.getByRole('button', { name: 'Wait for it' }).click();
  await inDelivery
    .getByRole('timer')
    .getByText(/^(10:00|9:\d\d)$/)
    .waitFor();
  await looked(page, 'learnt-keys-delivery');

  await go(page, '#/triggers');
  const card = page.getByRole('article', { name: 'Notion pages' });
  const left = card.getByRole('timer');
  const first = await left.innerText();
  await until('the countdown moves', async () => (await left.innerText()) !== first);
  await card.getByRole('button', { name: 'Stop waiting' }).click();
  await card.getByRole('button', { name: 'Wait for it' }).click();
  await left.waitFor();
  await looked(page, 'learnt-keys-card');

  await go(page, `#/triggers/${id}`);
  const key = page.getByRole('group', { name: 'The key of Notion' });
  await key.getByRole('timer').waitFor();
  assert.equal((await bring(TOKEN)).status, 200);
  await key.getByText(/Notion’s key came .* from 127\.0\.0\.1/).waitFor();
  await looked(page, 'learnt-keys-builder');
  await key.getByRole('button', { name: 'Show it, once' }).click();
  assert.equal(await key.locator('[data-secret]').innerText(), TOKEN);
  await key.getByRole('button', { name: 'I have it' }).click();
  assert.equal(await key.getByRole('button', { name: 'Show it, once' }).count(), 0, 'it is shown once');
  await page.reload();
  await key.getByText(/Notion’s key came/).waitFor();
  assert.equal(await key.getByRole('button', { name: 'Show it, once' }).count(), 0);
  assert.equal((await page.content()).includes(TOKEN), false);

  assert.equal((await creel.deliver(path, EVENT, signed(TOKEN))).status, 202);
  assert.equal((await bring('a-late-stranger-s-token-0123456789')).status, 401);
  const { page: last } = await creel.rpc('deliveries_list');
  await go(page, `#/inbox/${last.items[0].id}`);
  await inDelivery.getByText(/the first one counts/).waitFor();
  await key.getByRole('link', { name: 'its delivery' }).click();
  await inDelivery.getByText(/learnt and sealed/).waitFor();
});
