// Orloj by clicking: a secret, a template and a webhook are made, a delivery makes a run task, and it is seen.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test } from 'node:test';
import { openPage, startCreel, until } from './creel.js';
import { looked } from './faces.js';

const SECRET = 'a long secret, kept';

/** A delivery of profile `generic`. */
function fire(creel, path, id, body) {
  const at = String(Math.floor(Date.now() / 1000));
  const signature = createHmac('sha256', SECRET).update(`${at}.${body}`).digest('hex');
  return creel.deliver(path, body, { 'X-Timestamp': at, 'X-Event-Id': id, 'X-Signature': `sha256=${signature}` });
}

test('a run task from its template', async (t) => {
  const creel = await startCreel(t);
  const page = await openPage(creel);
  await page.getByRole('link', { name: 'Targets' }).click();
  await page.getByRole('tab', { name: 'Run tasks' }).click();
  await page.getByText('No run tasks').waitFor();
  await looked(page, 'run-tasks-empty');
  const shelf = (name) => page.getByRole('navigation', { name: 'Orloj resources' }).getByRole('button', { name });
  const dialog = page.getByRole('dialog');

  await shelf('Secrets').click();
  await page.getByRole('button', { name: 'New secret', exact: true }).click();
  await dialog.getByLabel('Name').fill('webhook-shared-secret');
  await dialog.getByLabel('value').fill(SECRET);
  await looked(page, 'run-tasks-secret');
  await dialog.getByRole('button', { name: 'Keep the secret' }).click();
  await page
    .getByRole('list', { name: 'Secrets' })
    .getByRole('button', { name: /webhook-shared-secret/ })
    .click();
  await page.getByText('kept, never shown').waitFor();
  assert.equal((await page.content()).includes(SECRET), false, 'it went in and does not come out');

  await shelf('Templates').click();
  await page.getByRole('button', { name: 'New template', exact: true }).click();
  const manifest = dialog.getByLabel('Manifest');
  const written = await manifest.innerText();
  await manifest.fill('kind: Task\nmetadata:\n  name: a b\nspec: {}');
  await dialog.getByText(/line 3, column 9: metadata.name "a b" has a slash, a space/).waitFor();
  assert.equal(await dialog.getByRole('button', { name: 'Apply' }).isDisabled(), true);
  await looked(page, 'run-tasks-wrong-manifest');
  await manifest.fill(written);
  await dialog.getByRole('list', { name: 'What it changes' }).getByText('new').waitFor();
  await dialog.getByRole('button', { name: 'Apply' }).click();
  await page
    .getByRole('list', { name: 'Templates' })
    .getByRole('button', { name: /weekly-report-template/ })
    .waitFor();

  await shelf('Task webhooks').click();
  await page.getByRole('button', { name: 'New task webhook', exact: true }).click();
  await dialog.getByRole('button', { name: 'Apply' }).click();
  await page
    .getByRole('list', { name: 'Task webhooks' })
    .getByRole('button', { name: /report-webhook/ })
    .click();
  const hook = page.getByRole('article', { name: 'TaskWebhook' });
  const path = await hook.locator('code').filter({ hasText: '/v1/webhook' }).first().innerText();
  assert.equal((await fire(creel, path, 'event-1', '{"a":1}')).status, 202);
  await hook.getByText('event-1', { exact: true }).waitFor();
  await looked(page, 'run-tasks-webhook');
  await hook.getByRole('link', { name: /report-webhook-/ }).click();
  const task = page.getByRole('article', { name: 'Task' });
  for (const input of ['webhook_payload', 'webhook_event_id', 'webhook_received_at', 'webhook_source'])
    await task.getByText(input, { exact: true }).waitFor();
  await looked(page, 'run-tasks-run');
  await task.getByRole('link', { name: 'this delivery' }).click();
  await page.getByRole('article', { name: 'Delivery' }).getByRole('tab', { name: 'Runs' }).click();
  await page.getByRole('link', { name: 'Open the run task' }).click();
  await task.getByText('event-1').first().waitFor();

  await shelf('Templates').click();
  await page.getByRole('list', { name: 'Templates' }).getByRole('button').first().click();
  await page.getByRole('button', { name: 'Edit…' }).click();
  await manifest.fill((await manifest.innerText()).replace('high', 'low'));
  await dialog.getByText('~ spec.priority: high -> low').waitFor();
  await looked(page, 'run-tasks-difference');
  await dialog.getByRole('button', { name: 'Apply' }).click();
  await task.getByText('low', { exact: true }).waitFor();
  await task.getByRole('button', { name: /^Delete / }).click();
  await page.getByRole('button', { name: 'Delete the template' }).click();
  await until('it is gone', async () => {
    const { items } = await creel.rpc('resources_list', { kind: 'Task', mode: 'template' });
    return items.length === 0;
  });
  assert.notEqual((await fire(creel, path, 'event-2', '{}')).status, 202, 'there is nothing to make a run of');
});
