// Hostile text in body, header, event and task title is shown as text: no dialog, no request to elsewhere, no policy
// violation (the page is watched for these), and no element that the screens did not make.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { openPage, startCreel } from './creel.js';
import { go } from './screens.js';

const LISTED = JSON.parse(readFileSync(new URL('../fixtures/hostile/texts.json', import.meta.url), 'utf8'));
const MADE = {
  'a line of 900 KB': 'a'.repeat(900_000),
  '127 deep': '['.repeat(100) + ']'.repeat(100),
  'combining marks': `e${'\u0301'.repeat(10_000)}`,
};
const CORPUS = Object.entries({ ...LISTED, ...MADE });

/** What a payload could have put on the page: forbidden kinds, handlers, links that lead away. */
function foreign() {
  const root = document.querySelector('#app');
  const kinds = 'script, iframe, frame, object, embed, base, meta, link, math, video, audio, style, form[action], template';
  const found = [...root.querySelectorAll(kinds)].map((element) => element.outerHTML.slice(0, 120));
  for (const element of root.querySelectorAll('*')) {
    const handlers = element.getAttributeNames().filter((name) => name.startsWith('on'));
    const image = element.localName === 'img' && !element.classList.contains('cm-widgetBuffer');
    const away = element.localName === 'a' && !/^#|^$/.test(element.getAttribute('href') ?? '');
    if (handlers.length > 0 || image || away) found.push(element.outerHTML.slice(0, 120));
  }
  return found;
}

test('hostile text is text on every tab of a delivery and in what it makes', async (t) => {
  const creel = await startCreel(t);
  const [list] = await creel.rpc('lists_list');
  const task = { create_task: { list_id: list.id, title: '{{payload.text}}', description: '{{payload.text}}' } };
  const endpoint = await creel.trigger({ name: 'Hostile', slug: 'hostile', scheme: 'github', actions: [task] });
  for (const [name, text] of CORPUS) {
    const printable = /^[\x20-\x7e]{1,2000}$/.test(text);
    const headers = printable ? { 'X-Hostile': text, 'X-GitHub-Event': text.slice(0, 60) } : {};
    const answer = await creel.push(endpoint, name, JSON.stringify({ text, [text.slice(0, 500)]: name }), headers);
    assert.ok(answer.status < 500, `${name}: ${answer.status} ${answer.body}`);
  }
  const { page: listed } = await creel.rpc('deliveries_list', { limit: 200 });
  assert.equal(listed.items.length, CORPUS.length);

  const page = await openPage(creel);
  const clean = async (where) => assert.deepEqual(await page.evaluate(foreign), [], where);
  for (const delivery of listed.items) {
    for (const tab of ['overview', 'headers', 'body', 'signature', 'runs']) {
      await go(page, `#/inbox/${delivery.id}/${tab}`);
      await clean(`${delivery.event_id}, ${tab}`);
    }
  }
  for (const screen of ['#/targets', '#/executions', `#/triggers/new?from=${listed.items[0].id}`]) {
    await go(page, screen);
    await clean(screen);
  }
  assert.equal(await page.evaluate(() => globalThis.hostile), undefined, 'a script of the corpus ran');
});
