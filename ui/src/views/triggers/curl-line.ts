/** A shell line that sends a signed request to a trigger. The secret is never in it: the shell reads `$SECRET`. */

/** Ways to a signature: lines that set variables, and the headers made of them. */
interface Recipe {
  setup: string[];
  headers: string[];
}

const BODY = `BODY='{"title":"Hello from curl"}'`;
const NOW = 'TS=$(date +%s)';

/** `SIG` as hex of the HMAC over `signed`, keyed with the secret's own bytes. */
function hex(signed: string): string {
  return `SIG=$(printf %s "${signed}" | openssl dgst -sha256 -hmac "$SECRET" | sed 's/^.* //')`;
}

/** Standard Webhooks: the key is what `whsec_` is followed by, decoded; the signature is base64. */
const STANDARD = [
  'ID=msg_$(openssl rand -hex 8)',
  NOW,
  `KEY=$(printf %s "\${SECRET#whsec_}" | openssl base64 -d -A | od -An -vtx1 | tr -d ' \\n')`,
  `SIG=$(printf %s "$ID.$TS.$BODY" | openssl dgst -sha256 -mac HMAC -macopt "hexkey:$KEY" -binary | openssl base64 -A)`,
];

const RECIPES: Record<string, Recipe> = {
  none: { setup: [], headers: [] },
  github: {
    setup: [hex('$BODY')],
    headers: ['X-GitHub-Event: push', 'X-GitHub-Delivery: $(openssl rand -hex 16)', 'X-Hub-Signature-256: sha256=$SIG'],
  },
  opengate: { setup: [hex('$BODY')], headers: ['X-OpenGate-Secret: $SIG'] },
  octipus: { setup: [hex('$BODY')], headers: ['X-Hub-Signature-256: sha256=$SIG'] },
  opshift: { setup: [hex('$BODY')], headers: ['X-Webhook-Signature: $SIG'] },
  promptrails: {
    setup: [hex('$BODY')],
    headers: ['Authorization: Bearer $TOKEN', 'X-Webhook-Signature: sha256=$SIG'],
  },
  'promptrails-token': { setup: [], headers: ['Authorization: Bearer $TOKEN'] },
  'orloj-generic': {
    setup: [NOW, hex('$TS.$BODY')],
    headers: ['X-Timestamp: $TS', 'X-Event-Id: $(openssl rand -hex 16)', 'X-Signature: sha256=$SIG'],
  },
  'orloj-github': {
    setup: [hex('$BODY')],
    headers: ['X-GitHub-Delivery: $(openssl rand -hex 16)', 'X-Hub-Signature-256: sha256=$SIG'],
  },
  'hmac-generic': { setup: [hex('$BODY')], headers: ['X-Signature: $SIG'] },
  'plain-secret': { setup: [], headers: ['X-Webhook-Secret: $SECRET'] },
  stripe: { setup: [NOW, hex('$TS.$BODY')], headers: ['Stripe-Signature: t=$TS,v1=$SIG'] },
  slack: {
    setup: [NOW, hex('v0:$TS:$BODY')],
    headers: ['X-Slack-Request-Timestamp: $TS', 'X-Slack-Signature: v0=$SIG'],
  },
  'standard-webhooks': {
    setup: STANDARD,
    headers: ['webhook-id: $ID', 'webhook-timestamp: $TS', 'webhook-signature: v1,$SIG'],
  },
};

/** The line for a trigger's address and scheme; undefined for a scheme that has no recipe here. */
export function curlLine(address: string, scheme: string): string | undefined {
  const recipe = RECIPES[scheme];
  if (!recipe) return undefined;
  const headers = ['Content-Type: application/json', ...recipe.headers].map((header) => `-H "${header}"`);
  const command = ['curl -sS', quoted(address), ...headers, '--data-binary "$BODY"'].join(' \\\n  ');
  return [BODY, ...recipe.setup, command].join('\n');
}

/** An address as one shell word. */
function quoted(address: string): string {
  return `'${address.replaceAll("'", "'\\''")}'`;
}
