// Hostile text in body, header, event and task title is shown as text: no dialog, no request to elsewhere, no policy
// violation (the page is watched for these), and no element that the screens did not make.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { foreign } from '../fixtures/hostile/foreign.mjs';
import { openPage, startCreel } from './creel.js';
import { DELIVERY_TABS, go } from './screens.js';

const LISTED = JSON.parse(readFileSync(new URL('../fixtures/hostile/texts.json', import.meta.url), 'utf8'));
const MADE = {
  'a line of 2 MB': 'a'.repeat(2_000_000),
  '127 deep': '['.repeat(100) + ']'.repeat(100),
  'combining marks': `e${'\u0301'.repeat(10_000)}`,
};
const CORPUS = Object.entries({ ...LISTED, ...MADE });

test('hostile text is text on every tab of a delivery and in what it makes', async (t) => {
  const creel = await startCreel(t);
  // More than the default takes: the user may raise it.
  await creel.rpc('settings_set', { ...(await creel.rpc('settings_get')), max_body_bytes: 4 * 1024 * 1024 });
  const [list] = await creel.rpc('lists_list');
  const task = { create_task: { list_id: list.id, title: '{{payload.text}}', description: '{{payload.text}}' } };
  const endpoint = await creel.trigger({ name: 'Hostile', slug: 'hostile', scheme: 'github', actions: [task] });
  for (const [name, text] of CORPUS) {
    const printable = /^[\x20-\x7e]{1,2000}$/.test(text);
    const headers = printable ? { 'X-Hostile': text, 'X-GitHub-Event': text.slice(0, 60) } : {};
    const answer = await creel.push(endpoint, name, JSON.stringify({ text, [text.slice(0, 500)]: name }), headers);
    assert.equal(answer.status, 202, `${name}: ${answer.status} ${answer.body}`);
  }
  const { page: listed } = await creel.rpc('deliveries_list', { limit: 200 });
  assert.equal(listed.items.length, CORPUS.length);

  const page = await openPage(creel);
  const clean = async (where) => assert.deepEqual(await page.evaluate(foreign), [], where);
  for (const delivery of listed.items) {
    for (const tab of DELIVERY_TABS) {
      await go(page, `#/inbox/${delivery.id}/${tab}`);
      await clean(`${delivery.event_id}, ${tab}`);
    }
  }
  for (const screen of ['#/targets', '#/executions', `#/triggers/new?from=${listed.items[0].id}`]) {
    await go(page, screen);
    await clean(screen);
  }
});
