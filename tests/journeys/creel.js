// One running `creel serve` and one browser, for a journey. Everything is ended behind the test.
import { spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const here = dirname(fileURLToPath(import.meta.url));
const binary = process.env.CREEL_BIN ?? join(here, '../../target/debug/creel');
const SCREENS_FROM = process.env.CREEL_SCREENS;
const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';

// No journey waits longer for anything: long enough for a debug build and a browser on two cores that others keep busy. A
// condition that holds goes on at once.
export const LIMIT_MS = 30_000;

/** Starts Creel in a folder of its own; `t.after` ends it. */
export async function startCreel(t) {
  if (!existsSync(binary)) throw new Error(`${binary} is missing: run cargo build -p creel-cli`);
  const folder = mkdtempSync(join(tmpdir(), 'creel-journey-'));
  const environment = { ...process.env, HOME: folder };
  delete environment.DBUS_SESSION_BUS_ADDRESS;
  const child = spawn(
    binary,
    ['serve', '--data-dir', join(folder, 'data'), '--receiver', '127.0.0.1:0', '--control', '127.0.0.1:0'],
    { env: environment, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let log = '';
  child.stderr.on('data', (piece) => (log += piece));
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const pages = [];
  t.after(async () => {
    // Pages first: one that loses its server complains about that.
    const trouble = (await Promise.all(pages.map((close) => close()))).flat();
    child.kill('SIGKILL');
    await ended;
    rmSync(folder, { recursive: true, force: true });
    if (trouble.length > 0) throw new Error(`a page did what it must not:\n${trouble.join('\n')}`);
  });
  const line = await Promise.race([
    new Promise((resolve) => createInterface({ input: child.stdout }).once('line', resolve)),
    ended.then(() => Promise.reject(new Error(`creel ended: ${log}`))),
  ]);
  const ready = JSON.parse(line);
  const token = readFileSync(ready.token_file, 'utf8').trim();
  return new Creel(ready, token, pages, t);
}

/** A second Creel beside one that runs, in a folder of its own; it ends with the same test. */
export function startApart(creel) {
  return startCreel(creel.test);
}

class Creel {
  constructor({ receiver, control }, token, pages, test) {
    Object.assign(this, { receiver, control, token, pages, test });
  }

  /** Calls a command of the list. */
  async rpc(command, input = {}) {
    const answer = await this.manage('POST', `/rpc/${command}`, JSON.stringify(input));
    if (answer.status !== 200) throw new Error(`${command}: ${answer.status} ${answer.body}`);
    return JSON.parse(answer.body);
  }

  manage(method, path, body) {
    const headers = { Authorization: `Bearer ${this.token}`, 'Content-Type': 'application/json' };
    return send(`${this.control}${path}`, method, headers, body);
  }

  /** Makes a trigger; its id, path and secret. */
  async trigger(draft) {
    const made = await this.rpc('trigger_create', draft);
    return { id: made.row.trigger.id, path: made.row.path, secret: made.secret };
  }

  /** Sends a GitHub delivery, signed. */
  push(endpoint, id, body, headers = {}) {
    const bytes = Buffer.from(body);
    const signature = createHmac('sha256', endpoint.secret).update(bytes).digest('hex');
    return this.deliver(endpoint.path, bytes, {
      'X-GitHub-Event': 'push',
      'X-GitHub-Delivery': id,
      'X-Hub-Signature-256': `sha256=${signature}`,
      'User-Agent': 'GitHub-Hookshot/044aadd',
      ...headers,
    });
  }

  /** Sends anything to the receiver. */
  deliver(path, body, headers = {}) {
    return send(`${this.receiver}${path}`, 'POST', { 'Content-Type': 'application/json', ...headers }, body);
  }

  /** The address that opens the UI with a session, once. */
  async address(fragment = '') {
    const answer = await this.manage('POST', '/session/code');
    return `${this.control}/#code=${JSON.parse(answer.body).code}${fragment}`;
  }
}

/** One request with exactly these headers; `fetch` would add its own. */
export function send(url, method, headers, body) {
  return new Promise((resolve, reject) => {
    const length = { 'Content-Length': Buffer.byteLength(body ?? '') };
    const sending = request(url, { method, headers: { ...headers, ...length } }, (answer) => {
      const pieces = [];
      answer.on('data', (piece) => pieces.push(piece));
      answer.on('end', () => resolve({ status: answer.statusCode, body: Buffer.concat(pieces).toString('utf8') }));
    });
    sending.on('error', reject);
    sending.end(body);
  });
}

/**
 * A page of Chromium that is watched: dialogs, requests to elsewhere, violations of the policy, errors, new windows.
 * The end of the test fails if any of that happened.
 */
export async function openPage(creel, { theme = 'light', size = { width: 1280, height: 800 }, path = '' } = {}) {
  const browser = await chromium.launch({
    executablePath: CHROMIUM,
    args: [
      '--no-sandbox',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
  const context = await browser.newContext({ colorScheme: theme, viewport: size, reducedMotion: 'reduce' });
  const page = await context.newPage();
  page.setDefaultTimeout(LIMIT_MS);
  if (SCREENS_FROM) await serveScreens(context, creel);
  const seen = watch(context, page, creel);
  creel.pages.push(async () => {
    await browser.close();
    return seen;
  });
  await page.goto(await creel.address(path));
  await page.getByRole('navigation').first().waitFor();
  return page;
}

/** Screens from a folder in place of the built-in ones: while they are written, without compiling Creel anew. */
async function serveScreens(context, creel) {
  await context.route(
    (url) => url.origin === creel.control && /^\/($|assets\/|[^/]+\.svg$)/.test(url.pathname),
    (route) => {
      const { pathname } = new URL(route.request().url());
      return route.fulfill({ path: join(SCREENS_FROM, pathname === '/' ? 'index.html' : pathname) });
    },
  );
}

function watch(context, page, creel) {
  const seen = [];
  const own = [creel.control, 'data:', 'blob:'];
  page.on('dialog', async (dialog) => {
    seen.push(`a dialog: ${dialog.message()}`);
    await dialog.dismiss();
  });
  context.on('request', (asked) => {
    if (!own.some((base) => asked.url().startsWith(base))) seen.push(`a request: ${asked.url()}`);
  });
  context.on('page', (opened) => {
    if (opened !== page) seen.push(`a window: ${opened.url()}`);
  });
  page.on('pageerror', (error) => seen.push(`an error: ${error.message}`));
  page.on('console', (message) => {
    const { url } = message.location();
    // A command that refuses what was typed, or says that somebody else did or that something is missing, is an answer;
    // the browser calls it an error.
    const refused = url.startsWith(`${creel.control}/rpc/`) && /with a status of (4\d\d|50[23])/.test(message.text());
    if (message.type() === 'error' && !refused) seen.push(`on the console: ${message.text()} ${url}`);
  });
  return seen;
}

/** Keeps a picture in tests/out. */
export async function picture(page, name) {
  const folder = join(here, '../out');
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`) });
}

/** Waits until `look` gives something true. */
export async function until(what, look) {
  const end = Date.now() + LIMIT_MS;
  for (;;) {
    const found = await look();
    if (found) return found;
    if (Date.now() > end) throw new Error(`waited ${LIMIT_MS} ms for: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
