// The Do-block: each kind of action has its form, says on the sample what would happen, and what it needs can be made on
// the way without losing what was typed.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openPage, picture, startCreel, until } from './creel.js';
import { choose, go, settled } from './screens.js';

const BODY = JSON.stringify({
  ref: 'main; rm -rf /',
  title: 'Deploy failed',
  environment: 'production',
});

/** A Creel with a delivery to build on, and a builder that has it as its sample. */
async function builder(t) {
  const creel = await startCreel(t);
  const old = await creel.trigger({
    name: 'Old',
    slug: 'old',
    scheme: 'github',
    actions: [],
  });
  await creel.push(old, 'd1', BODY);
  const page = await openPage(creel);
  const { items } = (await creel.rpc('deliveries_list', { limit: 1 })).page;
  await go(page, `#/triggers/new?from=${items[0].id}`);
  await page.getByRole('region', { name: 'Preview', exact: true }).getByText(/^1 · /).waitFor();
  return { creel, page };
}

const action = (page, n = 1) => page.getByRole('region', { name: `Action ${n}`, exact: true });
const preview = (page, n = 1) => page.getByRole('region', { name: `Preview of action ${n}`, exact: true });
const part = (page, name) => preview(page).locator(`[data-part^="${name}"]`);

async function typed(within, label, text) {
  await within.getByRole('textbox', { name: label, exact: true }).fill(text);
}

test('a command is shown with its environment, and a click lets it run', async (t) => {
  const { creel, page } = await builder(t);
  await choose(page, page, 'What action 1 does', 'Execute tool');
  await typed(action(page), 'Command', 'echo deploying {{payload.ref}}; cat');
  await part(page, 'command').getByText('echo deploying "${CREEL_PAYLOAD_REF}"; cat').waitFor();
  await part(page, 'environment').getByText('CREEL_PAYLOAD_REF=main; rm -rf /').waitFor();
  await part(page, 'standard input').getByText('Deploy failed').waitFor();
  await action(page)
    .getByText(/Not approved\. Save first/)
    .waitFor();
  await page.getByRole('textbox', { name: 'Name of the trigger' }).fill('Deploys');
  await page.keyboard.press('ControlOrMeta+s');
  await page.getByRole('button', { name: 'Let this command run' }).click();
  await action(page)
    .getByText(/^Approved: /)
    .waitFor();
  await picture(page, 'do-block-shell');
  await page.getByRole('checkbox', { name: 'run outside effects' }).check();
  await page.keyboard.press('ControlOrMeta+Enter');
  const run = await until('the command ran', async () =>
    (await creel.rpc('executions_list', {})).items.find((row) => row.status === 'succeeded'),
  );
  const { result } = await creel.rpc('execution_get', { id: run.id });
  assert.equal(JSON.parse(result).output, `deploying main; rm -rf /\n${BODY}`);

  await choose(page, action(page), 'Tool', 'file append');
  await typed(action(page), 'Path', 'deploys.log');
  await typed(action(page), 'Text', '{{payload.title}}');
  await action(page)
    .getByText(/no folder is picked/)
    .waitFor();
  await part(page, 'text').getByText('Deploy failed').waitFor();
  await choose(page, action(page), 'Tool', 'http request');
  await typed(action(page), 'Address', 'https://example.com/{{payload.environment}}');
  await part(page, 'request')
    .getByText(/GET \/production HTTP\/1\.1/)
    .waitFor();
});

