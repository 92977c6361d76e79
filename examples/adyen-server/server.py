#!/usr/bin/env python3
"""A part of Adyen's Checkout API with a ledger of its own, to try Countermand with: reversals, cancels, refunds, webhooks.

    python3 server.py --port 9400 --key AQE_test_key --merchant-account ShopECOM \
        --webhook-url http://127.0.0.1:8080/webhooks/adyen/try --webhook-secret 0123...

It needs Python 3.9 or newer and `../faults.py`. Every answer says only that the request was received: what became of it
comes by webhook. The calls below `/play/` play buyers, banks and faults.
"""

import argparse
import base64
import hashlib
import hmac
import json
import os
import sys
import threading
import time
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote, urlsplit

# `faults.py` stands beside the folder of this file.
sys.path.append(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from faults import OF_EVERY_CALL, OF_NEW_KEYS, UNKNOWN_WORD  # noqa: E402
from faults import AnsweredTwice, Chance, around, keeping, under_new_key  # noqa: E402

LARGEST_BODY = 64 * 1024
# How long an answer is kept under its key, in seconds.
KEYS_KEPT = 7 * 24 * 3600
# What can be played once for the next modification.
FAULTS = OF_EVERY_CALL | OF_NEW_KEYS | {"store_refusal", "in_use", "pending", "unknown_word", "fail", "broken_json"}
TRY_SECRET = "44782DEF547AAA06C910C43932B1EB0C71FC68D9D0C057550C48EC2ACF6BA056"


class Refusal(Exception):
    """An error of the API."""

    def __init__(self, status, code, message, kind="validation", headers=None):
        super().__init__(message)
        self.status, self.headers = status, headers or {}
        self.body = {"status": status, "errorCode": code, "message": message, "errorType": kind}


class LostAnswer(Exception):
    """The connection ends without an answer."""


def throttled():
    return Refusal(429, "429", "Too many requests", "security", {"Retry-After": "1"})


def broken():
    return Refusal(500, "000", "Internal error", "internal")


class Ledger:
    """All objects, and the answers that are kept under keys. `lock` is held while a request reads or changes them."""

    def __init__(self, merchant_account):
        self.lock = threading.RLock()
        self.merchant_account = merchant_account
        self.payments, self.modifications, self.keys = {}, {}, {}
        # `early` has the numbers of the items that came before the answer to their request, each with the status it got.
        self.faults, self.items, self.early, self.requests, self.bodies = [], [], [], [], []
        self.shift, self.hooks, self.holds_back = 0, None, False
        self.chance = Chance(OF_EVERY_CALL | OF_NEW_KEYS)

    def now(self):
        return int(time.time()) + self.shift

    def fault(self):
        return self.faults.pop(0) if self.faults else None

    def payment(self, name):
        if name not in self.payments:
            raise Refusal(422, "167", "Original pspReference required for this operation")
        return self.payments[name]

    def tell(self, event, modification, success, reason="", action=None, early=False):
        """Keeps a notification item, and sends it unless items are held back. One that is `early` comes first."""
        item = {
            "additionalData": {"modification.action": action} if action else {},
            "amount": {"currency": modification["currency"], "value": modification["amount"]},
            "eventCode": event,
            "merchantAccountCode": self.merchant_account,
            "merchantReference": modification["reference"],
            "originalReference": modification["payment"],
            "paymentMethod": "visa",
            "pspReference": modification["pspReference"],
            "reason": reason,
            "success": "true" if success else "false",
        }
        self.items.append(item)
        if self.hooks and early:
            self.early.append([len(self.items) - 1, self.hooks.deliver([item], self.chance.at)])
        elif self.hooks and not self.holds_back:
            threading.Thread(target=self.hooks.deliver, args=([item],), daemon=True).start()


# ---- The API --------------------------------------------------------------------------------------------------------


def modification_of(ledger, kind, name, reference, amount):
    payment = ledger.payment(name)
    made = {
        "pspReference": f"MOD{len(ledger.modifications) + 1:013d}",
        "kind": kind,
        "payment": name,
        "reference": reference,
        "amount": amount,
        "currency": payment["currency"],
        "state": "pending",
    }
    ledger.modifications[made["pspReference"]] = made
    return made


def modify(ledger, path, body, fault):
    """POST /v71/payments/{pspReference}/reversals, /cancels, /refunds"""
    name, kind = path[2], path[3]
    if body.get("merchantAccount") != ledger.merchant_account:
        raise Refusal(403, "901", "Invalid Merchant Account", "security")
    if len(body.get("reference", "")) > 80:
        raise Refusal(422, "702", "Invalid reference")
    if fault == "store_refusal":
        raise Refusal(422, "137", "Invalid amount specified")
    payment = ledger.payment(name)
    amount = payment["authorized"]
    if kind == "refunds":
        asked = body["amount"]
        if asked["currency"] != payment["currency"]:
            raise Refusal(422, "138", "Currency not supported for this payment")
        amount = asked["value"]
        if not isinstance(amount, int) or amount < 1:
            raise Refusal(422, "137", "Invalid amount specified")
    made = modification_of(ledger, kind, name, body.get("reference", ""), amount)
    if fault not in ("pending", "unknown_word"):
        end(ledger, made, "failed" if fault == "fail" else "succeeded", fault == "early")
    answer = {
        "merchantAccount": ledger.merchant_account,
        "paymentPspReference": name,
        "pspReference": made["pspReference"],
        "reference": made["reference"],
        "status": UNKNOWN_WORD if fault == "unknown_word" else "received",
    }
    if kind == "refunds":
        answer["amount"] = body["amount"]
    return answer


def end(ledger, made, state, early=False, words="Refused by the bank"):
    """A modification ends, and a webhook tells, why with `words`. What is not possible fails only now."""
    payment = ledger.payments[made["payment"]]
    action = {"cancels": "cancel", "refunds": "refund"}.get(made["kind"])
    event = {"cancels": "CANCELLATION", "refunds": "REFUND", "reversals": "CANCEL_OR_REFUND"}[made["kind"]]
    if made["kind"] == "reversals":
        action = "refund" if payment["captured"] else "cancel"
        if action == "refund":
            made["amount"] = payment["captured"] - payment["refunded"]
    reason = ""
    if state == "failed":
        reason = words
    elif action == "cancel" and (payment["captured"] or payment["voided"]):
        reason = "Transaction is already captured" if payment["captured"] else "Transaction is already cancelled"
    elif action == "refund" and not 0 < made["amount"] <= payment["captured"] - payment["refunded"]:
        reason = "Insufficient balance on payment"
    made["state"] = "failed" if reason else "succeeded"
    made["action"] = action
    if not reason and action == "refund":
        payment["refunded"] += made["amount"]
    if not reason and action == "cancel":
        payment["voided"] = True
    told = action if made["kind"] == "reversals" else None
    ledger.tell(event, made, not reason, reason, told, early)
    return made


def once(ledger, key, request, operation):
    """Runs `operation` once under `key`: a repetition gets the kept answer."""
    kept = ledger.keys.get(key) if key else None
    if kept and ledger.now() - kept["at"] < KEYS_KEPT:
        if kept["request"] != request:
            raise Refusal(422, "702", "The idempotency key belongs to another request")
        return kept["status"], kept["body"]
    try:
        status, body = 201, operation()
    except Refusal as refusal:
        status, body = refusal.status, refusal.body
    if key:
        ledger.keys[key] = {"at": ledger.now(), "request": request, "status": status, "body": body}
    return status, body


def change(ledger, path, body, key):
    """A POST of the API, with the fault that is played for it."""
    ledger.requests.append({"path": "/" + "/".join(path), "key": key, "body": body})
    fault = ledger.fault() if key not in ledger.keys else None
    if fault == "in_use":
        raise Refusal(422, "704", "request already processed or in progress")
    if len(key) > 64:
        raise Refusal(422, "702", "The idempotency key is too long")
    if len(path) != 4 or path[:2] != ["v71", "payments"] or path[3] not in ("reversals", "cancels", "refunds"):
        raise Refusal(404, "404", "Not Found")
    modified = lambda: keeping(fault, lambda: modify(ledger, path, body, fault), broken())
    answered = lambda: once(ledger, key, [path, body], modified)
    status, answer = around(fault, answered, throttled(), broken(), LostAnswer())
    if fault == "store_refusal":
        raise LostAnswer
    if fault == "broken_json":
        return status, {"status": "received"}
    return status, answer


# ---- What happens at Adyen ------------------------------------------------------------------------------------------


def pay(ledger, body):
    """A buyer pays: `authorized` is reserved, and `captured` of it is taken. Amounts are in Adyen's minor units."""
    payment = {"pspReference": body["id"], "authorized": body["authorized"], "captured": body.get("captured", 0),
               "currency": body.get("currency", "USD"), "refunded": 0, "voided": False, "disputed": False}
    ledger.payments[body["id"]] = payment
    return payment


def play(ledger, path, body):
    if path == ["payments"]:
        return pay(ledger, body)
    if len(path) == 3 and path[0] == "payments":
        payment = ledger.payment(path[1])
        if path[2] == "capture":
            made = modification_of(ledger, "captures", path[1], "by-others", payment["authorized"])
            payment.update(captured=payment["authorized"], voided=False)
            made["state"] = "succeeded"
            ledger.tell("CAPTURE", made, True)
        elif path[2] == "refund":
            end(ledger, modification_of(ledger, "refunds", path[1], "by-others", body["amount"]), "succeeded")
        elif path[2] == "dispute":
            made = modification_of(ledger, "disputes", path[1], "", payment["authorized"])
            payment["disputed"], made["state"] = True, "succeeded"
            ledger.tell("NOTIFICATION_OF_CHARGEBACK", made, True, "Fraud")
        return payment
    if len(path) == 3 and path[0] == "modifications":
        made = ledger.modifications[path[1]]
        if path[2] == "fail" and made["state"] == "succeeded":
            # The bank returns what had succeeded.
            made["state"] = "failed"
            ledger.payments[made["payment"]]["refunded"] -= made["amount"]
            ledger.tell("REFUND_FAILED", made, True, "Account closed")
            return made
        state = {"succeed": "succeeded", "fail": "failed"}[path[2]]
        return end(ledger, made, state, words=body.get("reason", "Refused by the bank"))
    if path == ["faults"]:
        unknown = set(body.get("next", [])) - FAULTS | ledger.chance.unknown(body)
        if unknown:
            raise Refusal(422, "702", f"no such fault: {', '.join(sorted(unknown))}")
        ledger.faults = list(body.get("next", []))
        return {"next": ledger.faults, "drawn": ledger.chance.begin(body)}
    if path == ["time"]:
        ledger.shift += body["seconds"]
        return {"now": ledger.now()}
    if path == ["hooks"]:
        ledger.hooks, ledger.holds_back = Hooks(body["url"], body["secret"]), body.get("hold", False)
        return {"url": ledger.hooks.url, "hold": ledger.holds_back}
    if path == ["ledger"]:
        return {"payments": ledger.payments, "modifications": ledger.modifications, "items": ledger.items,
                "early": ledger.early, "requests": ledger.requests, "bodies": ledger.bodies}
    raise Refusal(404, "404", "Not Found")


def deliver(ledger, body):
    """POST /play/deliver: sends kept items again, in the order of `items`, each alone, or all `together`."""
    with ledger.lock:
        chosen = [ledger.items[number] for number in body.get("items", range(len(ledger.items)))]
    batches = [chosen] if body.get("together") else [[item] for item in chosen]
    return {"statuses": [ledger.hooks.deliver(batch, body.get("at")) for batch in batches]}


class Hooks:
    """Sends items to the endpoint, each signed as Adyen signs it: neither the time nor the additional data are signed."""

    def __init__(self, url, secret):
        self.url, self.secret = url, secret

    def signature(self, item):
        signed = ":".join([
            item["pspReference"], item["originalReference"], item["merchantAccountCode"], item["merchantReference"],
            str(item["amount"]["value"]), item["amount"]["currency"], item["eventCode"], item["success"],
        ])
        return base64.b64encode(hmac.new(bytes.fromhex(self.secret), signed.encode(), hashlib.sha256).digest()).decode()

    def deliver(self, items, at=None):
        """Sends the items with the time `at`, now by default; gives the status of the answer, or -1 where it is not the
        text that Adyen waits for."""
        at = time.strftime("%Y-%m-%dT%H:%M:%S+00:00", time.gmtime(time.time() if at is None else at))
        signed = [
            {**item, "eventDate": at, "additionalData": {**item["additionalData"], "hmacSignature": self.signature(item)}}
            for item in items
        ]
        body = {"live": "false", "notificationItems": [{"NotificationRequestItem": item} for item in signed]}
        headers = {"Content-Type": "application/json; charset=utf-8"}
        request = urllib.request.Request(self.url, json.dumps(body).encode(), headers, method="POST")
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return answer.status if answer.read() == b"[accepted]" else -1
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
            return 200, play(self.ledger, path[1:], {})
        raise Refusal(404, "404", "Not Found")

    def post(self, path, body):
        if path[:1] == ["play"]:
            return 200, play(self.ledger, path[1:], body)
        if not hmac.compare_digest(self.headers.get("X-API-Key", "").encode(), self.key.encode()):
            raise Refusal(401, "000", "HTTP Status Response - Unauthorized", "security")
        self.ledger.bodies.append(self.text.decode())
        key = self.headers.get("Idempotency-Key", "")
        called = lambda: change(self.ledger, path, body, key)
        fault = self.ledger.chance.draw()
        if fault in OF_NEW_KEYS:
            return under_new_key(self.ledger, fault, called)
        return around(fault, called, throttled(), broken(), LostAnswer())

    def answer_with(self, operation):
        headers, times = {}, 1
        try:
            length = int(self.headers.get("Content-Length") or 0)
            if length > LARGEST_BODY:
                self.close_connection = True
                raise Refusal(413, "413", "The request is too large.")
            self.text = self.rfile.read(length)
            body = json.loads(self.text or "{}")
            path = [unquote(part) for part in urlsplit(self.path).path.split("/") if part]
            if path == ["play", "deliver"]:
                status, answer = 200, deliver(self.ledger, body)
            else:
                with self.ledger.lock:
                    status, answer = operation(path, body)
        except LostAnswer:
            self.close_connection = True
            self.connection.close()
            return
        except AnsweredTwice as twice:
            (status, answer), times = twice.answer, 2
        except Refusal as refusal:
            status, answer, headers = refusal.status, refusal.body, refusal.headers
        except (KeyError, TypeError, ValueError):
            status, answer = 400, Refusal(400, "702", "A field is missing or of another kind.").body
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
    parser = argparse.ArgumentParser(description="A part of Adyen's Checkout API to try Countermand with.")
    parser.add_argument("--port", type=int, default=9400, help="0 takes any free port")
    parser.add_argument("--key", default="AQE_test_key", help="the API key")
    parser.add_argument("--merchant-account", default="ShopECOM", help="the merchant account")
    parser.add_argument("--webhook-url", help="where webhooks are sent")
    parser.add_argument("--webhook-secret", default=TRY_SECRET, help="the HMAC key of webhooks, in hexadecimal digits")
    options = parser.parse_args()
    Handler.ledger, Handler.key = Ledger(options.merchant_account), options.key
    if options.webhook_url:
        Handler.ledger.hooks = Hooks(options.webhook_url, options.webhook_secret)
    server = ThreadingHTTPServer(("127.0.0.1", options.port), Handler)
    print(f"Adyen's API at http://127.0.0.1:{server.server_address[1]}", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass


if __name__ == "__main__":
    main()
