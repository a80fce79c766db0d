/**
 * Senders that Creel guides to: a record each. To add one, add a record; the scheme it names has to ship.
 * The names of pages and fields are the sender's own, as its documents of 2026 have them.
 */

/** How a sender is set up by hand. */
export interface Sender {
  key: string;
  name: string;
  /** Its schemes, the usual one first; none: any scheme can be chosen. */
  schemes: string[];
  /** Whether Creel makes the secret, or the sender shows one that is pasted here. */
  secret: 'made' | 'given';
  /** What the sender calls it. */
  secretName: string;
  /** What to do there with the address, and with a secret that was made. */
  there: string[];
  /** Where the sender shows its secret. */
  secretThere?: string[];
  /** How the sender can be made to send something. */
  prompt: string;
}

export const SENDERS: Sender[] = [
  {
    key: 'gitlab',
    name: 'GitLab',
    schemes: ['gitlab-token', 'gitlab-signing'],
    secret: 'made',
    secretName: 'Secret token (Signing token, if that scheme is chosen)',
    there: [
      'Open the project or group, then Settings → Webhooks → Add new webhook.',
      'URL: the address. Secret token: the secret. Where GitLab has a field Signing token and the trigger uses that scheme, the secret goes there instead.',
      'Tick what is to be sent, leave SSL verification on, and press Add webhook.',
    ],
    prompt: 'In the list of webhooks: Test → Push events.',
  },
  {
    key: 'stripe',
    name: 'Stripe',
    schemes: ['stripe'],
    secret: 'given',
    secretName: 'Signing secret',
    there: [
      'Open the Dashboard → Workbench → Webhooks → Add destination.',
      'Choose the events, go on, and choose Webhook endpoint as the kind of destination.',
      'Endpoint URL: the address. Press Create destination.',
    ],
    secretThere: ['On the destination’s page: Signing secret → reveal it. It begins with whsec_.'],
    prompt: 'With Stripe’s command line: stripe trigger payment_intent.succeeded',
  },
  {
    key: 'shopify',
    name: 'Shopify',
    schemes: ['shopify'],
    secret: 'given',
    secretName: 'Signing key',
    there: [
      'In the store’s admin: Settings → Notifications → Webhooks → Create webhook.',
      'Choose the event, JSON as the format, URL: the address. Press Save.',
    ],
    secretThere: [
      'Below the list of webhooks Shopify says what it signs with: copy that. An app signs with its client secret instead.',
    ],
    prompt: 'Change an order or a product that the event is about: Shopify’s own test sends are not always signed.',
  },
  {
    key: 'slack',
    name: 'Slack',
    schemes: ['slack'],
    secret: 'given',
    secretName: 'Signing Secret',
    there: [
      'Paste the secret here first: Slack asks a signed question as soon as it knows the address.',
      'At api.slack.com/apps open your app → Event Subscriptions, and switch Enable Events on.',
      'Request URL: the address. Wait for Verified, add events under Subscribe to bot events, and press Save Changes.',
    ],
    secretThere: ['Your app → Basic Information → App Credentials → Signing Secret → Show.'],
    prompt: 'Do in a channel what the app subscribes to, such as writing a message.',
  },
  {
    key: 'twilio',
    name: 'Twilio',
    schemes: ['twilio'],
    secret: 'given',
    secretName: 'Auth Token',
    there: [
      'In the Console: Phone Numbers → Manage → Active numbers, and choose the number.',
      'Under Messaging Configuration choose Webhook for A message comes in; URL: the address; HTTP POST. Save.',
    ],
    secretThere: ['On the Console’s first page, under Account Info: Auth Token → Show.'],
    prompt: 'Send a message to the number.',
  },
  {
    key: 'linear',
    name: 'Linear',
    schemes: ['linear'],
    secret: 'given',
    secretName: 'Signing secret',
    there: [
      'Open Settings → API → Webhooks → New webhook.',
      'URL: the address. Choose the data changes to be sent, and press Create webhook.',
    ],
    secretThere: ['On the webhook’s page: Signing secret.'],
    prompt: 'Change an issue.',
  },
  {
    key: 'bitbucket',
    name: 'Bitbucket',
    schemes: ['bitbucket'],
    secret: 'made',
    secretName: 'Secret',
    there: [
      'Open the repository, then Repository settings → Webhooks → Add webhook.',
      'URL: the address. Secret: the secret.',
      'Choose the triggers, and press Save.',
    ],
    prompt: 'Push something to the repository.',
  },
  {
    key: 'gitea',
    name: 'Gitea',
    schemes: ['gitea', 'forgejo'],
    secret: 'made',
    secretName: 'Secret',
    there: [
      'Open the repository, then Settings → Webhooks → Add Webhook → Gitea (or Forgejo).',
      'Target URL: the address. POST Content Type: application/json. Secret: the secret.',
      'Choose what triggers it, and press Add Webhook.',
    ],
    prompt: 'On the webhook’s page: Test Delivery.',
  },
  {
    key: 'sentry',
    name: 'Sentry',
    schemes: ['sentry'],
    secret: 'given',
    secretName: 'Client Secret',
    there: [
      'Open Settings → Developer Settings → Create New Integration → Internal Integration.',
      'Webhook URL: the address. Choose the resources under Webhooks, and press Save Changes.',
    ],
    secretThere: ['On the integration’s page, under Credentials: Client Secret.'],
    prompt: 'Resolve an issue, or make one.',
  },
  {
    key: 'other',
    name: 'Another sender',
    schemes: [],
    secret: 'made',
    secretName: 'secret',
    there: [
      'Where the sender is set up, look for Webhooks, Callbacks or Notifications.',
      'Give it the address, the method POST, JSON as the content type, and the secret.',
    ],
    prompt: 'Try the line below, then let the sender send.',
  },
];
