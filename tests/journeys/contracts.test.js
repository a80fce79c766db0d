// A trigger of each contract that the builder makes: created, fired, inspected and replayed, by clicking only.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openPage, startCreel, until } from './creel.js';
import { looked } from './faces.js';
import { choose } from './screens.js';

const CONTRACTS = [
  {
    name: 'OpenGate',
    status: 200,
    path: /^\/api\/webhooks\/trigger\/trg_/,
    effect: async (creel) => (await creel.rpc('tasks_list')).items.length,
  },
  {
    name: 'Octipus',
    status: 202,
    path: /^\/api\/webhooks\/deploy$/,
    effect: async (creel) => (await creel.rpc('tasks_list')).items.length,
    wrong: { field: 'Path', bad: 'a/b', words: /webhookPath "a\/b" is not/, good: 'deploy' },
  },
  {
    name: 'OpShift',
    status: 200,
    path: /^\/api\/alerts\/trigger\/deploys-by-opshift$/,
    effect: async (creel) => (await creel.rpc('alerts_list')).items[0]?.occurrenceCount ?? 0,
    wrong: { field: 'and open again within', bad: '100000', words: /100000 hours; at most/, good: '12' },
  },
];

for (const { name, status, path, effect, wrong } of CONTRACTS) {
  test(`${name}: created, fired, inspected and replayed`, async (t) => {
    const creel = await startCreel(t);
    const page = await openPage(creel);
    await page.getByRole('link', { name: 'Triggers' }).click();
    await page.getByRole('button', { name: 'New trigger' }).first().click();
    await page.getByLabel('Name of the trigger').fill(`Deploys by ${name}`);
    await choose(page, page, 'Answers as', name);
    await looked(page, `builder-${name.toLowerCase()}`);
    const save = page.getByRole('button', { name: 'Save', exact: true });
    if (wrong) {
      await page.getByLabel(wrong.field, { exact: true }).fill(wrong.bad);
      await save.click();
      await page.getByText(wrong.words).first().waitFor();
      await page.getByLabel(wrong.field, { exact: true }).fill(wrong.good);
    }
    await save.click();
    await page.locator('[data-secret]').waitFor();
    await page.getByRole('button', { name: 'I have it' }).click();
    const [row] = await creel.rpc('triggers_list');
    assert.match(row.path, path);

    await page.getByRole('button', { name: 'Send again' }).click();
    await until('what it makes', async () => (await effect(creel)) === 1);
    await page.getByRole('link', { name: 'Triggers' }).first().click();
    await page.getByRole('button', { name: `Code that sends to Deploys by ${name}` }).click();
    for (const language of ['JavaScript', 'Shell', 'Python'])
      await page.getByRole('button', { name: language, exact: true }).click();
    await page.getByLabel('Lines for Python').getByText(creel.receiver).waitFor();
    await looked(page, `code-${name.toLowerCase()}`);
    await page.getByRole('link', { name: 'Inbox' }).click();
    await page.getByRole('row').or(page.getByRole('option')).filter({ hasText: String(status) }).first().click();
    const delivery = page.getByRole('article', { name: 'Delivery' });
    await delivery.getByText(/^Accepted\. Signature valid\./).waitFor();
    await looked(page, `delivery-${name.toLowerCase()}`);
    await delivery.getByRole('button', { name: /^Send again/ }).click();
    await until('what it makes again', async () => (await effect(creel)) === 2);
    const { page: found } = await creel.rpc('deliveries_list', { q: 'is:replay' });
    assert.deepEqual([found.items.length, found.items[0].answer_status], [1, status]);
  });
}
