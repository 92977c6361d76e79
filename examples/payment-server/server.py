#!/usr/bin/env python3
"""A payment provider to try Countermand with: it speaks the protocol of docs/payment-protocol.md.

    python3 server.py --port 9100 --key secret

It needs Python 3.9 or newer and `../faults.py`. The first half of this file is the protocol, which a payment service of
your own has to speak. The second half, `/play/...`, is what happens at the provider: buyers pay, and things go wrong.
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
from faults import KEPT_FAILURES, OF_EVERY_CALL, OF_NEW_KEYS, UNKNOWN_WORD  # noqa: E402
from faults import AnsweredTwice, Chance, around, under_new_key  # noqa: E402

LARGEST_BODY = 64 * 1024
# What can be played once for the next void or refund.
FAULTS = OF_EVERY_CALL | OF_NEW_KEYS | {"store_refusal", "pending", "unknown_word", "fail"}


class Refusal(Exception):
    """An expected "no": the HTTP status, the code and a sentence for people."""

    def __init__(self, status, code, message):
        super().__init__(message)
        self.status, self.code, self.message = status, code, message


class LostAnswer(Exception):
    """The connection ends without an answer."""


class Ledger:
    """All payments and reversals. `lock` is held while a request reads or changes them."""

    def __init__(self, file=None):
        self.file, self.lock = file, threading.RLock()
        self.payments, self.reversals, self.faults, self.bodies = {}, {}, [], []
        self.hooks, self.messages, self.holds_back = None, [], False
        # The messages that came before the answer to their request, each with the status that it got.
        self.early = []
        self.chance = Chance(OF_EVERY_CALL | OF_NEW_KEYS)
        if file and os.path.exists(file):
            with open(file, encoding="utf-8") as stored:
                kept = json.load(stored)
            self.payments, self.reversals = kept["payments"], kept["reversals"]

    def save(self):
        """Writes the file whole, so that a crash leaves the old one."""
        if self.file:
            with open(self.file + ".new", "w", encoding="utf-8") as new:
                json.dump({"payments": self.payments, "reversals": self.reversals}, new)
            os.replace(self.file + ".new", self.file)

    def payment(self, reference):
        if reference not in self.payments:
            raise Refusal(404, "UNKNOWN_PAYMENT", "There is no payment with this reference.")
        return self.payments[reference]

    def fault(self):
        return self.faults.pop(0) if self.faults else None

    def tell(self, reference, early=False):
        """Sends the message that a payment changed, unless messages are held back. One that is `early` comes first."""
        message = {"type": "payment.changed", "timestamp": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
                   "data": {"payment": reference}}
        self.messages.append([f"msg_{len(self.messages) + 1}", message])
        if self.hooks and early:
            self.early.append([self.messages[-1][0], self.hooks.deliver(*self.messages[-1], self.chance.at)])
        elif self.hooks and not self.holds_back:
            threading.Thread(target=self.hooks.deliver, args=self.messages[-1], daemon=True).start()


def amount_in(body, field):
    """An amount of the request: a whole number of minor units, such as cents."""
    value = body.get(field)
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise Refusal(400, "INVALID", f"`{field}` must be a whole number of minor units.")
    return value


# ---- The protocol ---------------------------------------------------------------------------------------------------


def read_payment(ledger, reference):
    """GET /v1/payments/{reference}: the amounts of a payment in minor units of its currency, and its refunds."""
    return {"refunds": refunds_of(ledger, reference), **ledger.payment(reference)}


def refunds_of(ledger, reference):
    """The refunds of a payment, newest first: those of Countermand with their keys, and those that others made."""
    refunds = []
    for key, kept in reversed(ledger.reversals.items()):
        body, answer = kept["body"], kept.get("answer")
        if answer and body["operation"] == "REFUND" and body["payment"] == reference:
            told = {name: answer[name] for name in ("reference", "state", "detail") if name in answer}
            refunds.append({"key": None if kept.get("by_others") else key, "amount": body["amount"], **told})
    return refunds


def read_reversal(ledger, key):
    """GET /v1/reversals/{key}. Nothing there means that the request surely never arrived."""
    if key not in ledger.reversals:
        raise Refusal(404, "UNKNOWN_REVERSAL", "There is no reversal with this key.")
    kept = ledger.reversals[key]
    if kept.get("refusal"):
        raise Refusal(422, *kept["refusal"])
    return kept["answer"]


def put_reversal(ledger, key, body):
    """PUT /v1/reversals/{key}: the same request under the same key happens once, and gives the same answer."""
    kept = ledger.reversals.get(key)
    if kept:
        if kept["body"] != body:
            raise Refusal(409, "KEY_REUSED", "Another request was sent under this key.")
        if kept.get("broken"):
            raise broken()
        return read_reversal(ledger, key)
    payment = ledger.payments.get(body.get("payment"))
    refusal = refusal_of(payment, body)
    fault = None if refusal else ledger.fault()
    if fault == "store_refusal":
        refusal = ["REFUSED", "The provider does not do it."]
    if refusal:
        # A refusal is kept as well, so that the key means the same for ever.
        ledger.reversals[key] = {"body": body, "refusal": refusal}
        ledger.save()
        raise LostAnswer if fault else Refusal(422, *refusal)
    if fault == "throttle":
        raise Refusal(429, "SLOW_DOWN", "Too many requests.")
    if fault == "lose_request":
        raise LostAnswer
    if fault == "error_before":
        raise Refusal(503, "DOWN", "The provider is down.")
    # The request is kept before the provider acts, so after `store_error_before` it waits.
    states = {"pending": "PENDING", "store_error_before": "PENDING", "unknown_word": UNKNOWN_WORD, "fail": "FAILED"}
    state = states.get(fault, "SUCCEEDED")
    answer = {"key": key, "state": state, "reference": f"rev_{len(ledger.reversals) + 1}"}
    if state == "FAILED":
        answer["detail"] = "The bank refused."
    ledger.reversals[key] = {"body": body, "answer": answer}
    if fault in KEPT_FAILURES:
        # A repetition of the request gets the failure again, and the look-up tells what became of it.
        ledger.reversals[key]["broken"] = True
    if state != "FAILED":
        book(payment, body)
    ledger.save()
    ledger.tell(body["payment"], early=fault == "early")
    if fault == "lose_answer":
        raise LostAnswer
    if fault == "answer_twice":
        raise AnsweredTwice(answer)
    if fault == "error_after" or fault in KEPT_FAILURES:
        raise broken()
    return answer


def broken():
    return Refusal(500, "BROKEN", "The provider broke while it answered.")


def refusal_of(payment, body):
    """Why the provider does not do it: a code and a sentence; none when it does."""
    if payment is None:
        return ["UNKNOWN_PAYMENT", "There is no payment with this reference."]
    amount, operation = amount_in(body, "amount"), body.get("operation")
    if operation not in ("VOID", "REFUND") or body.get("currency") != payment["currency"]:
        return ["INVALID", "The operation or the currency does not fit the payment."]
    if payment["disputed"]:
        return ["DISPUTED", "The buyer disputes the payment."]
    if operation == "VOID":
        if payment["captured"] and not payment["capturable"]:
            return ["ALREADY_CAPTURED", "The authorization was captured."]
        return None
    if payment["captured"] - payment["refunded"] < amount:
        return ["NOTHING_LEFT", "Less is left than asked for."]
    return None


def book(payment, body):
    if body["operation"] == "VOID":
        payment.update(capturable=0, voided=True)
    else:
        payment["refunded"] += body["amount"]


# ---- Webhooks -------------------------------------------------------------------------------------------------------


class Hooks:
    """Sends messages as Standard Webhooks says."""

    def __init__(self, url, secret):
        self.url, self.key = url, base64.b64decode(secret.removeprefix("whsec_"))

    def deliver(self, name, message, at=None):
        """Sends a message with the time `at`, now by default; gives the status of the answer."""
        body = json.dumps(message).encode()
        at = str(int(time.time()) if at is None else at)
        signature = hmac.new(self.key, f"{name}.{at}.".encode() + body, hashlib.sha256).digest()
        headers = {
            "Content-Type": "application/json",
            "webhook-id": name,
            "webhook-timestamp": at,
            "webhook-signature": "v1," + base64.b64encode(signature).decode(),
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


# ---- What happens at the provider -----------------------------------------------------------------------------------


def refund_by_others(ledger, reference, amount):
    """Others pay money of a payment back, without a key of Countermand."""
    number = len(ledger.reversals) + 1
    body = {"operation": "REFUND", "payment": reference, "amount": amount}
    answer = {"key": f"by-others-{number}", "state": "SUCCEEDED", "reference": f"rev_{number}"}
    ledger.reversals[answer["key"]] = {"body": body, "answer": answer, "by_others": True}
    book(ledger.payments[reference], body)


def play(ledger, path, body):
    """Lets buyers pay, money move, and things go wrong."""
    if path == ["payments"]:
        authorized, captured = amount_in(body, "authorized"), body.get("captured", 0)
        payment = {
            "reference": body["reference"],
            "currency": body.get("currency", "USD"),
            "authorized": authorized,
            "captured": captured,
            # A capture releases the rest, unless several captures are agreed.
            "capturable": body.get("capturable", 0 if captured or body.get("voided") else authorized),
            "refunded": body.get("refunded", 0),
            "voided": body.get("voided", False),
            "disputed": body.get("disputed", False),
        }
        if "refunds" in body:
            # Null: the provider lists none.
            payment["refunds"] = body["refunds"]
        ledger.payments[payment["reference"]] = payment
        ledger.save()
        return payment
    if path == ["faults"]:
        unknown = set(body.get("next", [])) - FAULTS | ledger.chance.unknown(body)
        if unknown:
            raise Refusal(400, "INVALID", f"no such fault: {', '.join(sorted(unknown))}")
        ledger.faults = list(body.get("next", []))
        return {"next": ledger.faults, "drawn": ledger.chance.begin(body)}
    if len(path) == 3 and path[0] == "payments":
        payment = ledger.payments[path[1]]
        if path[2] == "capture":
            payment.update(captured=payment["authorized"], capturable=0, voided=False)
        elif path[2] == "expire":
            payment.update(capturable=0, voided=not payment["captured"])
        elif path[2] == "refund":
            refund_by_others(ledger, path[1], amount_in(body, "amount"))
        elif path[2] == "dispute":
            payment["disputed"] = True
        ledger.save()
        ledger.tell(path[1])
        return payment
    if len(path) == 3 and path[0] == "reversals" and path[2] in ("succeed", "fail"):
        kept = ledger.reversals[path[1]]
        reference = kept["body"]["payment"]
        if path[2] == "fail" and kept["body"]["operation"] == "REFUND" and kept["answer"]["state"] != "FAILED":
            ledger.payments[reference]["refunded"] -= kept["body"]["amount"]
        kept["answer"]["state"] = "SUCCEEDED" if path[2] == "succeed" else "FAILED"
        ledger.save()
        ledger.tell(reference)
        return kept["answer"]
    if path == ["hooks"]:
        ledger.hooks, ledger.holds_back = Hooks(body["url"], body["secret"]), body.get("hold", False)
        return {"url": body["url"]}
    if path == ["ledger"]:
        messages = [name for name, _ in ledger.messages]
        return {"payments": ledger.payments, "reversals": ledger.reversals, "messages": messages,
                "early": ledger.early, "bodies": ledger.bodies}
    raise Refusal(404, "NOT_FOUND", "There is nothing here.")


def deliver(ledger, body):
    """POST /play/deliver: sends kept messages again, in the order of `messages`, with a time `late` seconds ago."""
    with ledger.lock:
        known = dict(ledger.messages)
        wanted = body.get("messages") or list(known)
        at = body.get("at", int(time.time())) - body.get("late", 0)
    return {"statuses": [ledger.hooks.deliver(name, known[name], at) for name in wanted]}


# ---- HTTP -----------------------------------------------------------------------------------------------------------


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # What is sent goes out in one piece, a doubled answer too.
    wbufsize = -1
    ledger, key, text = None, "", b""

    def do_GET(self):
        self.answer_with(lambda path, _: self.read(path))

    def do_PUT(self):
        self.answer_with(self.put)

    def do_POST(self):
        self.answer_with(self.post)

    def read(self, path):
        if path[:1] == ["play"]:
            return play(self.ledger, path[1:], {})
        self.check_key()
        if len(path) == 3 and path[:2] == ["v1", "payments"]:
            return read_payment(self.ledger, path[2])
        if len(path) == 3 and path[:2] == ["v1", "reversals"]:
            return read_reversal(self.ledger, path[2])
        raise Refusal(404, "NOT_FOUND", "There is nothing here.")

    def put(self, path, body):
        self.check_key()
        self.ledger.bodies.append(self.text.decode())
        if len(path) == 3 and path[:2] == ["v1", "reversals"]:
            return put_reversal(self.ledger, path[2], body)
        raise Refusal(404, "NOT_FOUND", "There is nothing here.")

    def post(self, path, body):
        if path[:1] == ["play"]:
            return play(self.ledger, path[1:], body)
        raise Refusal(404, "NOT_FOUND", "There is nothing here.")

    def check_key(self):
        sent = self.headers.get("Authorization", "")
        if not hmac.compare_digest(sent.encode(), f"Bearer {self.key}".encode()):
            raise Refusal(401, "UNAUTHORIZED", "The key is wrong.")

    def answer_with(self, operation):
        times = 1
        try:
            body = self.body()
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
            status, answer = refusal.status, {"error": {"code": refusal.code, "message": refusal.message}}
        except (KeyError, TypeError):
            status, answer = 400, {"error": {"code": "INVALID", "message": "A field is missing or of another kind."}}
        text = json.dumps(answer).encode()
        for _ in range(times):
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

    def called(self, path, operation):
        """Runs a call. A share of the calls of the protocol goes wrong."""
        if path[:1] == ["play"]:
            return operation()
        fault = self.ledger.chance.draw()
        if fault in OF_NEW_KEYS:
            return under_new_key(self.ledger, fault, operation)
        throttled = Refusal(429, "SLOW_DOWN", "Too many requests.")
        return around(fault, operation, throttled, Refusal(503, "DOWN", "The provider is down."), LostAnswer())

    def body(self):
        length = int(self.headers.get("Content-Length") or 0)
        if length > LARGEST_BODY:
            self.close_connection = True
            raise Refusal(413, "TOO_LARGE", "The request is too large.")
        self.text = self.rfile.read(length)
        if not self.text:
            return {}
        try:
            body = json.loads(self.text)
        except ValueError:
            raise Refusal(400, "INVALID", "The request is no JSON.") from None
        if not isinstance(body, dict):
            raise Refusal(400, "INVALID", "The request is no object.")
        return body

    def log_message(self, form, *values):
        sys.stderr.write(f"{time.strftime('%H:%M:%S')} {form % values}\n")


def main():
    parser = argparse.ArgumentParser(description="A payment provider to try Countermand with.")
    parser.add_argument("--port", type=int, default=9100, help="0 takes any free port")
    parser.add_argument("--key", default="secret", help="the key to the account")
    parser.add_argument("--file", help="keeps payments and reversals in this file")
    parser.add_argument("--webhook-url", help="where messages are sent")
    parser.add_argument("--webhook-secret", help="signs messages: whsec_ and base64 of 24 bytes or more")
    options = parser.parse_args()
    Handler.ledger, Handler.key = Ledger(options.file), options.key
    if options.webhook_url:
        Handler.ledger.hooks = Hooks(options.webhook_url, options.webhook_secret)
    server = ThreadingHTTPServer(("127.0.0.1", options.port), Handler)
    print(f"payment provider at http://127.0.0.1:{server.server_address[1]}", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass


if __name__ == "__main__":
    main()
