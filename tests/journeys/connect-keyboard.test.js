// Connect by keys alone: from a fresh start to GitHub's verified ping through a tunnel and the push that makes a task; a
// refusal; and the way back. The focus is never lost and always seen, and what changes is said once.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openPage, picture, startCreel, until } from './creel.js';
import { githubHere } from './github-here.js';
import { startGitlab } from './gitlab-api.js';
import { Keys } from './keys.js';

const PLACE = 'repos/octocat/hello-world';
const PUSH = {
  ref: 'refs/heads/main',
  repository: { id: 1296269, full_name: 'octocat/hello-world' },
};
/** As many keys as it may take, the five letters of the search among them. */
const KEYS_MOST = 55;

test('from a fresh start to a verified ping, a task, and back, by keys alone', async (t) => {
  const github = await githubHere(t);
  const creel = await startCreel(t);
  const page = await openPage(creel);
  const keys = await Keys.at(page);
  const part = page.getByRole('region', { name: 'GitHub' });
  const card = part.getByRole('article', {
    name: 'Hook of octocat/hello-world',
  });

  await keys.to(/^Connect/);
  await keys.does('Enter', () => page.getByRole('button', { name: /^Cloudflare/ }).waitFor());
  await keys.to(/^Cloudflare quick tunnel/);
  const form = await keys.does('Enter', () => page.getByRole('form', { name: /^Cloudflare/ }).waitFor());
  assert.equal(form.name, 'Cloudflare quick tunnel', 'what was opened has the focus');
  await keys.to('Start the tunnel');
  await keys.does('Enter', () => page.getByText(/^Round trip through the public address: \d+ ms/).waitFor());
  assert.equal(await keys.said(/^The tunnel Cloudflare.*: online at http/), 1);
  await picture(page, 'keys-1-online');

  await keys.to('Use gh’s sign-in');
  const search = await keys.does('Enter', () => part.getByText('Signed in to').waitFor());
  assert.equal(search.name, 'Repository or organisation', 'after the sign-in the search is typed in');
  await keys.type('hello');
  await until('the search', async () => github.calls.some(({ query }) => query.includes('hello')));
  await keys.to(/^octocat\/hello-world/);
  await keys.does('Enter', () =>
    part
      .getByText(/hooks$/m)
      .first()
      .waitFor(),
  );
  await keys.to('Connect');
  await picture(page, 'keys-2-call');
  const made = await keys.does('Enter', () => card.getByText(/The ping was verified/).waitFor());
  assert.equal(made.name, 'Hook of octocat/hello-world', 'the hook that was made has the focus');
  assert.ok(keys.pressed <= KEYS_MOST, `${keys.pressed} keys`);
  t.diagnostic(`${keys.pressed} keys to the verified ping`);
  assert.equal(await keys.said(/^octocat\/hello-world: Verified$/), 1);
  await picture(page, 'keys-3-verified');
  const [sent] = await github.happens(PLACE, 'push', PUSH);
  assert.equal(sent.status_code, 202);
  assert.equal((await creel.rpc('tasks_list')).items.length, 1);

  await keys.to('Remove');
  const dialog = await keys.does('Enter', () => page.getByRole('dialog').waitFor());
  assert.equal(dialog.role, 'dialog');
  for (const key of ['Tab', 'Tab', 'Tab', 'Tab', 'Shift+Tab', 'Shift+Tab']) {
    await keys.press(key);
    const inside = await page.evaluate(() => document.activeElement.closest('[role="dialog"]') !== null);
    assert.ok(inside, `${key} stays in the dialog`);
  }
  const back = await keys.does('Escape', () => page.getByRole('dialog').waitFor({ state: 'detached' }));
  assert.equal(back.name, 'Remove', 'the dialog gives the focus back');
  await keys.does('Enter', () => page.getByRole('dialog').waitFor());
  await keys.to('Remove the hook');
  const left = await keys.does('Enter', () => card.waitFor({ state: 'detached' }));
  assert.equal(left.name, 'GitHub', 'where the hook was has the focus');

  await keys.to('Stop the tunnel', 'Shift+Tab');
  const off = await keys.does('Enter', () => page.getByRole('button', { name: 'Start it again' }).waitFor());
  assert.equal(off.name, 'Public address');
  assert.equal(await keys.said(/^No tunnel runs\.$/), 1);
  await until('no hook at GitHub', () => github.at(PLACE).length === 0);
  assert.deepEqual(github.problems, []);
});

