// A sender that Creel does not know: its scheme is made of GitHub's by clicking, tried on what it sent, and used.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { openPage, startCreel, until } from './creel.js';
import { looked } from './faces.js';
import { go, settled } from './screens.js';

const BODY = '{"order":7,"state":"paid"}';
const SECRET = 'the secret that Acme shows once';

/** As Acme signs: GitHub's rule under a header of its own. */
function send(creel, path, secret, body = BODY) {
  const signature = createHmac('sha256', secret).update(body).digest('hex');
  return creel.deliver(path, body, { 'X-Acme-Signature': `sha256=${signature}`, 'X-Acme-Event': 'order.paid' });
}

test('a scheme is made of another, tried on a delivery, and used by a trigger', async (t) => {
  const creel = await startCreel(t);
  await send(creel, '/hooks/orders', SECRET);
  const page = await openPage(creel);
  await go(page, '#/settings');
  await page.getByRole('tab', { name: 'Schemes' }).click();
  await page.getByRole('searchbox', { name: 'Search the schemes' }).fill('hub-signature-256');
  await page
    .getByRole('list', { name: 'Developer platforms' })
    .getByRole('button', { name: /^GitHub/ })
    .click();
  const detail = page.getByRole('article', { name: 'Scheme' });
  await detail.getByText('docs.github.com', { exact: false }).first().waitFor();
  await looked(page, 'schemes-github');
  await detail.getByRole('button', { name: 'Duplicate' }).click();

  const editor = page.getByRole('region', { name: 'Edit GitHub (copy)' });
  const trial = page.getByRole('region', { name: 'Live test' });
  await trial.getByText('X-Hub-Signature-256 is missing', { exact: false }).first().waitFor();
  await editor.getByRole('textbox', { name: 'Name', exact: true }).fill('Acme orders');
  await editor.getByRole('textbox', { name: 'Place of the signature' }).fill('X-Acme Signature');
  await editor.getByText('is no name of a header', { exact: false }).waitFor();
  await editor.getByRole('textbox', { name: 'Place of the signature' }).fill('X-Acme-Signature');
  await editor.getByRole('textbox', { name: 'Place of the event’s name' }).fill('X-Acme-Event');
  await trial.getByText('order.paid').first().waitFor();
  await trial.getByRole('combobox', { name: /^Secret to test with: / }).click();
  await page.getByRole('option', { name: /^Typed here/ }).click();
  await trial.getByLabel('Secret for this test').fill('not this one');
  await trial
    .getByText('does not', { exact: false })
    .or(trial.getByText('no secret', { exact: false }))
    .first()
    .waitFor();
  await trial.getByLabel('Secret for this test').fill(SECRET);
  await trial.getByText('The signature is valid.').waitFor();
  await settled(page);
  await looked(page, 'schemes-editor');

  await editor.getByRole('button', { name: 'YAML' }).click();
  const yaml = editor.getByRole('textbox', { name: 'The scheme as YAML' });
  await until('the YAML follows the form', async () => (await yaml.inputValue()).includes('header:X-Acme-Signature'));
  await yaml.fill((await yaml.inputValue()).replace('header:X-Acme-Event', 'header:X-Acme-Kind'));
  await editor.getByRole('button', { name: 'Form' }).click();
  const event = editor.getByRole('textbox', { name: 'Place of the event’s name' });
  await until('the form follows the YAML', async () => (await event.inputValue()) === 'X-Acme-Kind');
  await event.fill('X-Acme-Event');
  await editor.getByRole('button', { name: 'Save' }).click();
  await detail.getByText('Your own word').waitFor();
  await looked(page, 'schemes-own');

  const [file] = await Promise.all([
    page.waitForEvent('download'),
    detail.getByRole('button', { name: 'Export' }).click(),
  ]);
  assert.equal(file.suggestedFilename(), 'github-copy.yaml');
  const exported = readFileSync(await file.path(), 'utf8');
  assert.match(exported, /X-Acme-Signature/);

  await go(page, '#/triggers/new');
  await page.getByRole('textbox', { name: 'Name of the trigger' }).fill('Orders');
  const chooser = page.getByRole('combobox', { name: /^Signed with: / });
  await chooser.click();
  await chooser.fill('acme-sig');
  await page.getByRole('option', { name: /^Acme orders/ }).waitFor();
  await looked(page, 'schemes-chooser');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await until('it is chosen', async () => (await chooser.getAttribute('aria-label')) === 'Signed with: Acme orders');
  await page.getByRole('button', { name: 'Remove action 1' }).click();
  await page.getByRole('textbox', { name: /^Address after/ }).fill('orders');
  await page.getByRole('textbox', { name: 'Secret' }).fill(SECRET);
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await until('the trigger is there', async () => (await creel.rpc('triggers_list')).length === 1);
  assert.equal((await send(creel, '/hooks/orders', SECRET)).status, 202);
  assert.equal((await send(creel, '/hooks/orders', 'another')).status, 401);
  const { page: rows } = await creel.rpc('deliveries_list');
  assert.deepEqual(
    [rows.items[1].source, rows.items[1].event, rows.items[1].signature],
    ['github-copy', 'order.paid', 'valid'],
  );

  await go(page, '#/settings/schemes/github-copy');
  await detail.getByText('Orders', { exact: true }).waitFor();
  await detail.getByRole('button', { name: 'Delete the scheme' }).click();
  await detail.getByText('is used by "Orders"', { exact: false }).waitFor();
  await creel.rpc('trigger_delete', { id: (await creel.rpc('triggers_list'))[0].trigger.id });
  await detail.getByText('nothing', { exact: true }).waitFor();
  await detail.getByRole('button', { name: 'Delete the scheme' }).click();
  const toast = page.getByRole('listitem').filter({ hasText: '“Acme orders” was deleted' });
  await toast.getByRole('button', { name: 'Undo' }).click();
  const own = async () => (await creel.rpc('schemes_list')).filter(({ group }) => group === 'own').length;
  await until('it is back', async () => (await own()) === 1);
  assert.equal((await creel.rpc('scheme_get', { key: 'github-copy' })).text, exported);
});

