//! The invariants of orders, which hold after every change. `countermand doctor` and the tests check them.

use crate::money::{Money, MoneyError, Quantity, RowMoney};
use crate::order::{ChargeShare, Order, OrderState, Subscription};
use crate::payment::TransactionKind;

/// An invariant that an order keeps or breaks.
#[derive(Debug, Clone, Copy)]
pub struct Invariant {
    /// The stable name of the invariant, such as `no_negative_money`.
    pub name: &'static str,
    /// The invariant in plain English.
    pub promise: &'static str,
    holds: fn(&Order) -> Result<bool, MoneyError>,
}

impl Invariant {
    /// Whether `order` keeps the invariant; amounts that cannot be added break it.
    #[must_use]
    pub fn holds(&self, order: &Order) -> bool {
        (self.holds)(order).unwrap_or(false)
    }
}

/// The invariants that `order` breaks.
pub fn broken_by(order: &Order) -> impl Iterator<Item = &'static Invariant> {
    INVARIANTS.iter().filter(|invariant| !invariant.holds(order))
}

/// All invariants of one order.
pub const INVARIANTS: &[Invariant] = &[
    Invariant {
        name: "no_negative_money",
        promise: "no money is negative",
        holds: no_money_is_negative,
    },
    Invariant {
        name: "adds_up",
        promise: "an order adds up to its grand total",
        holds: adds_up,
    },
    Invariant {
        name: "refunds_were_captured",
        promise: "what is refunded was captured, per transaction",
        holds: refunded_within_captured,
    },
    Invariant {
        name: "tenders_of_own_order",
        promise: "each transaction belongs to a tender of the order",
        holds: tenders_of_own_order,
    },
    Invariant {
        name: "owed_was_decided",
        promise: "no transaction owes more back than was decided, and nothing of what staff abandoned",
        holds: owed_within_used,
    },
    Invariant {
        name: "outside_refunds_were_moved",
        promise: "what others paid back is a part of what captures gave back, and is not owed any more",
        holds: outside_refunds_were_moved,
    },
    Invariant {
        name: "refunds_are_documented",
        promise: "refunded in all = the sum of the credit memos",
        holds: memos_match_refunds,
    },
    Invariant {
        name: "refunds_were_paid",
        promise: "refunded is not more than paid",
        holds: refunded_within_paid,
    },
    Invariant {
        name: "billed_within_total",
        promise: "no more is invoiced and canceled than the grand total",
        holds: billed_within_total,
    },
    Invariant {
        name: "not_shipped_and_canceled",
        promise: "no unit is both shipped and canceled",
        holds: never_shipped_and_canceled,
    },
    Invariant {
        name: "fulfilment_within_open",
        promise: "no more is in fulfilment than is left to ship",
        holds: fulfilment_within_open,
    },
    Invariant {
        name: "deliveries_of_own_items",
        promise: "no more units are delivered or used than were ordered of an item of the order",
        holds: deliveries_of_own_items,
    },
    Invariant {
        name: "subscriptions_of_own_items",
        promise: "each subscription belongs to one item of the order, has a period, and its share is on a credit memo",
        holds: subscriptions_of_own_items,
    },
    Invariant {
        name: "quantities_in_order",
        promise: "no more is refunded than invoiced, no more invoiced than ordered",
        holds: quantities_in_order,
    },
    Invariant {
        name: "money_in_order",
        promise: "no item or charge is refunded more than invoiced, or invoiced and canceled more than ordered",
        holds: money_in_order,
    },
    Invariant {
        name: "items_match_documents",
        promise: "rows agree with their invoices and credit memos",
        holds: items_match_documents,
    },
    Invariant {
        name: "charges_match_documents",
        promise: "other charges agree with their invoices and credit memos",
        holds: charges_match_documents,
    },
    Invariant {
        name: "base_amounts_add_up",
        promise: "the documents of an order add up in the base currency, as they do in the order's",
        holds: base_amounts_add_up,
    },
    Invariant {
        name: "open_request_can_be_met",
        promise: "of an open request for a cancellation, something can still be canceled",
        holds: open_request_can_be_met,
    },
    Invariant {
        name: "canceled_is_final",
        promise: "a canceled order has nothing left to cancel",
        holds: canceled_is_final,
    },
];

#[expect(clippy::unnecessary_wraps, reason = "one signature for every invariant")]
fn deliveries_of_own_items(order: &Order) -> Result<bool, MoneyError> {
    let ordered = |position| order.item(position).map(|item| item.quantities.ordered);
    let mut deliveries = order.deliveries.iter();
    Ok(deliveries.all(|it| ordered(it.item).is_some_and(|most| it.quantity <= most)))
}

