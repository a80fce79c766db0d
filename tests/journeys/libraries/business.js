// Payments, messages, files.
import { createPrivateKey, createPublicKey } from "node:crypto";
import Stripe from "stripe";
import { fits } from "./asked.js";

const webhooks = new Stripe("sk_test_unused").webhooks;

const stripe = {
  sign: ({ secret, body }) => {
    const asked = { payload: body, secret };
    return { "Stripe-Signature": webhooks.generateTestHeaderString(asked) };
  },
  verify: ({ secret, headers, body }) =>
    webhooks.constructEvent(body, headers["stripe-signature"], secret),
};

const adyenHeader = {
  sign: async ({ secret, body }) => ({
    HmacSignature: (await adyen()).calculateHmac(body, secret),
    Protocol: "HmacSHA256",
  }),
  verify: async ({ secret, headers, body }) => {
    const signature = headers["hmacsignature"];
    fits((await adyen()).validateHMACSignature(secret, signature, body));
  },
};

/** The signature of an item stands in the item. */
const adyenPayments = {
  signBody: async ({ secret, body }) => {
    const whole = JSON.parse(body);
    for (const { NotificationRequestItem: item } of whole.notificationItems) {
      const hmacSignature = (await adyen()).calculateHmac(item, secret);
      item.additionalData = { hmacSignature };
    }
    return JSON.stringify(whole);
  },
  verify: async ({ secret, body }) => {
    const { notificationItems } = JSON.parse(body);
    for (const { NotificationRequestItem: item } of notificationItems)
      fits((await adyen()).validateHMAC(item, secret));
  },
};

async function adyen() {
  const { default: library } = await import("@adyen/api-library");
  return new library.hmacValidator();
}

const box = {
  sign: async ({ secret, body }) => {
    const { computeWebhookSignature } =
      await import("box-node-sdk/internal/utilsNode");
    const headers = {
      "box-signature-version": "1",
      "box-signature-algorithm": "HmacSHA256",
      "box-delivery-timestamp": new Date().toISOString(),
    };
    const primary = await computeWebhookSignature(body, headers, secret);
    return { ...headers, "box-signature-primary": primary };
  },
  verify: async ({ secret, headers, body }) => {
    const { WebhooksManager } = await import("box-node-sdk/managers/webhooks");
    fits(await WebhooksManager.validateMessage(body, headers, secret));
  },
};

const hubspot = (signatureVersion, place) => {
  const asked = ({ secret, body, url }, timestamp) => ({
    signatureVersion,
    clientSecret: secret,
    requestBody: body,
    url,
    method: "POST",
    timestamp,
  });
  return {
    sign: async (question) => {
      const { Signature } = await import("@hubspot/api-client");
      const at = Date.now();
      const options = asked(question, at);
      const value = Signature.getSignature("POST", signatureVersion, options);
      const more =
        signatureVersion === "v3"
          ? { "X-HubSpot-Request-Timestamp": String(at) }
          : { "X-HubSpot-Signature-Version": signatureVersion };
      return { [place]: value, ...more };
    },
    verify: async (question) => {
      const { Signature } = await import("@hubspot/api-client");
      const { headers } = question;
      const time = headers["x-hubspot-request-timestamp"];
      const signature = headers[place.toLowerCase()];
      fits(Signature.isValid({ ...asked(question, time), signature }));
    },
  };
};

const mux = {
  sign: async ({ secret, body }) => {
    const at = Math.floor(Date.now() / 1000);
    const library = await muxWebhooks();
    const signature = await library.computeSignature(`${at}.${body}`, secret);
    return { "mux-signature": `t=${at},v1=${signature}` };
  },
  verify: async ({ secret, headers, body }) =>
    (await muxWebhooks()).verifySignature(body, new Headers(headers), secret),
};

async function muxWebhooks() {
  const { default: Mux } = await import("@mux/mux-node");
  return new Mux({ tokenId: "unused", tokenSecret: "unused" }).webhooks;
}

const paddle = {
  verify: async ({ secret, headers, body }) => {
    const { Paddle } = await import("@paddle/paddle-node-sdk");
    const { webhooks } = new Paddle("unused");
    const signature = headers["paddle-signature"];
    fits(await webhooks.isSignatureValid(body, secret, signature));
  },
};

const sendgrid = {
  verify: async ({ secret, headers, body }) => {
    const { EventWebhook } = await import("@sendgrid/eventwebhook");
    const key = Buffer.from(secret, "base64");
    const pair = createPrivateKey({ key, format: "der", type: "pkcs8" });
    const spki = createPublicKey(pair).export({ type: "spki", format: "der" });
    const webhook = new EventWebhook();
    const publicKey = webhook.convertPublicKeyToECDSA(spki.toString("base64"));
    const [signature, time] = ["signature", "timestamp"].map(
      (it) => headers[`x-twilio-email-event-webhook-${it}`],
    );
    fits(webhook.verifySignature(publicKey, body, signature, time));
  },
};

const shopify = {
  verify: async ({ secret, headers, body, url }) => {
    await import("@shopify/shopify-api/adapters/web-api");
    const { shopifyApi, LogSeverity } = await import("@shopify/shopify-api");
    const library = shopifyApi({
      apiKey: "unused",
      apiSecretKey: secret,
      apiVersion: "2026-10",
      hostName: "localhost",
      isEmbeddedApp: false,
      logger: { level: LogSeverity.Error },
    });
    const rawRequest = new Request(url, { method: "POST", headers, body });
    const asked = { rawBody: body, rawRequest };
    fits((await library.webhooks.validate(asked)).valid);
  },
};

const square = {
  verify: async ({ secret, headers, body, url }) => {
    const { WebhooksHelper } = await import("square");
    const signatureHeader = headers["x-square-hmacsha256-signature"];
    const asked = { signatureKey: secret, notificationUrl: url };
    const request = { requestBody: body, signatureHeader };
    fits(await WebhooksHelper.verifySignature({ ...asked, ...request }));
  },
};

const twilio = {
  sign: async ({ secret, body, url }) => {
    const { default: library } = await import("twilio");
    const fields = Object.fromEntries(new URLSearchParams(body));
    const value = library.getExpectedTwilioSignature(secret, url, fields);
    return { "X-Twilio-Signature": value };
  },
  verify: async ({ secret, headers, body, url }) => {
    const { default: library } = await import("twilio");
    const fields = Object.fromEntries(new URLSearchParams(body));
    const signature = headers["x-twilio-signature"];
    fits(library.validateRequest(secret, signature, url, fields));
  },
};

export default {
  stripe,
  "adyen-header": adyenHeader,
  "adyen-payments": adyenPayments,
  box,
  "hubspot-v1": hubspot("v1", "X-HubSpot-Signature"),
  "hubspot-v2": hubspot("v2", "X-HubSpot-Signature"),
  "hubspot-v3": hubspot("v3", "X-HubSpot-Signature-v3"),
  mux,
  paddle,
  sendgrid,
  shopify,
  square,
  twilio,
};
