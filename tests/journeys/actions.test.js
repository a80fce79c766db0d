// Every action example of the five documents by clicking: the trigger is made in the builder, its sender delivers, signed,
// and what came of it is looked at on the screen. The table is `documents/actions.md`.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { CONTRACTS } from './contract-table.js';
import { openPage, picture, startCreel, until } from './creel.js';
import { choose, go } from './screens.js';

const DEPLOY = '{"title": "Deploy failed", "environment": "production", "commit": "a1b2c3d", "author": "jane"}';
const hex = (secret, text) => createHmac('sha256', secret).update(text).digest('hex');
const action = (page) => page.getByRole('region', { name: 'Action 1', exact: true });
const box = (within, name) => within.getByRole('textbox', { name, exact: true });

/** Makes a trigger in the builder; its path, and its secret and token as they were shown. */
async function built(creel, page, contract, name, fill) {
  await go(page, '#/triggers/new');
  await page.getByLabel('Name of the trigger').fill(name);
  await choose(page, page, 'Answers as', contract);
  await fill(page);
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByRole('button', { name: 'I have it' }).waitFor();
  const shown = {};
  for (const what of ['secret', 'token']) {
    const place = page.locator(`[data-${what}]`);
    if (await place.count()) shown[what] = await place.innerText();
  }
  await page.getByRole('button', { name: 'I have it' }).click();
  const row = (await creel.rpc('triggers_list')).find(({ trigger }) => trigger.name === name);
  return { id: row.trigger.id, path: row.path, ...shown };
}

/** Opens the newest execution, and waits until it has gone well. */
async function wentWell(page, summary) {
  await page.getByRole('navigation').getByRole('link', { name: 'Executions' }).click();
  await page.getByRole('option').filter({ hasText: summary }).first().click();
  await page
    .getByRole('article', { name: /^Execution / })
    .getByText('Succeeded')
    .first()
    .waitFor();
}

/** Somebody else's server: it keeps method, path and JSON of every request. */
async function service(t) {
  const got = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const piece of request) body += piece;
    got.push({ method: request.method, path: request.url, body: JSON.parse(body) });
    response.end('ok');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  return { base: `http://127.0.0.1:${server.address().port}`, got };
}

/** Links a channel and verifies it, on the screen; the texts that come to it. */
async function linked(t, page, name, severities = []) {
  const { base, got } = await service(t);
  await go(page, '#/targets/channels/new');
  await page.getByLabel('Name', { exact: true }).fill(name);
  await page.getByLabel('Address', { exact: true }).fill(`${base}/services/${name}`);
  for (const severity of severities) await page.getByRole('checkbox', { name: severity }).check();
  await page.getByRole('button', { name: 'Save' }).click();
  const code = await until('the code', () => /\d{6}/.exec(got[0]?.body.text)?.[0]);
  const pane = page.getByRole('article', { name: 'Channel' });
  await pane.getByLabel(/six digits/).fill(code);
  await pane.getByRole('button', { name: 'Verify' }).click();
  await pane.getByText('Verified', { exact: true }).first().waitFor();
  return () => got.map(({ body }) => body.text);
}

test('OpenGate create_task', async (t) => {
  const creel = await startCreel(t);
  const page = await openPage(creel);
  const made = await built(creel, page, 'OpenGate', 'Deploys', async () => {
    await box(page, 'Task title').fill('[{{payload.environment}}] {{payload.title}}');
  });
  const answer = await creel.deliver(made.path, DEPLOY, { 'X-OpenGate-Secret': hex(made.secret, DEPLOY) });
  assert.equal(JSON.parse(answer.body).task_title, '[production] Deploy failed');
  await page.getByRole('navigation').getByRole('link', { name: 'Targets' }).click();
  await page.getByText('[production] Deploy failed').first().waitFor();
});

