/** A few lines of Python or JavaScript that send a signed request to a trigger. The secret is read from `SECRET`. */

/** How a scheme signs: hex of the HMAC-SHA256, in one header. */
interface Signing {
  header: string;
  prefix: string;
  /** The time stands before the body, with a dot between, and in the header `X-Timestamp`. */
  timed?: boolean;
  /** Headers of a kind that has no signature in it. */
  others?: Record<string, string>;
  /** The trigger is selected by a token, which is read from `TOKEN`. */
  token?: boolean;
}

const SIGNINGS: Record<string, Signing> = {
  github: { header: 'X-Hub-Signature-256', prefix: 'sha256=', others: { 'X-GitHub-Event': 'push' } },
  opengate: { header: 'X-OpenGate-Secret', prefix: '' },
  octipus: { header: 'X-Hub-Signature-256', prefix: 'sha256=' },
  promptrails: { header: 'X-Webhook-Signature', prefix: 'sha256=', token: true },
  'promptrails-token': { header: '', prefix: '', token: true },
  opshift: { header: 'X-Webhook-Signature', prefix: '' },
  'hmac-generic': { header: 'X-Signature', prefix: '' },
  'orloj-generic': { header: 'X-Signature', prefix: 'sha256=', timed: true, others: { 'X-Event-Id': 'evt-001' } },
  'orloj-github': { header: 'X-Hub-Signature-256', prefix: 'sha256=', others: { 'X-GitHub-Delivery': 'gh-evt-001' } },
};

/** Python 3 with nothing but its own library; undefined for a scheme that signs in another way. */
export function pythonLines(address: string, scheme: string): string | undefined {
  const signing = SIGNINGS[scheme];
  if (!signing) return undefined;
  const { header, prefix, timed, token, others = {} } = signing;
  const more = Object.entries(others).map(([name, value]) => `    "${name}": "${value}",`);
  return [
    `import ${header ? 'hashlib, hmac, ' : ''}json, os, ${timed ? 'time, ' : ''}urllib.request`,
    '',
    'payload = json.dumps({"title": "Hello from Python"}).encode()',
    ...(timed ? ['timestamp = str(int(time.time()))', 'signed = timestamp.encode() + b"." + payload'] : []),
    ...(header
      ? [
          `signature = hmac.new(os.environ["SECRET"].encode(), ${timed ? 'signed' : 'payload'}, hashlib.sha256).hexdigest()`,
        ]
      : []),
    `request = urllib.request.Request(${JSON.stringify(address)}, data=payload, method="POST", headers={`,
    '    "Content-Type": "application/json",',
    ...more,
    ...(timed ? ['    "X-Timestamp": timestamp,'] : []),
    ...(token ? ['    "Authorization": "Bearer " + os.environ["TOKEN"],'] : []),
    ...(header ? [`    "${header}": "${prefix}" + signature,`] : []),
    '})',
    'print(urllib.request.urlopen(request).read().decode())',
  ].join('\n');
}

/** JavaScript for Node, as a module; undefined for a scheme that signs in another way. */
export function javascriptLines(address: string, scheme: string): string | undefined {
  const signing = SIGNINGS[scheme];
  if (!signing) return undefined;
  const { header, prefix, timed, token, others = {} } = signing;
  const more = Object.entries(others).map(([name, value]) => `    "${name}": "${value}",`);
  const signed = timed ? '`${timestamp}.${payload}`' : 'payload';
  return [
    ...(header ? ['import { createHmac } from "node:crypto";', ''] : []),
    'const payload = JSON.stringify({ title: "Hello from JavaScript" });',
    ...(timed ? ['const timestamp = String(Math.floor(Date.now() / 1000));'] : []),
    ...(header ? [`const signature = createHmac("sha256", process.env.SECRET).update(${signed}).digest("hex");`] : []),
    `const answer = await fetch(${JSON.stringify(address)}, {`,
    '  method: "POST",',
    '  headers: {',
    '    "Content-Type": "application/json",',
    ...more,
    ...(timed ? ['    "X-Timestamp": timestamp,'] : []),
    ...(token ? ['    Authorization: "Bearer " + process.env.TOKEN,'] : []),
    ...(header ? [`    "${header}": "${prefix}" + signature,`] : []),
    '  },',
    '  body: payload,',
    '});',
    'console.log(answer.status, await answer.text());',
  ].join('\n');
}
