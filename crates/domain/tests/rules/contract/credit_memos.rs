//! What staff may put on a credit memo: items, the shipping alone, or an amount alone (`docs/contract.md` section 6.3).

use countermand_domain::OrderState::{Closed, Complete, Processing};
use countermand_domain::{
    CreditMemo, CreditMemoRequest, DocumentRefusal, ItemPosition, LineRefusal, Order, Quantity, RefundOrder,
    RowMoney,
};

use super::{basket_of, credited, invoiced, order_of, refunds, usd, whole};
use crate::shop::{Basket, at, staff};

/// A request for `lines`; none stands for every item.
fn memo_of(lines: Option<&[(i32, i64)]>, refund_shipping: bool, adjustment: i64) -> CreditMemoRequest {
    CreditMemoRequest {
        lines: lines.map(whole),
        refund_shipping,
        adjustment: usd(adjustment),
        refund_order: RefundOrder::default(),
    }
}

fn credit(order: &Order, request: &CreditMemoRequest) -> Result<Order, DocumentRefusal> {
    Ok(order.credit(request, &staff(), at(3))?.after)
}

fn newest(order: &Order) -> &CreditMemo {
    order.credit_memos.last().expect("a credit memo")
}

#[test]
fn the_shipping_is_refunded_alone_with_its_tax() {
    let shipping = RowMoney {
        tax: usd(2379),
        ..RowMoney::net(usd(12521))
    };
    let basket = Basket {
        shipping,
        ..basket_of(&[1])
    };
    let paid = invoiced(&basket.order(), &[]);
    let items_first = credited(&paid, &[(1, 1)], false, 0);
    for request in [memo_of(None, true, 0), memo_of(Some(&[]), true, 0)] {
        let after = credit(&items_first, &request).expect("the shipping is left");
        assert_eq!(refunds(&after), [1000, 14900]);
        assert_eq!(newest(&after).shipping, shipping);
        assert_eq!(newest(&after).lines, []);
        assert_eq!(after.state, Closed);
    }
    let shipping_first = credit(&paid, &memo_of(Some(&[]), true, 0)).expect("the shipping was paid");
    assert_eq!(
        (refunds(&shipping_first), shipping_first.state),
        (vec![14900], Processing)
    );
}

#[test]
fn an_amount_is_refunded_alone_and_no_unit_goes_back() {
    let paid = invoiced(&order_of(&[2]), &[]);
    for lines in [[].as_slice(), &[(1, 0)]] {
        let after = credit(&paid, &memo_of(Some(lines), false, 300)).expect("money was paid");
        assert_eq!(
            (newest(&after).grand_total, newest(&after).adjustment),
            (usd(300), usd(300))
        );
        assert_eq!(newest(&after).lines, []);
        assert_eq!(after.items[0].quantities.refunded, Quantity::ZERO);
        assert_eq!(after.refundable(), Ok(usd(2700)));
        let too_much = credit(&after, &memo_of(Some(lines), false, 2701));
        assert_eq!(too_much, Err(DocumentRefusal::TooMuch(usd(2700))));
    }
}

#[test]
fn a_quantity_of_zero_stands_for_none_of_the_item() {
    let paid = invoiced(&order_of(&[2, 1]), &[]);
    let after = credit(&paid, &memo_of(Some(&[(1, 0), (2, 1)]), false, 0)).expect("one is left");
    let named: Vec<_> = newest(&after).lines.iter().map(|line| line.item).collect();
    assert_eq!(named, [ItemPosition(2)]);

    let unknown = credit(&paid, &memo_of(Some(&[(9, 0)]), true, 0));
    let refusal = LineRefusal::UnknownItem(ItemPosition(9));
    assert_eq!(unknown, Err(refusal.into()));
    let negative = credit(&paid, &memo_of(Some(&[(1, -1)]), true, 0));
    assert_eq!(negative, Err(LineRefusal::NotPositive(ItemPosition(1)).into()));
}

#[test]
fn a_kept_fee_is_given_back_later() {
    let kept = credited(&invoiced(&order_of(&[1]), &[]), &[], true, -100);
    assert_eq!((refunds(&kept), kept.state), (vec![1400], Complete));
    let after = credit(&kept, &memo_of(None, true, 100)).expect("the fee was paid");
    assert_eq!((refunds(&after), after.state), (vec![1400, 100], Closed));
    let more = credit(&kept, &memo_of(None, true, 101));
    assert_eq!(more, Err(DocumentRefusal::TooMuch(usd(100))));
}

#[test]
fn a_fee_kept_from_credits_is_given_back_as_credits() {
    let mut basket = basket_of(&[1]);
    basket.credits = usd(1200);
    let kept = credited(&invoiced(&basket.order(), &[]), &[], true, -200);
    assert_eq!(
        (newest(&kept).grand_total, newest(&kept).credits),
        (usd(300), usd(1000))
    );
    assert_eq!(kept.state, Complete);
    let after = credit(&kept, &memo_of(None, true, 200)).expect("credits were used");
    assert_eq!(
        (newest(&after).grand_total, newest(&after).credits),
        (usd(0), usd(200))
    );
    assert_eq!(after.state, Closed);

    let goodwill = credit(&kept, &memo_of(None, true, 201));
    assert_eq!(goodwill, Err(DocumentRefusal::TooMuch(usd(0))));
}

#[test]
fn a_credit_memo_that_refunds_nothing_is_refused() {
    let paid = invoiced(&order_of(&[1]), &[]);
    let without_shipping = credited(&paid, &[(1, 1)], false, 0);
    let cases = [
        (
            &paid,
            memo_of(Some(&[]), false, 0),
            DocumentRefusal::RefundsNothing,
        ),
        (
            &paid,
            memo_of(Some(&[(1, 0)]), false, 0),
            DocumentRefusal::RefundsNothing,
        ),
        (
            &paid,
            memo_of(Some(&[]), true, -500),
            DocumentRefusal::RefundsNothing,
        ),
        (
            &paid,
            memo_of(Some(&[]), false, -1),
            DocumentRefusal::NegativeTotal,
        ),
        (
            &without_shipping,
            memo_of(None, false, 0),
            LineRefusal::NothingLeft.into(),
        ),
    ];
    for (order, request, refusal) in cases {
        assert_eq!(credit(order, &request), Err(refusal), "{request:?}");
    }
}
