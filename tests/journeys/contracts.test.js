// A trigger of each contract: created in the builder, fired by its code line in a real shell and by the test button,
// inspected and replayed, by clicking only.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openPage, startCreel, until } from './creel.js';
import { CONTRACTS } from './contract-table.js';
import { looked, ranInShell } from './faces.js';
import { choose } from './screens.js';

for (const contract of CONTRACTS) {
  const { label, status, path, made } = contract;
  const name = contract.name ?? `Deploys by ${label}`;
  const shot = label.toLowerCase();

  test(`${label}: created, fired, inspected and replayed`, async (t) => {
    const creel = await startCreel(t);
    const page = await openPage(creel);
    await page.getByRole('link', { name: 'Triggers' }).click();
    await page.getByRole('button', { name: 'New trigger' }).first().click();
    await page.getByLabel('Name of the trigger').fill(name);
    if (label !== 'Creel') await choose(page, page, 'Answers as', label);
    const save = page.getByRole('button', { name: 'Save', exact: true });
    await refusals(page, save, contract.wrong ?? []);
    await contract.fill?.(page);
    await looked(page, `builder-${shot}`);
    await save.click();
    const env = await shownOnce(page, contract.shown ?? ['secret']);
    const [row] = await creel.rpc('triggers_list');
    assert.match(row.path, path);

    await page.getByRole('button', { name: 'Send again' }).click();
    await until('what the test makes', async () => (await made(creel)) === 1);
    await page.getByText(`${status}`, { exact: true }).first().waitFor();
    await page.getByRole('link', { name: 'Triggers' }).first().click();
    await fireFromCard(page, creel, name, env);
    await until('what the line makes', async () => (await made(creel)) === 2);
    await looked(page, `code-${shot}`);

    await page.getByRole('link', { name: 'Inbox' }).click();
    await page
      .getByRole('row')
      .or(page.getByRole('option'))
      .filter({ hasText: String(status) })
      .first()
      .click();
    const delivery = page.getByRole('article', { name: 'Delivery' });
    await delivery.getByText(contract.verdict ?? /^Accepted\. Signature valid\./).waitFor();
    await looked(page, `delivery-${shot}`);
    await delivery.getByRole('button', { name: /^Send again/ }).click();
    await until('the replay', async () => (await replays(creel)).length === 1);
    assert.equal((await replays(creel))[0].answer_status, status);
    await until('what the replay makes', async () => (await made(creel)) === 3);
    await contract.after?.(page, creel);
  });
}

/** Each mistake is said beside its field, and goes when it is mended. */
async function refusals(page, save, wrong) {
  for (const { field, bad, words, good } of wrong) {
    const box = page.getByLabel(field, { exact: true });
    await box.fill(bad);
    await save.click();
    await page.getByRole('alert').filter({ hasText: words }).first().waitFor();
    await box.fill(good);
  }
}

/** Secret and token as the banner shows them; then it is put away. */
async function shownOnce(page, what) {
  const env = {};
  for (const one of what) env[one.toUpperCase()] = await page.locator(`[data-${one}]`).innerText();
  if (what.length > 0) await page.getByRole('button', { name: 'I have it' }).click();
  return env;
}

/** The lines on the card, in each language; the shell's are run as they stand. */
async function fireFromCard(page, creel, name, env) {
  await page.getByRole('button', { name: `Code that sends to ${name}` }).click();
  for (const language of ['JavaScript', 'Python', 'Shell'])
    await page.getByRole('button', { name: language, exact: true }).click();
  const lines = page.getByLabel('Lines for Shell');
  await lines.getByText(creel.receiver).waitFor();
  await ranInShell(await lines.innerText(), env);
}

async function replays(creel) {
  const { page } = await creel.rpc('deliveries_list', { q: 'is:replay' });
  return page.items.filter(({ replay_of: of }) => of);
}
