// Signs or verifies with the libraries that the providers themselves wrote. JSON lines in, JSON lines out.
// In: {"do": "sign", "scheme", "secret", "id", "body", "url"} → {"headers", "body"?}; {"do": "verify", "scheme", "secret",
// "headers", "body", "url"} → {"valid", "why"}. A library is loaded when it is first asked.
import { createPrivateKey, createPublicKey } from "node:crypto";
import { createInterface } from "node:readline";
import * as octokit from "@octokit/webhooks-methods";
import { Webhook } from "standardwebhooks";
import Stripe from "stripe";

const stripe = new Stripe("sk_test_unused");

const libraries = {
  github: {
    sign: async ({ secret, body }) => ({
      "X-Hub-Signature-256": await octokit.sign(secret, body),
    }),
    verify: async ({ secret, headers, body }) => {
      if (!(await octokit.verify(secret, body, headers["x-hub-signature-256"])))
        throw new Error("it does not fit");
    },
  },
  stripe: {
    sign: ({ secret, body }) => ({
      "Stripe-Signature": stripe.webhooks.generateTestHeaderString({
        payload: body,
        secret,
      }),
    }),
    verify: ({ secret, headers, body }) =>
      stripe.webhooks.constructEvent(body, headers["stripe-signature"], secret),
  },
  "standard-webhooks": {
    sign: ({ secret, id, body }) => {
      const at = new Date();
      return {
        "webhook-id": id,
        "webhook-timestamp": String(Math.floor(at.getTime() / 1000)),
        "webhook-signature": new Webhook(secret).sign(id, at, body),
      };
    },
    verify: ({ secret, headers, body }) =>
      new Webhook(secret).verify(body, headers),
  },
  svix: {
    sign: async ({ secret, id, body }) => {
      const { Webhook: Svix } = await import("svix");
      const at = new Date();
      return {
        "svix-id": id,
        "svix-timestamp": String(Math.floor(at.getTime() / 1000)),
        "svix-signature": new Svix(secret).sign(id, at, body),
      };
    },
    verify: async ({ secret, headers, body }) =>
      new (await import("svix")).Webhook(secret).verify(body, headers),
  },
  twilio: {
    sign: async ({ secret, body, url }) => {
      const { default: twilio } = await import("twilio");
      const fields = Object.fromEntries(new URLSearchParams(body));
      return {
        "X-Twilio-Signature": twilio.getExpectedTwilioSignature(
          secret,
          url,
          fields,
        ),
      };
    },
    verify: async ({ secret, headers, body, url }) => {
      const { default: twilio } = await import("twilio");
      const fields = Object.fromEntries(new URLSearchParams(body));
      fits(
        twilio.validateRequest(
          secret,
          headers["x-twilio-signature"],
          url,
          fields,
        ),
      );
    },
  },
  sanity: {
    sign: async ({ secret, body }) => {
      const { encodeSignatureHeader } = await import("@sanity/webhook");
      return {
        "sanity-webhook-signature": await encodeSignatureHeader(
          body,
          Date.now(),
          secret,
        ),
      };
    },
    verify: async ({ secret, headers, body }) => {
      const { isValidSignature } = await import("@sanity/webhook");
      fits(
        await isValidSignature(
          body,
          headers["sanity-webhook-signature"],
          secret,
        ),
      );
    },
  },
  discord: {
    verify: async ({ secret, headers, body }) => {
      const { verifyKey } = await import("discord-interactions");
      const publicKey = secret.slice(64);
      fits(
        await verifyKey(
          body,
          headers["x-signature-ed25519"],
          headers["x-signature-timestamp"],
          publicKey,
        ),
      );
    },
  },
  sendgrid: {
    verify: async ({ secret, headers, body }) => {
      const { EventWebhook } = await import("@sendgrid/eventwebhook");
      const pair = createPrivateKey({
        key: Buffer.from(secret, "base64"),
        format: "der",
        type: "pkcs8",
      });
      const spki = createPublicKey(pair)
        .export({ type: "spki", format: "der" })
        .toString("base64");
      const webhook = new EventWebhook();
      const [signature, time] = ["signature", "timestamp"].map(
        (it) => headers[`x-twilio-email-event-webhook-${it}`],
      );
      fits(
        webhook.verifySignature(
          webhook.convertPublicKeyToECDSA(spki),
          body,
          signature,
          time,
        ),
      );
    },
  },
  line: {
    verify: async ({ secret, headers, body }) => {
      const { validateSignature } = await import("@line/bot-sdk");
      fits(validateSignature(body, secret, headers["x-line-signature"]));
    },
  },
  linear: {
    verify: async ({ secret, headers, body }) => {
      const { LinearWebhookClient } = await import("@linear/sdk/webhooks");
      const { webhookTimestamp } = JSON.parse(body);
      fits(
        new LinearWebhookClient(secret).verify(
          Buffer.from(body),
          headers["linear-signature"],
          webhookTimestamp,
        ),
      );
    },
  },
  paddle: {
    verify: async ({ secret, headers, body }) => {
      const { Paddle } = await import("@paddle/paddle-node-sdk");
      fits(
        await new Paddle("unused").webhooks.isSignatureValid(
          body,
          secret,
          headers["paddle-signature"],
        ),
      );
    },
  },
};

function fits(valid) {
  if (!valid) throw new Error("it does not fit");
}

async function answer(asked) {
  const library = libraries[asked.scheme];
  if (asked.do === "sign") return { headers: await library.sign(asked) };
  try {
    await library.verify(asked);
    return { valid: true, why: "" };
  } catch (error) {
    return { valid: false, why: error.message };
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  console.log(JSON.stringify(await answer(JSON.parse(line))));
}
