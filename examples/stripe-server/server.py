#!/usr/bin/env python3
"""A part of Stripe's API with a ledger of its own, to try Countermand with: payment intents, charges and refunds.

    python3 server.py --port 9200 --key sk_test_secret --webhook-url http://127.0.0.1:8080/webhooks/stripe/try \
        --webhook-secret whsec_a-secret-to-try-it-with

It needs Python 3.9 or newer and `../faults.py`. `stripe_api.py` is the API as Stripe describes it. This
file has the HTTP server, and `/play/...`: buyers pay, banks refuse, and things go wrong.
"""

import argparse
import hmac
import json
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, unquote, urlsplit

from stripe_api import FAULTS, OF_NEW_KEYS, AnsweredTwice, Hooks, Ledger, LostAnswer, Refusal, around, change
from stripe_api import create_refund, end_refund, find, invalid, list_refunds, shown_intent, under_new_key

LARGEST_BODY = 64 * 1024


# ---- What happens at Stripe -----------------------------------------------------------------------------------------


def pay(ledger, body):
    """A buyer pays: `authorized` is reserved, and `captured` of it is taken, which releases the rest. With multicapture
    `capturable` of the rest can still be captured. Amounts are in Stripe's minor units."""
    name = body.get("id") or ledger.new_id("pi", ledger.intents)
    authorized, captured = body["authorized"], body.get("captured", 0)
    capturable = body.get("capturable", 0 if captured else authorized)
    charge = {
        "id": "ch_" + name[3:],
        "object": "charge",
        "amount": authorized,
        "amount_captured": captured,
        # The released rest counts as refunded, although it was never captured.
        "amount_refunded": 0 if capturable else authorized - captured,
        "billing_details": {"address": None, "email": None, "name": None, "phone": None},
        "captured": not capturable,
        "created": ledger.now(),
        "currency": body.get("currency", "usd").lower(),
        "disputed": False,
        "livemode": False,
        "metadata": {},
        "paid": True,
        "payment_intent": name,
        "refunded": False,
        "status": "succeeded",
    }
    ledger.charges[charge["id"]] = charge
    ledger.intents[name] = {
        "id": name,
        "object": "payment_intent",
        "amount": authorized,
        "amount_capturable": capturable,
        "amount_received": captured,
        "cancellation_reason": None,
        "capture_method": "automatic" if captured == authorized else "manual",
        "confirmation_method": "automatic",
        "created": ledger.now(),
        "currency": charge["currency"],
        "latest_charge": charge["id"],
        "livemode": False,
        "metadata": {},
        "payment_method_types": ["card"],
        "status": "requires_capture" if capturable else "succeeded",
    }
    return ledger.intents[name]


