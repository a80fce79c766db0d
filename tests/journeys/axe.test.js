// axe finds nothing serious on any screen, dialog or menu, in either theme, in a large window and in a small one.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openPage, picture, startCreel } from './creel.js';
import { DELIVERY_TABS, SCREENS, go, settled } from './screens.js';
import { serious } from './sound.js';

/** Deliveries of each outcome, and a trigger with two executions, are on the screens. */
async function fill(creel) {
  const [list] = await creel.rpc('lists_list');
  const task = { create_task: { list_id: list.id, title: '{{payload.title}}', priority: 'high', tags: ['deploy'] } };
  const endpoint = await creel.trigger({ name: 'Deploys', slug: 'deploys', scheme: 'github', actions: [task] });
  await creel.push(endpoint, 'a', '{"title":"Deploy failed","nested":{"list":[1,null,true,"x"]}}');
  await creel.push(endpoint, 'a', '{"title":"Deploy failed","nested":{"list":[1,null,true,"x"]}}');
  await creel.deliver(endpoint.path, '{"title":"forged"}');
  await creel.deliver('/nobody/listens', '{"title":"lost"}');
  await creel.rpc('send_test');
  const pipeline = await creel.rpc('pipeline_create', {
    name: 'Release',
    variables: { a: 'b' },
    steps: [{ name: 'x' }],
  });
  const start = { instantiate_pipeline: { pipeline_id: pipeline.id, variables: { c: '{{payload.title}}' } } };
  const release = await creel.trigger({ name: 'Release', slug: 'release', scheme: 'github', actions: [start] });
  await creel.push(release, 'p', '{"title":"v1"}');
  await creel.rpc('agent_create', { name: 'Triage', input_schema: { type: 'object' } });
  await creel.rpc('resources_apply', { text: 'kind: Task\nmetadata: {name: t}\nspec: {mode: template, system: s}' });
  const forms = await everyForm(creel, list.id, pipeline.id);
  const { page } = await creel.rpc('deliveries_list');
  return { deliveries: page.items, forms };
}

/** A trigger with an action of every kind, one for every tool, and a pipeline with a step of every kind; all have run. */
async function everyForm(creel, list_id, pipeline_id) {
  const task = { list_id, title: '{{payload.title}} of {{payload.nobody}}' };
  const forward = { url: 'https://example.invalid/in', headers: [['X-Env', '{{event}}']], body: { template: '{}' } };
  const notify = { message: '{{payload.title}}', notify_owner: true, channels: ['Nobody'] };
  const agent = { prompt: 'Why {{payload.title}}?', topic: 'triage', orchestrated: true };
  const { items } = await creel.rpc('agents_list', {});
  const params = {
    shell: { command: 'echo {{payload.title}}', timeout_s: 5 },
    http: { url: 'https://example.invalid/', headers: { 'X-A': '1' }, body: 'x', allow_private: true },
    git: { path: '/nowhere' },
    open: { url: 'https://example.invalid/' },
  };
  const file = { path: 'a.log', text: '{{payload.title}}' };
  const tools = (await creel.rpc('tools_list')).map(({ tool, action }) => ({
    execute_tool: { tool, action, params: params[tool] ?? file },
  }));
  const actions = [
    { create_task: { ...task, tags: ['a'], assignees: ['b'] } },
    { forward },
    { notify },
    { spawn_agent: agent },
    { run_agent: { agent_id: items[0].id, input: { title: '{{payload.title}}' } } },
    { instantiate_pipeline: { pipeline_id, variables: { a: '{{payload.title}}', more: 'x' } } },
    ...tools,
  ];
  const trigger = await creel.trigger({
    name: 'Every form',
    slug: 'forms',
    scheme: 'github',
    capture_only: true,
    actions,
  });
  await creel.push(trigger, 'f', '{"title":"Deploy failed"}');
  const condition = { match: 'all', rows: [{ field: 'payload.title', operator: 'is', value: 'x' }] };
  const steps = [
    { name: 'a', task },
    { name: 'b', agent },
    { name: 'c', notify },
    { name: 'd', forward, on_failure: 'continue', timeout_s: 9 },
    { name: 'e', tool: tools[0].execute_tool },
    { name: 'f', wait: { seconds: 600 } },
    { name: 'g', condition },
    { name: 'h' },
  ];
  const pipeline = await creel.rpc('pipeline_create', { name: 'Every step', variables: { a: 'b' }, steps });
  const run = (await creel.rpc('executions_list', {})).items.find((row) => row.action === 'instantiate_pipeline');
  return { trigger: trigger.id, pipeline: pipeline.id, run: run.id };
}

