#!/usr/bin/env python3
"""A sales channel to try Countermand with: it speaks the protocol of docs/channel-protocol.md.

    python3 server.py --port 9000

It needs Python 3.9 or newer and nothing else. The first half of this file is the protocol, which a channel of your own
has to speak. The second half, `/play/...`, is what happens at the channel: buyers order, ask, and the channel decides.
"""

import argparse
import hmac
import json
import os
import sys
import threading
import time
import uuid
from datetime import datetime, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit

LARGEST_BODY = 64 * 1024
LARGEST_PAGE = 100
CLOSED = {"SHIPPED", "CANCELED", "UNFULFILLABLE"}


class Refusal(Exception):
    """An expected "no": the HTTP status, the code and a sentence for people."""

    def __init__(self, status, code, message):
        super().__init__(message)
        self.status, self.code, self.message = status, code, message


class Ledger:
    """All orders, cancellations and answers. `lock` is held while a request reads or changes them."""

    def __init__(self, file=None):
        self.file, self.lock, self.latest = file, threading.RLock(), ""
        self.orders, self.cancellations, self.answers = {}, {}, {}
        if file and os.path.exists(file):
            with open(file, encoding="utf-8") as stored:
                kept = json.load(stored)
            self.orders, self.cancellations, self.answers = kept["orders"], kept["cancellations"], kept["answers"]
            self.latest = max((order["updated_at"] for order in self.orders.values()), default="")

    def save(self):
        """Writes the file whole, so that a crash leaves the old one."""
        if self.file:
            with open(self.file + ".new", "w", encoding="utf-8") as new:
                json.dump({"orders": self.orders, "cancellations": self.cancellations, "answers": self.answers}, new)
            os.replace(self.file + ".new", self.file)

    def now(self):
        """A time in UTC with microseconds that is later than every time before, as texts compare."""
        while True:
            now = as_text(datetime.now(timezone.utc))
            if now > self.latest:
                self.latest = now
                return now
            time.sleep(0.000001)

    def order(self, number):
        if number not in self.orders:
            raise Refusal(404, "ORDER_NOT_FOUND", "There is no order with this number.")
        return self.orders[number]

    def touch(self, order):
        """Derives the status from the items, and moves the order to the end of the list of changes."""
        if order["status"] not in ("PENDING", "UNFULFILLABLE"):
            items = order["items"]
            shipped = sum(item["shipped"] for item in items)
            if all(item["cancellation"] for item in items):
                order["status"] = "CANCELED"
            elif not any(is_open(item) for item in items):
                order["status"] = "SHIPPED"
            else:
                order["status"] = "PARTLY_SHIPPED" if shipped else "UNSHIPPED"
        order["updated_at"] = self.now()


def as_text(time):
    """A time as the protocol writes it. Two such texts compare as their times do."""
    return time.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def is_open(item):
    """Whether a unit of the item is neither shipped nor canceled."""
    return not item["cancellation"] and item["shipped"] < item["quantity"]


def text(body, field, longest, required=True):
    """A text of the request, with its limit."""
    value = body.get(field)
    if value is None and not required:
        return None
    if not isinstance(value, str) or not value.strip() or len(value) > longest:
        raise Refusal(400, "INVALID", f"`{field}` must be a text of 1 to {longest} characters.")
    return value


# ---- The protocol ---------------------------------------------------------------------------------------------------


def changed_orders(ledger, query):
    """GET /v1/orders: the orders that changed at or after `updated_since`, oldest change first."""
    try:
        since = as_text(datetime.fromisoformat(query.get("updated_since", "").replace("Z", "+00:00")))
        limit = int(query.get("limit", LARGEST_PAGE))
    except ValueError:
        raise Refusal(400, "INVALID", "`updated_since` must be a time and `limit` a number.") from None
    limit = max(1, min(limit, LARGEST_PAGE))
    # The token of a page is the place of its first order. An order that changes meanwhile moves behind it: it may come
    # twice, but it is never left out.
    after = tuple(query.get("page", "").split("|", 1))
    place = lambda order: (order["updated_at"], order["number"])
    found = [order for order in sorted(ledger.orders.values(), key=place) if order["updated_at"] >= since]
    if len(after) == 2:
        found = [order for order in found if place(order) >= after]
    rest = found[limit:]
    return 200, {
        "orders": found[:limit],
        "next_page": "|".join(place(rest[0])) if rest else None,
        "reaches_to": ledger.now(),
    }