def play(ledger, path, body):
    if path == ["payments"]:
        return pay(ledger, body)
    if len(path) == 3 and path[0] == "payments":
        intent = ledger.intents[path[1]]
        charge = ledger.charges[intent["latest_charge"]]
        if path[2] == "capture":
            intent.update(status="succeeded", amount_received=intent["amount"], amount_capturable=0)
            charge.update(captured=True, amount_captured=charge["amount"], refunded=False, amount_refunded=0)
            ledger.event("payment_intent.succeeded", intent)
        elif path[2] == "expire" and intent["amount_received"]:
            # Of a payment that was captured in part, only the rest ends.
            intent.update(status="succeeded", amount_capturable=0)
            charge["captured"] = True
            ledger.event("payment_intent.succeeded", intent)
        elif path[2] == "expire":
            intent.update(status="canceled", cancellation_reason="automatic", amount_capturable=0)
            ledger.event("payment_intent.canceled", intent)
        elif path[2] == "refund":
            create_refund(ledger, {"payment_intent": path[1], "amount": str(body["amount"])}, "succeeded")
        elif path[2] == "dispute":
            charge["disputed"] = True
            dispute = {"id": ledger.new_id("dp", ledger.disputes), "object": "dispute", "charge": charge["id"],
                       "payment_intent": path[1], "amount": charge["amount"], "status": "needs_response"}
            ledger.disputes[dispute["id"]] = dispute
            ledger.event("charge.dispute.created", dispute)
        return intent
    if len(path) == 3 and path[0] == "refunds":
        state = {"succeed": "succeeded", "fail": "failed", "cancel": "canceled"}[path[2]]
        return end_refund(ledger, ledger.refunds[path[1]], state, body.get("reason"))
    if path == ["faults"]:
        unknown = set(body.get("next", [])) - FAULTS | ledger.chance.unknown(body)
        if unknown:
            raise invalid(None, f"no such fault: {', '.join(sorted(unknown))}")
        ledger.faults = list(body.get("next", []))
        return {"next": ledger.faults, "drawn": ledger.chance.begin(body)}
    if path == ["time"]:
        ledger.shift += body["seconds"]
        return {"now": ledger.now()}
    if path == ["hooks"]:
        secrets = body.get("secrets", ledger.hooks.secrets if ledger.hooks else [])
        ledger.hooks = Hooks(body.get("url", ledger.hooks.url if ledger.hooks else None), secrets)
        ledger.holds_back = body.get("hold", False)
        return {"url": ledger.hooks.url, "hold": ledger.holds_back}
    if path == ["sign"]:
        text = body["body"].encode()
        return {"signature": ledger.hooks.signature(text, body.get("at", int(time.time())))}
    if path == ["ledger"]:
        return {
            "payment_intents": ledger.intents, "charges": ledger.charges, "refunds": ledger.refunds,
            "disputes": ledger.disputes, "events": ledger.events, "early": ledger.early,
            "requests": ledger.requests, "bodies": ledger.bodies,
        }
    raise invalid(None, "There is nothing here.", status=404)


def deliver(ledger, body):
    """POST /play/deliver: sends kept events again, in the order of `events`, with a time that is `late` seconds old,
    and as events of another `account` if one is named."""
    with ledger.lock:
        wanted = body.get("events") or [event["id"] for event in ledger.events]
        known = {event["id"]: event for event in ledger.events}
        account = {"account": body["account"]} if "account" in body else {}
        chosen, at = [known[name] | account for name in wanted], body.get("at", int(time.time())) - body.get("late", 0)
    return {"statuses": [ledger.hooks.deliver(event, at) for event in chosen]}


