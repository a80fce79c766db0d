// A trigger from a document's own JSON: read with the place of what is wrong, looked at in the builder, saved there;
// deleted and brought back; out as YAML and in again.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { openPage, startCreel } from './creel.js';
import { looked } from './faces.js';
import { choose } from './screens.js';

const PRINTED = readFileSync(new URL('../fixtures/opengate/trigger.json', import.meta.url), 'utf8');

test('a trigger is imported, exported, deleted and brought back', async (t) => {
  const creel = await startCreel(t);
  const page = await openPage(creel);
  await page.getByRole('link', { name: 'Triggers' }).click();
  await imports(page, PRINTED.replace('"config"', 'config'));
  await page.getByRole('alert').filter({ hasText: 'line 3, column 3: ' }).waitFor();
  await looked(page, 'import');
  await page.getByLabel('The trigger’s text').fill(PRINTED);
  await page.getByRole('button', { name: 'Open in the builder' }).click();

  await page.getByText('[{{payload.environment}}] {{payload.title}}').first().waitFor();
  assert.deepEqual(await creel.rpc('triggers_list'), [], 'nothing is saved before Save');
  await page.getByLabel('Name of the trigger').fill('Deploy failed');
  const save = page.getByRole('button', { name: 'Save', exact: true });
  await save.click();
  await page.getByRole('alert').filter({ hasText: 'list lst_xyz789 does not exist' }).waitFor();
  await choose(page, page, 'List', 'Inbox');
  await save.click();
  await page.getByRole('button', { name: 'I have it' }).click();
  const [made] = await creel.rpc('triggers_list');
  assert.deepEqual([made.trigger.contract, made.trigger.actions[0].create_task.priority], ['opengate', 'high']);

  await page.getByRole('button', { name: 'As YAML' }).click();
  const yaml = await page.getByLabel('The trigger as YAML').innerText();
  await looked(page, 'export');
  await page.keyboard.press('Escape');
  await page.getByRole('link', { name: 'Triggers' }).first().click();
  await page.getByRole('button', { name: 'More for Deploy failed' }).click();
  await page.getByRole('menuitem', { name: 'Delete' }).click();
  await page.getByRole('button', { name: 'Delete the trigger' }).click();
  await page.getByText('“Deploy failed” is deleted').waitFor();
  assert.equal((await creel.deliver(made.path, '{}')).status, 404);
  await page.getByRole('button', { name: 'Undo' }).click();
  await page.getByRole('link', { name: 'Deploy failed' }).waitFor();
  assert.equal((await creel.deliver(made.path, '{}')).status, 401, 'it is there again and wants its signature');

  await imports(page, yaml);
  await page.getByLabel('Name of the trigger').fill('The same again');
  await save.click();
  await page.getByRole('button', { name: 'I have it' }).click();
  const rows = await creel.rpc('triggers_list');
  const again = rows.find(({ trigger }) => trigger.name === 'The same again');
  assert.deepEqual(again.trigger.actions, made.trigger.actions);
});

async function imports(page, text) {
  await page.getByRole('button', { name: 'Import…' }).click();
  await page.getByLabel('The trigger’s text').fill(text);
  await page.getByRole('button', { name: 'Open in the builder' }).click();
}
