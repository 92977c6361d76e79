#!/usr/bin/env python3
"""A part of Hyperswitch's API with a ledger of its own, to try Countermand with: payments, refunds, signed webhooks.

    python3 server.py --port 9300 --key snd_secret --webhook-url http://127.0.0.1:8080/webhooks/hyperswitch/try \
        --webhook-secret a-hash-key-to-try-it-with

It needs Python 3.9 or newer and `../faults.py`. The calls below `/play/` play buyers, banks and faults.
"""

import argparse
import hashlib
import hmac
import json
import os
import sys
import threading
import time
import urllib.error
import urllib.request
from datetime import datetime, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote, urlsplit

# `faults.py` stands beside the folder of this file.
sys.path.append(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from faults import KEPT_FAILURES, OF_EVERY_CALL, OF_NEW_KEYS, UNKNOWN_WORD  # noqa: E402
from faults import AnsweredTwice, Chance, around, under_new_key  # noqa: E402

LARGEST_BODY = 64 * 1024
# What can be played once for the next void or refund.
FAULTS = OF_EVERY_CALL | OF_NEW_KEYS | {"store_refusal", "busy", "pending", "fail", "review", "unknown_word"}
# The state of a refund after a fault. The processor failed before `store_error_before`: the refund waits under its id.
STATES = {"pending": "pending", "review": "review", "fail": "failed", "store_refusal": "failed",
          "store_error_before": "pending", "unknown_word": UNKNOWN_WORD}
CANCELABLE = {"requires_capture", "requires_confirmation", "requires_customer_action", "requires_payment_method",
              "partially_captured_and_capturable"}
REFUNDABLE = {"succeeded", "partially_captured"}
REFUND_FIELDS = {"payment_id", "refund_id", "amount", "reason", "refund_type", "metadata"}


class Refusal(Exception):
    """An error of the API."""

    def __init__(self, status, kind, code, message, headers=None):
        super().__init__(message)
        self.status, self.headers = status, headers or {}
        self.body = {"error": {"type": kind, "message": message, "code": code}}


class LostAnswer(Exception):
    """The connection ends without an answer."""


def invalid(code, message, status=400):
    return Refusal(status, "invalid_request", code, message)


def not_found(message):
    return Refusal(404, "object_not_found", "HE_02", message)


class Ledger:
    """All objects. `lock` is held while a request reads or changes them."""

    def __init__(self):
        self.lock = threading.RLock()
        self.payments, self.refunds, self.disputes = {}, {}, {}
        self.faults, self.events, self.requests, self.bodies = [], [], [], []
        self.hooks, self.holds_back, self.chance = None, False, Chance(OF_EVERY_CALL | OF_NEW_KEYS)
        # The events that came before the answer to their request, each with the status it got, and whether those of the
        # present one do.
        self.early, self.is_early = [], False

    def fault(self):
        return self.faults.pop(0) if self.faults else None

    def event(self, kind, content, thing):
        """Keeps an event, and sends it unless events are held back."""
        event = {
            "merchant_id": "merchant_1",
            "event_id": f"evt_{len(self.events) + 1}",
            "event_type": kind,
            "content": {"type": content, "object": json.loads(json.dumps(thing))},
        }
        self.events.append(event)
        if self.hooks and self.is_early:
            self.early.append([event["event_id"], self.hooks.deliver(event, self.chance.at)])
        elif self.hooks and not self.holds_back:
            threading.Thread(target=self.hooks.deliver, args=(event,), daemon=True).start()

    def payment(self, name):
        if name not in self.payments:
            raise not_found("Payment does not exist in our records")
        return self.payments[name]

    def shown_payment(self, name):
        payment = self.payment(name)
        return {
            **payment,
            "refunds": [it for it in self.refunds.values() if it["payment_id"] == name] or None,
            "disputes": [it for it in self.disputes.values() if it["payment_id"] == name] or None,
        }


# ---- The API --------------------------------------------------------------------------------------------------------


def cancel_payment(ledger, name, body, fault):
    """POST /payments/{id}/cancel"""
    payment = ledger.payment(name)
    if payment["status"] not in CANCELABLE:
        message = f"You cannot cancel this payment because it has status {payment['status']}"
        raise invalid("IR_16", message)
    payment["cancellation_reason"] = body.get("cancellation_reason")
    if fault == "pending":
        payment["status"] = "processing"
    else:
        release(ledger, payment, "cancelled")
    return ledger.shown_payment(name)


def release(ledger, payment, status):
    """What was not captured is released. A payment of which nothing was captured has this `status` then."""
    if payment["amount_received"]:
        payment.update(status="partially_captured", amount_capturable=0)
        ledger.event("payment_captured", "payment_details", payment)
    else:
        payment.update(status=status, amount_capturable=0)
        ledger.event(f"payment_{status}", "payment_details", payment)


def create_refund(ledger, body, state):
    """POST /refunds"""
    unknown = set(body) - REFUND_FIELDS
    if unknown:
        raise invalid("IR_06", f"unknown field `{sorted(unknown)[0]}`")
    payment = ledger.payment(body["payment_id"])
    name = body.get("refund_id") or f"ref_of_others_{len(ledger.refunds) + 1}"
    if name in ledger.refunds:
        message = "Duplicate refund request. Refund already attempted with the refund ID"
        raise Refusal(400, "duplicate_request", "HE_01", message)
    if len(name) > 30:
        raise invalid("IR_05", "refund_id contains invalid data. Expected format is length <= 30")
    if body.get("refund_type") != "instant":
        raise Refusal(500, "server_not_available", "HE_00", "Something went wrong")
    if payment["status"] not in REFUNDABLE:
        message = f"This Payment could not be refund because it has a status of {payment['status']}. " \
            "The expected state is succeeded, partially_captured"
        raise invalid("IR_14", message)
    # What is pending counts against what is left, and what failed does not.
    taken = sum(it["amount"] for it in ledger.refunds.values()
                if it["payment_id"] == body["payment_id"] and it["status"] != "failed")
    amount = body.get("amount", payment["amount_received"])
    if not isinstance(amount, int) or amount < 1:
        raise invalid("IR_05", "amount contains invalid data. Expected format is positive integer")
    if amount > payment["amount_received"] - taken:
        raise invalid("IR_13", "The refund amount exceeds the amount captured")
    refund = {
        "refund_id": name,
        "payment_id": body["payment_id"],
        "amount": amount,
        "currency": payment["currency"],
        "status": state,
        "reason": body.get("reason"),
        "metadata": body.get("metadata"),
        "error_code": None,
        "error_message": None,
        "connector": "stripe_test",
        "created_at": datetime.now(timezone.utc).isoformat(timespec="milliseconds"),
    }
    ledger.refunds[name] = refund
    if state in ("succeeded", "failed"):
        end_refund(ledger, refund, state)
    return refund


def end_refund(ledger, refund, state):
    """A refund that was open, or had succeeded, ends."""
    refund["status"] = state
    if state == "failed":
        refund.update(error_code="declined", error_message="The bank refused.")
    ledger.event("refund_succeeded" if state == "succeeded" else "refund_failed", "refund_details", refund)
    return refund


def change(ledger, path, body):
    """A POST of the API, with the fault that is played for it."""
    ledger.requests.append({"path": "/" + "/".join(path), "body": body})
    fault = None if path == ["refunds"] and body.get("refund_id") in ledger.refunds else ledger.fault()
    broken = Refusal(500, "server_not_available", "HE_00", "Something went wrong")
    if fault == "throttle":
        raise Refusal(429, "invalid_request", "HE_00", "Too many requests", {"Retry-After": "1"})
    if fault == "busy":
        raise Refusal(423, "lock_timeout", "HE_00", "Resource is busy. Please try again later.")
    if fault == "lose_request":
        raise LostAnswer
    if fault == "error_before":
        raise broken
    ledger.is_early = fault == "early"
    try:
        if path == ["refunds"]:
            answer = create_refund(ledger, body, STATES.get(fault, "succeeded"))
        elif len(path) == 3 and path[0] == "payments" and path[2] == "cancel":
            answer = cancel_payment(ledger, path[1], body, fault)
        else:
            raise invalid("IR_02", "Unrecognized request URL", 404)
    finally:
        ledger.is_early = False
    if fault in ("lose_answer", "store_refusal"):
        raise LostAnswer
    if fault == "answer_twice":
        raise AnsweredTwice(answer)
    if fault == "error_after" or fault in KEPT_FAILURES:
        raise broken
    return answer


# ---- What happens at Hyperswitch ------------------------------------------------------------------------------------


def pay(ledger, body):
    """A buyer pays: `authorized` is reserved, and `captured` of it is taken, which releases the rest. With multiple
    captures `capturable` of the rest can still be captured. Amounts are in minor units."""
    authorized, captured = body["authorized"], body.get("captured", 0)
    capturable = body.get("capturable", 0 if captured else authorized)
    status = "requires_capture"
    if captured and capturable:
        status = "partially_captured_and_capturable"
    elif captured:
        status = "succeeded" if captured == authorized else "partially_captured"
    payment = {
        "payment_id": body["id"],
        "merchant_id": "merchant_1",
        "status": status,
        "amount": authorized,
        "net_amount": authorized,
        "amount_capturable": capturable,
        "amount_received": captured or None,
        "currency": body.get("currency", "USD"),
        "cancellation_reason": None,
    }
    ledger.payments[body["id"]] = payment
    return payment


def play(ledger, path, body):
    if path == ["payments"]:
        return pay(ledger, body)
    if len(path) == 3 and path[0] == "payments":
        payment = ledger.payment(path[1])
        if path[2] == "capture":
            payment.update(status="succeeded", amount_received=payment["amount"], amount_capturable=0)
            ledger.event("payment_captured", "payment_details", payment)
        elif path[2] == "expire":
            release(ledger, payment, "expired")
        elif path[2] == "refund":
            create_refund(ledger, {"payment_id": path[1], "amount": body["amount"], "refund_type": "instant"}, "succeeded")
        elif path[2] == "dispute":
            name = f"dp_{len(ledger.disputes) + 1}"
            dispute = {"dispute_id": name, "payment_id": path[1], "dispute_status": "dispute_opened",
                       "amount": str(payment["amount"]), "currency": payment["currency"]}
            ledger.disputes[name] = dispute
            ledger.event("dispute_opened", "dispute_details", dispute)
        return payment
    if len(path) == 3 and path[0] == "refunds":
        return end_refund(ledger, ledger.refunds[path[1]], {"succeed": "succeeded", "fail": "failed"}[path[2]])
    if path == ["faults"]:
        unknown = set(body.get("next", [])) - FAULTS | ledger.chance.unknown(body)
        if unknown:
            raise invalid("IR_06", f"no such fault: {', '.join(sorted(unknown))}")
        ledger.faults = list(body.get("next", []))
        return {"next": ledger.faults, "drawn": ledger.chance.begin(body)}
    if path == ["hooks"]:
        ledger.hooks, ledger.holds_back = Hooks(body["url"], body["secret"]), body.get("hold", False)
        return {"url": ledger.hooks.url, "hold": ledger.holds_back}
    if path == ["ledger"]:
        return {"payments": ledger.payments, "refunds": ledger.refunds, "disputes": ledger.disputes,
                "events": ledger.events, "early": ledger.early, "requests": ledger.requests,
                "bodies": ledger.bodies}
    raise invalid("IR_02", "Unrecognized request URL", 404)


def deliver(ledger, body):
    """POST /play/deliver: sends kept events again, in the order of `events`."""
    with ledger.lock:
        known = {event["event_id"]: event for event in ledger.events}
        chosen = [known[name] for name in body.get("events") or list(known)]
    return {"statuses": [ledger.hooks.deliver(event, body.get("at")) for event in chosen]}


class Hooks:
    """Sends events to the endpoint, signed as Hyperswitch signs them: there is no time in the signature."""

    def __init__(self, url, secret):
        self.url, self.secret = url, secret

    def deliver(self, event, at=None):
        """Sends the event with the time `at`, now by default; gives the status of the answer."""
        at = time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime(time.time() if at is None else at))
        body = json.dumps({**event, "timestamp": at}).encode()
        headers = {
            "Content-Type": "application/json",
            "X-Webhook-Signature-512": hmac.new(self.secret.encode(), body, hashlib.sha512).hexdigest(),
        }
        request = urllib.request.Request(self.url, body, headers, method="POST")
        try:
            with urllib.request.urlopen(request, timeout=5) as answer:
                return answer.status
        except urllib.error.HTTPError as refused:
            return refused.code
        except OSError as problem:
            sys.stderr.write(f"the webhook was not delivered: {problem}\n")
            return None


