// A channel by clicking: linked, told its code, verified, given a message by a trigger, changed, unlinked.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { once } from 'node:events';
import { test } from 'node:test';
import { openPage, startCreel, until } from './creel.js';
import { looked } from './faces.js';
import { mailServer } from './mail-server.js';
import { choose, go } from './screens.js';

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

test('a channel by e-mail: what the server refuses is said, and what it takes arrives', async (t) => {
  const mail = await mailServer(t);
  const creel = await startCreel(t);
  const page = await openPage(creel);
  await go(page, '#/targets/channels/new');
  await page.getByLabel('Name', { exact: true }).fill('post');
  await choose(page, page, 'What it is', 'E-mail');
  const fill = (label, text) => page.getByLabel(label, { exact: true }).fill(text);
  await fill('To', 'nobody');
  await fill('From', 'Creel <creel@example.com>');
  await fill('Server', 'localhost');
  await choose(page, page, 'Kept private by', 'None');
  assert.equal(await page.getByLabel('Port').inputValue(), '25', 'the usual port goes with it');
  await page.getByText(/travel in clear/).waitFor();
  await fill('Port', mail.port);
  await fill('User', 'me');
  await fill('Password', 'wrong');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('alert').filter({ hasText: 'no address of a person' }).waitFor();
  await looked(page, 'channels-mail-wrong');
  await fill('To', 'nobody@example.com');
  await page.getByRole('button', { name: 'Save' }).click();
  const pane = page.getByRole('article', { name: 'Channel' });
  await pane.getByText(/refuses the login: 535/).waitFor();
  await looked(page, 'channels-mail-refused');

  await pane.getByRole('button', { name: 'Edit' }).click();
  await fill('Password', 'sesame');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText(/refuses the recipient nobody@example.com: 550 5.1.1 no such mailbox/).waitFor();
  await fill('To', 'me@example.com');
  await page.getByRole('button', { name: 'Save' }).click();
  await pane.getByText('Not verified').waitFor();
  const code = await until('the letter', () => /\d{6}/.exec(mail.letters[0]?.text)?.[0]);
  await pane.getByLabel(/six digits/).fill(code);
  await pane.getByRole('button', { name: 'Verify' }).click();
  await pane.getByText('Verified', { exact: true }).first().waitFor();
  await pane.getByRole('button', { name: 'Send a test message' }).click();
  await pane.getByText('It was taken there.').waitFor();
  assert.match((await until('the second letter', () => mail.letters[1])).text, /a test of the channel post/);
  await looked(page, 'channels-mail-verified');

  await creel.rpc('channel_update', { id: (await creel.rpc('channels_list'))[0].id, name: 'renamed elsewhere' });
  await pane.getByRole('heading', { name: 'renamed elsewhere' }).waitFor();
});

test('a desktop that shows nothing is told', async (t) => {
  const creel = await startCreel(t);
  const page = await openPage(creel);
  await go(page, '#/targets/channels/new');
  await page.getByLabel('Name', { exact: true }).fill('desk');
  await choose(page, page, 'What it is', 'This desktop');
  await looked(page, 'channels-desktop-form');
  await page.getByRole('button', { name: 'Save' }).click();
  const pane = page.getByRole('article', { name: 'Channel' });
  await pane.getByText(/nobody shows notifications on this desktop/).waitFor();
  await looked(page, 'channels-desktop-nobody');
});
