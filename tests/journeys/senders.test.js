// Senders set up by hand on the Connect screen: the trigger by a click, the secret, and ticks that come by themselves.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test } from 'node:test';
import { openPage, startCreel, until } from './creel.js';
import { looked, ranInShell } from './faces.js';
import { go } from './screens.js';

const PUSH = JSON.stringify({
  object_kind: 'push',
  ref: 'refs/heads/main',
  project: { path_with_namespace: 'a/b' },
});

/** As Stripe signs: its time, a dot, the body. */
function stripeHeader(secret, body, at = Math.floor(Date.now() / 1000)) {
  return `t=${at},v1=${createHmac('sha256', secret).update(`${at}.${body}`).digest('hex')}`;
}

/** A sender's card, opened, with its trigger made. */
async function opened(page, name) {
  await go(page, 'connect');
  const part = page.getByRole('region', { name: 'Other senders' });
  await part.getByRole('button', { name: new RegExp(`^${name}`) }).click();
  await part.getByRole('button', { name: 'Make the trigger' }).click();
  await part.getByText('Waiting for the first delivery.').waitFor();
  const address = await part.locator('code').first().innerText();
  return { part, path: new URL(address).pathname };
}

test('Stripe: its secret is pasted, what it sends ticks twice, and a wrong secret is explained on the card', async (t) => {
  const creel = await startCreel(t);
  const page = await openPage(creel);
  const { part, path } = await opened(page, 'Stripe');
  await part.getByText('This one is reached from this machine only').waitFor();
  await looked(page, 'senders-stripe-made');

  const secret = 'whsec_5WbX5kEWLlfzsGNjH64I8lOOqUB6e8FH';
  await part.getByRole('textbox', { name: 'Signing secret' }).fill(secret);
  await part.getByRole('button', { name: 'Keep it' }).click();
  await part.getByText('The secret is kept, sealed.').waitFor();
  assert.ok(!(await page.content()).includes(secret), 'a pasted secret is not shown again');

  await part.getByRole('button', { name: 'Test it without the sender' }).click();
  await part.getByText(/The test verified/).waitFor();
  assert.equal(await part.getByText('Waiting for the first delivery.').count(), 1, 'a test is no delivery of Stripe’s');

  const charge = '{"id":"evt_1","type":"charge.succeeded","data":{"object":{"id":"ch_1"}}}';
  const wrong = await creel.deliver(path, charge, {
    'Stripe-Signature': stripeHeader('whsec_of_another_endpoint', charge),
  });
  assert.equal(wrong.status, 401);
  await part.getByText('Arrived: ').waitFor();
  await part.getByText('Refused with 401').waitFor();
  await part.getByRole('heading', { name: 'Doctor' }).waitFor();
  await looked(page, 'senders-stripe-refused');

  const right = await creel.deliver(path, charge, {
    'Stripe-Signature': stripeHeader(secret, charge),
  });
  assert.equal(right.status, 202);
  await part.getByText('Verified.').waitFor();
  await part.getByText('Refused with 401').waitFor({ state: 'detached' });
  await until('its task', async () =>
    (await creel.rpc('tasks_list')).items.some(({ title }) => /from Stripe$/.test(title)),
  );
  await looked(page, 'senders-stripe-verified');
});

test('GitLab: the secret that is made here is shown once and takes what GitLab sends with it', async (t) => {
  const creel = await startCreel(t);
  const page = await openPage(creel);
  const { part, path } = await opened(page, 'GitLab');
  const secret = await part.locator('[data-secret]').innerText();
  await looked(page, 'senders-gitlab-made');
  await part.getByRole('button', { name: 'I have it' }).click();
  assert.ok(!(await page.content()).includes(secret), 'the secret is shown once');
  const sent = await creel.deliver(path, PUSH, {
    'User-Agent': 'GitLab/18.5.0',
    'X-Gitlab-Event': 'Push Hook',
    'X-Gitlab-Event-UUID': '13792a34-cac6-4fda-95a8-c58e00a3954e',
    'X-Gitlab-Token': secret,
  });
  assert.equal(sent.status, 202);
  await part.getByText('Verified.').waitFor();

  // A lost secret is made anew: the old one ends with it.
  await part.getByRole('button', { name: 'Make a new one' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Make a new secret' }).click();
  const renewed = await part.locator('[data-secret]').innerText();
  assert.notEqual(renewed, secret);
  const late = await creel.deliver(path, PUSH, {
    'X-Gitlab-Event': 'Push Hook',
    'X-Gitlab-Token': secret,
  });
  assert.equal(late.status, 401);
});

test('another sender: any scheme is chosen, and the line for the shell is what ticks it off', async (t) => {
  const creel = await startCreel(t);
  const page = await openPage(creel);
  const { part } = await opened(page, 'Another sender');
  const secret = await part.locator('[data-secret]').innerText();
  const lines = await part.locator('pre').first().innerText();
  const printed = await ranInShell(lines, { SECRET: secret });
  assert.match(printed, /accepted|delivery/i);
  await part.getByText('Verified.').waitFor();
  await looked(page, 'senders-other-verified');
});
