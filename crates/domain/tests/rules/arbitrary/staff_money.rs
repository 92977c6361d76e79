//! What staff and others do with the money of an order: cancel and keep a part, end what is owed, pay back elsewhere.

use chrono::{DateTime, Utc};
use countermand_domain::{
    Cancel, Money, Order, OutsideRefund, PaymentTransaction, RefundChoice, RefundShare, ReversalOperation,
    Selection, SettledMatter, Settlement, TransactionKind, Transition,
};
use proptest::prelude::*;
use proptest::sample::{Index, select};

use super::permille;
use super::pick::{Pick, selection};
use crate::shop::{policy, request, staff};

/// How what a transaction owes ends.
#[derive(Debug, Clone, Copy)]
pub(crate) enum HowSettled {
    /// Staff moved the money.
    ByHand,
    /// Staff ended it without that.
    Abandoned,
    /// What staff ended without moving it has moved.
    Adopted,
}

/// How much staff pays back, in per mille of the grand total where it is an amount.
#[derive(Debug, Clone, Copy)]
pub(crate) enum PaidBack {
    Nothing,
    Amount(i64),
    AllBut(i64),
}

impl PaidBack {
    /// What staff decides for `order`.
    fn choice(self, order: &Order) -> RefundChoice {
        let amount = |share| {
            let minor = permille(order.totals.grand_total.minor(), share);
            Money::new(minor, order.currency()).to_decimal()
        };
        RefundChoice {
            share: match self {
                Self::Nothing => RefundShare::Nothing,
                Self::Amount(share) => RefundShare::Amount(amount(share)),
                Self::AllBut(share) => RefundShare::AllBut(amount(share)),
            },
            note: Some("Sent twice.".into()),
        }
    }
}

/// How something that is owed ends.
pub(super) fn how_settled() -> impl Strategy<Value = HowSettled> {
    select(&[HowSettled::ByHand, HowSettled::Abandoned, HowSettled::Adopted][..])
}

/// How much staff pays back.
pub(super) fn paid_back() -> impl Strategy<Value = PaidBack> {
    prop_oneof![
        Just(PaidBack::Nothing),
        (1..=1000_i64).prop_map(PaidBack::Amount),
        (1..=500_i64).prop_map(PaidBack::AllBut),
    ]
}

/// Staff cancels what is picked, or all, and pays a part of it back.
pub(super) fn canceled(
    order: &Order,
    picks: Option<&[Pick]>,
    back: PaidBack,
    now: DateTime<Utc>,
) -> Option<Transition> {
    let command = Cancel {
        selection: picks.map_or(Selection::All, |picks| selection(picks, order)),
        refund: back.choice(order),
        ..request(staff(), "Other")
    };
    order.cancel(&command, &policy(true), now).ok()
}

/// Others pay money back at the provider, of captures that the provider knows as one payment.
pub(super) fn refunded_outside(order: &Order, share: i64, now: DateTime<Utc>) -> Option<Transition> {
    let mut order = order.clone();
    for transaction in &mut order.payment.transactions {
        transaction.reference = Some("pi_1".into());
    }
    let amount = Money::new(
        permille(order.totals.grand_total.minor(), share),
        order.currency(),
    );
    let bookable = order.bookable_outside_refund("pi_1", amount).ok()?;
    let refund = OutsideRefund {
        payment: "pi_1".into(),
        amount,
        charged: None,
        note: "paid back there".into(),
        reference: None,
    };
    let change = bookable.is_positive().then(|| {
        order
            .book_outside_refund(&refund, &staff(), now)
            .expect("it adds up")
    })?;
    Some(change)
}

/// Ends one of the matters that wait, or that were ended without money.
pub(super) fn settled(order: &Order, pick: Index, how: HowSettled, now: DateTime<Utc>) -> Option<Transition> {
    let matters: Vec<_> = matters(order, how);
    let matter = matters.get(pick.index(matters.len().max(1)))?;
    let settlement = Settlement {
        matter: *matter,
        note: "paid by transfer".into(),
        reference: None,
    };
    order.settle(settlement, &staff(), now).ok()
}

/// What each transaction owes back, or was to pay back.
fn matters(order: &Order, how: HowSettled) -> Vec<SettledMatter> {
    let transactions = order.payment.transactions.iter().enumerate();
    let matter = |(transaction, it): (usize, &PaymentTransaction)| {
        let reversal = match it.kind {
            TransactionKind::Capture => ReversalOperation::Refund,
            TransactionKind::Authorization => ReversalOperation::Void,
        };
        let (amount, matter) = match (how, reversal) {
            (HowSettled::ByHand, ReversalOperation::Refund) => {
                let amount = it.owed;
                (amount, SettledMatter::Refund { transaction, amount })
            }
            (HowSettled::ByHand, ReversalOperation::Void | ReversalOperation::Either) => {
                let amount = it.owed;
                (amount, SettledMatter::Void { transaction, amount })
            }
            (HowSettled::Abandoned, _) => {
                let amount = it.owed;
                let ended = SettledMatter::Abandoned {
                    reversal,
                    transaction,
                    amount,
                };
                (amount, ended)
            }
            (HowSettled::Adopted, _) => {
                let amount = it.abandoned;
                let moved = SettledMatter::Adopted {
                    reversal,
                    transaction,
                    amount,
                };
                (amount, moved)
            }
        };
        amount.is_positive().then_some(matter)
    };
    transactions.filter_map(matter).collect()
}