# ---- HTTP -----------------------------------------------------------------------------------------------------------


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # What is sent goes out in one piece, a doubled answer too.
    wbufsize = -1
    ledger, key, text = None, "", b""

    def do_GET(self):
        self.answer_with(self.read)

    def do_POST(self):
        self.answer_with(self.post)

    def read(self, path, _):
        if path[:1] == ["play"]:
            return play(self.ledger, path[1:], {})
        self.check_key()
        if len(path) == 2 and path[0] == "payments":
            return self.ledger.shown_payment(path[1])
        if len(path) == 2 and path[0] == "refunds":
            if path[1] not in self.ledger.refunds:
                raise not_found("Refund does not exist in our records")
            return self.ledger.refunds[path[1]]
        raise invalid("IR_02", "Unrecognized request URL", 404)

    def post(self, path, body):
        if path[:1] == ["play"]:
            return play(self.ledger, path[1:], body)
        self.check_key()
        self.ledger.bodies.append(self.text.decode())
        return change(self.ledger, path, body)

    def check_key(self):
        if not hmac.compare_digest(self.headers.get("api-key", "").encode(), self.key.encode()):
            raise invalid("IR_01", "API key not provided or invalid API key used", 401)

    def called(self, path, operation):
        """Runs a call. A share of the calls of the API goes wrong."""
        if path[:1] == ["play"]:
            return operation()
        fault = self.ledger.chance.draw()
        if fault in OF_NEW_KEYS:
            return under_new_key(self.ledger, fault, operation)
        throttled = Refusal(429, "invalid_request", "HE_00", "Too many requests", {"Retry-After": "1"})
        broken = Refusal(500, "server_not_available", "HE_00", "Something went wrong")
        return around(fault, operation, throttled, broken, LostAnswer())

    def answer_with(self, operation):
        headers, times = {}, 1
        try:
            length = int(self.headers.get("Content-Length") or 0)
            if length > LARGEST_BODY:
                self.close_connection = True
                raise invalid("IR_06", "The request is too large.", 413)
            self.text = self.rfile.read(length)
            body = json.loads(self.text or "{}")
            path = [unquote(part) for part in urlsplit(self.path).path.split("/") if part]
            if path == ["play", "deliver"]:
                status, answer = 200, deliver(self.ledger, body)
            else:
                with self.ledger.lock:
                    status, answer = 200, self.called(path, lambda: operation(path, body))
        except LostAnswer:
            self.close_connection = True
            self.connection.close()
            return
        except AnsweredTwice as twice:
            status, answer, times = 200, twice.answer, 2
        except Refusal as refusal:
            status, answer, headers = refusal.status, refusal.body, refusal.headers
        except (KeyError, TypeError, ValueError):
            status, answer = 400, invalid("IR_06", "A field is missing or of another kind.").body
        sent = json.dumps(answer).encode()
        for _ in range(times):
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(sent)))
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(sent)

    def log_message(self, form, *values):
        sys.stderr.write(f"{time.strftime('%H:%M:%S')} {form % values}\n")


def main():
    parser = argparse.ArgumentParser(description="A part of Hyperswitch's API to try Countermand with.")
    parser.add_argument("--port", type=int, default=9300, help="0 takes any free port")
    parser.add_argument("--key", default="snd_secret", help="the API key")
    parser.add_argument("--webhook-url", help="where webhooks are sent")
    parser.add_argument("--webhook-secret", default="a-hash-key-to-try-it-with", help="signs webhooks")
    options = parser.parse_args()
    Handler.ledger, Handler.key = Ledger(), options.key
    if options.webhook_url:
        Handler.ledger.hooks = Hooks(options.webhook_url, options.webhook_secret)
    server = ThreadingHTTPServer(("127.0.0.1", options.port), Handler)
    print(f"Hyperswitch's API at http://127.0.0.1:{server.server_address[1]}", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass


if __name__ == "__main__":
    main()
