// Signs or verifies with the libraries that the providers themselves wrote. JSON lines in, JSON lines out.
// In: {"do": "sign", "scheme", "secret", "id", "body"} → {"headers"}; {"do": "verify", "scheme", "secret", "headers",
// "body"} → {"valid", "why"}.
import { createInterface } from 'node:readline';
import * as octokit from '@octokit/webhooks-methods';
import { Webhook } from 'standardwebhooks';
import Stripe from 'stripe';

const stripe = new Stripe('sk_test_unused');

const libraries = {
  github: {
    sign: async ({ secret, body }) => ({ 'X-Hub-Signature-256': await octokit.sign(secret, body) }),
    verify: async ({ secret, headers, body }) => {
      if (!(await octokit.verify(secret, body, headers['x-hub-signature-256']))) throw new Error('it does not fit');
    },
  },
  stripe: {
    sign: ({ secret, body }) => ({
      'Stripe-Signature': stripe.webhooks.generateTestHeaderString({ payload: body, secret }),
    }),
    verify: ({ secret, headers, body }) => stripe.webhooks.constructEvent(body, headers['stripe-signature'], secret),
  },
  'standard-webhooks': {
    sign: ({ secret, id, body }) => {
      const at = new Date();
      return {
        'webhook-id': id,
        'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
        'webhook-signature': new Webhook(secret).sign(id, at, body),
      };
    },
    verify: ({ secret, headers, body }) => new Webhook(secret).verify(body, headers),
  },
};

async function answer(asked) {
  const library = libraries[asked.scheme];
  if (asked.do === 'sign') return { headers: await library.sign(asked) };
  try {
    await library.verify(asked);
    return { valid: true, why: '' };
  } catch (error) {
    return { valid: false, why: error.message };
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  console.log(JSON.stringify(await answer(JSON.parse(line))));
}
