// Missed while nothing led here: offered, brought in, tasks there. And GitHub asked where there is no public address.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openPage, picture, startCreel, until } from './creel.js';
import { startGithub } from './github-api.js';
import { choose, go, settled } from './screens.js';
import { serious } from './sound.js';

const PLACE = 'repos/octocat/hello-world';
const SIZES = {
  wide: { width: 1280, height: 800 },
  small: { width: 900, height: 600 },
};
const push = (number) => ({
  ref: `refs/heads/${number}`,
  repository: { id: 1296269, full_name: 'octocat/hello-world' },
});

/** A Creel that is signed in at a stand-in. */
async function signedIn(t) {
  const github = await startGithub();
  t.after(() => github.close());
  process.env.CREEL_GITHUB = github.base;
  t.after(() => delete process.env.CREEL_GITHUB);
  const creel = await startCreel(t);
  const { api } = await creel.rpc('github_sign_in', { token: github.token });
  return { github, creel, api };
}

for (const theme of ['light', 'dark']) {
  for (const [room, size] of Object.entries(SIZES)) {
    test(`what was missed is offered and brought in, in ${theme}, ${room}`, async (t) => {
      const { github, creel, api } = await signedIn(t);
      await creel.rpc('github_address', { address: creel.receiver });
      const place = { kind: 'repository', name: 'octocat/hello-world' };
      const { trigger_id } = await creel.rpc('github_connect', {
        api,
        place,
        events: ['push'],
      });
      // The typed address is gone for a while: that is the reason that is told.
      await creel.rpc('github_address', { address: '' });
      for (const number of [1, 2, 3]) await github.happens(PLACE, 'push', push(number), { lost: true });
      await creel.rpc('github_address', { address: creel.receiver });
      await creel.rpc('github_missed_look', { trigger_id });

      const page = await openPage(creel, { theme, size });
      const trouble = [];
      const look = async (name) => {
        await settled(page);
        for (const line of await serious(page)) trouble.push(`${name}: ${line}`);
        await picture(page, `catch-up-${name}-${theme}-${room}`);
      };
      await go(page, '#/connect');
      const notice = page.getByRole('status', {
        name: 'Missed from octocat/hello-world',
      });
      await notice.getByText(/3 deliveries were missed while no tunnel ran (at )?\d\d:\d\d/).waitFor();
      await look('notice');
      await notice.getByRole('button', { name: 'Go to the hook' }).click();
      const card = page.getByRole('article', {
        name: 'Hook of octocat/hello-world',
      });
      await card.getByRole('button', { name: 'Show', exact: true }).click();
      const list = card.getByRole('list', { name: 'What was missed' });
      await until('the three', async () => (await list.getByRole('listitem').count()) === 3);
      await look('list');

      const lost = github.at(PLACE)[0].deliveries.find(({ request }) => request.payload.ref === 'refs/heads/2');
      const call = `GET /${PLACE}/hooks/${github.at(PLACE)[0].id}/deliveries/${lost.id}`;
      github.faults.push({ call, status: 404, body: { message: 'Not Found' } });
      await card.getByRole('button', { name: 'Bring them in' }).click();
      await list.getByText(/it is gone, was renamed/).waitFor();
      await until('what fails says why and stays', async () => (await list.getByRole('listitem').count()) === 1);
      await look('trouble');
      await list.getByRole('button', { name: 'Bring in the missed push' }).click();
      await card.getByText(/^Nothing was missed/).waitFor();
      await notice.waitFor({ state: 'detached' });
      const { items } = await creel.rpc('tasks_list');
      assert.equal(items.length, 3);
      await card.getByText('What GitHub says it sent').click();
      await card.getByText('Brought in').first().waitFor();
      await card.scrollIntoViewIfNeeded();
      await look('record');

      await go(page, '#/inbox');
      await page.getByText('imported').first().waitFor();
      await look('inbox');
      const [row] = (await creel.rpc('deliveries_list', { q: 'is:imported', limit: 5 })).page.items;
      await go(page, `#/inbox/${row.id}`);
      await page.getByText('Imported', { exact: true }).first().waitFor();
      await look('delivery');
      assert.deepEqual(trouble, []);
      assert.deepEqual(github.problems, []);
    });
  }
}

test('without a public address GitHub is asked, by a tick and two clicks, and how often is chosen on its card', async (t) => {
  const { github, creel } = await signedIn(t);
  const page = await openPage(creel);
  await go(page, '#/connect');
  const part = page.getByRole('region', { name: 'GitHub' });
  await part.getByRole('checkbox', { name: /^Ask GitHub instead/ }).check();
  await part.getByRole('button', { name: /octocat\/hello-world/ }).click();
  await part.getByText(/GitHub's own list will show each delivery as failed/).waitFor();
  await picture(page, 'catch-up-asking-call');
  await part.getByRole('button', { name: 'Connect', exact: true }).click();
  const card = part.getByRole('article', {
    name: 'Hook of octocat/hello-world',
  });
  await card.getByText(/so GitHub is asked every minute/).waitFor();
  await card.getByText(/The ping was verified/).waitFor();
  await picture(page, 'catch-up-asking');
  assert.match(github.at(PLACE)[0].config.url, /^https:\/\/creel\.invalid\/hooks\//);
  await card.getByText('By itself: without a public address GitHub is asked every minute').click();
  await card.getByText(/At most 60 calls an hour, 1 % of what GitHub allows/).waitFor();
  await choose(page, card, 'How often GitHub is asked', 'asked every 10 seconds');
  await card.getByText(/so GitHub is asked every 10 seconds/).waitFor();
  await card.getByText(/At most 360 calls an hour, 7 % of what GitHub allows/).waitFor();
  await picture(page, 'catch-up-every');
  await github.happens(PLACE, 'push', push(1));
  await card.getByRole('button', { name: 'Look again' }).click();
  await until('the task', async () => (await creel.rpc('tasks_list')).items.length === 1);
  await part.getByText('This machine has a public address of its own').click();
  await part.getByLabel('Public address').fill(creel.receiver);
  await part.getByRole('button', { name: 'Use this address' }).click();
  await until('the hook at its address', () => github.at(PLACE)[0].config.url.startsWith(creel.receiver));
  const [sent] = await github.happens(PLACE, 'push', push(2));
  assert.equal(sent.status_code, 202);
  await card.getByText(/^Sends to/).waitFor();
  assert.deepEqual(github.problems, []);
});
