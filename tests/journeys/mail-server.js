// A mail server that somebody else wrote (PyPI `aiosmtpd`), as the suites start it.
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const list = join(here, '../python/aiosmtpd.txt');
const venv = join(here, '../out/python-aiosmtpd');

/** Starts one without TLS that takes letters for everybody but nobody@example.com; its port and its letters. */
export async function mailServer(t) {
  const folder = mkdtempSync(join(tmpdir(), 'creel-mail-'));
  execFileSync(
    'openssl',
    [
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:prime256v1',
      '-nodes',
      '-days',
      '2',
      '-subj',
      '/CN=localhost',
      '-keyout',
      'server.key',
      '-out',
      'server.pem',
    ],
    { cwd: folder, stdio: 'ignore' },
  );
  const child = spawn(python(), [join(here, '../fixtures/smtp/server.py'), 'no', folder], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  t.after(() => {
    child.kill();
    rmSync(folder, { recursive: true, force: true });
  });
  const letters = [];
  const lines = createInterface({ input: child.stdout });
  const port = await new Promise((resolve) => lines.once('line', resolve));
  lines.on('line', (line) => letters.push(JSON.parse(line)));
  return { port, letters };
}

/** The Python that has what the list names, in the virtual environment that the suites use too. */
function python() {
  const ready = join(venv, 'ready');
  const wanted = readFileSync(list, 'utf8');
  if (!existsSync(ready) || readFileSync(ready, 'utf8') !== wanted) {
    execFileSync('python3', ['-m', 'venv', '--clear', venv]);
    execFileSync(join(venv, 'bin/python'), ['-m', 'pip', 'install', '--quiet', '--requirement', list]);
    writeFileSync(ready, wanted);
  }
  return join(venv, 'bin/python');
}