/** Everything that lies over a screen: where it is opened from, and how. */
function overlays(accepted, forms) {
  const button = (name) => (page) => page.getByRole('button', { name }).first().click();
  const delivery = `#/inbox/${accepted.id}/overview`;
  return [
    ['palette', '#/inbox', (page) => page.keyboard.press('Control+k')],
    ['keys', '#/inbox', (page) => page.keyboard.press('Shift+?')],
    ['replay', delivery, (page) => page.keyboard.press('r')],
    ['delivery-menu', delivery, button('More actions')],
    [
      'delete-delivery',
      delivery,
      async (page) => {
        await page.getByRole('button', { name: 'More actions' }).click();
        await page.getByRole('menuitem', { name: 'Delete' }).click();
      },
    ],
    ['trigger-menu', '#/triggers', button('More for Deploys')],
    [
      'rotate',
      '#/triggers',
      async (page) => {
        await page.getByRole('button', { name: 'More for Deploys' }).click();
        await page.getByRole('menuitem', { name: /Rotate the secret/ }).click();
      },
    ],
    ['scheme-choice', '#/triggers/new', (page) => page.getByRole('combobox', { name: /^Signed with: / }).click()],
    ['limits', '#/triggers/new', (page) => page.getByText('Limits, duplicates, answer').click()],
    [
      'every-form',
      `#/triggers/${forms.trigger}`,
      (page) => page.getByRole('region', { name: /^Preview of action 12$/ }).waitFor(),
    ],
    [
      'kind-choice',
      `#/triggers/${forms.trigger}`,
      (page) => page.getByRole('combobox', { name: /^What action 1 does/ }).click(),
    ],
    [
      'every-step',
      `#/targets/pipelines/${forms.pipeline}/edit`,
      (page) => page.getByRole('region', { name: 'Step 8' }).waitFor(),
    ],
    ['steps-as-json', `#/targets/pipelines/${forms.pipeline}/edit`, button('JSON')],
    ['execution', `#/executions/${forms.run}`, (page) => page.getByRole('article', { name: /^Execution/ }).waitFor()],
    ['list-menu', '#/targets', button(/^More for /)],
    ['apply-manifests', '#/targets/orloj', button('Apply manifests…')],
  ];
}

const SIZES = { wide: { width: 1280, height: 800 }, small: { width: 900, height: 600 } };

for (const theme of ['light', 'dark']) {
  for (const [room, size] of Object.entries(SIZES)) {
    test(`axe finds nothing serious in ${theme}, ${room}`, async (t) => {
      const creel = await startCreel(t);
      const { deliveries, forms } = await fill(creel);
      const page = await openPage(creel, { theme, size });
      const trouble = [];
      const look = async (name) => {
        await settled(page);
        for (const line of await serious(page)) trouble.push(`${name}: ${line}`);
        await picture(page, `${name}-${theme}-${room}`);
      };
      const at = async (name, path) => {
        await go(page, path);
        await look(name);
      };
      for (const { name, path } of SCREENS) await at(name, path);
      const [rejected, accepted] = ['rejected', 'accepted'].map((wanted) =>
        deliveries.find(({ outcome }) => outcome === wanted),
      );
      for (const tab of DELIVERY_TABS) await at(`delivery-${tab}`, `#/inbox/${accepted.id}/${tab}`);
      await at('delivery-signature-rejected', `#/inbox/${rejected.id}/signature`);
      for (const [name, path, open] of overlays(accepted, forms)) {
        await go(page, path);
        await open(page);
        await look(name);
        await page.keyboard.press('Escape');
        await page
          .locator('[role="dialog"], [role="menu"], [role="listbox"][data-state]')
          .waitFor({ state: 'detached' });
      }
      // The banner with a secret that is shown once.
      await go(page, '#/triggers');
      await page.getByRole('button', { name: 'More for Deploys' }).click();
      await page.getByRole('menuitem', { name: /Rotate the secret/ }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Rotate the secret' }).click();
      await page.getByRole('status', { name: 'The secret of Deploys' }).waitFor();
      await look('secret');
      assert.deepEqual(trouble, []);
    });
  }
}
