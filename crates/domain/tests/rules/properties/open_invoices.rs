//! An open invoice is no dead end: once it is paid or withdrawn, the order is as cancelable as if it had been so from
//! the start. Money that is owed back is paid out once.

use countermand_domain::{
    CancellationRefusal, DocumentRefusal, EventData, InvoiceRequest, Money, OpenInvoiceRequest, Order,
    OrderState, ReversalOperation, SettledMatter,
};
use proptest::prelude::*;

use super::config;
use crate::arbitrary::stories;
use crate::shop::{at, buyer_of, policy, request, staff};

/// A request about every open invoice.
fn every() -> OpenInvoiceRequest {
    OpenInvoiceRequest::default()
}

fn canceled(order: &Order) -> Result<Order, CancellationRefusal> {
    let change = order.cancel(&request(buyer_of(order), "Other"), &policy(true), at(62))?;
    Ok(change.after)
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn an_invoice_that_is_paid_later_is_as_good_as_one_that_is_paid_at_once(story in stories()) {
        for order in story.told() {
            let billed = |unpaid| order.invoice(&InvoiceRequest { unpaid, ..InvoiceRequest::default() }, &staff(), at(60));
            let (Ok(at_once), Ok(later)) = (billed(false), billed(true)) else { continue };
            let Some(open) = later.after.invoices.last().filter(|it| it.is_open()) else { continue };
            let request = OpenInvoiceRequest { number: Some(open.number.clone()), reference: None };
            let paid = later.after.pay_invoice(&request, &staff(), at(60));
            let paid = paid.map_err(|it| TestCaseError::fail(it.to_string()))?.after;
            prop_assert_eq!((paid.totals, &paid.items, &paid.invoices), (at_once.after.totals, &at_once.after.items, &at_once.after.invoices));
            prop_assert_eq!((paid.state, &paid.payment), (at_once.after.state, &at_once.after.payment));
            let refusals = |order: &Order| order.cancellation_terms(&policy(true), &buyer_of(order), at(61)).refusals;
            prop_assert_eq!(refusals(&paid), refusals(&at_once.after));
        }
    }

    #[test]
    fn a_withdrawn_invoice_was_never_there(story in stories()) {
        // An invoice that completes an order of services ends its open request, which does not come back.
        for order in story.told().into_iter().filter(|order| order.open_request().is_none()) {
            let unpaid = InvoiceRequest { unpaid: true, ..InvoiceRequest::default() };
            let Ok(billed) = order.invoice(&unpaid, &staff(), at(60)) else { continue };
            let Some(open) = billed.after.invoices.last().filter(|it| it.is_open()) else { continue };
            let request = OpenInvoiceRequest { number: Some(open.number.clone()), reference: None };
            let after = billed.after.cancel_invoice(&request, &staff(), at(60));
            let after = after.map_err(|it| TestCaseError::fail(it.to_string()))?.after;
            prop_assert_eq!((after.totals, &after.items, &after.shipping), (order.totals, &order.items, &order.shipping));
            match (canceled(&order), canceled(&after)) {
                (Ok(without), Ok(with)) => {
                    prop_assert_eq!((without.state, without.totals, without.items), (with.state, with.totals, with.items));
                }
                (without, with) => prop_assert_eq!(without.err(), with.err()),
            }
        }
    }

    #[test]
    fn no_order_stays_uncancelable_because_of_an_open_invoice(story in stories()) {
        for order in story.told() {
            if !order.has_open_invoice()? {
                continue;
            }
            let mut ways = vec![order.pay_invoice(&every(), &staff(), at(60))];
            if order.state != OrderState::Holded {
                ways.push(order.cancel_invoice(&every(), &staff(), at(60)));
            }
            for settled in ways {
                let settled = settled.map_err(|it| TestCaseError::fail(it.to_string()))?.after;
                prop_assert!(!settled.has_open_invoice()?);
                let terms = settled.cancellation_terms(&policy(true), &buyer_of(&settled), at(61));
                prop_assert!(!terms.refusals.contains(&CancellationRefusal::OpenInvoice));
                let again = settled.pay_invoice(&every(), &staff(), at(61));
                prop_assert_eq!(again.err(), Some(DocumentRefusal::NoOpenInvoice));
            }
        }
    }

    #[test]
    fn what_is_refunded_is_on_its_way_until_it_is_paid_out(story in stories()) {
        let mut paid_out = Money::zero(story.draft.order().currency());
        for change in story.changes() {
            let order = &change.after;
            if let EventData::Settled(settlement) = &change.event.data
                && let Some(amount) = moved_to_buyer(settlement.matter)
            {
                paid_out = paid_out.checked_add(amount)?;
            }
            let progress = order.refund_progress()?;
            prop_assert_eq!(progress.refunded, paid_out);
            let not_paid = progress.on_its_way.checked_add(progress.not_refunded)?;
            prop_assert_eq!(not_paid.checked_add(paid_out)?, order.totals.refunded);
        }
    }
}

/// The refunded money that has moved, by the program, by staff or by others.
fn moved_to_buyer(matter: SettledMatter) -> Option<Money> {
    match matter {
        SettledMatter::Refund { amount, .. }
        | SettledMatter::BookedOutside { amount }
        | SettledMatter::Adopted {
            reversal: ReversalOperation::Refund,
            amount,
            ..
        } => Some(amount),
        _ => None,
    }
}
