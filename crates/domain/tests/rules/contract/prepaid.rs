//! Money that was paid without an invoice: gateways take it and forget the invoice. It comes back with a cancellation.

use countermand_domain::invariants::broken_by;
use countermand_domain::{
    Cancel, CancellationRefusal, CreditMemoRequest, DocumentRefusal, InvoiceRequest, InvoiceState, Money,
    Order, OrderState, PaymentTransaction, RefundOrder, RowMoney, Selection, TransactionKind,
};

use super::{
    Back, basket_of, canceled, credited, invoiced, order_of, refunds, reversals, shipped, units, usd, whole,
};
use crate::shop::{at, buyer_of, policy, request, staff};

/// `order` with `cents` paid beyond what is invoiced.
fn prepaid(mut order: Order, cents: i64) -> Order {
    let before = order.totals.paid.unwrap_or(usd(0));
    order.totals.paid = before.checked_add(usd(cents)).ok();
    order.payment.transactions.push(PaymentTransaction {
        kind: TransactionKind::Capture,
        tender: 0,
        amount: usd(cents),
        charged: None,
        used: usd(0),
        owed: usd(0),
        abandoned: usd(0),
        outside: usd(0),
        reference: None,
        created_at: at(0),
    });
    order
}

/// The order after the buyer canceled these units.
fn part_canceled(order: &Order, lines: &[(i32, i64)]) -> Order {
    let command = Cancel {
        selection: Selection::Items(whole(lines)),
        ..request(buyer_of(order), "Other")
    };
    let change = order.cancel(&command, &policy(true), at(4));
    change.expect("it can be canceled").after
}

/// The order after staff gave `cents` back, and no unit.
fn amount_credited(order: &Order, cents: i64) -> Result<Order, DocumentRefusal> {
    let request = CreditMemoRequest {
        lines: Some(Vec::new()),
        refund_shipping: false,
        adjustment: usd(cents),
        refund_order: RefundOrder::default(),
    };
    Ok(order.credit(&request, &staff(), at(3))?.after)
}

fn assert_kept(order: &Order) {
    let broken: Vec<_> = broken_by(order).map(|it| it.name).collect();
    assert!(broken.is_empty(), "{broken:?}");
}

#[test]
fn money_paid_without_an_invoice_comes_back() {
    let order = prepaid(order_of(&[1]), 1500);
    let terms = order.cancellation_terms(&policy(true), &buyer_of(&order), at(4));
    assert_eq!(terms.refund_total, usd(1500));
    assert_eq!(reversals(&order), [(Back::Refund, 0, 1500)]);
    let after = canceled(&order);
    assert_kept(&after);
    assert_eq!(
        (after.state, after.totals.refunded),
        (OrderState::Canceled, usd(1500))
    );
    assert_eq!(after.totals.canceled, usd(1500));
    let memo = &after.credit_memos[0];
    assert!(memo.lines.is_empty());
    assert_eq!(
        (memo.grand_total, memo.adjustment, memo.credits),
        (usd(1500), usd(1500), usd(0))
    );
}

#[test]
fn a_cent_that_was_overpaid_comes_back_too() {
    let after = canceled(&prepaid(invoiced(&order_of(&[1]), &[]), 1));
    assert_kept(&after);
    assert_eq!((after.state, refunds(&after)), (OrderState::Closed, vec![1501]));
    assert_eq!(after.refundable().map(Money::minor), Ok(0));
}

#[test]
fn prepaid_money_stays_while_a_later_invoice_can_take_it() {
    let order = prepaid(order_of(&[3]), 4500);
    let after = part_canceled(&order, &[(1, 1)]);
    assert_kept(&after);
    assert_eq!(refunds(&after), [1000]);
    assert_eq!(refunds(&canceled(&after)), [1000, 3500]);

    let partly = prepaid(order_of(&[3]), 2000);
    let after = part_canceled(&partly, &[(1, 1)]);
    assert_eq!(refunds(&after), [0; 0]);
    assert_eq!(refunds(&canceled(&after)), [2000]);
}

#[test]
fn prepaid_money_and_invoiced_money_come_back_together() {
    let order = prepaid(invoiced(&order_of(&[1, 1]), &[(1, 1)]), 1000);
    let after = canceled(&order);
    assert_kept(&after);
    assert_eq!((after.state, refunds(&after)), (OrderState::Canceled, vec![3000]));
    assert_eq!(after.credit_memos[0].adjustment, usd(1000));
}