test('OpenGate instantiate_pipeline', async (t) => {
  const creel = await startCreel(t);
  const page = await openPage(creel);
  await go(page, '#/targets/pipelines/new');
  await page.getByLabel('Name', { exact: true }).fill('Roll back');
  for (const [n, name] of ['environment', 'commit_sha', 'triggered_by'].entries()) {
    await page.getByRole('button', { name: 'Add a variable' }).click();
    await page.getByLabel(`Name of variable ${n + 1}`).fill(name);
  }
  await choose(page, page, 'Add a step', 'Create a task');
  await page.getByLabel('Name of step 1').fill('ticket');
  const title = 'Roll back {{variables.commit_sha}} in {{variables.environment}}, asks {{variables.triggered_by}}';
  await page
    .getByRole('region', { name: 'Step 1', exact: true })
    .getByRole('textbox', { name: 'Task title' })
    .fill(title);
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('heading', { name: 'Roll back' }).waitFor();
  const made = await built(creel, page, 'OpenGate', 'Deploys', async () => {
    await choose(page, page, 'What action 1 does', 'Instantiate pipeline');
    await choose(page, action(page), 'Pipeline', 'Roll back');
    const values = { environment: 'environment', commit_sha: 'commit', triggered_by: 'author' };
    for (const [name, field] of Object.entries(values)) {
      await action(page)
        .getByRole('button', { name: `Set ${name}` })
        .click();
      await box(action(page), `Variable ${name}`).fill(`{{payload.${field}}}`);
    }
  });
  const answer = await creel.deliver(made.path, DEPLOY, { 'X-OpenGate-Secret': hex(made.secret, DEPLOY) });
  assert.ok(JSON.parse(answer.body).pipeline_instance_id, answer.body);
  await page.getByRole('navigation').getByRole('link', { name: 'Targets' }).click();
  await page.getByRole('tab', { name: 'Pipelines' }).click();
  await page.getByRole('button', { name: /commit_sha=a1b2c3d/ }).click();
  const steps1 = page.getByRole('article', { name: 'Instance' }).getByRole('list', { name: 'Steps' });
  await steps1.getByRole('listitem').filter({ hasText: 'ticket' }).getByText('done').waitFor();
  await page.getByRole('tab', { name: 'Tasks', exact: true }).click();
  await page.getByText('Roll back a1b2c3d in production, asks jane').first().waitFor();
});

const EVENT = '{"event": "deploy", "status": "success"}';

/** A Creel with a page, and what makes an Octipus hook on it and fires it. */
async function octipus(t) {
  const creel = await startCreel(t);
  const page = await openPage(creel);
  const hook = (kind, fill) =>
    built(creel, page, 'Octipus', kind, async () => {
      await page.getByLabel('Path', { exact: true }).fill('deploy');
      if ((await page.getByRole('combobox', { name: `What action 1 does: ${kind}` }).count()) === 0) {
        await choose(page, page, 'What action 1 does', kind);
      }
      await fill(action(page));
    });
  const fire = async ({ path, secret }, more = {}) => {
    const signature = { 'X-Hub-Signature-256': `sha256=${hex(secret, EVENT)}` };
    assert.equal((await creel.deliver(path, EVENT, { ...signature, ...more })).status, 202);
  };
  return { page, hook, fire };
}

test('Octipus notify', async (t) => {
  const { page, hook, fire } = await octipus(t);
  const texts = await linked(t, page, 'owner');
  const made = await hook('Notify', async (form) => {
    await box(form, 'Message').fill('Webhook received: {{webhook.body.event}}');
    await form.getByRole('checkbox', { name: /^Every verified channel/ }).check();
  });
  await fire(made);
  await until('the message', () => texts().includes('Webhook received: deploy'));
  await wentWell(page, 'Webhook received: deploy');
});

