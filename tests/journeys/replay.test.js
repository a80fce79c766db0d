// The replay composer: a plan first, then sends that are broken on purpose; each gets the answer it promises, and the
// screen says what differs.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test } from 'node:test';
import { openPage, picture, startCreel } from './creel.js';
import { choose, go } from './screens.js';

const BODY = '{"id":"evt_1","type":"charge.succeeded","note":"as sent"}';

/** A delivery that Stripe could have sent; its scheme signs the time, so that every breakage can show. */
async function stripe(creel) {
  const endpoint = await creel.trigger({
    name: 'Charges',
    slug: 'charges',
    scheme: 'stripe',
    actions: [],
  });
  const at = Math.floor(Date.now() / 1000);
  const mac = createHmac('sha256', endpoint.secret).update(`${at}.${BODY}`).digest('hex');
  const answer = await creel.deliver(endpoint.path, BODY, {
    'Stripe-Signature': `t=${at},v1=${mac}`,
  });
  assert.equal(answer.status, 202, answer.body);
  const { page } = await creel.rpc('deliveries_list');
  return page.items[0];
}

test('replays as they should be, and broken on purpose', async (t) => {
  const creel = await startCreel(t);
  const original = await stripe(creel);
  const page = await openPage(creel);
  await go(page, `#/inbox/${original.id}`);
  await page.keyboard.press('r');
  const composer = page.getByRole('dialog', { name: 'Replay' });
  const plan = composer.getByRole('region', { name: 'What will happen' });
  const results = composer.getByRole('region', { name: 'Results' }).getByRole('listitem');
  await plan.getByText('/hooks/charges').waitFor();
  const { page: before } = await creel.rpc('deliveries_list');
  assert.equal(before.items.length, 1, 'nothing is sent while it is planned');

  const often = composer.getByRole('spinbutton', { name: 'How often' });
  await often.fill('3');
  await page.setViewportSize({ width: 800, height: 600 });
  await page.setViewportSize({ width: 1280, height: 800 });
  assert.equal(await often.inputValue(), '3', 'a narrow window loses nothing');
  await often.fill('1');

  const send = async (count) => {
    await page.keyboard.press('ControlOrMeta+Enter');
    await results.nth(count - 1).waitFor();
    return (await results.first().innerText()).replaceAll(/\s+/g, ' ');
  };
  assert.match(await send(1), /202 Accepted/);
  await choose(page, composer, 'Broken on purpose', 'Wrong secret');
  assert.match(await send(2), /401 Rejected/);
  await choose(page, composer, 'Broken on purpose', 'Stale time');
  assert.match(await send(3), /401 Rejected/);
  await choose(page, composer, 'Broken on purpose', 'Altered byte');
  assert.match(await send(4), /401 Rejected/);
  await picture(page, 'journey-replay-broken');
  await choose(page, composer, 'Broken on purpose', 'Nothing');
  await choose(page, composer, 'Event id', 'The same');
  assert.match(await send(5), /202 Duplicate/);

  const { page: after } = await creel.rpc('deliveries_list');
  const seen = after.items.map(({ answer_status, reason_code, replay_of }) => [answer_status, reason_code, replay_of]);
  assert.deepEqual(seen.toReversed().slice(1), [
    [202, null, original.id],
    [401, 'signature_mismatch', original.id],
    [401, 'timestamp_outside_window', original.id],
    [401, 'signature_mismatch', original.id],
    [202, 'duplicate_id', original.id],
  ]);

  await results.first().getByRole('button', { name: 'Open the delivery' }).click();
  await page.getByText('Duplicate. Signature valid.').first().waitFor();
  await go(page, `#/inbox/${original.id}/replays`);
  const rejected = page.getByRole('tabpanel').getByText('answered 401, the original answered 202');
  await rejected.nth(2).waitFor();
  assert.equal(await rejected.count(), 3, 'each against the original, in words');
  await picture(page, 'journey-replay-lineage');
});
