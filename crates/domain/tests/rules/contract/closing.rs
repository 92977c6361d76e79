//! Which state a document leaves the order in (`docs/contract.md` section 6.1).

use countermand_domain::OrderState::{Closed, Complete, Processing};
use countermand_domain::channel::ChannelOrderNumber;
use countermand_domain::{
    CreditMemoRequest, DocumentRefusal, InvoiceRequest, Money, Order, OrderChannel, RefundOrder, RowMoney,
};

use super::{basket_of, credited, invoiced, order_of, shipped, usd};
use crate::shop::{at, staff};

#[test]
fn an_order_stays_open_while_its_shipping_can_be_credited() {
    let order = credited(&invoiced(&order_of(&[1]), &[]), &[(1, 1)], false, 0);
    assert_eq!((order.state, order.refundable()), (Complete, Ok(usd(500))));
}

#[test]
fn an_order_stays_open_while_a_kept_fee_can_be_credited() {
    let order = credited(&invoiced(&order_of(&[1]), &[]), &[(1, 1)], true, -100);
    assert_eq!((order.state, order.refundable()), (Complete, Ok(usd(100))));
}

#[test]
fn an_order_stays_open_while_used_credits_can_be_given_back() {
    let mut basket = basket_of(&[1]);
    basket.credits = usd(700);
    let paid = invoiced(&basket.order(), &[]);
    let money_is_back = credited(&paid, &[(1, 1)], false, 0);
    assert_eq!(money_is_back.refundable(), Ok(usd(0)));
    assert_eq!(money_is_back.state, Complete);
    assert_eq!(credited(&paid, &[], true, 0).state, Closed);
}

#[test]
fn an_order_that_is_credited_wholly_is_closed() {
    let paid = invoiced(&order_of(&[2]), &[]);
    assert_eq!(credited(&paid, &[], true, 0).state, Closed);
    assert_eq!(credited(&shipped(&paid, &[]), &[], true, 0).state, Closed);
    let one_back = credited(&paid, &[(1, 1)], true, 0);
    assert_eq!(one_back.state, Processing);
    assert_eq!(credited(&one_back, &[(1, 1)], true, 0).state, Closed);
}

#[test]
fn an_order_whose_money_went_back_as_goodwill_is_closed() {
    let complete = shipped(&invoiced(&order_of(&[2]), &[]), &[]);
    assert_eq!(credited(&complete, &[(1, 1)], true, 1000).state, Closed);
}

#[test]
fn an_order_with_an_item_to_ship_stays_in_processing() {
    let order = invoiced(&order_of(&[1, 1]), &[]);
    assert_eq!(credited(&order, &[(1, 1)], true, 1000).state, Processing);
}

#[test]
fn a_free_order_is_closed_once_every_unit_is_back() {
    let mut basket = basket_of(&[2]);
    basket.shipping = RowMoney::zero(usd(0).currency());
    basket.items[0].ordered = basket.shipping;
    let complete = shipped(&invoiced(&basket.order(), &[]), &[]);
    assert_eq!(complete.state, Complete);
    let one_back = credited(&complete, &[(1, 1)], true, 0);
    assert_eq!(one_back.state, Complete);
    assert_eq!(credited(&one_back, &[(1, 1)], true, 0).state, Closed);
}

#[test]
fn an_unpaid_invoice_keeps_an_order_open() {
    let first_is_back = credited(&invoiced(&order_of(&[1, 1]), &[(1, 1)]), &[(1, 1)], true, 0);
    let rest = InvoiceRequest {
        unpaid: true,
        ..InvoiceRequest::default()
    };
    let billed = first_is_back.invoice(&rest, &staff(), at(4));
    let billed: Order = billed.expect("it can be invoiced").after;
    assert_eq!(shipped(&billed, &[]).state, Complete);
}

#[test]
fn an_order_that_its_channel_canceled_takes_no_credit_memo() {
    let mut order = invoiced(&order_of(&[2]), &[]);
    order.channel = Some(OrderChannel {
        name: "amazon".into(),
        number: ChannelOrderNumber::parse("303-1234567-1234567").expect("a number"),
        canceled_at: None,
    });
    let over = order
        .complete_as_canceled_at_channel(None, at(5))
        .expect("it is canceled there")
        .after;
    let all_back = CreditMemoRequest {
        lines: None,
        refund_shipping: true,
        adjustment: Money::zero(over.currency()),
        refund_order: RefundOrder::default(),
    };
    let refused = over.credit(&all_back, &staff(), at(6));
    assert_eq!(refused.err(), Some(DocumentRefusal::ChannelManaged));
}
