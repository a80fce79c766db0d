// GitHub by clicking, from a fresh start: gh's token, a repository, the call, the verified ping, and a push that makes a task.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openPage, picture, startCreel, until } from './creel.js';
import { githubHere } from './github-here.js';
import { go, settled } from './screens.js';
import { serious } from './sound.js';

const PLACE = 'repos/octocat/hello-world';
const CLICKS_MOST = 6;
const SIZES = {
  wide: { width: 1280, height: 800 },
  small: { width: 900, height: 600 },
};
const PUSH = {
  ref: 'refs/heads/main',
  repository: { id: 1296269, full_name: 'octocat/hello-world' },
};

/** Counts what the user does. */
async function counted(page) {
  await page.evaluate(() => {
    window.clicks = 0;
    window.addEventListener('click', ({ isTrusted }) => (window.clicks += isTrusted ? 1 : 0), true);
  });
  return () => page.evaluate(() => window.clicks);
}

test('from a fresh start to a verified ping and a push that makes a task, in at most six clicks', async (t) => {
  const github = await githubHere(t);
  const creel = await startCreel(t);
  const page = await openPage(creel);
  const clicks = await counted(page);
  await picture(page, 'journey-github-1-fresh');

  await page.getByRole('link', { name: /^Connect/ }).click();
  await page.getByRole('button', { name: /^Cloudflare quick tunnel/ }).click();
  await picture(page, 'journey-github-2-tunnels');
  await page
    .getByRole('form', { name: 'Cloudflare quick tunnel' })
    .getByRole('button', { name: 'Start the tunnel' })
    .click();
  await page.getByText(/^Round trip through the public address: \d+ ms/).waitFor();
  await picture(page, 'journey-github-3-online');
  const part = page.getByRole('region', { name: 'GitHub' });
  await part.getByRole('button', { name: 'Use gh’s sign-in' }).click();
  await part.getByText('Signed in to').waitFor();
  await page.keyboard.type('hello');
  await until('the search', async () => github.calls.some(({ query }) => query.includes('hello')));
  await picture(page, 'journey-github-4-search');
  await part.getByRole('button', { name: /octocat\/hello-world/ }).click();
  await part.getByText(`POST ${github.base}/api/v3/repos/octocat/hello-world/hooks`).waitFor();
  assert.equal(github.at(PLACE).length, 0, 'the call is shown before it is made');
  await picture(page, 'journey-github-5-call');
  await part.getByRole('button', { name: 'Connect', exact: true }).click();
  const card = part.getByRole('article', {
    name: 'Hook of octocat/hello-world',
  });
  await card.getByText(/The ping was verified/).waitFor();
  await picture(page, 'journey-github-6-connected');

  const { now } = await creel.rpc('tunnel_get');
  assert.ok(github.at(PLACE)[0].config.url.startsWith(now.address), 'it comes through the tunnel');
  const [sent] = await github.happens(PLACE, 'push', PUSH);
  assert.equal(sent.status_code, 202);
  const { items } = await creel.rpc('tasks_list');
  assert.deepEqual(
    items.map(({ title }) => title),
    ['push in octocat/hello-world'],
  );
  assert.ok((await clicks()) <= CLICKS_MOST, `${await clicks()} clicks`);
  t.diagnostic(`${await clicks()} clicks`);
  assert.equal((await page.content()).includes(github.token), false, 'the token is not in the page');
  assert.deepEqual(github.problems, []);
});

test('a hook is switched off, on and removed on its card, and what fails is said where it failed', async (t) => {
  const github = await githubHere(t);
  const creel = await startCreel(t);
  await creel.rpc('github_address', { address: creel.receiver });
  const { api } = await creel.rpc('github_sign_in');
  const place = { kind: 'repository', name: 'octocat/hello-world' };
  await creel.rpc('github_connect', { api, place, events: ['push'] });
  const page = await openPage(creel);
  await go(page, '#/connect');
  const card = page.getByRole('article', {
    name: 'Hook of octocat/hello-world',
  });
  await card.getByRole('button', { name: 'Switch off' }).click();
  await card.getByText('Switched off').waitFor();
  assert.equal(github.at(PLACE)[0].active, false);
  // As long as it takes to see it: Creel tries again by itself.
  github.faults.push(
    ...Array.from({ length: 50 }, () => ({
      call: 'PATCH',
      status: 502,
      body: 'no',
    })),
  );
  await card.getByRole('button', { name: 'Switch on' }).click();
  await card.getByText(/is not well: it answered 502/).waitFor();
  github.faults.length = 0;
  await picture(page, 'journey-github-trouble');
  await until('it goes on by itself', () => github.at(PLACE)[0].active);
  await card.getByRole('button', { name: 'Remove' }).click();
  await page.getByRole('button', { name: 'Remove the hook' }).click();
  await until('it is removed', () => github.at(PLACE).length === 0);
  await card.waitFor({ state: 'detached' });
  assert.deepEqual(github.problems, []);
});

