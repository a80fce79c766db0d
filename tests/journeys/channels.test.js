// A channel by clicking: linked, told its code, verified, given a message by a trigger, changed, unlinked.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { once } from 'node:events';
import { test } from 'node:test';
import { openPage, startCreel, until } from './creel.js';
import { looked } from './faces.js';
import { choose } from './screens.js';

/** The other end: keeps every text that it gets. */
async function otherEnd(t) {
  const texts = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const piece of request) body += piece;
    texts.push(JSON.parse(body).text);
    response.end('ok');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  return { address: `http://127.0.0.1:${server.address().port}/messages`, texts };
}

test('a channel is linked, verified and told something', async (t) => {
  const end = await otherEnd(t);
  const creel = await startCreel(t);
  const page = await openPage(creel);
  await page.getByRole('link', { name: 'Targets' }).click();
  await page.getByRole('tab', { name: 'Channels' }).click();
  await page.getByText('No channels yet').waitFor();
  await looked(page, 'channels-empty');

  await page.getByRole('button', { name: 'Link a channel' }).click();
  await page.getByLabel('Name', { exact: true }).fill('on call');
  await choose(page, page, 'What it is', 'Webhook');
  await page.getByLabel('Address', { exact: true }).fill('nowhere');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText(/no address that a channel can have/).waitFor();
  await looked(page, 'channels-wrong-address');
  await page.getByLabel('Address', { exact: true }).fill(end.address);
  await page.getByRole('checkbox', { name: 'sev0' }).check();
  await page.keyboard.press('ControlOrMeta+s');

  const pane = page.getByRole('article', { name: 'Channel' });
  await pane.getByText('Not verified').waitFor();
  await looked(page, 'channels-code');
  const codes = () => end.texts.map((text) => /code of this channel is (\d{6})/.exec(text)?.[1]);
  const wrong = codes()[0] === '000000' ? '111111' : '000000';
  const field = pane.getByLabel(/six digits/);
  await field.fill(wrong);
  await pane.getByRole('button', { name: 'Verify' }).click();
  await pane.getByText(/not the code/).waitFor();
  await pane.getByRole('button', { name: 'Send another code' }).click();
  await pane.getByText(/Another code is on its way/).waitFor();
  assert.equal(codes().length, 2);
  await field.fill(codes()[1]);
  await field.press('Enter');
  await pane.getByText('Verified', { exact: true }).first().waitFor();
  await looked(page, 'channels-verified');

  const hook = {
    name: 'Deploys',
    contract: 'octipus',
    settings: { octipus: { path: 'deploys' } },
    make_secret: true,
    actions: [{ notify: { message: 'Deploy of {{webhook.body.name}}', channels: ['on call'] } }],
  };
  const { row } = await creel.rpc('trigger_create', hook);
  await creel.rpc('send_test', { trigger_id: row.trigger.id, outside_effects: true });
  await until('the message is there', () => end.texts.some((text) => text.startsWith('Deploy of')));

  await pane.getByRole('button', { name: 'Edit' }).click();
  await page.getByLabel('Quiet from').fill('22:00');
  await page.getByLabel('Quiet to').fill('07:00');
  await page.getByRole('button', { name: 'Save' }).click();
  await pane.getByText('from 22:00 to 07:00').waitFor();
  await pane.getByText('Verified', { exact: true }).first().waitFor();
  await pane.getByRole('button', { name: 'Unlink on call' }).click();
  await page.getByRole('button', { name: 'Unlink the channel' }).click();
  await page.getByText('No channels yet').waitFor();
  assert.deepEqual(await creel.rpc('channels_list'), []);
});
