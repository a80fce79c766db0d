"""As libraries.js, with the providers' Python libraries: JSON lines in, JSON lines out, the same fields."""

import base64
import datetime
import json
import logging
import sys
import time
from types import SimpleNamespace
from urllib.parse import parse_qsl

import Adyen.util
import standardwebhooks
import stripe
import svix
from mailgun.security import SecurityGuard
from paddle_billing.Notifications import PaddleSignature, Secret, Verifier
from pyairtable.models.webhook import WebhookNotification
from slack_sdk.signature import SignatureVerifier
from twilio.request_validator import RequestValidator
from workos.webhooks._verification import verify_header


def standard(family, webhook):
    """Standard Webhooks under a family's header names."""

    def sign(asked):
        at = datetime.datetime.now(tz=datetime.timezone.utc)
        names = [f"{family}-{part}" for part in ("id", "timestamp", "signature")]
        signature = webhook(asked["secret"]).sign(asked["id"], at, asked["body"])
        return dict(zip(names, [asked["id"], str(int(at.timestamp())), signature]))

    def verify(asked):
        webhook(asked["secret"]).verify(asked["body"], asked["headers"])
        return True

    return sign, verify


def sign_slack(asked):
    at = str(int(time.time()))
    signature = SignatureVerifier(asked["secret"]).generate_signature(timestamp=at, body=asked["body"])
    return {"X-Slack-Request-Timestamp": at, "X-Slack-Signature": signature}


def verify_slack(asked):
    return SignatureVerifier(asked["secret"]).is_valid_request(asked["body"], asked["headers"])


def sign_stripe(asked):
    make = stripe.WebhookSignature.generate_signature_header
    return {"Stripe-Signature": make(asked["body"], asked["secret"])}


def verify_stripe(asked):
    header = asked["headers"]["stripe-signature"]
    return stripe.WebhookSignature.verify_header(asked["body"], header, asked["secret"], 300)


def sign_paddle(asked):
    at = int(time.time())
    mac = PaddleSignature.calculate_hmac(asked["secret"], f"{at}:{asked['body']}".encode())
    return {"Paddle-Signature": f"ts={at};h1={mac.hexdigest()}"}


def verify_paddle(asked):
    headers = {"Paddle-Signature": asked["headers"]["paddle-signature"]}
    request = SimpleNamespace(body=asked["body"].encode(), headers=headers)
    return Verifier().verify(request, Secret(asked["secret"]))


def sign_twilio(asked):
    fields = dict(parse_qsl(asked["body"], keep_blank_values=True))
    return {"X-Twilio-Signature": RequestValidator(asked["secret"]).compute_signature(asked["url"], fields)}


def verify_twilio(asked):
    fields = dict(parse_qsl(asked["body"], keep_blank_values=True))
    signature = asked["headers"]["x-twilio-signature"]
    return RequestValidator(asked["secret"]).validate(asked["url"], fields, signature)


def sign_adyen(asked):
    signature = Adyen.util.generate_payload_sig(asked["body"].encode(), asked["secret"])
    return {"HmacSignature": signature.decode(), "Protocol": "HmacSHA256"}


def verify_adyen(asked):
    signature = asked["headers"]["hmacsignature"]
    return Adyen.util.is_valid_hmac_payload(signature, asked["secret"], asked["body"].encode())


def verify_adyen_payments(asked):
    return Adyen.util.is_valid_hmac_notification(json.loads(asked["body"]), asked["secret"])


def verify_airtable(asked):
    header = asked["headers"]["x-airtable-content-mac"]
    return bool(WebhookNotification.from_request(asked["body"], header, asked["secret"]))


def verify_mailgun(asked):
    sent = json.loads(asked["body"])["signature"]
    return SecurityGuard.verify_webhook(asked["secret"], sent["token"], sent["timestamp"], sent["signature"])


def verify_workos(asked):
    header = asked["headers"]["workos-signature"]
    verify_header(event_body=asked["body"].encode(), event_signature=header, secret=asked["secret"])
    return True


LIBRARIES = {
    "standard-webhooks": standard("webhook", standardwebhooks.Webhook),
    "svix": standard("svix", svix.Webhook),
    "slack": (sign_slack, verify_slack),
    "stripe": (sign_stripe, verify_stripe),
    "paddle": (sign_paddle, verify_paddle),
    "twilio": (sign_twilio, verify_twilio),
    "adyen-header": (sign_adyen, verify_adyen),
    "adyen-payments": (None, verify_adyen_payments),
    "airtable": (None, verify_airtable),
    "mailgun": (None, verify_mailgun),
    "workos": (None, verify_workos),
}


def answer(asked):
    sign, verify = LIBRARIES[asked["scheme"]]
    if "body" not in asked:
        # As the frameworks read it: bytes that are no UTF-8 become U+FFFD.
        asked["body"] = base64.b64decode(asked["body_base64"]).decode("utf-8", "replace")
    if asked["do"] == "sign":
        return {"headers": sign(asked), "body": asked["body"]}
    try:
        return {"valid": bool(verify(asked)), "why": ""}
    except Exception as error:
        return {"valid": False, "why": str(error)}


# A library that writes a line for every no would write thousands.
logging.disable(logging.CRITICAL)
for line in sys.stdin:
    print(json.dumps(answer(json.loads(line))), flush=True)