#[test]
fn an_invoice_takes_the_prepaid_money_and_is_not_paid_twice() {
    let order = invoiced(&prepaid(order_of(&[1]), 1500), &[]);
    assert_kept(&order);
    assert_eq!(
        (order.totals.paid, order.payment.transactions.len()),
        (Some(usd(1500)), 1)
    );
    assert_eq!(refunds(&canceled(&order)), [1500]);

    let partly = invoiced(&prepaid(order_of(&[1]), 400), &[]);
    assert_kept(&partly);
    assert_eq!(partly.totals.paid, Some(usd(1500)));
    assert_eq!(refunds(&canceled(&partly)), [1500]);

    let open = InvoiceRequest {
        unpaid: true,
        ..InvoiceRequest::default()
    };
    let covered = prepaid(order_of(&[1]), 1500).invoice(&open, &staff(), at(1));
    assert!(covered.expect("it can be invoiced").after.invoices[0].state == InvoiceState::Paid);
}

#[test]
fn a_credit_memo_of_staffs_leaves_the_prepaid_money_for_the_cancellation() {
    let order = prepaid(invoiced(&order_of(&[1, 1]), &[(1, 1)]), 1000);
    let after = canceled(&credited(&order, &[(1, 1)], true, 0));
    assert_kept(&after);
    assert_eq!(refunds(&after), [2000, 1000]);
}

#[test]
fn a_fee_that_staff_kept_is_no_prepaid_money() {
    let order = credited(&invoiced(&order_of(&[1, 1]), &[(1, 1)]), &[(1, 1)], true, -300);
    assert_eq!(order.prepaid(), Ok(usd(0)));
    assert_eq!(refunds(&canceled(&order)), [1700]);
}

#[test]
fn staff_gives_back_only_prepaid_money_that_no_invoice_can_take() {
    let order = prepaid(order_of(&[1]), 1700);
    let too_much = Err(DocumentRefusal::TooMuch(usd(200)));
    assert_eq!(amount_credited(&order, 201), too_much);
    let after = amount_credited(&order, 200).expect("200 was overpaid");
    assert_kept(&after);
    assert_eq!(
        (after.state, after.prepaid()),
        (OrderState::Processing, Ok(usd(1500)))
    );
    assert_eq!(refunds(&canceled(&after)), [200, 1500]);
    let nothing = Err(DocumentRefusal::TooMuch(usd(0)));
    assert_eq!(amount_credited(&after, 1), nothing);
    // The invoice takes the rest, and nothing is captured that was not paid.
    assert_eq!(invoiced(&after, &[]).totals.paid, Some(usd(1700)));
}

#[test]
fn overpaid_money_comes_back_after_a_kept_fee_was_given_back() {
    let order = prepaid(invoiced(&order_of(&[1, 1]), &[]), 200);
    let kept = credited(&order, &[(1, 1)], true, -500);
    let returned = amount_credited(&kept, 500).expect("the fee was paid");
    assert_eq!(returned.prepaid(), Ok(usd(200)));
    let after = canceled(&returned);
    assert_kept(&after);
    assert_eq!(Some(after.totals.refunded), after.totals.paid);
}

#[test]
fn all_that_is_left_takes_the_overpaid_money_and_closes_the_order() {
    let order = prepaid(shipped(&invoiced(&order_of(&[1]), &[]), &[]), 1);
    let at_once = credited(&order, &[], true, 0);
    let units_first = credited(&credited(&order, &[(1, 1)], true, 0), &[], true, 0);
    let fee_kept = credited(&order, &[], true, -100);
    let named = credited(&order, &[], true, 1);
    for (after, refunded, state) in [
        (&at_once, vec![1501], OrderState::Closed),
        (&units_first, vec![1500, 1], OrderState::Closed),
        (&fee_kept, vec![1401], OrderState::Complete),
        (&named, vec![1501], OrderState::Closed),
    ] {
        assert_kept(after);
        assert_eq!((refunds(after), after.state), (refunded, state));
        assert_eq!(after.prepaid(), Ok(usd(0)));
    }
    assert_eq!(at_once.credit_memos[0].adjustment, usd(1));
    assert_eq!(fee_kept.credit_memos[0].adjustment, usd(-99));
    let fee = amount_credited(&fee_kept, 100).expect("the fee was paid");
    assert_eq!((refunds(&fee), fee.state), (vec![1401, 100], OrderState::Closed));
}