def one_order(ledger, number):
    """GET /v1/orders/{number}"""
    return 200, ledger.order(number)


def ask_for_cancellation(ledger, id, body, at_once):
    """PUT /v1/cancellations/{id}: the seller asks. The same id is the same cancellation, however often it is sent."""
    try:
        id = str(uuid.UUID(id))
    except ValueError:
        raise Refusal(400, "INVALID", "The id of a cancellation must be a UUID.") from None
    asked = {
        "order": text(body, "order", 64),
        "reason": text(body, "reason", 64),
        "message": text(body, "message", 500, required=False),
        "items": body.get("items"),
    }
    known = ledger.cancellations.get(id)
    if known:
        if any(known[field] != value for field, value in asked.items()):
            raise Refusal(409, "ID_USED", "This id belongs to another cancellation.")
        return 200, known
    order = ledger.order(asked["order"])
    items = {item["id"]: item for item in order["items"]}
    if not isinstance(asked["items"], list) or not asked["items"]:
        raise Refusal(400, "INVALID", "`items` must name at least one item.")
    for named in asked["items"]:
        if not isinstance(named, dict) or named.get("id") not in items:
            raise Refusal(400, "ITEM_NOT_FOUND", "The order has no such item.")
        item = items[named["id"]]
        if named.get("quantity") != item["quantity"] and not item["shipped"]:
            raise Refusal(422, "WHOLE_ITEMS_ONLY", "This channel cancels an item with all of its units.")
    cancellation = {"id": id, **asked, "state": "OPEN", "denial": None}
    cancellation.update(created_at=ledger.now(), decided_at=None)
    ledger.cancellations[id] = cancellation
    if order["status"] == "PENDING" or order["fulfilled_by"] != "MERCHANT":
        deny(ledger, cancellation, "NOT_ALLOWED", "The seller cannot cancel this order.")
    elif any(items[named["id"]]["shipped"] for named in asked["items"]):
        deny(ledger, cancellation, "ALREADY_SHIPPED", "The order is already shipped.")
    elif at_once:
        accept(ledger, cancellation)
    return 201, cancellation


def outcome(ledger, id):
    """GET /v1/cancellations/{id}"""
    if id.lower() not in ledger.cancellations:
        raise Refusal(404, "CANCELLATION_NOT_FOUND", "There is no cancellation with this id.")
    return 200, ledger.cancellations[id.lower()]


def answer_request(ledger, id, body):
    """PUT /v1/requests/{id}/answer: the seller declines a buyer's request. It grants one by canceling the items."""
    if body.get("decision") != "DENY":
        raise Refusal(400, "INVALID", "`decision` must be DENY: a request is granted by canceling its items.")
    answer = {"id": id, "decision": "DENY", "reason": text(body, "reason", 250)}
    if id in ledger.answers:
        if ledger.answers[id] != answer:
            raise Refusal(409, "ALREADY_ANSWERED", "The request has another answer.")
        return 200, answer
    for order in ledger.orders.values():
        asked = [item["request"] for item in order["items"] if item["request"] and item["request"]["id"] == id]
        if asked:
            if asked[0]["state"] != "OPEN":
                raise Refusal(409, "ALREADY_ANSWERED", "The request is not open any more.")
            for request in asked:
                request["state"] = "DENIED"
            ledger.answers[id] = answer
            ledger.touch(order)
            return 200, answer
    raise Refusal(404, "REQUEST_NOT_FOUND", "There is no request with this id.")


# ---- What happens at the channel: not part of the protocol ----------------------------------------------------------


