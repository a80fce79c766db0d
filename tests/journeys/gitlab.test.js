// GitLab by clicking, from a fresh start: a token, a project, the call, a verified push that makes a task, and the hook's life.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openPage, startCreel, until } from './creel.js';
import { looked } from './faces.js';
import { startGitlab } from './gitlab-api.js';
import { go } from './screens.js';

const PLACE = 'projects/7';
const PUSH = {
  object_kind: 'push',
  project: { id: 7, path_with_namespace: 'flightjs/flight' },
};

/** The stand-in, offered where nobody is signed in. */
async function gitlabHere(t) {
  const gitlab = await startGitlab();
  process.env.CREEL_GITLAB = gitlab.base;
  t.after(() => {
    delete process.env.CREEL_GITLAB;
    gitlab.close();
  });
  return gitlab;
}

/** Looks at GitLab's part. */
async function shown(page, name) {
  await page.getByRole('navigation', { name: 'Parts of this screen' }).getByRole('button', { name: 'GitLab' }).click();
  await looked(page, name);
}

/** A Creel with a public address, its screen, and GitLab's part with somebody signed in. */
async function signedIn(t) {
  const gitlab = await gitlabHere(t);
  const creel = await startCreel(t);
  await creel.rpc('github_address', { address: creel.receiver });
  const page = await openPage(creel);
  await go(page, 'connect');
  const part = page.getByRole('region', { name: 'GitLab', exact: true });
  await part.getByText('Have a project’s webhook made').click();
  await part.getByLabel('Access token').fill(gitlab.token);
  await part.getByRole('button', { name: 'Sign in' }).click();
  await part.getByText('Signed in to').waitFor();
  return { gitlab, creel, page, part };
}

test('from a token to a verified push that makes a task; the call is shown before it is made', async (t) => {
  const { gitlab, creel, page, part } = await signedIn(t);
  assert.ok(!(await page.content()).includes(gitlab.token), 'a token is not shown again');
  await part.getByRole('searchbox', { name: 'Project or group' }).fill('fli');
  await part.getByRole('button', { name: /flightjs\/hangar.*Maintainers/ }).waitFor();
  await looked(page, 'gitlab-search');
  await part.getByRole('button', { name: /flightjs\/flight/ }).click();
  await part.getByText(/POST .*\/projects\/7\/hooks/).waitFor();
  assert.equal(gitlab.at(PLACE).length, 0, 'a plan makes nothing');
  await looked(page, 'gitlab-plan');
  await part.getByRole('button', { name: 'Connect', exact: true }).click();
  const card = part.getByRole('article', {
    name: 'GitLab hook of flightjs/flight',
  });
  await card.getByText('Waiting for the first delivery:').waitFor();

  const [sent] = await gitlab.happens(PLACE, 'push_events', PUSH);
  assert.equal(sent.response_status, '202');
  await card.getByText('Verified: Push Hook').waitFor();
  await until('its task', async () =>
    (await creel.rpc('tasks_list')).items.some(({ title }) => title === 'Push Hook in flightjs/flight'),
  );
  await looked(page, 'gitlab-verified');
  assert.deepEqual(gitlab.problems, []);
});

test('what failed is in GitLab’s record and sent again; a hook that GitLab stopped begins again by a test', async (t) => {
  const { gitlab, creel, page, part } = await signedIn(t);
  const place = { kind: 'project', id: 7, path: 'flightjs/flight' };
  const api = `${gitlab.base}/api/v4`;
  await creel.rpc('gitlab_connect', {
    api,
    place,
    events: ['push_events'],
    task: true,
  });
  const card = part.getByRole('article', {
    name: 'GitLab hook of flightjs/flight',
  });
  await gitlab.happens(PLACE, 'push_events', PUSH, { lost: true });
  await gitlab.control(JSON.stringify({ stop: PLACE }));
  await card.getByText('What GitLab says it sent').click();
  await card.getByText('GitLab got no answer; Creel never saw it.').waitFor();
  await card.getByText(/GitLab stopped sending/).waitFor();
  await looked(page, 'gitlab-stopped');
  await card.getByRole('button', { name: /so that it begins again/ }).click();
  await card.getByText('Verified: Push Hook').waitFor();
  await until('the record without it', async () => (await card.getByText(/GitLab stopped sending/).count()) === 0);
  await card.getByRole('button', { name: 'Send again' }).last().click();
  await until('what was lost', async () => (await creel.rpc('tasks_list')).items.length === 2);

  await card.getByRole('button', { name: 'Switch off' }).click();
  await card.getByText('Switched off').waitFor();
  assert.equal(gitlab.at(PLACE)[0].push_events, false);
  await card.getByRole('button', { name: 'Switch on' }).click();
  await card.getByRole('button', { name: 'Remove' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Remove the hook' }).click();
  await until('no hook at GitLab', async () => gitlab.at(PLACE).length === 0);
  assert.deepEqual(gitlab.problems, []);
});

test('a token without the scope and a GitLab that is down say so where the token was typed', async (t) => {
  const gitlab = await gitlabHere(t);
  gitlab.scopes = ['read_api'];
  const creel = await startCreel(t);
  const page = await openPage(creel);
  await go(page, 'connect');
  const part = page.getByRole('region', { name: 'GitLab', exact: true });
  await part.getByText('Have a project’s webhook made').click();
  await part.getByLabel('Access token').fill(gitlab.token);
  await part.getByRole('button', { name: 'Sign in' }).click();
  await part.getByText(/the token has not the scope api; it has read_api/).waitFor();
  await looked(page, 'gitlab-scope');
  gitlab.close();
  await part.getByRole('button', { name: 'Sign in' }).click();
  await part.getByText(/no connection to 127.0.0.1/).waitFor();
});