test('Octipus spawn_agent', async (t) => {
  const { page, hook, fire } = await octipus(t);
  const texts = await linked(t, page, 'owner');
  await go(page, '#/targets/agents/new');
  await page.getByLabel('Name', { exact: true }).fill('Octi');
  await page.getByLabel('Topic').fill('devops');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('heading', { name: 'Octi' }).waitFor();
  const made = await hook('Spawn agent', async (form) => {
    await box(form, 'Prompt').fill('Analyze this deployment event and summarize.');
    await form.getByRole('combobox', { name: 'Topic', exact: true }).fill('devops');
    await form.getByRole('checkbox', { name: /^Send its answer/ }).check();
  });
  await fire(made, { 'X-GitHub-Event': 'push' });
  const said = await until('the answer', () => texts().find((text) => text.startsWith('Octi: Analyze this')));
  assert.match(said, /--- Webhook Payload ---\n\{[^]*\}\nEvent type: push$/);
  await wentWell(page, 'Analyze this deployment event');
});

test('Octipus spawn_agent, orchestrated', async (t) => {
  const { page, hook, fire } = await octipus(t);
  const model = createServer((request, response) => {
    request.resume();
    response.setHeader('Content-Type', 'application/json');
    response.end(JSON.stringify({ choices: [{ message: { role: 'assistant', content: 'devops' } }] }));
  });
  model.listen(0, '127.0.0.1');
  await once(model, 'listening');
  t.after(() => model.close());
  for (const [name, topic] of Object.entries({ Olga: 'devops', Kim: 'legal', Boss: 'orchestrator' })) {
    await go(page, '#/targets/agents/new');
    await page.getByLabel('Name', { exact: true }).fill(name);
    await page.getByLabel('Topic').fill(topic);
    if (name === 'Boss') {
      await choose(page, page, 'Who answers', 'A chat server');
      await page.getByLabel('Address', { exact: true }).fill(`http://127.0.0.1:${model.address().port}/v1`);
      await page.getByLabel('Model').fill('small');
    }
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('heading', { name }).waitFor();
  }
  const made = await hook('Spawn agent', async (form) => {
    await box(form, 'Prompt').fill('Analyze this deployment event and summarize.');
    await form.getByRole('combobox', { name: 'Topic', exact: true }).fill('legal');
    await form.getByRole('checkbox', { name: /^Ask the orchestrator first/ }).check();
  });
  await fire(made);
  await wentWell(page, 'Analyze this deployment event');
  await page.getByText('Boss hands over to Olga (devops).').waitFor();
});

test('Octipus webhook', async (t) => {
  const { page, hook, fire } = await octipus(t);
  const other = await service(t);
  const made = await hook('Forward', async (form) => {
    await box(form, 'Forward address').fill(`${other.base}/api/events`);
    await form.getByRole('checkbox', { name: /private/ }).check();
  });
  await fire(made);
  const [{ method, path }] = await until('the forwarded event', () => other.got.length === 1 && other.got);
  assert.deepEqual([method, path], ['POST', '/api/events']);
  await wentWell(page, '/api/events');
});

test('Octipus execute_tool', async (t) => {
  const { page, hook, fire } = await octipus(t);
  const folder = mkdtempSync(join(tmpdir(), 'creel-git-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const app = clonedAndBehind(folder);
  await fire(await hook('Execute tool', (form) => box(form, 'Command').fill(`cd ${app} && git pull origin main`)));
  await page.getByRole('navigation').getByRole('link', { name: 'Executions' }).click();
  await page.getByRole('option').filter({ hasText: 'git pull origin main' }).click();
  await page.getByRole('button', { name: 'Read and approve…' }).click();
  const asked = page.getByRole('dialog', { name: 'Let this run?' });
  await asked.getByText(`cd ${app} && git pull origin main`).waitFor();
  await asked.getByRole('button', { name: 'Approve and run again' }).click();
  await until('what was pulled', () => existsSync(join(app, 'new')));
  await wentWell(page, 'git pull origin main');
  await picture(page, 'actions-octipus-tool');
});

/** A repository, and a clone of it that lacks its newest commit. */
function clonedAndBehind(folder) {
  const git = (at, ...words) =>
    execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b', '-c', 'init.defaultBranch=main', ...words], {
      cwd: join(folder, at),
      stdio: 'ignore',
    });
  mkdirSync(join(folder, 'origin'));
  git('origin', 'init');
  git('origin', 'commit', '--allow-empty', '-m', 'one');
  git('.', 'clone', 'origin', 'app');
  writeFileSync(join(folder, 'origin/new'), 'two');
  git('origin', 'add', 'new');
  git('origin', 'commit', '-m', 'two');
  return join(folder, 'app');
}