test('a refusal is said once and leads on; a form is left by Escape, and a choice by the arrows', async (t) => {
  await githubHere(t, { gh: false });
  const creel = await startCreel(t);
  const page = await openPage(creel);
  const keys = await Keys.at(page);
  await keys.to(/^Connect/);
  await keys.does('Enter', () => page.getByRole('button', { name: /^ssh/ }).waitFor());

  await keys.to(/^ssh -R/);
  const form = await keys.does('Enter', () => page.getByRole('form', { name: 'ssh -R' }).waitFor());
  assert.equal(form.name, 'ssh -R');
  await keys.to('Service: localhost.run');
  await keys.does('Enter', () => page.getByRole('listbox').waitFor());
  await keys.press('ArrowDown');
  const chosen = await keys.does('Enter', () => page.getByRole('listbox').waitFor({ state: 'detached' }));
  assert.equal(chosen.name, 'Service: pinggy.io');
  await keys.does('Enter', () => page.getByRole('listbox').waitFor());
  await keys.does('Escape', () => page.getByRole('listbox').waitFor({ state: 'detached' }));
  await page.getByRole('form', { name: 'ssh -R' }).waitFor();
  const card = await keys.does('Escape', () =>
    page.getByRole('form', { name: 'ssh -R' }).waitFor({ state: 'detached' }),
  );
  assert.match(card.name, /^ssh -R/, 'the card that opened the form has the focus');

  await keys.to('Use gh’s sign-in');
  const still = await keys.does('Enter', () => page.getByText(/gh is not signed in to/).waitFor());
  assert.equal(still.name, 'Use gh’s sign-in', 'a button that works keeps the focus');
  assert.equal(await keys.said(/gh is not signed in to/), 1);
  await keys.to('Access token');
});

test('GitLab by keys alone: a token, a project, the hook', async (t) => {
  const gitlab = await startGitlab();
  process.env.CREEL_GITLAB = gitlab.base;
  t.after(() => {
    delete process.env.CREEL_GITLAB;
    gitlab.close();
  });
  const creel = await startCreel(t);
  await creel.rpc('github_address', { address: creel.receiver });
  const page = await openPage(creel);
  const keys = await Keys.at(page);
  const part = page.getByRole('region', { name: 'GitLab', exact: true });
  const card = part.getByRole('article', { name: 'GitLab hook of flightjs/flight' });
  await keys.to(/^Connect/);
  await keys.does('Enter', () => part.waitFor());

  // Straight to the part by the screen's own list of parts.
  await keys.to('GitLab');
  const heading = await keys.does('Enter', () => part.getByText('Have a project’s webhook made').waitFor());
  assert.deepEqual([heading.name, heading.role], ['GitLab', 'h2']);
  await keys.to(/^Have a project’s webhook made/);
  await keys.does('Enter', () => part.getByLabel('Access token').waitFor());
  await keys.to('Access token');
  await keys.type(gitlab.token);
  await keys.to('Sign in');
  const search = await keys.does('Enter', () => part.getByText('Signed in to').waitFor());
  assert.equal(search.name, 'Project or group');
  await part.getByRole('button', { name: /flightjs\/flight/ }).waitFor();
  await keys.to(/^flightjs\/flight/);
  await keys.does('Enter', () => part.getByText(/POST .*\/projects\/7\/hooks/).waitFor());
  await keys.to('Connect');
  const made = await keys.does('Enter', () => card.getByText('Waiting for the first delivery:').waitFor());
  assert.equal(made.name, 'GitLab hook of flightjs/flight');
  t.diagnostic(`${keys.pressed - gitlab.token.length} keys beside the token`);
});
