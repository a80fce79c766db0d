// What each contract's journey fills in, what it must refuse, and what a delivery makes.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { startApart } from './creel.js';
import { choose } from './screens.js';

const tasks = async (creel) => (await creel.rpc('tasks_list')).items.length;
const title = (text) => async (page) => {
  await page.getByLabel('Task title', { exact: true }).click();
  await page.keyboard.type(text);
};

export const CONTRACTS = [
  {
    label: 'Creel',
    status: 202,
    path: /^\/hooks\/deploys-by-creel$/,
    made: tasks,
    wrong: [
      {
        field: 'Address after /hooks/',
        bad: 'No Slug',
        words: /No Slug/,
        good: 'deploys-by-creel',
      },
    ],
    fill: title('Something came'),
  },
  {
    label: 'OpenGate',
    status: 200,
    path: /^\/api\/webhooks\/trigger\/trg_/,
    made: tasks,
  },
  {
    label: 'Octipus',
    status: 202,
    path: /^\/api\/webhooks\/deploy$/,
    made: tasks,
    wrong: [
      {
        field: 'Path',
        bad: 'a/b',
        words: /webhookPath "a\/b" is not/,
        good: 'deploy',
      },
      { field: 'priority', bad: '5000000000', words: /priority/, good: '2' },
      {
        field: 'at most',
        bad: '5000000000',
        words: /max_executions/,
        good: '100',
      },
      {
        field: 'and none for',
        bad: '5000000000',
        words: /cooldown_ms/,
        good: '0',
      },
    ],
  },
  {
    label: 'PromptRails',
    status: 201,
    path: /^\/api\/v1\/webhook\/trigger$/,
    shown: ['token', 'secret'],
    made: async (creel) => (await creel.rpc('agent_executions_list')).total,
    fill: withAgent,
  },
  {
    label: 'Orloj',
    name: 'report-generic-webhook',
    status: 202,
    path: /^\/v1\/webhook-deliveries\/[0-9a-f]{24}$/,
    made: async (creel) => (await runTasks(creel)).length,
    fill: withTemplate,
    after: sameAsApplied,
  },
  {
    label: 'OpShift',
    status: 200,
    path: /^\/api\/alerts\/trigger\/deploys-by-opshift$/,
    made: async (creel) => {
      const { items } = await creel.rpc('alerts_list');
      return items.reduce((sum, { occurrenceCount }) => sum + occurrenceCount, 0);
    },
    wrong: [
      {
        field: 'and open again within',
        bad: '100000',
        words: /100000 hours; at most/,
        good: '12',
      },
    ],
    fill: withRule,
  },
];

/** An agent that is made with the trigger; a schema that is none is said at its field. */
async function withAgent(page) {
  await choose(page, page, 'Agent', 'Make a new agent');
  await page.getByLabel('Its name').fill('Reviewer');
  await page.getByLabel('Its input', { exact: true }).fill('{"type": "nothing"}');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByRole('alert').filter({ hasText: 'the input schema cannot be used' }).waitFor();
  await page.getByLabel('Its input', { exact: true }).fill('{"type": "object"}');
  await page.getByLabel('They sign the body as well').check();
}

/** The guide's own names: a template and a Secret that are made with the webhook. */
async function withTemplate(page) {
  await choose(page, page, 'Template', 'Make a new template');
  await page.getByLabel('Its name').fill('weekly-report-template');
  const system = page.getByLabel('run by the system');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByRole('alert').filter({ hasText: 'spec.system is missing' }).waitFor();
  await system.fill('report-system');
  await page.getByRole('button', { name: 'Add input' }).click();
  await page.getByLabel('input 1: name').fill('topic');
  await page.getByLabel('input 1: value').fill('AI startups');
  await page.getByLabel('priority', { exact: true }).fill('high');
  await page.getByLabel('at most', { exact: true }).fill('3');
  await page.getByLabel('attempts, apart').fill('5s');
  await choose(page, page, 'Secret', 'Make a new Secret');
  await page.getByLabel('Name of the new Secret').fill('webhook-shared-secret');
  await page.getByText('Headers, same events, input, labels').click();
  await page.getByLabel('Event id', { exact: true }).fill('not a header');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByRole('alert').filter({ hasText: 'which is no header name' }).waitFor();
  await page.getByLabel('Event id', { exact: true }).fill('X-Event-Id');
}

/** A rule that drops what is not of one branch, and its word against it at the field. */
async function withRule(page) {
  await page.getByRole('button', { name: 'Drop what is not of one branch' }).click();
  await page.getByLabel('Rule 1, row 1: field').fill('');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByRole('alert').filter({ hasText: 'a field path has 1 to' }).waitFor();
  await page.getByLabel('Rule 1, row 1: field').fill('metadata.branch');
  await choose(page, page, 'Rule 1, row 1: operator', 'is eq');
}

async function runTasks(creel) {
  const { items } = await creel.rpc('resources_list', { kind: 'Task' });
  return items.map(({ manifest }) => JSON.parse(manifest)).filter(({ spec }) => spec.mode === 'run');
}

/** What the screen saved is what the guide's files make, and the YAML that it shows applies without a change. */
async function sameAsApplied(page, creel) {
  const other = await startApart(creel);
  const fixture = (name) =>
    readFileSync(fileURLToPath(new URL(`../fixtures/orloj/${name}.yaml`, import.meta.url)), 'utf8');
  const files = ['weekly_report_template_task', 'webhook_shared_secret', 'generic_webhook'].map(fixture);
  await other.rpc('resources_apply', { text: files.join('---\n') });
  const at = { namespace: 'default' };
  for (const [kind, name] of [
    ['Task', 'weekly-report-template'],
    ['TaskWebhook', 'report-generic-webhook'],
  ]) {
    const [mine, theirs] = await Promise.all(
      [creel, other].map(async (one) => JSON.parse((await one.rpc('resource_get', { kind, name, ...at })).manifest)),
    );
    assert.deepEqual([mine.spec, mine.metadata.labels], [theirs.spec, theirs.metadata.labels], kind);
    if (kind === 'TaskWebhook') assert.equal(mine.status.endpointPath, theirs.status.endpointPath);
  }
  await page.getByRole('link', { name: 'Triggers' }).first().click();
  await page.getByRole('link', { name: 'report-generic-webhook' }).click();
  await page.getByRole('button', { name: 'As YAML' }).click();
  const text = await page.getByLabel('The webhook as YAML').innerText();
  const [applied] = await creel.rpc('resources_apply', { text, dry_run: true });
  assert.deepEqual([applied.change, applied.difference], ['unchanged', []]);
  await page.keyboard.press('Escape');
}
