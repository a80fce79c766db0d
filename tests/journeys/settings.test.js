// Settings do what they say, at once: the size limit, what is kept, stop answering, capture only; a value that is out of
// range is refused at its field.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openPage, picture, startCreel, until } from './creel.js';
import { go } from './screens.js';

test('settings', async (t) => {
  const creel = await startCreel(t);
  const [list] = await creel.rpc('lists_list');
  const task = { create_task: { list_id: list.id, title: 'made' } };
  const forward = {
    forward: {
      url: `${creel.receiver}/hooks/elsewhere`,
      body: 'as_received',
      allow_private: true,
    },
  };
  const endpoint = await creel.trigger({
    name: 'All',
    slug: 'all',
    scheme: 'github',
    actions: [task, forward],
  });
  const page = await openPage(creel);
  await go(page, '#/settings');
  const keep = async (label, value) => {
    await page.getByLabel(label, { exact: true }).fill(value);
    await page.keyboard.press('Tab');
  };
  const setting = (what, look) => until(what, async () => look(await creel.rpc('settings_get')));

  await keep('Largest body', '2');
  await setting('the limit is kept', ({ max_body_bytes }) => max_body_bytes === 2048);
  assert.equal((await creel.push(endpoint, 'large', JSON.stringify('x'.repeat(3000)))).status, 413);
  await keep('Largest body', '99999');
  await page.getByRole('alert').filter({ hasText: 'at most 25600' }).waitFor();
  assert.equal((await creel.rpc('settings_get')).max_body_bytes, 2048, 'what is refused changes nothing');
  await keep('Age', '7');
  await keep('Number', '5000');
  await keep('Bodies', '0');
  await setting(
    'what is kept',
    ({ retention }) => retention.days === 7 && retention.deliveries === 5000 && retention.megabytes === 0,
  );
  await page.getByText('MB: no limit').waitFor();

  await page.getByRole('switch', { name: 'Capture only' }).click();
  await setting('capture only', ({ capture_only }) => capture_only);
  await page.getByText('capture only', { exact: true }).waitFor();
  assert.equal((await creel.push(endpoint, 'captured', '{}')).status, 202);
  await until('tasks are made, nothing leaves', async () => {
    const { items } = await creel.rpc('executions_list');
    const ended = items.map(({ action, status }) => `${action} ${status}`).toSorted();
    return ended.join() === 'create_task succeeded,forward skipped';
  });

  await page.getByRole('switch', { name: 'Stop answering' }).click();
  await page.getByText('answering 503').waitFor();
  assert.equal((await creel.push(endpoint, 'stopped', '{"a":1}')).status, 503);
  await picture(page, 'journey-settings-stopped');
  await page.getByRole('button', { name: 'Answer again' }).click();
  await page.getByText('listening', { exact: true }).waitFor();
  assert.equal((await creel.push(endpoint, 'again', '{"a":2}')).status, 202);
  assert.equal(await page.getByRole('switch', { name: 'Stop answering' }).isChecked(), false, 'both switches are one');
});