def accept(ledger, cancellation):
    order = ledger.order(cancellation["order"])
    named = {item["id"] for item in cancellation["items"]}
    for item in order["items"]:
        if item["id"] in named and not item["cancellation"]:
            by = "BUYER" if item["request"] else "MERCHANT"
            item["cancellation"] = {"by": by, "reason": cancellation["reason"]}
            if item["request"] and item["request"]["state"] == "OPEN":
                item["request"]["state"] = "GRANTED"
    cancellation.update(state="ACCEPTED", decided_at=ledger.now())
    ledger.touch(order)


def deny(ledger, cancellation, code, reason):
    denial = {"code": code, "reason": reason[:250]}
    cancellation.update(state="DENIED", denial=denial, decided_at=ledger.now())


def place(ledger, body):
    """POST /play/orders: a buyer orders. Each field of the body replaces the one below."""
    now = ledger.now()
    items = body.pop("items", [{"sku": "24-MB01", "name": "Joust Duffle Bag", "quantity": 1}])
    order = {
        "number": f"W-{len(ledger.orders) + 1001}",
        "market": "DE",
        "status": "UNSHIPPED",
        "fulfilled_by": "MERCHANT",
        "placed_at": now,
        "updated_at": now,
        "total": {"amount": "34.00", "currency": "EUR"},
        **body,
    }
    blank = {"sku": None, "name": "", "quantity": 1, "shipped": 0, "request": None, "cancellation": None}
    order["items"] = [{"id": str(place), **blank, **item} for place, item in enumerate(items, 1)]
    ledger.orders[order["number"]] = order
    return 201, order


def ship(ledger, number, body):
    """POST /play/orders/{number}/ship: ships all open items, or those of `items`. Open cancellations come too late."""
    order = ledger.order(number)
    for item in order["items"]:
        if is_open(item) and item["id"] in body.get("items", [item["id"]]):
            item["shipped"] = item["quantity"]
    for cancellation in ledger.cancellations.values():
        if cancellation["order"] == number and cancellation["state"] == "OPEN":
            deny(ledger, cancellation, "ALREADY_SHIPPED", "The order was shipped meanwhile.")
    ledger.touch(order)
    return 200, order


def buyer_asks(ledger, number, body):
    """POST /play/orders/{number}/request: the buyer asks to cancel all open items, or those of `items`."""
    order = ledger.order(number)
    request = {"id": str(uuid.uuid4()), "reason": body.get("reason"), "state": "OPEN"}
    for item in order["items"]:
        if is_open(item) and item["id"] in body.get("items", [item["id"]]):
            item["request"] = dict(request)
    ledger.touch(order)
    return 201, request


def decide(ledger, id, how, body):
    """POST /play/cancellations/{id}/accept or .../deny: the channel decides."""
    _, cancellation = outcome(ledger, id)
    if cancellation["state"] == "OPEN":
        if how == "accept":
            accept(ledger, cancellation)
        else:
            deny(ledger, cancellation, body.get("code", "OTHER"), body.get("reason", "The channel says no."))
    return 200, cancellation


# ---- HTTP -----------------------------------------------------------------------------------------------------------