for (const theme of ['light', 'dark']) {
  for (const [room, size] of Object.entries(SIZES)) {
    test(`what GitHub lost is seen and sent again, in ${theme}, ${room}`, async (t) => {
      const github = await githubHere(t);
      const creel = await startCreel(t);
      await creel.rpc('github_address', { address: creel.receiver });
      const page = await openPage(creel, { theme, size });
      const trouble = [];
      const look = async (name) => {
        await settled(page);
        for (const line of await serious(page)) trouble.push(`${name}: ${line}`);
        await picture(page, `github-${name}-${theme}-${room}`);
      };
      await go(page, '#/connect');
      const part = page.getByRole('region', { name: 'GitHub' });
      const paste = part.getByText('Paste a token, or use an Enterprise Server');
      await paste.click();
      await paste.scrollIntoViewIfNeeded();
      await look('sign-in');
      const { api } = await creel.rpc('github_sign_in');
      const place = { kind: 'repository', name: 'octocat/hello-world' };
      await part.getByRole('button', { name: /octocat\/hello-world/ }).click();
      await part.getByRole('button', { name: 'One by one' }).click();
      await look('events');
      await creel.rpc('github_connect', { api, place, events: ['push'] });
      await github.happens(PLACE, 'push', PUSH, { lost: true });
      const card = part.getByRole('article', {
        name: 'Hook of octocat/hello-world',
      });
      await card.getByText(/The ping was verified/).waitFor();
      await card.getByText('What GitHub says it sent').click();
      await card.getByText(/GitHub got 502 \(failed to connect to host\); Creel never saw it/).waitFor();
      await card.scrollIntoViewIfNeeded();
      await look('record');
      await card.getByRole('button', { name: 'Send again: push' }).click();
      await card.getByText('Arrived later').waitFor();
      await until('the task', async () => (await creel.rpc('tasks_list')).items.length === 1);
      assert.deepEqual(trouble, []);
      assert.deepEqual(github.problems, []);
    });
  }
}

test('a hook that signs with an old secret is given the current one from the refused delivery', async (t) => {
  const github = await githubHere(t);
  const creel = await startCreel(t);
  const account = await creel.rpc('github_sign_in');
  await creel.rpc('github_address', { address: creel.receiver });
  const place = { kind: 'repository', name: 'octocat/hello-world' };
  const { trigger_id: id } = await creel.rpc('github_connect', {
    api: account.api,
    place,
    events: ['push'],
  });
  // GitHub takes no change, so the hook keeps its secret while the trigger gets another one at once.
  const refused = {
    call: 'PATCH /repos/',
    status: 422,
    body: { message: 'Validation Failed' },
  };
  github.faults = Array.from({ length: 20 }, () => refused);
  await creel.rpc('trigger_rotate_secret', { id, grace_hours: 0 });
  assert.equal((await github.happens(PLACE, 'push', PUSH))[0].status_code, 401);
  github.faults = [];
  const { page: found } = await creel.rpc('deliveries_list', { q: 'sig:bad' });
  const page = await openPage(creel);
  await go(page, `#/inbox/${found.items[0].id}/signature`);
  const doctor = page.getByRole('region', { name: 'Doctor' });
  await doctor.getByRole('button', { name: 'Update the hook at GitHub' }).waitFor();
  for (const theme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme: theme });
    for (const [room, size] of Object.entries(SIZES)) {
      await page.setViewportSize(size);
      await settled(page);
      await picture(page, `doctor-hook-${theme}-${room}`);
    }
  }
  await doctor.getByRole('button', { name: 'Update the hook at GitHub' }).click();
  await doctor.getByText('The hook at GitHub has the current secret.', { exact: false }).waitFor();
  assert.equal((await github.happens(PLACE, 'push', PUSH))[0].status_code, 202);
});