#[test]
fn all_that_is_left_leaves_money_that_a_later_invoice_can_take() {
    let order = prepaid(invoiced(&order_of(&[1, 1]), &[(1, 1)]), 1200);
    let after = credited(&order, &[], true, 0);
    assert_kept(&after);
    assert_eq!((refunds(&after), after.prepaid()), (vec![2200], Ok(usd(1000))));
    assert_eq!(invoiced(&after, &[]).totals.paid, order.totals.paid);
}

#[test]
fn all_that_is_left_of_an_order_that_was_canceled_elsewhere_is_its_paid_money() {
    let after = credited(&prepaid(canceled(&order_of(&[1])), 1500), &[], true, 0);
    assert_kept(&after);
    assert_eq!((after.state, refunds(&after)), (OrderState::Canceled, vec![1500]));
}

#[test]
fn an_order_stays_open_while_prepaid_money_can_be_credited() {
    let overpaid = prepaid(shipped(&invoiced(&order_of(&[1]), &[]), &[]), 1);
    let order = credited(&overpaid, &[(1, 1)], true, 0);
    assert_eq!((order.state, order.prepaid()), (OrderState::Complete, Ok(usd(1))));
    let after = amount_credited(&order, 1).expect("money was paid");
    assert_kept(&after);
    assert_eq!(
        (after.state, refunds(&after)),
        (OrderState::Closed, vec![1500, 1])
    );
}

#[test]
fn money_that_was_paid_for_a_free_order_comes_back_and_its_units_stay_as_they_are() {
    let mut basket = basket_of(&[2]);
    basket.shipping = RowMoney::zero(usd(0).currency());
    basket.items[0].ordered = basket.shipping;
    let order = prepaid(invoiced(&basket.order(), &[(1, 1)]), 300);
    let after = canceled(&order);
    assert_kept(&after);
    assert_eq!((after.state, refunds(&after)), (OrderState::Canceled, vec![300]));
    assert!(after.credit_memos[0].lines.is_empty());
    assert_eq!(units(&after), [[2, 1, 1, 0]]);
}

#[test]
fn prepaid_money_that_is_left_is_something_open() {
    let mut order = canceled(&order_of(&[1]));
    let refusals = |order: &Order| {
        let terms = order.cancellation_terms(&policy(true), &buyer_of(order), at(5));
        terms.refusals
    };
    let state = CancellationRefusal::State(OrderState::Canceled);
    assert_eq!(
        refusals(&order),
        [state.clone(), CancellationRefusal::NothingOpen]
    );
    order = prepaid(order, 1500);
    assert_eq!(refusals(&order), [state]);
}

#[test]
fn a_fee_that_staff_gives_back_is_not_taken_from_the_prepaid_money() {
    let order = prepaid(invoiced(&order_of(&[1, 1]), &[(1, 1)]), 1000);
    let kept = credited(&order, &[(1, 1)], true, -100);
    let after = amount_credited(&kept, 100).expect("the fee was paid");
    assert_eq!(after.prepaid(), Ok(usd(1000)));
    assert_eq!(refunds(&canceled(&after)), [1900, 100, 1000]);
    let too_much = Err(DocumentRefusal::TooMuch(usd(100)));
    assert_eq!(amount_credited(&kept, 101), too_much);
}

#[test]
fn a_credit_memo_gives_credits_back_before_it_takes_prepaid_money() {
    let mut basket = basket_of(&[1]);
    basket.credits = usd(1200);
    let order = prepaid(invoiced(&basket.order(), &[]), 500);
    let after = credited(&order, &[(1, 1)], true, 0);
    assert_kept(&after);
    let memo = &after.credit_memos[0];
    assert_eq!((memo.grand_total, memo.credits), (usd(300), usd(1200)));
    assert_eq!(after.prepaid(), Ok(usd(500)));
}

#[test]
fn a_fee_that_staff_kept_stays_with_the_shop_when_prepaid_money_goes_back_in_parts() {
    let paid = prepaid(invoiced(&order_of(&[1, 2]), &[(1, 1)]), 1700);
    let kept = credited(&paid, &[(1, 1)], true, -100);
    let part = part_canceled(&kept, &[(2, 1)]);
    assert_kept(&part);
    assert_eq!((refunds(&part), part.prepaid()), (vec![2400, 700], Ok(usd(1000))));
    assert_eq!(refunds(&canceled(&part)), [2400, 700, 1000]);
}
