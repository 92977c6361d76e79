//! The promises. Those of [`broken`] hold after each step; those of [`broken_at_end`] once nothing is under way.

use std::collections::BTreeSet;

use countermand_domain::invariants::broken_by;
use countermand_domain::{Order, TransactionKind};
use countermand_persistence::{ABANDONED, HistoryReport, MET};

use super::books::{Books, OwedMoney};
use super::tenders;
use crate::ledger::Ledger;

/// What does not hold after a step. `before` is the order before it, and `unseen` are the obligations that staff ended
/// while the provider was not asked.
pub(super) fn broken(
    before: &Order,
    books: &Books,
    ledger: &Ledger,
    unseen: &BTreeSet<String>,
) -> Vec<String> {
    let order = &books.order;
    let mut broken: Vec<String> = broken_by(order).map(|it| it.promise.to_owned()).collect();
    broken.extend(ledger.broken());
    broken.extend(history_broken(books));
    broken.extend(transactions_broken(books));
    broken.extend(refunds_broken(books, ledger));
    broken.extend(tenders::broken(books, ledger, unseen));
    if order.version < before.version {
        broken.push("the version of the order went back".to_owned());
    }
    if before.state.is_over() && !order.state.is_over() {
        broken.push(format!(
            "the order was {}, and is {} now",
            before.state, order.state
        ));
    }
    broken
}

/// Each version has one event, which is as it was written, and each cancellation has one row.
fn history_broken(books: &Books) -> Vec<String> {
    let mut broken = Vec::new();
    let versions: Vec<i64> = books.events.iter().map(|event| event.version).collect();
    let expected: Vec<i64> = (1..=books.order.version).collect();
    if versions != expected {
        let version = books.order.version;
        broken.push(format!(
            "the order has version {version}, and events of the versions {versions:?}"
        ));
    }
    if books.history != HistoryReport::default() {
        broken.push(format!(
            "the history is not as it was written: {:?}",
            books.history
        ));
    }
    let canceled = books
        .events
        .iter()
        .filter(|event| event.kind == "order.canceled")
        .count();
    if i64::try_from(canceled) != Ok(books.cancellations) {
        let rows = books.cancellations;
        broken.push(format!("{canceled} events of cancellations, and {rows} rows"));
    }
    broken
}

/// The amounts of each transaction are those of its obligations.
fn transactions_broken(books: &Books) -> Vec<String> {
    let mut broken = Vec::new();
    for (position, transaction) in books.order.payment.transactions.iter().enumerate() {
        let sum = |counts: &dyn Fn(&OwedMoney) -> bool| -> i64 {
            let found = books
                .owed
                .iter()
                .filter(|it| it.owed.transaction == position && counts(it));
            found.map(|it| it.owed.amount).sum()
        };
        let (owed, open) = (transaction.owed.minor(), sum(&OwedMoney::is_open));
        if owed != open {
            broken.push(format!(
                "transaction {position} owes {owed}, and its open obligations {open}"
            ));
        }
        let abandoned = sum(&|it| it.row.state == ABANDONED);
        if transaction.abandoned.minor() != abandoned {
            let kept = transaction.abandoned;
            broken.push(format!(
                "transaction {position} abandoned {kept}, its obligations {abandoned}"
            ));
        }
        let decided = transaction.used.minor() - transaction.outside.minor();
        let all = sum(&|_| true);
        if transaction.kind == TransactionKind::Capture && decided != all {
            broken.push(format!(
                "transaction {position} gives {decided} back, its obligations {all}"
            ));
        }
    }
    broken
}

/// No obligation is paid back twice or with another amount, and what others paid back is theirs.
fn refunds_broken(books: &Books, ledger: &Ledger) -> Vec<String> {
    let mut broken = Vec::new();
    for it in &books.owed {
        let id = &it.row.id;
        let moved: Vec<_> = ledger.moved_for(id).collect();
        let refunds = moved.iter().filter(|kept| kept.did.is_refund()).count();
        if refunds > 1 {
            broken.push(format!("the {} {id} was paid back {refunds} times", it.row.kind));
        }
        if moved.iter().any(|kept| kept.amount.minor() != it.owed.amount) {
            broken.push(format!(
                "the {} {id} was carried out with another amount",
                it.row.kind
            ));
        }
        let settled = it.row.state == MET && !it.is_met_by_provider();
        if settled && refunds > 0 && it.entries.is_empty() {
            broken.push(format!("staff settled {id}, and the provider paid it back, too"));
        }
    }
    for reference in books.references() {
        let booked = booked_outside(books, &reference);
        let outside = ledger.ever_outside(&reference);
        if booked > outside {
            broken.push(format!(
                "others paid back {outside} of {reference}, and {booked} are booked as theirs"
            ));
        }
    }
    broken
}

/// What the books say that others paid back of a payment.
fn booked_outside(books: &Books, reference: &str) -> i64 {
    let captures = books.order.payment.transactions.iter();
    let captures = captures.filter(|it| it.is_capture_of(reference));
    let booked: i64 = captures.map(|it| it.outside.minor()).sum();
    // A refund that staff had ended, and that others made, has the payment as its receipt.
    let adopted = books
        .owed
        .iter()
        .filter(|it| it.row.state == MET && it.row.receipt == reference);
    booked + adopted.map(|it| it.owed.amount).sum::<i64>()
}

