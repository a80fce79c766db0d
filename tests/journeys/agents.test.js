// An agent by clicking: made with an input schema, asked by a delivery, seen with its input, changed, deleted.
import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { openPage, startCreel, until } from './creel.js';
import { looked } from './faces.js';
import { choose, go } from './screens.js';

test('an agent and its executions', async (t) => {
  const creel = await startCreel(t);
  const page = await openPage(creel);
  await page.getByRole('link', { name: 'Targets' }).click();
  await page.getByRole('tab', { name: 'Agents' }).click();
  await page.getByText('No agents yet').waitFor();
  await looked(page, 'agents-empty');

  await page.getByRole('region', { name: 'All executions' }).getByRole('button', { name: 'New agent' }).click();
  await page.getByLabel('Name', { exact: true }).fill('Triage');
  await page.getByLabel('Instructions').fill('Say why it failed.');
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
  await page
    .getByRole('list', { name: 'Triage' })
    .getByRole('button', { name: /The deploy failed/ })
    .click();
  const pane = page.getByRole('article', { name: 'Execution' });
  await pane.getByLabel('Input').getByText('The deploy failed').waitFor();
  await pane.getByText('Completed').waitFor();
  await pane.getByLabel('Output', { exact: true }).getByText('The deploy failed').waitFor();
  await looked(page, 'agents-execution');
  await pane.getByRole('link', { name: 'this delivery' }).click();
  await page.getByRole('article', { name: 'Delivery' }).getByRole('tab', { name: 'Runs' }).click();
  await page.getByRole('link', { name: 'Open the agent’s execution' }).click();
  await pane.getByLabel('Input').getByText('The deploy failed').waitFor();

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

/** A program that reads the prompt, says something, waits for a file, and says the rest. */
function program(folder) {
  const path = join(folder, 'agent');
  writeFileSync(
    path,
    `#!/bin/sh\ncat >/dev/null\necho 'Looking at it.'\nuntil [ -e "${folder}/go" ]; do sleep 0.05; done\necho 'The disk.'\n`,
  );
  chmodSync(path, 0o755);
  return path;
}

test('a program is approved before it runs, and is heard while it does', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'creel-agent-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const creel = await startCreel(t);
  const page = await openPage(creel);
  await go(page, '#/targets/agents/new');
  await page.getByLabel('Name', { exact: true }).fill('Local');
  await choose(page, page, 'Who answers', 'A chat server');
  await page.getByLabel('Address', { exact: true }).fill('ftp://nowhere');
  await page.getByLabel('Model').fill('llama');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('alert').filter({ hasText: 'ftp' }).waitFor();
  await looked(page, 'agents-wrong-address');
  await choose(page, page, 'Who answers', 'A program');
  await page.getByLabel('Program', { exact: true }).fill(program(folder));
  await page.getByLabel('Arguments', { exact: true }).fill('--quick');
  await looked(page, 'agents-program');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('heading', { name: 'Local' }).waitFor();
  const { items } = await creel.rpc('agents_list');
  const draft = JSON.stringify({ name: 'Issues', agent_id: items[0].id });
  const made = JSON.parse((await creel.manage('POST', '/api/v1/webhook-triggers', draft)).body).data;
  const authorization = { Authorization: `Bearer ${made.token}` };
  await creel.deliver('/api/v1/webhook/trigger', '{"message":"The deploy failed"}', authorization);

  await page
    .getByRole('list', { name: 'Local' })
    .getByRole('button', { name: /The deploy failed/ })
    .click();
  await page.getByRole('link', { name: 'Steps, run again, cancel' }).click();
  await page.getByRole('button', { name: 'Read and approve…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Let this run?' });
  await dialog.getByText(`${folder}/agent --quick`).waitFor();
  await looked(page, 'agents-approval');
  await dialog.getByRole('button', { name: 'Approve and run again' }).click();
  await page.getByLabel('Output so far').getByText('Looking at it.').waitFor();
  await looked(page, 'execution-live');
  writeFileSync(join(folder, 'go'), '');
  await page.getByLabel('Result').getByText('The disk.').waitFor();

  await go(page, '#/settings');
  const row = page.getByRole('list', { name: 'Commands' }).getByRole('listitem');
  await row.getByRole('button', { name: 'Take back' }).click();
  await until('it is taken back', async () => (await creel.rpc('approvals_list')).length === 0);
});
