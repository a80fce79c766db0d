// A delivery of GitHub's run with act: the menu, the line to copy, the file as it is saved; and why another sender's is
// none. Looked at in both themes and both sizes.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { openPage, picture, startCreel } from './creel.js';
import { go, settled } from './screens.js';
import { serious } from './sound.js';

const SIZES = {
  wide: { width: 1280, height: 800 },
  small: { width: 900, height: 600 },
};
const BODY = '{ "ref" : "refs/heads/main",\n"big": 12345678901234567890123, "name": "Jürgen" }\n';

for (const theme of ['light', 'dark']) {
  for (const [room, size] of Object.entries(SIZES)) {
    test(`a delivery is saved for act in ${theme}, ${room}`, async (t) => {
      const creel = await startCreel(t);
      const pushes = await creel.trigger({
        name: 'Pushes',
        slug: 'pushes',
        scheme: 'github',
      });
      const open = await creel.trigger({
        name: 'Anything',
        slug: 'anything',
        scheme: 'none',
      });
      await creel.deliver(open.path, '{}');
      await creel.push(pushes, 'one', BODY);
      const { page: found } = await creel.rpc('deliveries_list', {});
      const page = await openPage(creel, { theme, size });
      const trouble = [];
      const look = async (name) => {
        await settled(page);
        for (const line of await serious(page)) trouble.push(`${name}: ${line}`);
        await picture(page, `act-${name}-${theme}-${room}`);
      };
      await go(page, `#/inbox/${found.items[0].id}`);
      await page.getByRole('button', { name: 'More actions' }).click();
      await page.getByRole('menuitem', { name: 'Run this with act…' }).click();
      const dialog = page.getByRole('dialog', { name: 'Run this with act' });
      await dialog.getByText('act push -e event.json').waitFor();
      const saving = page.waitForEvent('download');
      await dialog.getByRole('button', { name: 'Save event.json' }).click();
      const saved = await saving;
      assert.equal(saved.suggestedFilename(), 'event.json');
      assert.equal(readFileSync(await saved.path(), 'utf8'), BODY, 'the payload byte for byte');
      await dialog.getByText('Saved.').waitFor();
      await look('export');
      await dialog.getByRole('button', { name: 'Close' }).last().click();

      await go(page, `#/inbox/${found.items[1].id}`);
      await page.getByRole('button', { name: 'More actions' }).click();
      await page.getByRole('menuitem', { name: 'Run this with act…' }).click();
      await dialog.getByText("no delivery of GitHub's", { exact: false }).waitFor();
      await look('none');
      assert.deepEqual(trouble, []);
    });
  }
}
