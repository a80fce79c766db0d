// Search by typing: operators narrow the list, the query is said in words, a mistake is shown at its place, and a query
// is kept as a view.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openPage, picture, startCreel, until } from './creel.js';

test('searching by keyboard', async (t) => {
  const creel = await startCreel(t);
  const endpoint = await creel.trigger({
    name: 'Pushes',
    slug: 'pushes',
    scheme: 'github',
    actions: [],
  });
  await creel.push(endpoint, 'one', '{"repository":{"name":"hello-world"},"note":"the disk is full"}');
  await creel.push(endpoint, 'two', '{"repository":{"name":"other"}}', {
    'X-GitHub-Event': 'issues',
  });
  await creel.deliver(endpoint.path, '{"forged":true}', {
    'X-GitHub-Event': 'push',
    'X-Hub-Signature-256': `sha256=${'0'.repeat(64)}`,
  });
  await creel.deliver('/nobody/here', 'lost');
  const page = await openPage(creel);
  const rows = page.getByRole('option').filter({ has: page.locator('time') });
  const search = async (text) => {
    await page.keyboard.press('/');
    await page.keyboard.press('ControlOrMeta+a');
    await page.keyboard.type(text);
    await page.keyboard.press('Enter');
  };
  const finds = (text, count) => until(`${count} rows for ${text}`, async () => (await rows.count()) === count);
  await finds('nothing', 4);

  for (const [text, count] of [
    ['sig:bad', 1],
    ['!sig:bad', 3],
    ['event:push sig:valid', 1],
    ['status:>=400', 2],
    ['body.repository.name:other', 1],
    ['outcome:unmatched', 1],
    ['after:1h', 4],
    ['is:replay', 0],
  ]) {
    await search(text);
    await finds(text, count);
  }
  // Bare words search bodies, as soon as these are indexed.
  await until('a word of a body', async () => {
    await search('disk');
    return (await rows.count()) === 1;
  });
  await page
    .getByText('whose body has "disk"')
    .or(page.getByText('disk', { exact: false }))
    .first()
    .waitFor();

  await search('event:push colour:red');
  await page.getByText('unknown key "colour"').first().waitFor();
  const chosen = await until('the mistake is selected', () =>
    page.getByRole('combobox', { name: 'Search deliveries' }).evaluate((box) => {
      const [from, to] = [box.selectionStart, box.selectionEnd];
      return to > from && box.value.slice(from, to);
    }),
  );
  assert.match(chosen, /^colour/);
  await picture(page, 'journey-search-mistake');
  // The next keys replace what is wrong, and only that.
  await page.keyboard.type(chosen.length > 'colour'.length ? 'sig:valid' : 'source');
  await page.keyboard.press('Enter');
  await page.getByText('unknown key').first().waitFor({ state: 'detached' });

  await search('sig:bad source:github');
  await finds('the view', 1);
  await page.getByRole('button', { name: 'Save view' }).click();
  await page.getByRole('dialog').getByLabel('Name').fill('Forged pushes');
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Clear the search' }).click();
  await finds('all again', 4);
  await page.getByRole('button', { name: 'Forged pushes', exact: true }).click();
  await finds('the saved view', 1);
  assert.ok((await creel.rpc('views_list')).some((view) => view.q === 'sig:bad source:github'));
});
