"""Stands in front of localstripe, an imitation of Stripe, and adds what localstripe does not have:

- the rules of `Idempotency-Key`: localstripe carries each request out again,
- the reasons of refunds and of cancellations, which localstripe refuses: they go no further than this,
- `amount_received` of payment intents and `amount_captured` of charges, as the rest of localstripe's answer implies them,
- answers that get lost: `POST /play/faults` with `{"next": ["lose_answer"]}`,
- keys that end: `POST /play/forget` ends all.

    python3 keys_for_localstripe.py http://127.0.0.1:8420

It prints its address, keeps no ledger, and needs no packages.
"""

import json
import sys
import threading
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlencode

FORM = "application/x-www-form-urlencoded"
REASONS = {"reason", "cancellation_reason"}
REUSED = "Keys for idempotent requests can only be used with the same parameters they were first used with."


def with_amounts(thing):
    """The answer of localstripe with the amounts that it leaves out."""
    kind = thing.get("object")
    if kind == "payment_intent":
        is_captured = thing["status"] == "succeeded"
        charge = thing["latest_charge"]
        return {**thing, "amount_received": thing["amount"] if is_captured else 0,
                "latest_charge": with_amounts(charge) if isinstance(charge, dict) else charge}
    if kind == "charge":
        return {**thing, "amount_captured": thing["amount"] if thing["captured"] else 0}
    return thing


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    localstripe, lock = "", threading.Lock()
    # The kept answers, each with its request, and the faults that come next.
    kept, faults = {}, []

    def do_GET(self):
        with self.lock:
            status, answer = self.forwarded(None)
        self.answer(status, answer)

    def do_POST(self):
        text = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        with self.lock:
            if self.path == "/play/faults":
                self.faults[:] = json.loads(text)["next"]
                return self.answer(200, {"next": self.faults})
            if self.path == "/play/forget":
                self.kept.clear()
                return self.answer(200, {})
            is_lost = self.faults[:1] == ["lose_answer"] and bool(self.faults.pop(0))
            status, answer, headers = self.once(sorted(parse_qsl(text.decode())))
        if is_lost:
            self.close_connection = True
            return self.connection.close()
        return self.answer(status, answer, headers)

    def once(self, form):
        """Sends the form on, unless its key was used before: then the kept answer is given again."""
        key, request = self.headers.get("Idempotency-Key"), (self.path, form)
        if key in self.kept:
            first, status, answer = self.kept[key]
            if first != request:
                return 400, {"error": {"type": "idempotency_error", "message": REUSED}}, {}
            return status, answer, {"Idempotent-Replayed": "true"}
        status, answer = self.forwarded(urlencode([pair for pair in form if pair[0] not in REASONS]).encode())
        if key:
            self.kept[key] = request, status, answer
        return status, answer, {}

    def forwarded(self, form):
        """What localstripe answers."""
        headers = {"Authorization": self.headers.get("Authorization", ""), "Content-Type": FORM}
        request = urllib.request.Request(self.localstripe + self.path, form, headers, method=self.command)
        try:
            with urllib.request.urlopen(request, timeout=120) as answer:
                return answer.status, with_amounts(json.load(answer))
        except urllib.error.HTTPError as refused:
            return refused.code, json.load(refused)

    def answer(self, status, answer, headers=None):
        sent = json.dumps(answer).encode()
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", **(headers or {})}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(sent)))
        self.end_headers()
        self.wfile.write(sent)

    def log_message(self, form, *values):
        """Logs nothing."""


if __name__ == "__main__":
    Handler.localstripe = sys.argv[1]
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    print(f"localstripe with keys at http://127.0.0.1:{server.server_address[1]}", flush=True)
    server.serve_forever()
