// Every screen by its address, with what shows that it is there.
export const SCREENS = [
  { name: 'inbox', path: '#/inbox' },
  { name: 'triggers', path: '#/triggers' },
  { name: 'builder', path: '#/triggers/new' },
  { name: 'executions', path: '#/executions' },
  { name: 'targets', path: '#/targets' },
  { name: 'pipelines', path: '#/targets/pipelines' },
  { name: 'pipeline-editor', path: '#/targets/pipelines/new' },
  { name: 'agents', path: '#/targets/agents' },
  { name: 'agent-editor', path: '#/targets/agents/new' },
  { name: 'alerts', path: '#/targets/alerts' },
  { name: 'channels', path: '#/targets/channels' },
  { name: 'channel-editor', path: '#/targets/channels/new' },
  { name: 'run-tasks', path: '#/targets/orloj/runs' },
  { name: 'templates', path: '#/targets/orloj/templates' },
  { name: 'connect', path: '#/connect' },
  { name: 'settings', path: '#/settings' },
  { name: 'schemes', path: '#/settings/schemes' },
  { name: 'scheme', path: '#/settings/schemes/github' },
  { name: 'scheme-editor', path: '#/settings/schemes/new' },
];

/** The tabs of a delivery, and the views beside them. */
export const DELIVERY_TABS = ['overview', 'headers', 'body', 'signature', 'runs', 'replays'];

/** Goes to an address of the UI without loading the page anew. */
export async function go(page, path) {
  await page.evaluate((to) => (location.hash = to), path.replace(/^#/, ''));
  await settled(page);
}

/** Waits until nothing loads and nothing moves: no busy region, two frames without a change. */
export async function settled(page) {
  await page.waitForLoadState('networkidle').catch(() => undefined);
  await page.waitForFunction(() => !document.querySelector('[aria-busy="true"]'));
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
}

/** Chooses an option of a menu that is named by its label. */
export async function choose(page, within, label, option) {
  await within.getByRole('combobox', { name: new RegExp(`^${label}: `) }).click();
  await page.getByRole('option', { name: new RegExp(`^${option}`) }).click();
}
