// A pipeline by clicking: made, changed, started by a delivery, seen with its variables, taken back, deleted.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test } from 'node:test';
import { openPage, startCreel, until } from './creel.js';
import { looked } from './faces.js';
import { choose } from './screens.js';

/** A signed OpenGate delivery. */
function fire(creel, { path, secret }, body) {
  return creel.deliver(path, body, { 'X-OpenGate-Secret': createHmac('sha256', secret).update(body).digest('hex') });
}

test('a pipeline and its instances', async (t) => {
  const creel = await startCreel(t);
  const page = await openPage(creel);
  await page.getByRole('link', { name: 'Targets' }).click();
  await page.getByRole('tab', { name: 'Pipelines' }).click();
  await page.getByText('No pipelines yet').waitFor();
  await looked(page, 'pipelines-empty');

  await page.getByRole('region', { name: 'All instances' }).getByRole('button', { name: 'New pipeline' }).click();
  const save = page.getByRole('button', { name: 'Save' });
  assert.equal(await save.isDisabled(), true, 'it has no name');
  await page.getByLabel('Name', { exact: true }).fill('Release');
  await page.getByRole('button', { name: 'Add a variable' }).click();
  await page.getByLabel('Name of variable 1').fill('environment');
  await page.getByLabel('Value of environment').fill('staging');
  await choose(page, page, 'Add a step', 'Wait');
  await page.getByLabel('Name of step 1').fill('build');
  await page.getByRole('spinbutton', { name: 'For' }).fill('600');
  await page.getByRole('button', { name: 'JSON', exact: true }).click();
  const json = page.getByLabel('Steps as JSON');
  await json.fill('[{"name": "build",}]');
  await page.getByText(/Not JSON: line 1, column 19/).waitFor();
  await page.getByText('The steps: it is not JSON').waitFor();
  await looked(page, 'pipelines-wrong-step');
  await json.fill('[{"name": "build", "wait": {"seconds": 600}}]');
  await page.getByRole('button', { name: 'Forms', exact: true }).click();
  await choose(page, page, 'Add a step', 'Wait');
  const second = page.getByRole('region', { name: 'Step 2', exact: true });
  await second.getByRole('spinbutton', { name: 'For' }).fill('90000');
  await page.getByRole('button', { name: 'Save' }).click();
  await second.getByText(/^step 2: 90000 is more than 86400/).waitFor();
  await looked(page, 'pipelines-refused-step');
  await page.getByLabel('Name of step 2').fill('deploy');
  await choose(page, page, 'What step 2 does', 'Create a task');
  const title = second.getByRole('textbox', { name: 'Task title' });
  await title.fill('Deploy {{var');
  await page.getByRole('option', { name: /variables\.environment/ }).click();
  await title.pressSequentially(' after {{steps.build.o');
  await page.getByRole('option', { name: /steps\.build\.output/ }).click();
  await choose(page, page, 'If step 2 fails', 'the next step runs');
  await second.getByRole('spinbutton', { name: 'stopped after' }).fill('30');
  await page.getByRole('button', { name: 'Duplicate step 1' }).click();
  await page.getByRole('button', { name: 'Remove step 2' }).click();
  await page.getByRole('button', { name: 'Undo' }).click();
  await page.getByRole('region', { name: 'Step 3', exact: true }).waitFor();
  await page.getByRole('button', { name: 'Remove step 2' }).click();
  await page.getByRole('button', { name: 'Move step 2 up' }).click();
  await looked(page, 'pipelines-editor');

  await page.getByRole('tab', { name: 'Agents' }).click();
  await page.getByRole('alertdialog').or(page.getByRole('dialog')).getByRole('button', { name: 'Cancel' }).click();
  await page.keyboard.press('ControlOrMeta+s');
  await page.getByRole('heading', { name: 'Release' }).waitFor();
  const [made] = await creel.rpc('pipelines_list');
  const [list] = await creel.rpc('lists_list');
  const task = {
    list_id: list.id,
    title: 'Deploy {{variables.environment}} after {{steps.build.output}}',
    description: '',
    assignees: [],
    priority: 'normal',
    tags: [],
  };
  const deploy = { name: 'deploy', task, on_failure: 'continue', timeout_s: 30 };
  assert.deepEqual(made.variables, { environment: 'staging' });
  assert.deepEqual(made.steps, [deploy, { name: 'build', wait: { seconds: 600 } }]);
  await page.getByText('2 steps, 1 variable').waitFor();

  const action = { instantiate_pipeline: { pipeline_id: made.id, variables: { commit: '{{payload.commit}}' } } };
  const opengate = { name: 'Release', contract: 'opengate', scheme: 'opengate', actions: [action] };
  const endpoint = await creel.trigger(opengate);
  assert.equal((await fire(creel, endpoint, '{"commit":"a1b2c3d"}')).status, 200);
  const row = page.getByRole('list', { name: 'Release' }).getByRole('button', { name: /commit=a1b2c3d/ });
  await row.click();
  const pane = page.getByRole('article', { name: 'Instance' });
  await pane.getByText('staging').waitFor();
  const steps = pane.getByRole('list', { name: 'Steps' }).getByRole('listitem');
  await steps.filter({ hasText: 'deploy' }).getByText('done').waitFor();
  await steps.filter({ hasText: 'build' }).getByText('running').waitFor();
  await looked(page, 'pipelines-instance');

  await pane.getByRole('link', { name: 'this delivery' }).click();
  await page.getByRole('article', { name: 'Delivery' }).getByRole('tab', { name: 'Runs' }).click();
  await page.getByRole('link', { name: 'Open the instance' }).click();
  await pane.getByText('a1b2c3d').waitFor();
  await pane.getByRole('button', { name: 'Cancel' }).click();
  await pane.getByText('Cancelled').waitFor();
  assert.equal((await creel.rpc('pipeline_instances_list')).items[0].status, 'cancelled');
  await pane.getByRole('button', { name: 'Go on from here' }).click();
  await pane.getByText('Running', { exact: true }).waitFor();
  await pane.getByRole('button', { name: 'Cancel' }).click();
  await pane.getByText('Cancelled').waitFor();

  await page.getByRole('button', { name: 'More for Release' }).click();
  await page.getByRole('menuitem', { name: 'Delete…' }).click();
  await page.getByRole('button', { name: 'Delete the pipeline' }).click();
  await until('it is gone', async () => (await creel.rpc('pipelines_list')).length === 0);
  await page.getByRole('list', { name: 'All instances' }).getByText('Cancelled').waitFor();
});
