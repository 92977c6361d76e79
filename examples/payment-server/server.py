#!/usr/bin/env python3
"""A payment provider to try Countermand with: it speaks the protocol of docs/payment-protocol.md.

    python3 server.py --port 9100 --key secret

It needs Python 3.9 or newer and nothing else. The first half of this file is the protocol, which a payment service of
your own has to speak. The second half, `/play/...`, is what happens at the provider: buyers pay, and things go wrong.
"""

import argparse
import hmac
import json
import os
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote, urlsplit

LARGEST_BODY = 64 * 1024
# What can be played once for the next void or refund.
FAULTS = {"lose_request", "lose_answer", "error_before", "error_after", "pending", "fail", "throttle"}


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
        self.payments, self.reversals, self.faults = {}, {}, []
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


def amount_in(body, field):
    """An amount of the request: a whole number of minor units, such as cents."""
    value = body.get(field)
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise Refusal(400, "INVALID", f"`{field}` must be a whole number of minor units.")
    return value


# ---- The protocol ---------------------------------------------------------------------------------------------------


def read_payment(ledger, reference):
    """GET /v1/payments/{reference}: the amounts of a payment, in minor units of its currency."""
    return ledger.payment(reference)


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
        return read_reversal(ledger, key)
    payment = ledger.payments.get(body.get("payment"))
    refusal = refusal_of(payment, body)
    if refusal:
        # A refusal is kept as well, so that the key means the same for ever.
        ledger.reversals[key] = {"body": body, "refusal": refusal}
        ledger.save()
        raise Refusal(422, *refusal)
    fault = ledger.fault()
    if fault == "throttle":
        raise Refusal(429, "SLOW_DOWN", "Too many requests.")
    if fault == "lose_request":
        raise LostAnswer
    if fault == "error_before":
        raise Refusal(503, "DOWN", "The provider is down.")
    state = {"pending": "PENDING", "fail": "FAILED"}.get(fault, "SUCCEEDED")
    answer = {"key": key, "state": state, "reference": f"rev_{len(ledger.reversals) + 1}"}
    if state == "FAILED":
        answer["detail"] = "The bank refused."
    ledger.reversals[key] = {"body": body, "answer": answer}
    if state != "FAILED":
        book(payment, body)
    ledger.save()
    if fault == "lose_answer":
        raise LostAnswer
    if fault == "error_after":
        raise Refusal(500, "BROKEN", "The provider broke while it answered.")
    return answer


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
        if payment["captured"]:
            return ["ALREADY_CAPTURED", "The authorization was captured."]
        return None
    if payment["captured"] - payment["refunded"] < amount:
        return ["NOTHING_LEFT", "Less is left than asked for."]
    return None


def book(payment, body):
    if body["operation"] == "VOID":
        payment["voided"] = True
    else:
        payment["refunded"] += body["amount"]


# ---- What happens at the provider -----------------------------------------------------------------------------------


def play(ledger, path, body):
    """Lets buyers pay, money move, and things go wrong."""
    if path == ["payments"]:
        payment = {
            "reference": body["reference"],
            "currency": body.get("currency", "USD"),
            "authorized": amount_in(body, "authorized"),
            "captured": body.get("captured", 0),
            "refunded": body.get("refunded", 0),
            "voided": body.get("voided", False),
            "disputed": body.get("disputed", False),
        }
        ledger.payments[payment["reference"]] = payment
        ledger.save()
        return payment
    if path == ["faults"]:
        unknown = set(body["next"]) - FAULTS
        if unknown:
            raise Refusal(400, "INVALID", f"no such fault: {', '.join(sorted(unknown))}")
        ledger.faults = list(body["next"])
        return {"next": ledger.faults}
    if len(path) == 3 and path[0] == "reversals" and path[2] in ("succeed", "fail"):
        kept = ledger.reversals[path[1]]
        kept["answer"]["state"] = "SUCCEEDED" if path[2] == "succeed" else "FAILED"
        ledger.save()
        return kept["answer"]
    if path == ["ledger"]:
        return {"payments": ledger.payments, "reversals": ledger.reversals}
    raise Refusal(404, "NOT_FOUND", "There is nothing here.")


# ---- HTTP -----------------------------------------------------------------------------------------------------------


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    ledger, key = None, ""

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
        try:
            body = self.body()
            path = [unquote(part) for part in urlsplit(self.path).path.split("/") if part]
            with self.ledger.lock:
                status, answer = 200, operation(path, body)
        except LostAnswer:
            self.close_connection = True
            self.connection.close()
            return
        except Refusal as refusal:
            status, answer = refusal.status, {"error": {"code": refusal.code, "message": refusal.message}}
        except (KeyError, TypeError):
            status, answer = 400, {"error": {"code": "INVALID", "message": "A field is missing or of another kind."}}
        text = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def body(self):
        length = int(self.headers.get("Content-Length") or 0)
        if length > LARGEST_BODY:
            self.close_connection = True
            raise Refusal(413, "TOO_LARGE", "The request is too large.")
        text = self.rfile.read(length)
        if not text:
            return {}
        try:
            body = json.loads(text)
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
    options = parser.parse_args()
    Handler.ledger, Handler.key = Ledger(options.file), options.key
    server = ThreadingHTTPServer(("127.0.0.1", options.port), Handler)
    print(f"payment provider at http://127.0.0.1:{server.server_address[1]}", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass


if __name__ == "__main__":
    main()