# ---- HTTP -----------------------------------------------------------------------------------------------------------


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # What is sent goes out in one piece, a doubled answer too.
    wbufsize = -1
    ledger, key = None, ""

    def do_GET(self):
        self.answer_with(self.read)

    def do_POST(self):
        self.answer_with(self.post)

    def read(self, path, query, _):
        ledger = self.ledger
        if path[:1] == ["play"]:
            return 200, play(ledger, path[1:], {}), {}
        self.check_key()
        expand = [value for name, value in parse_qsl(urlsplit(self.path).query) if name.startswith("expand[")]
        if path == ["v1", "refunds"]:
            return 200, list_refunds(ledger, query), {}
        if len(path) == 3 and path[1] == "payment_intents":
            return 200, shown_intent(ledger, find(ledger.intents, path[2], "payment_intent"), expand), {}
        if len(path) == 3 and path[1] == "charges":
            return 200, find(ledger.charges, path[2], "charge"), {}
        if len(path) == 3 and path[1] == "refunds":
            return 200, find(ledger.refunds, path[2], "refund"), {}
        raise invalid("url_invalid", "Unrecognized request URL.", status=404)

    def post(self, path, _, text):
        if path[:1] == ["play"]:
            return 200, play(self.ledger, path[1:], json.loads(text or "{}")), {}
        self.check_key()
        if path[:1] != ["v1"]:
            raise invalid("url_invalid", "Unrecognized request URL.", status=404)
        self.ledger.bodies.append(text.decode())
        form = dict(parse_qsl(text.decode(), keep_blank_values=True))
        key = self.headers.get("Idempotency-Key", "")
        if len(key) > 255:
            raise invalid(None, "The idempotency key is too long.", stored=False)
        return change(self.ledger, path[1:], form, key, [self.path, sorted(form.items())])

    def check_key(self):
        sent = self.headers.get("Authorization", "")
        if not hmac.compare_digest(sent.encode(), f"Bearer {self.key}".encode()):
            raise Refusal(401, "invalid_request_error", None, "Invalid API Key provided.", stored=False)
        account = self.headers.get("Stripe-Account")
        if account and account != self.ledger.account:
            message = f"The provided key does not have access to account '{account}' (or that account does not exist)."
            raise Refusal(403, "invalid_request_error", "account_invalid", message, stored=False)
        if not account and self.ledger.account:
            # The account of the key itself has no payments: all are in the connected account.
            raise invalid("resource_missing", "No such object in this account.", "id", 404, stored=False)

    def called(self, operation):
        """Runs a call. A share of the calls of the API goes wrong."""
        fault = self.ledger.chance.draw()
        if fault in OF_NEW_KEYS:
            return under_new_key(self.ledger, fault, operation)
        throttled = Refusal(429, "invalid_request_error", "rate_limit", "Too many requests.", stored=False)
        broken = Refusal(500, "api_error", None, "Stripe is down.", stored=False)
        return around(fault, operation, throttled, broken, LostAnswer())

    def answer_with(self, operation):
        times = 1
        try:
            length = int(self.headers.get("Content-Length") or 0)
            if length > LARGEST_BODY:
                self.close_connection = True
                raise invalid(None, "The request is too large.", status=413)
            text = self.rfile.read(length)
            address = urlsplit(self.path)
            path = [unquote(part) for part in address.path.split("/") if part]
            if path == ["play", "deliver"]:
                status, answer, headers = 200, deliver(self.ledger, json.loads(text or "{}")), {}
            else:
                with self.ledger.lock:
                    call = lambda: operation(path, dict(parse_qsl(address.query)), text)
                    status, answer, headers = call() if path[:1] == ["play"] else self.called(call)
        except LostAnswer:
            self.close_connection = True
            self.connection.close()
            return
        except AnsweredTwice as twice:
            (status, answer, headers), times = twice.answer, 2
        except Refusal as refusal:
            status, answer, headers = refusal.status, refusal.body, refusal.headers
        except (KeyError, TypeError, ValueError):
            status, answer, headers = 400, invalid(None, "A field is missing or of another kind.").body, {}
        sent = json.dumps(answer).encode()
        for _ in range(times):
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(sent)))
            self.send_header("Request-Id", "req_1")
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(sent)

    def log_message(self, form, *values):
        sys.stderr.write(f"{time.strftime('%H:%M:%S')} {form % values}\n")


def main():
    parser = argparse.ArgumentParser(description="A part of Stripe's API to try Countermand with.")
    parser.add_argument("--port", type=int, default=9200, help="0 takes any free port")
    parser.add_argument("--key", default="sk_test_secret", help="the key to the account")
    parser.add_argument("--account", help="the connected account that has the payments")
    parser.add_argument("--webhook-url", help="where events are sent")
    parser.add_argument("--webhook-secret", default="whsec_a-secret-to-try-it-with", help="signs events")
    options = parser.parse_args()
    Handler.ledger, Handler.key = Ledger(options.account), options.key
    if options.webhook_url:
        Handler.ledger.hooks = Hooks(options.webhook_url, [options.webhook_secret])
    server = ThreadingHTTPServer(("127.0.0.1", options.port), Handler)
    print(f"Stripe's API at http://127.0.0.1:{server.server_address[1]}", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass


if __name__ == "__main__":
    main()