#[expect(clippy::unnecessary_wraps, reason = "one signature for every invariant")]
fn subscriptions_of_own_items(order: &Order) -> Result<bool, MoneyError> {
    let is_top_level = |position| order.item(position).is_some_and(|item| item.parent.is_none());
    let is_memo = |number: &String| order.credit_memos.iter().any(|memo| memo.number == *number);
    let same = |one: &Subscription, other: &Subscription| one.id == other.id || one.item == other.item;
    Ok(order.subscriptions.iter().all(|it| {
        let memo = it.end.as_ref().and_then(|end| end.credit_memo.as_ref());
        let is_alone = order.subscriptions.iter().filter(|other| same(it, other)).count() == 1;
        is_top_level(it.item) && it.paid_until > it.paid_from && is_alone && memo.is_none_or(is_memo)
    }))
}

#[expect(clippy::unnecessary_wraps, reason = "one signature for every invariant")]
fn fulfilment_within_open(order: &Order) -> Result<bool, MoneyError> {
    Ok(order
        .items
        .iter()
        .all(|item| item.quantities.in_fulfilment <= item.to_ship()))
}

#[expect(clippy::unnecessary_wraps, reason = "one signature for every invariant")]
fn no_money_is_negative(order: &Order) -> Result<bool, MoneyError> {
    let items = order.items.iter();
    let items = items.flat_map(|it| [it.ordered, it.invoiced, it.refunded, it.canceled]);
    let it = &order.shipping;
    let shipping = [it.ordered, it.invoiced, it.refunded, it.canceled];
    let totals = order.totals;
    let charges = order.other_charges.iter();
    let mut charges = charges.flat_map(|it| [it.ordered, it.invoiced, it.refunded, it.canceled]);
    let amounts = [
        totals.grand_total,
        totals.credits,
        totals.invoiced,
        totals.paid.unwrap_or(totals.refunded),
        totals.refunded,
        totals.canceled,
    ];
    Ok(items.chain(shipping).all(RowMoney::is_non_negative)
        && charges.all(|it| it.minor() >= 0)
        && amounts.iter().all(|it| it.minor() >= 0))
}

fn adds_up(order: &Order) -> Result<bool, MoneyError> {
    let items = order.items_money()?;
    let value = items
        .checked_add(order.shipping.ordered)?
        .payable()?
        .checked_add(order.charged()?)?;
    Ok(value.checked_sub(order.totals.credits)? == order.totals.grand_total)
}

fn refunded_within_captured(order: &Order) -> Result<bool, MoneyError> {
    let mut refunded = Money::zero(order.currency());
    for transaction in &order.payment.transactions {
        if transaction.remaining()?.minor() < 0 {
            return Ok(false);
        }
        if transaction.kind == TransactionKind::Capture {
            refunded = refunded.checked_add(transaction.used)?;
        }
    }
    Ok(refunded == order.totals.refunded)
}

#[expect(clippy::unnecessary_wraps, reason = "one signature for every invariant")]
fn tenders_of_own_order(order: &Order) -> Result<bool, MoneyError> {
    let tenders = order.payment.tender_count();
    let mut transactions = order.payment.transactions.iter();
    Ok(transactions.all(|it| it.tender < tenders))
}

fn owed_within_used(order: &Order) -> Result<bool, MoneyError> {
    for it in &order.payment.transactions {
        let decided = it.owed.checked_add(it.abandoned)?;
        let is_negative = it.owed.minor() < 0 || it.abandoned.minor() < 0;
        if is_negative || it.used.checked_sub(decided)?.minor() < 0 {
            return Ok(false);
        }
    }
    Ok(true)
}

fn outside_refunds_were_moved(order: &Order) -> Result<bool, MoneyError> {
    for it in &order.payment.transactions {
        let moved = it.used.checked_sub(it.owed)?.checked_sub(it.abandoned)?;
        let is_within = it.outside.minor() >= 0 && moved.checked_sub(it.outside)?.minor() >= 0;
        let can_be = it.kind == TransactionKind::Capture || it.outside.is_zero();
        if !is_within || !can_be {
            return Ok(false);
        }
    }
    Ok(true)
}

fn memos_match_refunds(order: &Order) -> Result<bool, MoneyError> {
    let memos = order.credit_memos.iter().map(|memo| memo.grand_total);
    Ok(Money::sum(order.currency(), memos)? == order.totals.refunded)
}

fn refunded_within_paid(order: &Order) -> Result<bool, MoneyError> {
    Ok(order.refundable()?.minor() >= 0)
}

fn billed_within_total(order: &Order) -> Result<bool, MoneyError> {
    let totals = order.totals;
    let billed = totals.invoiced.checked_add(totals.canceled)?;
    Ok(totals.grand_total.checked_sub(billed)?.minor() >= 0)
}

#[expect(clippy::unnecessary_wraps, reason = "one signature for every invariant")]
fn never_shipped_and_canceled(order: &Order) -> Result<bool, MoneyError> {
    let quantities = order.items.iter().map(|item| item.quantities);
    let mut gone = quantities.map(|it| (it.canceled.plus(it.shipped), it.ordered));
    Ok(gone.all(|(gone, ordered)| gone <= ordered))
}

