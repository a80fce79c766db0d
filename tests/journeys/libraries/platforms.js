// Platforms for developers.
import * as octokit from "@octokit/webhooks-methods";
import { fits } from "./asked.js";

const github = {
  sign: async ({ secret, body }) => ({
    "X-Hub-Signature-256": await octokit.sign(secret, body),
  }),
  verify: async ({ secret, headers, body }) =>
    fits(await octokit.verify(secret, body, headers["x-hub-signature-256"])),
};

const discord = {
  verify: async ({ secret, headers, body }) => {
    const { verifyKey } = await import("discord-interactions");
    const publicKey = secret.slice(64);
    const [signature, time] = ["ed25519", "timestamp"].map(
      (name) => headers[`x-signature-${name}`],
    );
    fits(await verifyKey(body, signature, time, publicKey));
  },
};

const line = {
  verify: async ({ secret, headers, body }) => {
    const { validateSignature } = await import("@line/bot-sdk");
    fits(validateSignature(body, secret, headers["x-line-signature"]));
  },
};

const linear = {
  verify: async ({ secret, headers, body }) => {
    const { LinearWebhookClient } = await import("@linear/sdk/webhooks");
    const { webhookTimestamp } = JSON.parse(body);
    const client = new LinearWebhookClient(secret);
    const signature = headers["linear-signature"];
    fits(client.verify(Buffer.from(body), signature, webhookTimestamp));
  },
};

const notion = {
  sign: async ({ secret, body }) => {
    const { signWebhookPayload } = await import("@notionhq/client");
    const signature = { body, verificationToken: secret };
    return { "X-Notion-Signature": await signWebhookPayload(signature) };
  },
  verify: async ({ secret, headers, body }) => {
    const { verifyWebhookSignature } = await import("@notionhq/client");
    const signature = headers["x-notion-signature"];
    const asked = { body, signature, verificationToken: secret };
    fits(await verifyWebhookSignature(asked));
  },
};

const sanity = {
  sign: async ({ secret, body }) => {
    const { encodeSignatureHeader } = await import("@sanity/webhook");
    const signature = await encodeSignatureHeader(body, Date.now(), secret);
    return { "sanity-webhook-signature": signature };
  },
  verify: async ({ secret, headers, body }) => {
    const { isValidSignature } = await import("@sanity/webhook");
    const signature = headers["sanity-webhook-signature"];
    fits(await isValidSignature(body, signature, secret));
  },
};

const slack = {
  verify: async ({ secret, headers, body }) => {
    const { default: bolt } = await import("@slack/bolt");
    bolt.verifySlackRequest({ signingSecret: secret, headers, body });
  },
};

/** This library wants the parsed body and writes it anew: only a compact one keeps its bytes. */
const workos = {
  sign: async ({ secret, body }) => {
    const [webhooks, at] = [await workosWebhooks(), Date.now()];
    const payload = JSON.parse(body);
    const signature = await webhooks.computeSignature(at, payload, secret);
    return { "WorkOS-Signature": `t=${at}, v1=${signature}` };
  },
  verify: async ({ secret, headers, body }) => {
    const webhooks = await workosWebhooks();
    const sigHeader = headers["workos-signature"];
    const payload = JSON.parse(body);
    fits(await webhooks.verifyHeader({ payload, sigHeader, secret }));
  },
};

async function workosWebhooks() {
  const { WorkOS } = await import("@workos-inc/node");
  return new WorkOS("sk_test_unused").webhooks;
}

export default {
  github,
  discord,
  line,
  linear,
  notion,
  sanity,
  slack,
  workos,
};
