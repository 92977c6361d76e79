//! When an order cannot be canceled, and which refusal comes first (`docs/contract.md` section 3.1).

use countermand_domain::{
    Actor, Cancel, CancellationPolicy, CancellationReason, CancellationRefusal, CustomerId, InvoiceRequest,
    Money, Order, OrderState, ReasonList, StoreNumber,
};

use super::{canceled, credited, invoiced, order_of, shipped, whole};
use crate::shop::{at, buyer, buyer_of, currency, order_customer, policy, request, staff};

fn refusal_of(order: &Order) -> Option<CancellationRefusal> {
    let plan = order.cancel(&request(buyer_of(order), "Other"), &policy(true), at(4));
    plan.err()
}

fn in_state(state: OrderState) -> Order {
    Order {
        state,
        status: state.default_status().into(),
        ..order_of(&[1])
    }
}

#[test]
fn only_three_states_can_be_canceled() {
    for state in OrderState::ALL.iter().copied() {
        let expected = match state {
            OrderState::New | OrderState::PendingPayment | OrderState::Processing => None,
            OrderState::PaymentReview
            | OrderState::Holded
            | OrderState::Complete
            | OrderState::Closed
            | OrderState::Canceled => Some(CancellationRefusal::State(state)),
        };
        assert_eq!(refusal_of(&in_state(state)), expected, "{state}");
        let paid = Order {
            state,
            ..invoiced(&order_of(&[1]), &[])
        };
        assert_eq!(refusal_of(&paid), expected, "{state}, paid");
    }
}

#[test]
fn orders_that_are_held_complete_closed_or_canceled_are_refused() {
    let paid = invoiced(&order_of(&[1]), &[]);
    let mut service = order_of(&[1]);
    service.items[0].is_virtual = true;
    let cases = [
        (
            OrderState::Holded,
            order_of(&[1])
                .hold(&staff(), at(1))
                .expect("it can be held")
                .after,
        ),
        (OrderState::Complete, shipped(&paid, &[])),
        (OrderState::Complete, invoiced(&service, &[])),
        (OrderState::Closed, credited(&paid, &[], true, 0)),
        (OrderState::Closed, canceled(&paid)),
        (OrderState::Canceled, canceled(&order_of(&[1]))),
    ];
    for (state, order) in cases {
        assert_eq!(
            refusal_of(&order),
            Some(CancellationRefusal::State(state)),
            "{state}"
        );
    }
    let held = order_of(&[1])
        .hold(&staff(), at(1))
        .expect("it can be held")
        .after;
    let released = held.unhold(&staff(), at(2)).expect("it can be released").after;
    assert_eq!(refusal_of(&released), None);
}

#[test]
fn an_order_with_a_shipped_unit_is_refused() {
    let paid = invoiced(&order_of(&[3, 1]), &[]);
    let cases = [
        shipped(&order_of(&[3]), &[(1, 1)]),
        shipped(&paid, &[(2, 1)]),
        // An imported order: the item says that it was shipped, and there is no shipment.
        {
            let mut order = order_of(&[1]);
            order.items[0].quantities.shipped = order.items[0].quantities.ordered;
            order
        },
    ];
    let refusals = cases.map(|order| refusal_of(&order));
    let [partly, all] = [CancellationRefusal::PartlyShipped, CancellationRefusal::Shipped];
    assert_eq!(refusals, [Some(partly.clone()), Some(partly), Some(all)]);
}

#[test]
fn an_order_with_an_unpaid_invoice_is_refused_and_not_reported_as_canceled() {
    for lines in [vec![], whole(&[(1, 1)])] {
        let request = InvoiceRequest {
            lines,
            unpaid: true,
            ..InvoiceRequest::default()
        };
        let open = order_of(&[2, 1])
            .invoice(&request, &staff(), at(1))
            .expect("it can be invoiced")
            .after;
        assert_eq!(refusal_of(&open), Some(CancellationRefusal::OpenInvoice));
    }
}

#[test]
fn an_order_without_anything_left_to_cancel_is_refused() {
    let mut order = canceled(&order_of(&[1]));
    (order.state, order.status) = (OrderState::Processing, "processing".into());
    assert_eq!(refusal_of(&order), Some(CancellationRefusal::NothingOpen));
}

#[test]
fn only_the_buyer_and_staff_may_cancel() {
    let of_account = order_of(&[1]);
    let of_guest = Order {
        customer: order_customer(None),
        ..order_of(&[1])
    };
    let stranger = Actor::Customer(CustomerId::from_number(7));
    let cases = [
        (&of_account, Actor::Customer(buyer()), true),
        (&of_account, stranger.clone(), false),
        (&of_account, Actor::Guest, false),
        (&of_account, staff(), true),
        (&of_account, Actor::System, true),
        (&of_guest, Actor::Customer(buyer()), false),
        (&of_guest, stranger, false),
        (&of_guest, Actor::Guest, true),
        (&of_guest, staff(), true),
    ];
    for (order, actor, allowed) in cases {
        let refusal = order
            .cancel(&request(actor.clone(), "Other"), &policy(true), at(4))
            .err();
        let expected = (!allowed).then_some(CancellationRefusal::Unauthorized);
        assert_eq!(refusal, expected, "{}", actor.label());
    }
}

