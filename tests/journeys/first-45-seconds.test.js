// The first 45 seconds, by clicking only: from an empty window to a task that a webhook made.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openPage, picture, startCreel, until } from './creel.js';

test('the first 45 seconds, by clicking only', async (t) => {
  const creel = await startCreel(t);
  const page = await openPage(creel);
  const click = (name) => page.getByRole('button', { name }).first().click();
  await page.getByText(creel.receiver.replace('http://', '')).first().waitFor();
  await click('Send test webhook');
  await page.getByText('Accepted. Signature valid. No trigger matched.').first().waitFor();
  await picture(page, 'journey-1-verdict');

  await click('Make a trigger from this');
  const fields = page.getByRole('tree', { name: 'Fields of the sample' });
  await fields.waitFor();
  await page.getByLabel('Task title', { exact: true }).click();
  await fields
    .getByRole('treeitem', { name: /^repository/ })
    .first()
    .click();
  await picture(page, 'journey-2-builder');
  await fields
    .getByRole('treeitem', { name: /full_name/ })
    .first()
    .click();
  const preview = page.getByRole('region', { name: 'Preview' });
  await preview
    .getByText(/\w+\/\w+/)
    .first()
    .waitFor();
  await picture(page, 'journey-2-builder');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await click('Send again');

  const [task] = await until('the task', async () => {
    const { items } = await creel.rpc('tasks_list');
    return items.length > 0 && items;
  });
  assert.match(task.title, /\w+\/\w+/, 'the field that was clicked is in the title');
  const { items } = await creel.rpc('executions_list');
  assert.deepEqual([items.length, items[0].status, items[0].delivery_id], [1, 'succeeded', task.source_delivery]);
  await picture(page, 'journey-3-sent');

  await page.getByRole('link', { name: 'Executions' }).click();
  await page.getByText(task.title).first().waitFor();
  await picture(page, 'journey-4-execution');
  await page.getByRole('link', { name: 'Targets' }).click();
  await page.getByText(task.title).first().waitFor();
  await picture(page, 'journey-5-task');
});
