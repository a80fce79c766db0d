// Executions on the screen: the steps of a pipeline as they go and on from where they stopped, output while it comes.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { test } from 'node:test';
import { openPage, startCreel, until } from './creel.js';
import { looked } from './faces.js';
import { go } from './screens.js';

/** A target that refuses until it is mended. */
async function target(t) {
  const state = { status: 404, keys: [] };
  const server = createServer((asked, answer) => {
    state.keys.push(asked.headers['idempotency-key']);
    answer.statusCode = state.status;
    answer.end('{}');
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  t.after(() => server.close());
  state.url = `http://127.0.0.1:${server.address().port}/in`;
  return state;
}

const run = (creel, action) =>
  until(`${action} is there`, async () =>
    (await creel.rpc('executions_list', {})).items.find((row) => row.action === action),
  );

test('a pipeline goes on from the step that failed, seen step by step', async (t) => {
  const [creel, called] = [await startCreel(t), await target(t)];
  const [list] = await creel.rpc('lists_list');
  const steps = [
    { name: 'note', task: { list_id: list.id, title: 'Release {{payload.title}}' } },
    { name: 'call', forward: { url: called.url, allow_private: true, max_attempts: 1 } },
    { name: 'done', task: { list_id: list.id, title: 'Released' } },
  ];
  const pipeline = await creel.rpc('pipeline_create', { name: 'Release', steps });
  const start = { instantiate_pipeline: { pipeline_id: pipeline.id, variables: {} } };
  const endpoint = await creel.trigger({ name: 'Release', slug: 'release', scheme: 'github', actions: [start] });
  await creel.push(endpoint, 'r1', '{"title":"v1"}');
  const { id } = await run(creel, 'instantiate_pipeline');
  const page = await openPage(creel);
  await go(page, `#/executions/${id}`);
  const article = page.getByRole('article', { name: /^Execution/ });
  const line = (name) => article.getByRole('list', { name: 'Steps' }).getByRole('listitem').filter({ hasText: name });
  await article.getByText(/step call failed: the target answered 404/i).waitFor();
  await line('note').getByText('done', { exact: true }).first().waitFor();
  await line('call').getByText('failed', { exact: true }).waitFor();
  await looked(page, 'execution-pipeline');
  called.status = 200;
  await article.getByRole('button', { name: 'Go on from here' }).click();
  await article.getByText('Succeeded', { exact: true }).waitFor();
  await line('call').getByText('done', { exact: true }).waitFor();
  const titles = (await creel.rpc('tasks_list')).items.map(({ title }) => title);
  assert.deepEqual(titles.toSorted(), ['Release v1', 'Released'], 'the first step ran once');
  assert.equal(new Set(called.keys).size, 1, 'the same step has the same key');
});

test('a command is heard while it runs, and ends when it is cancelled', async (t) => {
  const creel = await startCreel(t);
  const command = 'echo the first line; sleep 60';
  const shell = { execute_tool: { tool: 'shell', action: 'execute', params: { command } } };
  const endpoint = await creel.trigger({ name: 'Slow', slug: 'slow', scheme: 'github', actions: [shell] });
  await creel.rpc('approval_give', { trigger_id: endpoint.id, command });
  await creel.push(endpoint, 's1', '{}');
  const { id } = await run(creel, 'execute_tool');
  const page = await openPage(creel);
  await go(page, `#/executions/${id}`);
  const article = page.getByRole('article', { name: /^Execution/ });
  await article.getByLabel('Output so far').getByText('the first line').waitFor();
  assert.equal(await article.getByText('It waits for its turn').count(), 0);
  await article.getByRole('button', { name: 'Cancel' }).click();
  await article.getByText('Cancelled').waitFor();
  await article.getByText('Stopped by you while it ran; what it sent may have arrived.').waitFor();
});
