// Sends every recorded GitHub payload to TARGET, signed by GitHub's own library. One JSON line a payload.
// MODE=changed: one byte of the body is changed after the signing.
import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import { Agent, request } from 'node:http';
import { sign } from '@octokit/webhooks-methods';

const { TARGET, SECRET, MODE } = process.env;
const examples = createRequire(import.meta.url)('@octokit/webhooks-examples');
const agent = new Agent({ keepAlive: true, maxSockets: 1 });

function post(headers, body) {
  return new Promise((resolve, reject) => {
    const sending = request(TARGET, { method: 'POST', agent, headers }, (answer) => {
      answer.resume();
      answer.on('end', () => resolve(answer.statusCode));
    });
    sending.on('error', reject);
    sending.end(body);
  });
}

function changed(text, at) {
  const bytes = Buffer.from(text);
  bytes[at % bytes.length] ^= 1;
  return bytes;
}

let count = 0;
for (const { name: event, examples: payloads } of examples) {
  for (const payload of payloads) {
    const id = `id-${count}`;
    const text = JSON.stringify(payload, null, count % 3);
    const signature = await sign(SECRET, text);
    const body = MODE === 'changed' ? changed(text, count * 7919) : Buffer.from(text);
    const headers = {
      'Content-Type': 'application/json',
      'Content-Length': body.length,
      'User-Agent': 'GitHub-Hookshot/044aadd',
      'X-GitHub-Event': event,
      'X-GitHub-Delivery': id,
      'X-Hub-Signature-256': signature,
    };
    const status = await post(headers, body);
    const sha256 = createHash('sha256').update(body).digest('hex');
    console.log(JSON.stringify({ name: `${event} ${count}`, event, id, status, sha256 }));
    count += 1;
  }
}
agent.destroy();
