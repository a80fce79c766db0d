// The part of the stand-in that sends webhooks as GitHub does: signed, ten seconds of patience, and each one written down.
import { createHmac, randomUUID } from 'node:crypto';
import { request as overHttp } from 'node:http';
import { request as overTls } from 'node:https';

/** How long GitHub waits for an answer; a test that has no ten seconds says otherwise. */
const PATIENCE_MS = 10_000;

/** Sends one event to a hook and keeps what came of it in `hook.deliveries`, newest first. */
export async function send(hook, event, payload, options = {}) {
  const { guid = randomUUID(), redelivery = false, lost = false, patience = PATIENCE_MS } = options;
  const body = JSON.stringify(payload);
  const headers = headersOf(hook, event, guid, body);
  const begun = performance.now();
  const delivered_at = new Date().toISOString();
  const { status, words, answer } = lost
    ? {
        status: 502,
        words: 'failed to connect to host',
        answer: { headers: null, payload: null },
      }
    : await post(hook.config.url, headers, body, patience);
  const delivery = {
    id: hook.nextDelivery++,
    guid,
    delivered_at,
    redelivery,
    duration: Math.round(performance.now() - begun) / 1000,
    status: words,
    status_code: status,
    event,
    action: payload.action ?? null,
    installation_id: null,
    repository_id: payload.repository?.id ?? null,
    throttled_at: null,
    url: hook.config.url,
    request: { headers, payload },
    response: answer,
  };
  hook.deliveries.unshift(delivery);
  hook.last_response = {
    code: status,
    status: status < 300 ? 'active' : 'failed',
    message: words,
  };
  return delivery;
}

function headersOf(hook, event, guid, body) {
  const sign = (algorithm) => createHmac(algorithm, hook.config.secret).update(body).digest('hex');
  const signatures = hook.config.secret
    ? {
        'X-Hub-Signature': `sha1=${sign('sha1')}`,
        'X-Hub-Signature-256': `sha256=${sign('sha256')}`,
      }
    : {};
  return {
    Accept: '*/*',
    'content-type': 'application/json',
    'User-Agent': 'GitHub-Hookshot/044aadd',
    'X-GitHub-Delivery': guid,
    'X-GitHub-Event': event,
    'X-GitHub-Hook-ID': String(hook.id),
    'X-GitHub-Hook-Installation-Target-ID': '1296269',
    'X-GitHub-Hook-Installation-Target-Type': hook.type.toLowerCase(),
    ...signatures,
  };
}

function post(url, headers, body, patience) {
  const lost = (words) => ({
    status: 502,
    words,
    answer: { headers: null, payload: null },
  });
  return new Promise((resolve) => {
    const length = { 'Content-Length': Buffer.byteLength(body) };
    const over = url.startsWith('https:') ? overTls : overHttp;
    const sending = over(url, { method: 'POST', headers: { ...headers, ...length } }, (answer) => {
      const pieces = [];
      answer.on('data', (piece) => pieces.push(piece));
      answer.on('end', () => {
        const payload = Buffer.concat(pieces).toString('utf8');
        const words = answer.statusCode < 300 ? 'OK' : `Invalid HTTP Response: ${answer.statusCode}`;
        resolve({
          status: answer.statusCode,
          words,
          answer: { headers: answer.headers, payload },
        });
      });
    });
    sending.setTimeout(patience, () => sending.destroy(new Error('timed out')));
    sending.on('error', (error) => resolve(lost(error.message)));
    sending.end(body);
  });
}
