// A task that a delivery made: opened, edited, closed on the board, and brought back.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openPage, picture, startCreel, until } from './creel.js';
import { choose, go } from './screens.js';

test('a task on the board', async (t) => {
  const creel = await startCreel(t);
  const [list] = await creel.rpc('lists_list');
  const task = {
    create_task: {
      list_id: list.id,
      title: '{{payload.title}}',
      tags: ['deploy'],
    },
  };
  const endpoint = await creel.trigger({
    name: 'Deploys',
    slug: 'deploys',
    scheme: 'github',
    actions: [task],
  });
  const page = await openPage(creel);
  await go(page, '#/targets');
  await page.getByText('No tasks here').waitFor();
  await creel.push(endpoint, 'a', '{"title":"Deploy failed"}');
  // It appears by itself.
  await page.getByRole('button', { name: /^Deploy failed/ }).waitFor();

  await page.getByRole('button', { name: 'As a board' }).click();
  const open = page.getByRole('region', { name: 'Open tasks' });
  const done = page.getByRole('region', { name: 'Done tasks' });
  await open.getByRole('button', { name: /^Deploy failed/ }).click();
  const pane = page.getByRole('article', { name: 'Task' });
  await pane.getByLabel('Title').fill('Deploy of api failed');
  await pane.getByLabel('Text').fill('Look at the disk first.');
  await choose(page, pane, 'Priority', 'Urgent');
  await open.getByRole('button', { name: /^Deploy of api failed/ }).waitFor();
  await picture(page, 'journey-tasks-board');
  const kept = async () => {
    const { items } = await creel.rpc('tasks_list');
    assert.equal(items.length, 1);
    return items[0];
  };
  // Each field is sent by itself.
  const wanted = ['Deploy of api failed', 'Look at the disk first.', 'urgent'].join();
  await until('the changes are kept', async () => {
    const { title, description, priority } = await kept();
    return [title, description, priority].join() === wanted;
  });
  await pane.getByRole('link', { name: 'the delivery it came from' }).waitFor();
  await pane.getByRole('button', { name: 'Close the pane' }).click();

  await open.getByRole('button', { name: 'Close “Deploy of api failed”' }).click();
  await done.getByRole('button', { name: /^Deploy of api failed/ }).waitFor();
  await until('it is done', async () => (await kept()).status === 'done');
  await page.getByRole('button', { name: 'Undo' }).click();
  await open.getByRole('button', { name: /^Deploy of api failed/ }).waitFor();
  await until('it is open again', async () => (await kept()).status === 'open');

  await page.getByRole('button', { name: 'As a list' }).click();
  await page.getByRole('button', { name: 'Close “Deploy of api failed”' }).click();
  await page.getByRole('button', { name: 'Reopen “Deploy of api failed”' }).click();
  await until('it is open for good', async () => (await kept()).status === 'open');
});
