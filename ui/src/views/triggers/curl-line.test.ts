import { execFile } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { curlLine } from './curl-line';

interface Got {
  headers: IncomingMessage['headers'];
  body: string;
}

let server: Server | undefined;
afterEach(() => server?.close());

/** Runs the line in a real shell against a real server and returns what came. */
async function sent(scheme: string, secret: string): Promise<Got> {
  const arrived = new Promise<Got>((resolve) => {
    server = createServer((request, response) => {
      let body = '';
      request
        .on('data', (chunk) => (body += chunk))
        .on('end', () => {
          response.end();
          resolve({ headers: request.headers, body });
        });
    });
  });
  await new Promise<void>((ready) => server?.listen(0, '127.0.0.1', ready));
  const line = curlLine(`http://127.0.0.1:${(server?.address() as AddressInfo).port}/hooks/it's`, scheme);
  await new Promise<void>((resolve, reject) => {
    execFile('bash', ['-c', line ?? 'false'], { env: { ...process.env, SECRET: secret } }, (error) =>
      error ? reject(error) : resolve(),
    );
  });
  return arrived;
}

function hmac(key: string | Buffer, text: string, encoding: 'hex' | 'base64' = 'hex'): string {
  return createHmac('sha256', key).update(text).digest(encoding);
}

test('GitHub: hex over the body, with a prefix', async () => {
  const { headers, body } = await sent('github', 'a secret $x');
  expect(headers['x-hub-signature-256']).toBe(`sha256=${hmac('a secret $x', body)}`);
  expect(JSON.parse(body)).toHaveProperty('title');
});

test.each([
  ['opengate', 'x-opengate-secret'],
  ['hmac-generic', 'x-signature'],
  ['opshift', 'x-webhook-signature'],
])('%s: bare hex over the body', async (scheme, header) => {
  const { headers, body } = await sent(scheme, 'whsec_abc');
  expect(headers[header]).toBe(hmac('whsec_abc', body));
});

test('Stripe: time and body, in one header', async () => {
  const { headers, body } = await sent('stripe', 'whsec_abc');
  const [, time, signature] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(headers['stripe-signature'])) ?? [];
  expect(signature).toBe(hmac('whsec_abc', `${time}.${body}`));
});

test('Slack: version, time and body', async () => {
  const { headers, body } = await sent('slack', 's');
  expect(headers['x-slack-signature']).toBe(`v0=${hmac('s', `v0:${headers['x-slack-request-timestamp']}:${body}`)}`);
});

test('Standard Webhooks: id, time and body, keyed with the decoded secret', async () => {
  const key = Buffer.from('0123456789abcdef0123456789abcdef');
  const { headers, body } = await sent('standard-webhooks', `whsec_${key.toString('base64')}`);
  const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`;
  expect(headers['webhook-signature']).toBe(`v1,${hmac(key, signed, 'base64')}`);
});

test('the secret itself is never in the line', () => {
  for (const scheme of ['github', 'stripe', 'standard-webhooks', 'plain-secret'])
    expect(curlLine('http://h/x', scheme)).toContain('$');
  expect(curlLine('http://h/x', 'unheard-of')).toBeUndefined();
});
