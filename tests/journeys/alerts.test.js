// Alerts, by clicking: the team's secret, reports that gather, acknowledged, resolved, undone, and the monthly quota.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test } from 'node:test';
import { openPage, startCreel, until } from './creel.js';
import { looked } from './faces.js';

const REPORT = { title: 'CPU over 90 %', description: 'web-1', severity: 'sev1', group_key: 'cpu-web-1' };

function report(creel, path, secret, body) {
  const bytes = Buffer.from(JSON.stringify(body));
  const signature = createHmac('sha256', secret).update(bytes).digest('hex');
  return creel.deliver(path, bytes, { 'X-Webhook-Signature': signature });
}

/** Where the month, UTC, ends within the next minutes, waits for the next one: a quota counts by it. */
async function withinAMonth() {
  const minutes = 5 * 60_000;
  const month = (at) => new Date(at).getUTCMonth();
  while (month(Date.now()) !== month(Date.now() + minutes)) await new Promise((done) => setTimeout(done, 1_000));
}

/** The way back in the toast that says this. */
function undo(page, said) {
  return page.locator('[data-sonner-toast]').filter({ hasText: said }).getByRole('button', { name: 'Undo' }).click();
}

test('alerts are gathered, taken up, resolved and opened again; the team has a secret and a quota', async (t) => {
  await withinAMonth();
  const creel = await startCreel(t);
  const page = await openPage(creel);
  await page.getByRole('link', { name: 'Targets' }).click();
  await page.getByRole('tab', { name: 'Alerts' }).click();
  await page.getByText('No open alerts').waitFor();
  await looked(page, 'alerts-empty');
  await page.getByRole('button', { name: 'Make the secret' }).click();
  const secret = await page.locator('[data-secret]').innerText();
  await looked(page, 'alerts-secret');
  await page.getByRole('button', { name: 'I have it' }).click();

  const { path } = await creel.trigger({ name: 'Monitoring', contract: 'opshift' });
  assert.equal((await report(creel, path, secret, REPORT)).status, 200);
  assert.equal((await report(creel, path, secret, { ...REPORT, severity: 'sev0' })).status, 200);
  const second = await report(creel, path, secret, { title: 'Disk full' });
  assert.equal(second.status, 200);
  const list = page.getByRole('list', { name: 'Open alerts' });
  await list.getByText('Disk full').waitFor();
  await list.getByText('CPU over 90 %').click();
  const detail = page.getByRole('article', { name: 'Alert' });
  await detail.getByText('2 occurrences').waitFor();
  await looked(page, 'alerts-open');

  await detail.getByRole('button', { name: 'Acknowledge' }).click();
  await detail.getByText('Acknowledged', { exact: true }).waitFor();
  await undo(page, 'Acknowledged “');
  await detail.getByRole('button', { name: 'Acknowledge' }).click();
  await detail.getByRole('button', { name: 'Resolve' }).click();
  await detail.getByText('Resolved', { exact: true }).first().waitFor();
  await undo(page, 'Resolved “');
  await detail.getByText('Acknowledged', { exact: true }).waitFor();
  await detail.getByRole('button', { name: 'Resolve' }).click();
  await page.getByRole('button', { name: 'Resolved', exact: true }).click();
  await page.getByRole('list', { name: 'Resolved alerts' }).getByText('CPU over 90 %').waitFor();
  await looked(page, 'alerts-resolved');
  assert.match((await report(creel, path, secret, REPORT)).body, /"reopened"/);
  await detail.getByText('3 occurrences').waitFor();
  await detail.getByRole('button', { name: 'Resolve' }).waitFor();

  await page.getByRole('button', { name: 'Quota…' }).click();
  const quota = page.getByRole('dialog', { name: 'Quota of the month' });
  await quota.getByLabel('A month').fill('-1');
  await quota.getByText('a whole number').waitFor();
  await looked(page, 'alerts-quota');
  await quota.getByLabel('A month').fill('4');
  await quota.getByRole('button', { name: 'Set the quota' }).click();
  await page.getByText('4 of 4 reports this month').waitFor();
  assert.equal((await report(creel, path, secret, REPORT)).status, 429);

  await page.getByRole('button', { name: 'Rotate…' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Rotate the secret' }).click();
  await until('a new secret', async () => {
    const shown = await page.locator('[data-secret]').allInnerTexts();
    return shown.length > 0 && shown[0] !== secret;
  });
  await detail.getByRole('link', { name: 'delivery of occurrence 3' }).click();
  await page.getByRole('article', { name: 'Delivery' }).waitFor();
});
