// GitHub's deliveries without a public address: what `gh webhook forward` needs, the form, the run, and its end. Looked at
// in both themes and both sizes.
import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { openPage, picture, startCreel, until } from './creel.js';
import { startGithub } from './github-api.js';
import { choose, go, settled } from './screens.js';
import { serious } from './sound.js';

const STAND_IN = new URL('../fixtures/gh_stand_in.py', import.meta.url);
const SIZES = {
  wide: { width: 1280, height: 800 },
  small: { width: 900, height: 600 },
};
const PLACE = 'octocat/hello-world';

/** The stand-in of `gh` first in PATH, in a home of its own; `tell` says what it is to be like. */
function standIn(t, github) {
  const home = mkdtempSync(join(tmpdir(), 'creel-gh-'));
  t.after(() => rmSync(home, { recursive: true, force: true }));
  mkdirSync(join(home, 'programs'));
  const file = join(home, 'programs', 'gh');
  const script = readFileSync(STAND_IN, 'utf8').replace('HOME = os.environ["HOME"]', `HOME = ${JSON.stringify(home)}`);
  writeFileSync(file, `#!/usr/bin/env python3\n${script}`);
  chmodSync(file, 0o755);
  const path = process.env.PATH;
  process.env.PATH = `${join(home, 'programs')}:${path}`;
  t.after(() => (process.env.PATH = path));
  return (more) => {
    // It may read at any moment, and never half of it.
    writeFileSync(join(home, 'gh-stand-in.new'), JSON.stringify({ github: github.base, ...more }));
    renameSync(join(home, 'gh-stand-in.new'), join(home, 'gh-stand-in.json'));
  };
}

for (const theme of ['light', 'dark']) {
  for (const [room, size] of Object.entries(SIZES)) {
    test(`GitHub's deliveries are forwarded without a public address in ${theme}, ${room}`, async (t) => {
      const github = await startGithub();
      t.after(() => github.close());
      const tell = standIn(t, github);
      tell({ extension: false });
      const creel = await startCreel(t);
      const page = await openPage(creel, { theme, size });
      const trouble = [];
      const look = async (name) => {
        await settled(page);
        for (const line of await serious(page)) trouble.push(`${name}: ${line}`);
        await picture(page, `forwarder-${name}-${theme}-${room}`);
      };
      await go(page, '#/connect');
      const part = page.getByRole('region', {
        name: 'Without a public address',
      });
      await part.getByText('Missing: gh has no extension gh-webhook', { exact: false }).scrollIntoViewIfNeeded();
      await part.getByText('gh extension install cli/gh-webhook').waitFor();
      await look('missing');

      tell({ signed_in: false });
      await part.getByRole('button', { name: 'Look again' }).click();
      await part
        .getByText('It needs a trigger that checks GitHub’s signature.', {
          exact: false,
        })
        .waitFor();
      await creel.trigger({
        name: 'Anything',
        slug: 'anything',
        scheme: 'none',
      });
      await creel.trigger({
        name: 'Deploys',
        slug: 'deploys',
        scheme: 'github',
      });
      const form = part.getByRole('form', { name: 'gh webhook forward' });
      await form.getByLabel('Repository or organisation').fill('octocat');
      await form.getByRole('button', { name: 'Pull requests' }).click();
      await form.getByRole('button', { name: 'One by one' }).click();
      assert.match(await form.getByLabel('Events', { exact: true }).inputValue(), /^pull_request, /);
      await form.getByLabel('Events', { exact: true }).fill('push, Wrong!');
      await form.getByLabel('Events', { exact: true }).blur();
      await form.getByRole('button', { name: 'Start forwarding' }).click();
      await form.getByText('"Wrong!" is no event\'s name', { exact: false }).waitFor();
      await form.getByRole('button', { name: 'Start forwarding' }).scrollIntoViewIfNeeded();
      await look('form');

      await form.getByLabel('Repository or organisation').fill(PLACE);
      await form.getByRole('button', { name: 'Just push' }).click();
      await form.getByRole('button', { name: 'Start forwarding' }).click();
      await part.getByText('gh is not signed in to github.com', { exact: false }).waitFor();
      await look('refused');

      tell({});
      await form.getByRole('button', { name: 'Start forwarding' }).click();
      await part.getByText('forwarding', { exact: true }).waitFor();
      const place = `repos/${PLACE}`;
      await until('the hook to be switched on', () => github.at(place)[0]?.active);
      const [sent] = await github.happens(place, 'push', {
        ref: 'refs/heads/main',
        repository: { id: 1, full_name: PLACE },
      });
      assert.equal(sent.status_code, 202);
      const { page: found } = await creel.rpc('deliveries_list', {});
      assert.deepEqual([found.items[0].signature, found.items[0].event], ['valid', 'push']);
      await look('online');

      await part.getByRole('button', { name: 'Stop forwarding' }).click();
      await form.getByRole('button', { name: 'Start forwarding' }).waitFor();
      assert.equal(await form.getByLabel('Repository or organisation').inputValue(), PLACE);
      await choose(page, form, 'To the trigger', 'Deploys');
      assert.deepEqual(trouble, []);
      assert.deepEqual(github.problems, []);
    });
  }
}
