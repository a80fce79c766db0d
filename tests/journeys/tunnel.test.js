// A public address by clicking: what a kind needs, who can reach what before it is started, the round trip, a host's key,
// and the way back to "off". Looked at in both themes and both sizes; axe finds nothing serious.
import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { openPage, picture, send, startCreel, until } from './creel.js';
import { go, settled } from './screens.js';
import { serious } from './sound.js';

const STAND_IN = new URL('../fixtures/tunnel_stand_in.py', import.meta.url);
const SIZES = { wide: { width: 1280, height: 800 }, small: { width: 900, height: 600 } };

/** A program that prints an address and really forwards. */
function program(t) {
  const folder = mkdtempSync(join(tmpdir(), 'creel-tunnel-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'my-tunnel');
  writeFileSync(file, `#!/usr/bin/env python3\n${readFileSync(STAND_IN, 'utf8')}`);
  chmodSync(file, 0o755);
  return file;
}

for (const theme of ['light', 'dark']) {
  for (const [room, size] of Object.entries(SIZES)) {
    test(`a tunnel is started, seen and stopped in ${theme}, ${room}`, async (t) => {
      const creel = await startCreel(t);
      const signed = await creel.trigger({ name: 'Deploys', slug: 'deploys', scheme: 'github' });
      const open = await creel.trigger({ name: 'Anything', slug: 'anything', scheme: 'none' });
      const page = await openPage(creel, { theme, size });
      const trouble = [];
      const look = async (name) => {
        await settled(page);
        for (const line of await serious(page)) trouble.push(`${name}: ${line}`);
        await picture(page, `tunnel-${name}-${theme}-${room}`);
      };
      await go(page, '#/connect');
      await page.getByRole('button', { name: /^Own command/ }).waitFor();
      await page.getByText('No tunnel runs: Creel is reached from this machine only.').waitFor();
      await look('kinds');

      await page.getByRole('button', { name: /^Own command/ }).click();
      const form = page.getByRole('form', { name: 'Own command' });
      await form.getByLabel('Command', { exact: true }).fill(`${program(t)} {port}`);
      await form.getByLabel('Pattern of the address').fill('listening at (http://\\S+)');
      assert.equal(await form.getByLabel('Switch off by itself after, in hours').inputValue(), '8');
      await form
        .getByText('Anybody on the internet can call 1 trigger; only what is signed gets in.', { exact: false })
        .waitFor();
      await form.getByText('it checks no signature, and was not ticked for the tunnel').waitFor();
      await look('form');
      await form.getByRole('button', { name: 'Start the tunnel' }).click();

      await page.getByText(/^Round trip through the public address: \d+ ms/).waitFor();
      const { now } = await creel.rpc('tunnel_get');
      await page.getByRole('banner').getByText(now.address.replace('http://', '')).waitFor();
      const reach = (path) => send(`${now.address}${path}`, 'POST', {}, '{}');
      assert.deepEqual([(await reach(signed.path)).status, (await reach(open.path)).status], [401, 404]);
      await page.getByRole('checkbox', { name: 'Expose it without a signature' }).check();
      await until('the ticked one to be reached', async () => (await reach(open.path)).status === 202);
      await page.getByText('none: anybody who knows the address').waitFor();
      await look('online');

      await page.getByRole('button', { name: 'Stop the tunnel' }).click();
      await page.getByText('Last time it was your own command.').waitFor();
      await page.getByRole('button', { name: 'Start it again' }).click();
      await page.getByText('online', { exact: true }).waitFor();
      await page.getByRole('button', { name: 'Stop the tunnel' }).click();

      await page.getByRole('banner').getByText('public', { exact: true }).waitFor({ state: 'detached' });

      await page.getByRole('button', { name: /^ngrok/ }).click();
      const ngrok = page.getByRole('form', { name: 'ngrok' });
      assert.equal(await ngrok.getByRole('button', { name: 'Start the tunnel' }).isDisabled(), true);
      await look('missing');
      await page.getByRole('button', { name: /^Own address/ }).click();
      const own = page.getByRole('form', { name: 'Own address' });
      await own.getByLabel('Public address', { exact: true }).fill('hooks.example');
      await own.getByRole('button', { name: 'Start the tunnel' }).click();
      await own.getByText('is no public address: it is written as https://name', { exact: false }).waitFor();
      await look('refused');
      assert.deepEqual(trouble, []);
    });
  }
}
