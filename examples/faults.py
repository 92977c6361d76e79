"""What goes wrong with a share of all calls of a payment provider, for the servers in the folders beside this file."""

import random

# What can go wrong with every call: before the provider acts, or after it acted.
OF_EVERY_CALL = frozenset({"lose_request", "lose_answer", "error_before", "error_after", "throttle", "answer_twice"})
# Failures of its own that a provider keeps under the key of a request: before it acts, or after it acted.
KEPT_FAILURES = frozenset({"store_error_before", "store_error_after"})
# What only a void or a refund under a new key meets. With `early`, its messages come before the answer to it.
OF_NEW_KEYS = KEPT_FAILURES | {"early"}
# A word for the state of a refund that only a later version of a provider's API has.
UNKNOWN_WORD = "reviewed_by_a_person_who_decides_within_two_business_days"


class AnsweredTwice(Exception):
    """The provider acts, and its `answer` arrives twice on the connection, as a broken proxy sends it."""

    def __init__(self, answer):
        super().__init__("the answer is sent twice")
        self.answer = answer


class Chance:
    """Draws the faults. The same seed draws the same faults for the same calls."""

    def __init__(self, known=OF_EVERY_CALL):
        self.known, self.share, self.drawn = known, 0, 0
        self.kinds, self.random, self.at = [], random.Random(0), None

    def unknown(self, body):
        """The `kinds` of the request that cannot be drawn here."""
        return set(body.get("kinds", [])) - self.known

    def begin(self, body):
        """Takes over `share` (in percent of all calls), `seed` and `kinds`; without a share nothing is drawn any more.
        Messages that come early are signed at the time `at`, now by default. Gives the number of faults that were drawn
        before."""
        drawn, self.drawn = self.drawn, 0
        self.share, self.random = body.get("share", 0), random.Random(body.get("seed", 0))
        self.kinds, self.at = list(body.get("kinds") or sorted(self.known)), body.get("at")
        return drawn

    def draw(self):
        """The fault of the next call; none for most."""
        if self.random.randrange(100) >= self.share:
            return None
        self.drawn += 1
        return self.random.choice(self.kinds)


def around(fault, operation, throttled, broken, lost):
    """Runs `operation` with the fault before or after it: `throttled`, `broken` and `lost` are raised for it, and
    `AnsweredTwice` with the answer."""
    before = {"throttle": throttled, "error_before": broken, "lose_request": lost}
    after = {"error_after": broken, "lose_answer": lost}
    if fault in before:
        raise before[fault]
    if fault == "answer_twice":
        raise AnsweredTwice(operation())
    try:
        return operation()
    finally:
        # A refusal gets lost as well.
        if fault in after:
            raise after[fault]


def under_new_key(ledger, fault, operation):
    """Runs a call that was drawn for a `fault` of `OF_NEW_KEYS`. Other calls do not meet it, and it does not count then."""
    ledger.faults = [fault]
    try:
        return operation()
    finally:
        ledger.chance.drawn -= len(ledger.faults)
        ledger.faults = []


def keeping(fault, operation, broken):
    """Runs `operation`, and raises `broken` before it or after it if `fault` is a failure that the provider keeps."""
    if fault == "store_error_before":
        raise broken
    answer = operation()
    if fault == "store_error_after":
        raise broken
    return answer
