// The part of the stand-in that sends webhooks as GitLab does: its headers, ten seconds of patience, each one written down, and
// a hook that fails four times in a row is sent nothing more until a test arrives.
import { createHmac, randomUUID } from 'node:crypto';
import { request as overHttp } from 'node:http';

const PATIENCE_MS = 10_000;
const FAILURES_MOST = 4;
const NAMES = {
  push_events: 'Push Hook',
  tag_push_events: 'Tag Push Hook',
  merge_requests_events: 'Merge Request Hook',
  issues_events: 'Issue Hook',
  note_events: 'Note Hook',
  pipeline_events: 'Pipeline Hook',
  job_events: 'Job Hook',
};

/** Sends one event to a hook and keeps what came of it in `hook.sent`, newest first. */
export async function send(hook, event, data, { key = randomUUID(), lost = false } = {}) {
  const body = JSON.stringify(data);
  const headers = headersOf(hook, NAMES[event] ?? event, key, body);
  const begun = performance.now();
  const answer = lost ? { status: 'internal error' } : await post(hook.url, headers, body);
  const one = {
    id: hook.nextSent++,
    url: hook.url,
    trigger: event.replace(/_events$/, '_hooks'),
    request_headers: {
      ...headers,
      ...(headers['X-Gitlab-Token'] ? { 'X-Gitlab-Token': '[REDACTED]' } : {}),
    },
    request_data: data,
    response_headers: answer.headers ?? null,
    response_body: answer.body ?? null,
    execution_duration: Math.round(performance.now() - begun) / 1000,
    response_status: String(answer.status),
  };
  hook.sent.unshift(one);
  judge(hook, answer.status);
  return { ...one, event };
}

function judge(hook, status) {
  if (status >= 200 && status < 300) {
    Object.assign(hook, {
      failures: 0,
      alert_status: 'executable',
      disabled_until: null,
    });
    return;
  }
  hook.failures += 1;
  if (hook.failures < FAILURES_MOST) return;
  const soon = new Date(Date.now() + 60_000).toISOString();
  const isMistake = status >= 400 && status < 500;
  hook.alert_status = isMistake ? 'disabled' : 'temporarily_disabled';
  hook.disabled_until = isMistake ? null : soon;
}

function headersOf(hook, name, key, body) {
  const headers = {
    'Content-Type': 'application/json',
    'User-Agent': 'GitLab/19.1.0',
    'Idempotency-Key': key,
    'X-Gitlab-Event': name,
    'X-Gitlab-Webhook-UUID': hook.uuid,
    'X-Gitlab-Instance': 'https://gitlab.example.com',
    'X-Gitlab-Event-UUID': randomUUID(),
  };
  if (hook.token) headers['X-Gitlab-Token'] = hook.token;
  if (!hook.signing_token) return headers;
  const at = Math.floor(Date.now() / 1000);
  const secret = Buffer.from(hook.signing_token.replace(/^whsec_/, ''), 'base64');
  const signature = createHmac('sha256', secret).update(`${key}.${at}.${body}`).digest('base64');
  return {
    ...headers,
    'webhook-id': key,
    'webhook-timestamp': String(at),
    'webhook-signature': `v1,${signature}`,
  };
}

function post(url, headers, body) {
  return new Promise((resolve) => {
    const length = { 'Content-Length': Buffer.byteLength(body) };
    const sending = overHttp(url, { method: 'POST', headers: { ...headers, ...length } }, (answer) => {
      const pieces = [];
      answer.on('data', (piece) => pieces.push(piece));
      answer.on('end', () =>
        resolve({
          status: answer.statusCode,
          headers: answer.headers,
          body: Buffer.concat(pieces).toString('utf8'),
        }),
      );
    });
    sending.setTimeout(PATIENCE_MS, () => sending.destroy(new Error('timed out')));
    sending.on('error', () => resolve({ status: 'internal error' }));
    sending.end(body);
  });
}