test('an agent is made on the way, and the trigger waits for it', async (t) => {
  const { creel, page } = await builder(t);
  await page.getByRole('textbox', { name: 'Name of the trigger' }).fill('Triage');
  await choose(page, page, 'What action 1 does', 'Spawn agent');
  await typed(action(page), 'Prompt', 'Why did {{payload.title}}?');
  await action(page)
    .getByRole('textbox', { name: 'Topic' })
    .or(action(page).getByRole('combobox', { name: 'Topic' }))
    .fill('devops');
  await action(page).getByText('there is no agent for the topic "devops"').waitFor();
  await action(page).getByRole('button', { name: 'Make an agent' }).click();
  await page.getByText('The trigger “Triage” waits for you, unsaved.').waitFor();
  await page.getByLabel('Name', { exact: true }).fill('Olga');
  await page.getByLabel('Topic').fill('devops');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('heading', { name: 'Olga' }).waitFor();
  await page.getByRole('button', { name: 'Back to it' }).click();
  await preview(page).getByText('1 · asks the agent Olga').waitFor();
  await part(page, 'prompt')
    .getByText(/Why did Deploy failed\?/)
    .waitFor();
  await part(page, 'prompt').getByText('--- Webhook Payload ---').waitFor();
  assert.equal(await page.getByText('waits for you, unsaved').count(), 0);
  await picture(page, 'do-block-agent');
  await page.keyboard.press('ControlOrMeta+s');
  await until('it is saved', async () =>
    (await creel.rpc('triggers_list')).some(({ trigger }) => trigger.name === 'Triage'),
  );
});

test('a message, a pipeline with its variables; reordered, duplicated, removed and brought back', async (t) => {
  const { creel, page } = await builder(t);
  const [list] = await creel.rpc('lists_list');
  const steps = [
    {
      name: 'note',
      task: {
        list_id: list.id,
        title: '{{variables.what}} in {{variables.where}}',
      },
    },
  ];
  await creel.rpc('pipeline_create', {
    name: 'Release',
    variables: { what: 'Deploy', where: 'staging' },
    steps,
  });
  await page.reload();
  await settled(page);
  await choose(page, page, 'What action 1 does', 'Instantiate pipeline');
  await choose(page, action(page), 'Pipeline', 'Release');
  await action(page).getByRole('button', { name: 'Set where' }).click();
  await typed(action(page), 'Variable where', '{{payload.environment}}');
  await part(page, 'variables')
    .getByText(/what = Deploy {2}\(default\)\s+where = production/)
    .waitFor();
  await part(page, 'steps').getByText('1 note: creates the task "Deploy in production" in Inbox').waitFor();
  await picture(page, 'do-block-pipeline');

  await page.getByRole('button', { name: 'Add an action' }).click();
  await choose(page, page, 'What action 2 does', 'Notify');
  await typed(action(page, 2), 'Message', '{{payload.title}}!');
  await action(page, 2).getByText('None is verified yet').waitFor();
  await preview(page, 2).getByText('no channel is verified').waitFor();
  await page.getByRole('button', { name: 'Move action 2 up' }).press('Alt+ArrowUp');
  await action(page).getByText('None is verified yet').waitFor();
  assert.match(await page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? ''), /action 1/);
  await page.getByRole('button', { name: 'Duplicate action 1' }).click();
  // What the preview says of each moves those below it: not while one is being clicked.
  await preview(page, 3).getByText('3 · instantiates the pipeline Release').waitFor();
  await settled(page);
  await page.getByRole('button', { name: 'Remove action 3' }).click();
  await action(page, 3).waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Undo' }).click();
  await action(page, 3).getByText('Release').waitFor();
  await page.setViewportSize({ width: 1280, height: 1600 });
  await preview(page, 3).getByText('3 · instantiates the pipeline Release').waitFor();
  await settled(page);
  await page.locator('[data-row="2"] .grip').hover();
  await page.mouse.down();
  const { x, y } = await page.locator('[data-row="0"]').boundingBox();
  await page.mouse.move(x + 60, y + 40, { steps: 4 });
  await page.mouse.move(x + 60, y + 6, { steps: 4 });
  await picture(page, 'do-block-drag');
  await page.locator('[data-row="0"].before').waitFor();
  await page.mouse.up();
  await action(page, 1).getByText('Release').waitFor();
  await page.getByRole('textbox', { name: 'Name of the trigger' }).fill('All of it');
  await page.keyboard.press('ControlOrMeta+s');
  const saved = await until('it is saved', async () =>
    (await creel.rpc('triggers_list')).find(({ trigger }) => trigger.name === 'All of it'),
  );
  assert.deepEqual(
    saved.trigger.actions.map((one) => Object.keys(one)[0]),
    ['instantiate_pipeline', 'notify', 'notify'],
  );
});
