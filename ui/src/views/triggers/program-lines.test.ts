import { execFile } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { javascriptLines, pythonLines } from './program-lines';

const SECRET = 'a secret $x';

let server: Server | undefined;
afterEach(() => server?.close());

/** Runs the lines in their own interpreter against a real server and returns what came. */
async function sent(language: 'python' | 'javascript', scheme: string) {
  const arrived = new Promise<{ headers: IncomingMessage['headers']; body: string }>((resolve) => {
    server = createServer((request, response) => {
      let body = '';
      request
        .on('data', (chunk) => (body += chunk))
        .on('end', () => {
          response.end('{}');
          resolve({ headers: request.headers, body });
        });
    });
  });
  await new Promise<void>((ready) => server?.listen(0, '127.0.0.1', ready));
  const address = `http://127.0.0.1:${(server?.address() as AddressInfo).port}/hooks/a`;
  const python = language === 'python';
  const lines = (python ? pythonLines : javascriptLines)(address, scheme) ?? '';
  const [program, flags] = python ? ['python3', ['-c']] : ['node', ['--input-type=module', '-e']];
  await new Promise<void>((resolve, reject) => {
    execFile(program as string, [...(flags as string[]), lines], { env: { ...process.env, SECRET } }, (error) =>
      error ? reject(error) : resolve(),
    );
  });
  return arrived;
}

const hex = (text: string) => createHmac('sha256', SECRET).update(text).digest('hex');

test.each([
  ['python', 'opengate', 'x-opengate-secret', ''],
  ['javascript', 'opengate', 'x-opengate-secret', ''],
  ['python', 'octipus', 'x-hub-signature-256', 'sha256='],
  ['javascript', 'opshift', 'x-webhook-signature', ''],
] as const)('%s signs for %s', async (language, scheme, header, prefix) => {
  const { headers, body } = await sent(language, scheme);
  expect(headers[header]).toBe(prefix + hex(body));
  expect(JSON.parse(body)).toHaveProperty('title');
});

test.each(['python', 'javascript'] as const)('%s signs the time with the body for Orloj', async (language) => {
  const { headers, body } = await sent(language, 'orloj-generic');
  expect(headers['x-signature']).toBe(`sha256=${hex(`${String(headers['x-timestamp'])}.${body}`)}`);
  expect(headers['x-event-id']).toBe('evt-001');
});

test('a scheme that signs in another way has no lines', () => {
  expect(pythonLines('http://a', 'slack')).toBeUndefined();
  expect(javascriptLines('http://a', 'slack')).toBeUndefined();
});