test('a scheme begins with a delivery that no scheme fits, and is not left unsaved without a question', async (t) => {
  const creel = await startCreel(t);
  await send(creel, '/hooks/orders', SECRET);
  const page = await openPage(creel);
  const { page: rows } = await creel.rpc('deliveries_list');
  await go(page, `#/inbox/${rows.items[0].id}/signature`);
  await page.getByRole('button', { name: 'Make a scheme from this delivery' }).click();
  const editor = page.getByRole('region', { name: 'New scheme' });
  const place = editor.getByRole('textbox', { name: 'Place of the signature' });
  await until('the header is guessed', async () => (await place.inputValue()) === 'X-Acme-Signature');
  await looked(page, 'schemes-guessed');
  await go(page, '#/inbox');
  await page.getByRole('dialog', { name: 'Leave without saving?' }).getByRole('button', { name: 'Cancel' }).click();
  await editor.getByRole('textbox', { name: 'Name', exact: true }).fill('Acme');
  await editor.getByRole('textbox', { name: 'Key', exact: true }).fill('github');
  await editor.getByText('is taken by a scheme that ships', { exact: false }).waitFor();
  await editor.getByRole('textbox', { name: 'Key', exact: true }).fill('acme');
  await page.keyboard.press('Control+s');
  await page.getByRole('article', { name: 'Scheme' }).getByText('acme', { exact: true }).waitFor();
  assert.equal((await creel.rpc('scheme_get', { key: 'acme' })).record.form.prefix, 'sha256=');

  await go(page, `#/triggers/new?from=${rows.items[0].id}`);
  await page.getByRole('textbox', { name: 'Name of the trigger' }).fill('Orders');
  await page.getByRole('combobox', { name: 'Signed with: Acme' }).click();
  await page.getByRole('option', { name: /^Acme It has the header X-Acme-Signature/ }).waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Make your own scheme…' }).click();
  await editor.waitFor();
  await page.getByText('The trigger “Orders” waits for you, unsaved.').waitFor();
  await page.getByRole('button', { name: 'Back to it' }).click();
  await page
    .getByRole('dialog', { name: 'Leave without saving?' })
    .getByRole('button', { name: /^Leave/ })
    .click();
  await until(
    'the trigger is as it was',
    async () => (await page.getByRole('textbox', { name: 'Name of the trigger' }).inputValue()) === 'Orders',
  );
});

test('a file is read into the editor, and what is wrong with it is said before anything is saved', async (t) => {
  const creel = await startCreel(t);
  const page = await openPage(creel);
  await go(page, '#/settings/schemes');
  const picked = async (text) => {
    const chooser = page.waitForEvent('filechooser');
    await page.getByRole('button', { name: 'Import…' }).click();
    await (await chooser).setFiles({ name: 'acme.yaml', mimeType: 'text/yaml', buffer: Buffer.from(text) });
  };
  await picked('scheme: acme\nname: Acme\nsignature: header:X-Acme\nexecute: rm -rf /\n');
  const editor = page.getByRole('region', { name: 'New scheme' });
  await editor.getByText('The YAML cannot be read', { exact: false }).waitFor();
  await editor.getByRole('button', { name: 'YAML' }).click();
  await editor.getByText('unknown field', { exact: false }).waitFor();
  await looked(page, 'schemes-import-refused');
  const yaml = editor.getByRole('textbox', { name: 'The scheme as YAML' });
  await yaml.fill((await yaml.inputValue()).replace('execute: rm -rf /\n', ''));
  await editor.getByText('unknown field', { exact: false }).waitFor({ state: 'detached' });
  await editor.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('article', { name: 'Scheme' }).getByText('X-Acme: <hex HMAC-SHA256 of the raw body>').waitFor();
  assert.equal((await creel.rpc('schemes_list')).filter(({ group }) => group === 'own').length, 1);
});
