// An agent by clicking: made with an input schema, asked by a delivery, seen with its input, changed, deleted.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openPage, startCreel, until } from './creel.js';
import { looked } from './faces.js';

test('an agent and its executions', async (t) => {
  const creel = await startCreel(t);
  const page = await openPage(creel);
  await page.getByRole('link', { name: 'Targets' }).click();
  await page.getByRole('tab', { name: 'Agents' }).click();
  await page.getByText('No agents yet').waitFor();
  await looked(page, 'agents-empty');

  await page.getByRole('region', { name: 'All executions' }).getByRole('button', { name: 'New agent' }).click();
  await page.getByLabel('Name', { exact: true }).fill('Triage');
  await page.getByRole('button', { name: 'Add a schema' }).click();
  const schema = page.getByLabel('Input schema');
  await schema.fill('{"type": "nothing"}');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText(/the input schema cannot be used/).waitFor();
  await looked(page, 'agents-wrong-schema');
  await schema.fill('{"type": "object", "required": ["message"], "properties": {"message": {"type": "string"}}}');
  await page.keyboard.press('ControlOrMeta+s');
  await page.getByRole('heading', { name: 'Triage' }).waitFor();
  const { items } = await creel.rpc('agents_list');
  assert.deepEqual([items.length, items[0].input_schema.required], [1, ['message']]);

  const draft = JSON.stringify({ name: 'Issues', agent_id: items[0].id });
  const made = JSON.parse((await creel.manage('POST', '/api/v1/webhook-triggers', draft)).body).data;
  const ask = (body) =>
    creel.deliver('/api/v1/webhook/trigger', JSON.stringify(body), { Authorization: `Bearer ${made.token}` });
  assert.equal((await ask({ number: 5 })).status, 400, 'what does not fit is refused');
  const asked = await ask({ message: 'The deploy failed' });
  assert.ok(asked.status < 300, asked.body);
  await page.getByRole('list', { name: 'Triage' }).getByRole('button', { name: /The deploy failed/ }).click();
  const pane = page.getByRole('article', { name: 'Execution' });
  await pane.getByLabel('Input').getByText('The deploy failed').waitFor();
  await looked(page, 'agents-execution');
  await pane.getByRole('link', { name: 'this delivery' }).click();
  await page.getByRole('article', { name: 'Delivery' }).getByRole('tab', { name: 'Runs' }).click();
  await page.getByRole('link', { name: 'Open the agent’s execution' }).click();
  await pane.getByText('The deploy failed').waitFor();

  await page.getByRole('button', { name: 'More for Triage' }).click();
  await page.getByRole('menuitem', { name: 'Edit' }).click();
  await page.getByLabel('About').fill('Reads what failed');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Reads what failed').waitFor();
  await page.getByRole('button', { name: 'More for Triage' }).click();
  await page.getByRole('menuitem', { name: 'Delete…' }).click();
  await page.getByRole('button', { name: 'Delete the agent' }).click();
  await until('it is gone', async () => (await creel.rpc('agents_list')).total === 0);
});
