// axe finds nothing serious on any screen, in either theme.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { openPage, picture, startCreel } from './creel.js';
import { DELIVERY_TABS, SCREENS, go, settled } from './screens.js';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Deliveries of each outcome, a trigger with two executions, and an open secret banner are on the screens. */
async function fill(creel) {
  const [list] = await creel.rpc('lists_list');
  const task = { create_task: { list_id: list.id, title: '{{payload.title}}', priority: 'high', tags: ['deploy'] } };
  const endpoint = await creel.trigger({ name: 'Deploys', slug: 'deploys', scheme: 'github', actions: [task] });
  await creel.push(endpoint, 'a', '{"title":"Deploy failed","nested":{"list":[1,null,true,"x"]}}');
  await creel.push(endpoint, 'a', '{"title":"Deploy failed","nested":{"list":[1,null,true,"x"]}}');
  await creel.deliver(endpoint.path, '{"title":"forged"}');
  await creel.deliver('/nobody/listens', '{"title":"lost"}');
  await creel.rpc('send_test');
  const { page } = await creel.rpc('deliveries_list');
  return page.items;
}

/** A list that is being measured is empty for a frame; what is still there at a second look counts. */
async function serious(page) {
  const first = await grave(page);
  if (first.length === 0) return first;
  await settled(page);
  return grave(page);
}

async function grave(page) {
  const found = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }));
  const violations = found.violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`);
}

for (const theme of ['light', 'dark']) {
  test(`axe finds nothing serious in ${theme}`, async (t) => {
    const creel = await startCreel(t);
    const deliveries = await fill(creel);
    const page = await openPage(creel, { theme });
    // The page's policy forbids foreign scripts, so this one comes in through the debugger.
    await page.evaluate(AXE);
    const trouble = [];
    const look = async (name, path) => {
      await go(page, path);
      for (const line of await serious(page)) trouble.push(`${name}: ${line}`);
      await picture(page, `${name}-${theme}`);
    };
    for (const { name, path } of SCREENS) await look(name, path);
    const rejected = deliveries.find(({ outcome }) => outcome === 'rejected');
    const accepted = deliveries.find(({ outcome }) => outcome === 'accepted');
    for (const tab of DELIVERY_TABS) await look(`delivery-${tab}`, `#/inbox/${accepted.id}/${tab}`);
    await look('delivery-signature-rejected', `#/inbox/${rejected.id}/signature`);
    await go(page, '#/inbox');
    await page.keyboard.press('Control+k');
    await page.getByRole('dialog').waitFor();
    await settled(page);
    for (const line of await serious(page)) trouble.push(`palette: ${line}`);
    assert.deepEqual(trouble, []);
  });
}