class Channel(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    options = ledger = None
    trouble = None  # What POST /play/trouble asked for: how the next answer of the protocol goes wrong.

    def respond(self):
        url = urlsplit(self.path)
        path = [unquote(part) for part in url.path.strip("/").split("/")]
        query = {name: values[0] for name, values in parse_qs(url.query).items()}
        trouble = None
        try:
            body = self.body()
            if path[0] == "v1":
                self.check_token()
                trouble, Channel.trouble = Channel.trouble, None
            if trouble == "throttled":
                raise Refusal(429, "THROTTLED", "Wait.")
            with self.ledger.lock:
                status, answer = self.route([self.command, *path], query, body)
                answer = json.dumps(answer)
                if self.command != "GET":
                    self.ledger.save()
            if trouble == "slow":
                time.sleep(self.options.slow_seconds)
            if trouble == "garbage":
                answer = "<html>It works!</html>"
            if trouble == "huge":
                answer = json.dumps({"orders": ["x" * 1000] * 20_000})
            if trouble == "failure":
                raise Refusal(500, "INTERNAL", "The channel failed after it acted.")
        except Refusal as no:
            status, answer = no.status, json.dumps({"error": {"code": no.code, "message": no.message}})
        self.send(status, answer.encode())

    do_GET = do_PUT = do_POST = respond

    def route(self, request, query, body):
        ledger = self.ledger
        if request[:2] == ["GET", "v1"]:
            if request[2:] == ["orders"]:
                return changed_orders(ledger, query)
            if request[2:3] == ["orders"] and len(request) == 4:
                return one_order(ledger, request[3])
            if request[2:3] == ["cancellations"] and len(request) == 4:
                return outcome(ledger, request[3])
        if request[:3] == ["PUT", "v1", "cancellations"] and len(request) == 4:
            return ask_for_cancellation(ledger, request[3], body, self.options.accept_at_once)
        if request[:3] == ["PUT", "v1", "requests"] and request[4:] == ["answer"]:
            return answer_request(ledger, request[3], body)
        if request == ["POST", "play", "orders"]:
            return place(ledger, body)
        if request[:3] == ["POST", "play", "orders"] and len(request) == 5:
            if request[4] in ("ship", "request"):
                return {"ship": ship, "request": buyer_asks}[request[4]](ledger, request[3], body)
        if request[:3] == ["POST", "play", "cancellations"] and request[4:] in (["accept"], ["deny"]):
            return decide(ledger, request[3], request[4], body)
        if request == ["POST", "play", "trouble"]:
            Channel.trouble = body.get("next")
            return 200, {"next": Channel.trouble}
        if request == ["GET", "play", "cancellations"]:
            return 200, list(ledger.cancellations.values())
        raise Refusal(404, "NOT_FOUND", "This server has no such address.")

    def check_token(self):
        sent = self.headers.get("Authorization", "").encode()
        if not hmac.compare_digest(sent, f"Bearer {self.options.token}".encode()):
            raise Refusal(401, "UNAUTHORIZED", "The token is missing or wrong.")

    def body(self):
        length = int(self.headers.get("Content-Length") or 0)
        if length > LARGEST_BODY:
            self.close_connection = True
            raise Refusal(413, "TOO_LARGE", f"A request has at most {LARGEST_BODY} bytes.")
        try:
            body = json.loads(self.rfile.read(length) or b"{}")
        except ValueError:
            raise Refusal(400, "INVALID", "The request is not JSON.") from None
        if not isinstance(body, dict):
            raise Refusal(400, "INVALID", "The request must be a JSON object.")
        return body

    def send(self, status, answer):
        try:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(answer)))
            if status == 429:
                self.send_header("Retry-After", "30")
            self.end_headers()
            self.wfile.write(answer)
        except OSError:
            self.close_connection = True  # The client went away.

    def log_message(self, form, *values):
        sys.stderr.write(f"{self.log_date_time_string()} {form % values}\n")


def main():
    parser = argparse.ArgumentParser(description="A sales channel to try Countermand with.")
    parser.add_argument("--port", type=int, default=9000, help="0 takes a free port")
    parser.add_argument("--token", default="secret", help="the bearer token of the seller")
    parser.add_argument("--ledger", metavar="FILE", help="keep the orders in this JSON file")
    parser.add_argument("--accept-at-once", action="store_true", help="accept each cancellation without being told")
    parser.add_argument("--slow-seconds", type=float, default=60, help="how long a slow answer takes")
    Channel.options = parser.parse_args()
    Channel.ledger = Ledger(Channel.options.ledger)
    server = ThreadingHTTPServer(("127.0.0.1", Channel.options.port), Channel)
    print(f"The channel listens on http://127.0.0.1:{server.server_port}", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass


if __name__ == "__main__":
    main()