const filled = (label) => CONTRACTS.find((one) => one.label === label).fill;

test('PromptRails agent', async (t) => {
  const creel = await startCreel(t);
  const page = await openPage(creel);
  const made = await built(creel, page, 'PromptRails', 'GitHub PR Review', filled('PromptRails'));
  const body = '{"message": "Review this PR", "pr_number": 42}';
  const signed = { Authorization: `Bearer ${made.token}`, 'X-Webhook-Signature': `sha256=${hex(made.secret, body)}` };
  assert.equal((await creel.deliver(made.path, body, signed)).status, 201);
  await page.getByRole('navigation').getByRole('link', { name: 'Targets' }).click();
  await page.getByRole('tab', { name: 'Agents' }).click();
  await page.getByRole('button', { name: /Review this PR/ }).click();
  const pane = page.getByRole('article', { name: 'Execution' });
  await pane.getByText('Completed').waitFor();
  await pane.getByLabel('Output', { exact: true }).getByText('Review this PR').waitFor();
});

test('Orloj run task', async (t) => {
  const creel = await startCreel(t);
  const page = await openPage(creel);
  const made = await built(creel, page, 'Orloj', 'report-generic-webhook', filled('Orloj'));
  const [body, now] = ['{"event":"report.trigger","topic":"AI startups"}', String(Math.floor(Date.now() / 1000))];
  const signature = `sha256=${hex(made.secret, `${now}.${body}`)}`;
  const headers = { 'X-Timestamp': now, 'X-Event-Id': 'evt-001', 'X-Signature': signature };
  assert.equal((await creel.deliver(made.path, body, headers)).status, 202);
  await page.getByRole('navigation').getByRole('link', { name: 'Targets' }).click();
  await page.getByRole('tab', { name: 'Run tasks' }).click();
  await page
    .getByRole('button', { name: /report-generic-webhook-[0-9a-f]{16}/ })
    .first()
    .click();
  const inputs = ['webhook_payload', 'webhook_event_id', 'webhook_received_at', 'webhook_source', 'evt-001'];
  for (const text of inputs) await page.getByText(text, { exact: true }).first().waitFor();
});

test('OpShift alert', async (t) => {
  const creel = await startCreel(t);
  const page = await openPage(creel);
  const texts = await linked(t, page, 'slack', ['sev0', 'sev1']);
  const made = await built(creel, page, 'OpShift', 'Deploy failures', async () => {});
  const body = JSON.stringify({
    title: 'Deploy failed: api-gateway',
    description: 'Migration step exited with code 137',
    severity: 'sev1',
    metadata: { commit: 'a1b2c3', environment: 'production' },
    group_key: 'deploy:api-gateway',
  });
  const answer = await creel.deliver(made.path, body, { 'X-Webhook-Signature': hex(made.secret, body) });
  assert.equal(JSON.parse(answer.body).status, 'created', answer.body);
  await until('the message', () => texts().includes('[sev1] Deploy failed: api-gateway'));
  await page.getByRole('navigation').getByRole('link', { name: 'Targets' }).click();
  await page.getByRole('tab', { name: 'Alerts' }).click();
  await page
    .getByRole('button', { name: /Deploy failed: api-gateway/ })
    .first()
    .click();
  await page.getByText('Migration step exited with code 137').first().waitFor();
});
