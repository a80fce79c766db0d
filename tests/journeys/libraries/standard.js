// Standard Webhooks and those who use them: the common libraries, and the clients of senders that bring a check of their own.
import { Webhook } from "standardwebhooks";
import { seconds } from "./asked.js";

/** The three headers under a family's names. */
function lines(family, id, at, signature) {
  return {
    [`${family}-id`]: id,
    [`${family}-timestamp`]: seconds(at),
    [`${family}-signature`]: signature,
  };
}

const standard = {
  sign: ({ secret, id, body }) => {
    const at = new Date();
    return lines("webhook", id, at, new Webhook(secret).sign(id, at, body));
  },
  verify: ({ secret, headers, body }) =>
    new Webhook(secret).verify(body, headers),
};

/** Supabase's own page takes `v1,whsec_` off the secret before it asks the library. */
const supabase = {
  sign: (asked) =>
    standard.sign({ ...asked, secret: asked.secret.replace("v1,whsec_", "") }),
  verify: (asked) =>
    standard.verify({
      ...asked,
      secret: asked.secret.replace("v1,whsec_", ""),
    }),
};

const svix = {
  sign: async ({ secret, id, body }) => {
    const { Webhook: Svix } = await import("svix");
    const at = new Date();
    return lines("svix", id, at, new Svix(secret).sign(id, at, body));
  },
  verify: async ({ secret, headers, body }) =>
    new (await import("svix")).Webhook(secret).verify(body, headers),
};

const clerk = {
  sign: svix.sign,
  verify: async ({ secret, headers, body, url }) => {
    const { verifyWebhook } = await import("@clerk/backend/webhooks");
    const request = new Request(url, { method: "POST", headers, body });
    await verifyWebhook(request, { signingSecret: secret });
  },
};

const resend = {
  sign: svix.sign,
  verify: async ({ secret, headers, body }) => {
    const { Resend } = await import("resend");
    const [id, timestamp, signature] = ["id", "timestamp", "signature"].map(
      (name) => headers[`svix-${name}`],
    );
    new Resend("re_unused").webhooks.verify({
      payload: body,
      headers: { id, timestamp, signature },
      webhookSecret: secret,
    });
  },
};

const openai = {
  sign: standard.sign,
  verify: async ({ secret, headers, body }) => {
    const { default: OpenAI } = await import("openai");
    const client = new OpenAI({ apiKey: "unused" });
    await client.webhooks.verifySignature(body, new Headers(headers), secret);
  },
};

export default {
  "standard-webhooks": standard,
  "gitlab-signing": standard,
  supabase,
  svix,
  clerk,
  resend,
  openai,
};
