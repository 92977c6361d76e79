"""The part of Stripe's API that pays money back: payment intents, charges, refunds, kept answers and signed events."""

import hashlib
import hmac
import json
import os
import sys
import threading
import time
import urllib.error
import urllib.request

# `faults.py` stands beside the folder of this file.
sys.path.append(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from faults import OF_EVERY_CALL, OF_NEW_KEYS, UNKNOWN_WORD  # noqa: E402
from faults import AnsweredTwice, Chance, around, keeping, under_new_key  # noqa: E402

# How long an answer is kept under its key, in seconds.
KEYS_KEPT = 24 * 3600
# What can be played once for the next void or refund.
FAULTS = OF_EVERY_CALL | OF_NEW_KEYS | {
    "store_refusal", "lock", "in_use", "pending", "requires_action", "unknown_word", "fail", "balance", "broken_json",
}
# The state of a refund after a fault.
STATES = {"pending": "pending", "requires_action": "requires_action", "unknown_word": UNKNOWN_WORD, "fail": "failed"}
REASONS = {"duplicate", "fraudulent", "requested_by_customer"}
CANCELABLE = {"requires_payment_method", "requires_confirmation", "requires_action", "requires_capture", "processing"}


class Refusal(Exception):
    """An error of the API. `stored` tells whether the answer is kept under the key of the request."""

    def __init__(self, status, kind, code, message, param=None, stored=True, headers=None):
        super().__init__(message)
        error = {"type": kind, "message": message}
        if code:
            error["code"] = code
        if param:
            error["param"] = param
        self.status, self.body, self.stored, self.headers = status, {"error": error}, stored, headers or {}


class LostAnswer(Exception):
    """The connection ends without an answer."""


def invalid(code, message, param=None, status=400, stored=True):
    return Refusal(status, "invalid_request_error", code, message, param, stored)


class Ledger:
    """All objects, and the answers that are kept under keys. `lock` is held while a request reads or changes them. A
    connected `account` has them, or none: then the account of the key."""

    def __init__(self, account=None):
        self.lock, self.account = threading.RLock(), account
        self.intents, self.charges, self.refunds, self.disputes = {}, {}, {}, {}
        self.keys, self.faults, self.events, self.requests, self.bodies = {}, [], [], [], []
        self.shift, self.hooks, self.holds_back = 0, None, False
        # The events that came before the answer to their request, each with the status it got, and whether those of the
        # present one do.
        self.early, self.is_early = [], False
        self.chance = Chance(OF_EVERY_CALL | OF_NEW_KEYS)

    def now(self):
        return int(time.time()) + self.shift

    def new_id(self, prefix, kept):
        return f"{prefix}_{len(kept) + 1}"

    def fault(self):
        return self.faults.pop(0) if self.faults else None

    def event(self, kind, thing):
        """Keeps an event, and sends it unless events are held back."""
        event = {
            "id": f"evt_{len(self.events) + 1}",
            "object": "event",
            "api_version": "2026-10-28.endive",
            "created": self.now(),
            "livemode": False,
            "pending_webhooks": 1,
            "type": kind,
            "data": {"object": json.loads(json.dumps(thing))},
        }
        if self.account:
            event["account"] = self.account
        self.events.append(event)
        if self.hooks and self.is_early:
            self.early.append([event["id"], self.hooks.deliver(event, self.chance.at)])
        elif self.hooks and not self.holds_back:
            threading.Thread(target=self.hooks.deliver, args=(event,), daemon=True).start()
        return event


# ---- Payment intents, charges, refunds ------------------------------------------------------------------------------


def find(kept, name, what):
    if name not in kept:
        raise invalid("resource_missing", f"No such {what}: '{name}'", "id", 404)
    return kept[name]


def shown_intent(ledger, intent, expand):
    if "latest_charge" not in expand or not intent["latest_charge"]:
        return intent
    return {**intent, "latest_charge": ledger.charges[intent["latest_charge"]]}


def cancel_intent(ledger, name, form):
    """POST /v1/payment_intents/{id}/cancel"""
    reason = form.get("cancellation_reason")
    if reason and reason not in REASONS | {"abandoned"}:
        raise invalid(None, "Invalid cancellation_reason", "cancellation_reason", stored=False)
    intent = find(ledger.intents, name, "payment_intent")
    if intent["status"] not in CANCELABLE:
        message = f"You cannot cancel this PaymentIntent because it has a status of {intent['status']}."
        raise invalid("payment_intent_unexpected_state", message)
    intent.update(
        status="canceled", cancellation_reason=reason, canceled_at=ledger.now(), amount_capturable=0
    )
    charge = ledger.charges.get(intent["latest_charge"])
    if charge and charge["amount_captured"]:
        # Only the rest is released.
        charge["captured"] = True
    elif charge:
        charge.update(refunded=True, amount_refunded=charge["amount"])
    ledger.event("payment_intent.canceled", intent)
    return intent


def left_of(ledger, charge):
    """The captured money that can still be refunded."""
    refunds = [refund for refund in ledger.refunds.values() if refund["charge"] == charge["id"]]
    counting = [refund["amount"] for refund in refunds if refund["status"] not in ("failed", "canceled")]
    return charge["amount_captured"] - sum(counting)


def create_refund(ledger, form, state):
    """POST /v1/refunds"""
    if bool(form.get("payment_intent")) == bool(form.get("charge")):
        raise invalid("parameter_missing", "One of `payment_intent` and `charge` is needed.", stored=False)
    if form.get("reason") and form["reason"] not in REASONS:
        raise invalid(None, "Invalid reason", "reason", stored=False)
    if form.get("payment_intent"):
        intent = find(ledger.intents, form["payment_intent"], "payment_intent")
        charge = ledger.charges.get(intent["latest_charge"])
        if not charge or not charge["amount_captured"]:
            raise invalid("charge_not_refundable", "This PaymentIntent does not have a successful charge to refund.")
    else:
        charge = find(ledger.charges, form["charge"], "charge")
    if charge["disputed"]:
        raise invalid("charge_disputed", "The charge has been charged back.")
    left = left_of(ledger, charge)
    if left <= 0:
        raise invalid("charge_already_refunded", f"Charge {charge['id']} has already been refunded.")
    text = form.get("amount", str(left))
    if not text.isdigit() or int(text) < 1:
        raise invalid("parameter_invalid_integer", "Invalid positive integer", "amount", stored=False)
    if int(text) > left:
        raise invalid(None, f"Refund amount ({text}) is greater than unrefunded amount on charge ({left})", "amount")
    refund = {
        "id": ledger.new_id("re", ledger.refunds),
        "object": "refund",
        "amount": int(text),
        "currency": charge["currency"],
        "charge": charge["id"],
        "payment_intent": charge["payment_intent"],
        "created": ledger.now(),
        "reason": form.get("reason"),
        "status": state,
        "metadata": {key[9:-1]: value for key, value in form.items() if key.startswith("metadata[")},
    }
    if state == "pending":
        refund["pending_reason"] = "processing"
    ledger.refunds[refund["id"]] = refund
    ledger.event("refund.created", refund)
    if state == "failed":
        end_refund(ledger, refund, "failed", "declined")
    else:
        charge["amount_refunded"] += refund["amount"]
        charge["refunded"] = charge["captured"] and left_of(ledger, charge) == 0
        ledger.event("charge.refunded", charge)
    return refund


def end_refund(ledger, refund, state, reason=None):
    """A refund that was open, or had succeeded, ends; the money of a failed one comes back to the charge."""
    charge = ledger.charges[refund["charge"]]
    if state in ("failed", "canceled"):
        if refund["status"] not in ("failed", "canceled"):
            charge["amount_refunded"] -= refund["amount"]
            charge["refunded"] = False
        refund["failure_reason"] = reason or "unknown"
    refund.pop("pending_reason", None)
    refund["status"] = state
    ledger.event("refund.failed" if state == "failed" else "refund.updated", refund)
    return refund


def list_refunds(ledger, query):
    """GET /v1/refunds: newest first, page by page."""
    found = list(reversed(ledger.refunds.values()))
    for field, kept in (("payment_intent", ledger.intents), ("charge", ledger.charges)):
        if field in query:
            find(kept, query[field], field)
            found = [refund for refund in found if refund[field] == query[field]]
    if "starting_after" in query:
        ids = [refund["id"] for refund in found]
        found = found[ids.index(query["starting_after"]) + 1 :]
    limit = int(query.get("limit", "10"))
    if not 1 <= limit <= 100:
        raise invalid("parameter_invalid_integer", "`limit` is 1 to 100.", "limit")
    return {"object": "list", "url": "/v1/refunds", "has_more": len(found) > limit, "data": found[:limit]}


# ---- Idempotency ----------------------------------------------------------------------------------------------------


def once(ledger, key, request, operation):
    """Runs `operation` once under `key`: a repetition gets the kept status and body, errors among them."""
    if not key:
        return 200, operation(), {}
    kept = ledger.keys.get(key)
    if kept and ledger.now() - kept["at"] < KEYS_KEPT:
        if kept["request"] != request:
            message = "Keys for idempotent requests can only be used with the same parameters they were first used with."
            raise Refusal(400, "idempotency_error", None, message, stored=False)
        return kept["status"], kept["body"], {"Idempotent-Replayed": "true"}
    try:
        status, body = 200, operation()
    except Refusal as refusal:
        if not refusal.stored:
            raise
        status, body = refusal.status, refusal.body
    ledger.keys[key] = {"at": ledger.now(), "request": request, "status": status, "body": json.loads(json.dumps(body))}
    return status, body, {}


def change(ledger, path, form, key, request):
    """A POST of the API, with the fault that is played for it."""
    fault = ledger.fault() if key not in ledger.keys else None
    early = {
        "throttle": Refusal(429, "invalid_request_error", "rate_limit", "Too many requests.", stored=False),
        "lock": Refusal(429, "invalid_request_error", "lock_timeout", "The object is in use.", stored=False),
        "in_use": Refusal(409, "idempotency_error", "idempotency_key_in_use", "The key is in use.", stored=False),
        "error_before": Refusal(500, "api_error", None, "Stripe is down.", stored=False),
    }
    if fault in early:
        raise early[fault]
    if fault == "lose_request":
        raise LostAnswer
    broken = Refusal(500, "api_error", None, "Stripe broke.")

    def run():
        if fault in ("balance", "store_refusal"):
            raise invalid("balance_insufficient", "Insufficient funds in the balance.")
        if path == ["refunds"]:
            answer = create_refund(ledger, form, STATES.get(fault, "succeeded"))
        elif len(path) == 3 and path[0] == "payment_intents" and path[2] == "cancel":
            answer = cancel_intent(ledger, path[1], form)
        else:
            raise invalid("url_invalid", "Unrecognized request URL.", status=404, stored=False)
        return answer

    ledger.requests.append({"path": "/v1/" + "/".join(path), "key": key, "form": form})
    ledger.is_early = fault == "early"
    try:
        answer = once(ledger, key, request, lambda: keeping(fault, run, broken))
    finally:
        ledger.is_early = False
    if fault in ("lose_answer", "store_refusal"):
        raise LostAnswer
    if fault == "answer_twice":
        raise AnsweredTwice(answer)
    if fault == "error_after":
        raise Refusal(500, "api_error", None, "Stripe broke while it answered.", stored=False)
    if fault == "broken_json":
        return 200, {"object": "refund"}, {}
    return answer


# ---- Webhooks -------------------------------------------------------------------------------------------------------


class Hooks:
    """Sends events to the endpoint, signed as Stripe signs them."""

    def __init__(self, url, secrets):
        self.url, self.secrets = url, secrets

    def signature(self, body, at):
        """The header `Stripe-Signature`, with one signature for each secret while a secret is rotated."""
        signed = [
            hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest() for secret in self.secrets
        ]
        return ",".join([f"t={at}"] + [f"v1={text}" for text in signed])

    def deliver(self, event, at=None):
        """Sends the event with the time `at`, now by default; gives the status of the answer."""
        body = json.dumps(event, indent=2).encode()
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "Stripe-Signature": self.signature(body, int(time.time()) if at is None else at),
        }
        request = urllib.request.Request(self.url, body, headers, method="POST")
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return answer.status
        except urllib.error.HTTPError as refused:
            return refused.code
        except OSError as problem:
            sys.stderr.write(f"the webhook was not delivered: {problem}\n")
            return None
