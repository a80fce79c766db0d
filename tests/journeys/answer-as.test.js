// "Answer as", by clicking: a fault for the next two requests, the banner, the delivery that says so, work again.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openPage, startCreel, until } from './creel.js';
import { looked } from './faces.js';
import { choose } from './screens.js';

test('a trigger answers a documented fault for the next requests, says so, and works again', async (t) => {
  const creel = await startCreel(t);
  const [list] = await creel.rpc('lists_list');
  const task = { create_task: { list_id: list.id, title: '{{payload.title}}' } };
  const endpoint = await creel.trigger({ name: 'Deploys', contract: 'opengate', actions: [task] });
  const page = await openPage(creel, { path: '&to=triggers' });
  await page.getByRole('link', { name: 'Triggers' }).click();
  await page.getByRole('button', { name: 'Answer as: Deploys' }).click();
  const dialog = page.getByRole('dialog', { name: /Answer as/ });
  await choose(page, dialog, 'Fault', '500');
  await dialog.getByLabel('Number of requests').fill('0');
  await dialog.getByText('a whole number from 1 to 10000').waitFor();
  assert.ok(await dialog.getByRole('button', { name: 'Answer so' }).isDisabled());
  await dialog.getByLabel('Number of requests').fill('2');
  await dialog.getByText(/^The next 2 requests get 500/).waitFor();
  await looked(page, 'answer-as-dialog');
  await dialog.getByRole('button', { name: 'Answer so' }).click();
  const card = page.getByRole('article', { name: 'Deploys' });
  await card.getByText('2 requests left').waitFor();
  await page.getByRole('link', { name: '1 trigger answers a fault' }).waitFor();
  await looked(page, 'answer-as-banner');

  const answer = await creel.deliver(endpoint.path, '{"title":"a"}');
  assert.equal(answer.status, 500);
  await card.getByText('1 request left').waitFor();
  await page.getByRole('link', { name: 'Inbox' }).click();
  await page.getByRole('row').or(page.getByRole('option')).filter({ hasText: '500' }).first().click();
  await page
    .getByText(/Rejected\. As "answer as" says: 500/)
    .first()
    .waitFor();
  await looked(page, 'answer-as-delivery');
  await page.getByRole('button', { name: 'Answer as…' }).click();
  await page
    .getByRole('dialog', { name: /Answer as/ })
    .getByRole('button', { name: 'Cancel' })
    .click();
  await card.getByRole('button', { name: 'Work again' }).click();
  await card.getByText('1 request left').waitFor({ state: 'detached' });
  await until('nothing answers a fault', async () => (await creel.rpc('status')).answering_faults === 0);
  await page.getByRole('link', { name: '1 trigger answers a fault' }).waitFor({ state: 'detached' });
  assert.notEqual((await creel.deliver(endpoint.path, '{"title":"a"}')).status, 500);
});