/// What happened beside the books.
pub(super) struct Known<'a> {
    /// Whether staff decided how much goes back, so that money may be left of a canceled order.
    pub(super) has_kept_money: bool,
    /// The obligations that staff tried to settle by hand.
    pub(super) by_hand: &'a BTreeSet<String>,
    /// The obligations that staff tried to end while the provider was not asked.
    pub(super) unseen: &'a BTreeSet<String>,
    /// How many mails about cancellations buyers got.
    pub(super) mails: usize,
}

/// What does not hold at the end.
pub(super) fn broken_at_end(books: &Books, ledger: &Ledger, known: &Known<'_>) -> Vec<String> {
    let mut broken = Vec::new();
    for it in &books.owed {
        let id = &it.row.id;
        let (kind, state) = (&it.row.kind, &it.row.state);
        if it.is_open() {
            broken.push(format!(
                "the {kind} {id} is {state} at the end: {}",
                it.row.last_error
            ));
            continue;
        }
        let has_moved = ledger.moved_for(id).next().is_some();
        let transaction = books.order.payment.transactions.get(it.owed.transaction);
        let payment = transaction.and_then(|it| it.reference.as_deref());
        let was_released = !it.is_refund() && payment.is_some_and(|payment| ledger.is_released(payment));
        if it.is_met_by_provider() && !has_moved && !was_released {
            broken.push(format!(
                "the {kind} {id} is met, and the provider did not move its money"
            ));
        }
        let is_adopted = payment == Some(it.row.receipt.as_str());
        if it.row.state == MET && !it.is_met_by_provider() && !is_adopted && !known.by_hand.contains(id) {
            broken.push(format!(
                "the {kind} {id} is met, and neither the provider nor staff moved its money"
            ));
        }
        if !it.is_met_by_provider() && has_moved && it.is_refund() && !known.unseen.contains(id) {
            broken.push(format!(
                "the {kind} {id} is {state} by staff, and the provider paid it back"
            ));
        }
    }
    broken.extend(outside_is_lost(books, ledger));
    broken.extend(outside_is_made_up(books, ledger, known));
    broken.extend(failed_outside_is_booked(books, ledger));
    broken.extend(kept_of_canceled(books, known.has_kept_money));
    let (told, disputed) = (books.told_disputes, ledger.disputed());
    if usize::try_from(told) != Ok(disputed) {
        broken.push(format!(
            "buyers dispute {disputed} payments, and staff is told of {told}"
        ));
    }
    let canceled = usize::try_from(books.cancellations).unwrap_or(0);
    let mails = known.mails;
    if mails > canceled {
        broken.push(format!("{mails} mails about {canceled} cancellations"));
    }
    broken
}

/// Staff is told of refunds by others only where others paid money back, or may have: staff that ends a refund by hand does
/// not wait for what the provider did.
fn outside_is_made_up(books: &Books, ledger: &Ledger, known: &Known<'_>) -> Option<String> {
    let is_ended_by_hand = !known.by_hand.is_empty() || books.owed.iter().any(|it| it.row.state == ABANDONED);
    let references = books.references();
    let has_outside = references
        .iter()
        .any(|reference| ledger.ever_outside(reference) > 0);
    let is_made_up = books.told_outside > 0 && !has_outside && !is_ended_by_hand;
    is_made_up.then(|| "staff is told of refunds by others, and others made none".to_owned())
}

/// What others paid back is booked, or staff was told of it. Where staff moved or ended money, its books may have it.
fn outside_is_lost(books: &Books, ledger: &Ledger) -> Vec<String> {
    let is_by_staff = books.owed.iter().any(|it| !it.is_met_by_provider());
    let references = books.references().into_iter().filter(|reference| {
        let (booked, outside) = (booked_outside(books, reference), ledger.outside(reference));
        booked < outside && books.problems == 0 && !is_by_staff
    });
    references
        .map(|reference| format!("others paid money of {reference} back, and staff is not told"))
        .collect()
}

/// What others paid back and the bank returned is booked no more. What staff ended or paid by hand may stand in its place.
fn failed_outside_is_booked(books: &Books, ledger: &Ledger) -> Vec<String> {
    let is_by_staff = books.owed.iter().any(|it| !it.is_met_by_provider());
    let references = books.references().into_iter().filter(|reference| {
        let (booked, outside) = (booked_outside(books, reference), ledger.outside(reference));
        booked > outside && !is_by_staff
    });
    references
        .map(|reference| format!("the bank returned what others paid back of {reference}, and it is booked"))
        .collect()
}

/// A whole order that is canceled keeps no money, unless staff decided so.
fn kept_of_canceled(books: &Books, has_kept_money: bool) -> Option<String> {
    let order = &books.order;
    let mut items = order.items.iter().filter(|item| item.parent.is_none());
    let is_gone = items.all(|item| !item.quantities.kept_by_buyer().is_positive());
    if !is_gone || has_kept_money || !order.state.is_over() {
        return None;
    }
    let transactions = order.payment.transactions.iter();
    let left: i64 = transactions.map(|it| it.amount.minor() - it.used.minor()).sum();
    (left != 0).then(|| {
        format!(
            "{} of a canceled order neither went back nor is released",
            books.money(left)
        )
    })
}