#[test]
fn only_staff_may_cancel_where_the_switch_is_off() {
    let order = order_of(&[1]);
    let overriding = Cancel {
        overrides_switch: true,
        ..request(staff(), "Other")
    };
    let cases = [
        (request(Actor::Customer(buyer()), "Other"), true),
        (request(Actor::System, "Other"), true),
        (request(staff(), "Other"), true),
        (overriding.clone(), false),
    ];
    for (command, refused) in cases {
        let refusal = order.cancel(&command, &policy(false), at(4)).err();
        assert_eq!(
            refusal,
            refused.then_some(CancellationRefusal::Disabled),
            "{}",
            command.actor.label()
        );
    }
    for order in [in_state(OrderState::Holded), shipped(&order, &[])] {
        let refusal = order.cancel(&overriding, &policy(false), at(4)).err();
        assert!(
            matches!(
                refusal,
                Some(CancellationRefusal::State(_) | CancellationRefusal::Shipped)
            ),
            "the override lifts the switch only: {refusal:?}"
        );
    }
}

/// Each order also has every problem of the orders after it. An unknown reason is the last problem.
#[test]
fn refusals_come_in_the_contracts_order() {
    let stranger = Actor::Customer(CustomerId::from_number(7));
    let own = Actor::Customer(buyer());
    let complete = shipped(&invoiced(&order_of(&[1]), &[]), &[]);
    let partly = shipped(&order_of(&[2]), &[(1, 1)]);
    let open = InvoiceRequest {
        unpaid: true,
        ..InvoiceRequest::default()
    };
    let billed = |order: &Order| {
        let invoice = order.invoice(&open, &staff(), at(3));
        invoice.expect("it can be invoiced").after
    };
    let (partly, open) = (billed(&partly), billed(&order_of(&[2])));
    let cases = [
        (&complete, &stranger, false, CancellationRefusal::Unauthorized),
        (&complete, &own, false, CancellationRefusal::Disabled),
        (
            &complete,
            &own,
            true,
            CancellationRefusal::State(OrderState::Complete),
        ),
        (&partly, &own, true, CancellationRefusal::PartlyShipped),
        (&open, &own, true, CancellationRefusal::OpenInvoice),
        (&order_of(&[1]), &own, true, CancellationRefusal::InvalidReason),
    ];
    for (order, actor, enabled, expected) in cases {
        let refusal = order
            .cancel(&request(actor.clone(), "Because"), &policy(enabled), at(4))
            .err();
        assert_eq!(refusal, Some(expected));
    }
}

/// Each order has several problems; the terms hold all of them, and a cancellation is answered with the first.
#[test]
fn the_terms_hold_every_reason_why_not_in_the_contracts_order() {
    use CancellationRefusal::{
        Disabled, NothingOpen, OpenInvoice, PartlyShipped, Shipped, State, Unauthorized,
    };
    let stranger = Actor::Customer(CustomerId::from_number(7));
    let own = Actor::Customer(buyer());
    let partly = shipped(&order_of(&[2]), &[(1, 1)]);
    let open = InvoiceRequest {
        unpaid: true,
        ..InvoiceRequest::default()
    };
    let billed = partly.invoice(&open, &staff(), at(3));
    let billed = billed.expect("it can be invoiced").after;
    let held = billed.hold(&staff(), at(3)).expect("it can be held").after;
    let canceled = canceled(&order_of(&[1]));
    let complete = shipped(&invoiced(&order_of(&[1]), &[]), &[]);
    let (holded, done) = (State(OrderState::Holded), State(OrderState::Canceled));
    let cases = [
        (&order_of(&[1]), &own, true, vec![]),
        (&order_of(&[1]), &own, false, vec![Disabled]),
        (&billed, &own, true, vec![PartlyShipped, OpenInvoice]),
        (
            &held,
            &stranger,
            false,
            vec![Unauthorized, Disabled, holded, PartlyShipped, OpenInvoice],
        ),
        (&canceled, &own, true, vec![done, NothingOpen]),
        (&complete, &own, true, vec![State(OrderState::Complete), Shipped]),
    ];
    for (order, actor, enabled, expected) in cases {
        let terms = order.cancellation_terms(&policy(enabled), actor, at(4));
        assert_eq!(terms.refusals, expected);
        let answer = order.cancel(&request(actor.clone(), "Other"), &policy(enabled), at(4));
        assert_eq!(answer.err().as_ref(), expected.first());
    }
}

#[test]
fn amounts_that_cannot_be_added_are_told_once() {
    let mut order = invoiced(&order_of(&[1]), &[]);
    order.totals.paid = Some(Money::new(1500, currency("EUR")));
    let terms = order.cancellation_terms(&policy(true), &buyer_of(&order), at(4));
    assert!(
        matches!(terms.refusals[..], [CancellationRefusal::Unbalanced(_)]),
        "{:?}",
        terms.refusals
    );
    assert_eq!(refusal_of(&order).as_ref(), terms.refusals.first());
}

#[test]
fn only_the_reasons_of_the_orders_store_view_are_accepted() {
    let mut late = CancellationReason::new("late", "Zu spät");
    late.translations.insert(StoreNumber(1), "Te laat".into());
    let offered = CancellationPolicy {
        reasons: ReasonList::new(vec![late]).expect("a list"),
        ..policy(true)
    };
    let cases = [
        ("Zu spät", true),
        (" ZU SPäT\n", true),
        ("ZU SPÄT", false),
        ("te LAAT", true),
        ("late", true),
        ("Late", false),
        ("Other", false),
        ("", false),
        ("<script>while(true){alert(666);}</script>", false),
    ];
    let order = order_of(&[1]);
    for (reason, taken) in cases {
        let refusal = order
            .cancel(&request(buyer_of(&order), reason), &offered, at(4))
            .err();
        assert_eq!(
            refusal,
            (!taken).then_some(CancellationRefusal::InvalidReason),
            "{reason}"
        );
    }
}
