//! The promises about the tenders of an order: what goes back by each of them.

use std::collections::BTreeSet;

use countermand_persistence::MET;

use super::books::{Books, OwedMoney};
use crate::ledger::Ledger;

/// What does not hold: by no tender more goes back than was captured of it, each obligation is carried out at the payment
/// of its own transaction, and what goes back by all tenders is what the order gives back. Staff that ended one of the
/// `unseen` obligations may have paid money back that the provider pays back, too.
pub(super) fn broken(books: &Books, ledger: &Ledger, unseen: &BTreeSet<String>) -> Vec<String> {
    let payment = &books.order.payment;
    let mut broken = Vec::new();
    let mut owed_by_all = 0;
    for tender in payment.all_tenders() {
        let taken = payment.captures_of(tender.position);
        let captured: i64 = taken.clone().map(|it| it.amount.minor()).sum();
        let outside: i64 = taken.map(|it| it.outside.minor()).sum();
        let (mut owed, mut gone_back) = (outside, outside);
        let mut is_seen = true;
        for it in books.owed.iter().filter(|it| it.is_refund()) {
            let of = payment.tender_of(it.owed.transaction);
            if of.is_some_and(|of| of.position == tender.position) {
                is_seen &= !unseen.contains(&it.row.id);
                owed += it.owed.amount;
                gone_back += gone_back_for(it, ledger);
            }
        }
        if gone_back > captured && is_seen {
            let method = tender.method;
            broken.push(format!(
                "{gone_back} went back by {method}, of {captured} captured"
            ));
        }
        owed_by_all += owed;
    }
    let refunded = books.order.totals.refunded;
    if owed_by_all != refunded.minor() {
        broken.push(format!(
            "the order gives {refunded} back, and its tenders {owed_by_all}"
        ));
    }
    for it in &books.owed {
        let transaction = payment.transactions.get(it.owed.transaction);
        let own = transaction.and_then(|it| it.reference.as_deref());
        for kept in ledger.moved_for(&it.row.id) {
            if own != Some(kept.payment.as_str()) {
                let (kind, id, other) = (&it.row.kind, &it.row.id, &kept.payment);
                broken.push(format!("the {kind} {id} was carried out at the payment {other}"));
            }
        }
    }
    broken
}

/// The money of a refund that the provider paid back, or staff by hand.
fn gone_back_for(it: &OwedMoney, ledger: &Ledger) -> i64 {
    let refunds = ledger.moved_for(&it.row.id).filter(|kept| kept.did.is_refund());
    let by_provider: i64 = refunds.map(|kept| kept.amount.minor()).sum();
    let is_by_hand = it.row.state == MET && !it.is_met_by_provider();
    by_provider + if is_by_hand { it.owed.amount } else { 0 }
}