#[expect(clippy::unnecessary_wraps, reason = "one signature for every invariant")]
fn quantities_in_order(order: &Order) -> Result<bool, MoneyError> {
    let mut quantities = order.items.iter().map(|item| item.quantities);
    Ok(quantities.all(|it| it.refunded <= it.invoiced && it.canceled.plus(it.invoiced) <= it.ordered))
}

fn money_in_order(order: &Order) -> Result<bool, MoneyError> {
    for item in order.counting_items() {
        let open = item
            .ordered
            .checked_sub(item.invoiced)?
            .checked_sub(item.canceled)?;
        let kept = item.invoiced.checked_sub(item.refunded)?;
        if !open.is_non_negative() || !kept.is_non_negative() {
            return Ok(false);
        }
    }
    for charge in &order.other_charges {
        if charge.left_to_invoice()?.minor() < 0 || charge.left_to_refund()?.minor() < 0 {
            return Ok(false);
        }
    }
    Ok(true)
}

fn items_match_documents(order: &Order) -> Result<bool, MoneyError> {
    let currency = order.currency();
    for item in order.counting_items() {
        let billed = order.invoices.iter().filter(|it| it.counts());
        let billed = billed.flat_map(|it| &it.lines);
        let billed = billed.filter(|line| line.item == item.position);
        let credited = order.credit_memos.iter().flat_map(|it| &it.lines);
        let credited = credited.filter(|line| line.item == item.position);
        if RowMoney::sum(currency, billed.map(|line| line.money))? != item.invoiced
            || RowMoney::sum(currency, credited.map(|line| line.money))? != item.refunded
        {
            return Ok(false);
        }
    }
    Ok(true)
}

fn charges_match_documents(order: &Order) -> Result<bool, MoneyError> {
    let billed = order.invoices.iter().filter(|it| it.counts());
    let billed = billed.flat_map(|it| &it.other_charges);
    let credited = order.credit_memos.iter().flat_map(|it| &it.other_charges);
    let charges = order.other_charges.iter();
    let (invoiced, refunded) = charges.map(|it| (it.invoiced, it.refunded)).unzip();
    Ok(sums_of_charges(order, billed)? == Some(invoiced)
        && sums_of_charges(order, credited)? == Some(refunded))
}

/// The sum of the shares of each charge; none if a share names no charge.
fn sums_of_charges<'a>(
    order: &Order,
    shares: impl Iterator<Item = &'a ChargeShare>,
) -> Result<Option<Vec<Money>>, MoneyError> {
    let mut sums = vec![Money::zero(order.currency()); order.other_charges.len()];
    for share in shares {
        let Some(sum) = sums.get_mut(share.charge) else {
            return Ok(None);
        };
        *sum = sum.checked_add(share.amount)?;
    }
    Ok(Some(sums))
}

fn base_amounts_add_up(order: &Order) -> Result<bool, MoneyError> {
    let base = order.totals.base_grand_total.currency();
    let invoices = order.invoices.iter().enumerate();
    let invoices = invoices.filter(|(_, invoice)| invoice.counts());
    let invoices = invoices.map(|(index, _)| order.base_amount_of_invoice(index));
    let invoices = Money::sum(base, invoices.collect::<Result<Vec<_>, _>>()?)?;
    let memos = (0..order.credit_memos.len()).map(|index| order.base_amount_of_credit_memo(index));
    let memos = Money::sum(base, memos.collect::<Result<Vec<_>, _>>()?)?;
    let totals = order.totals;
    // An order without a grand total has no rate.
    let whole = order.base_amount_until(totals.grand_total)?;
    Ok((whole == totals.base_grand_total || totals.grand_total.is_zero())
        && invoices == order.base_amount_until(totals.invoiced)?
        && memos == order.base_amount_until(totals.refunded)?)
}

#[expect(clippy::unnecessary_wraps, reason = "one signature for every invariant")]
fn open_request_can_be_met(order: &Order) -> Result<bool, MoneyError> {
    let Some(request) = &order.cancellation_request else {
        return Ok(true);
    };
    let has_rest = !order.state.is_history() && !order.left_of_request(request).is_empty();
    Ok(request.is_open() != request.decision.is_some() && (!request.is_open() || has_rest))
}

#[expect(clippy::unnecessary_wraps, reason = "one signature for every invariant")]
fn canceled_is_final(order: &Order) -> Result<bool, MoneyError> {
    // What is left to refund is no matter here: a free order refunds no item, and an imported order may have been
    // canceled although it was paid.
    let mut left = order.counting_items().map(|item| item.quantities.to_cancel());
    Ok(order.state != OrderState::Canceled || left.all(|left| left == Quantity::ZERO))
}
