//! Charges beside the items and the shipping: when they are billed, canceled and paid back.

use countermand_domain::{
    Cancel, CreditMemoRequest, ItemPosition, Money, Order, OrderItem, OrderState, OtherCharge, Quantity,
    RefundOrder, RowMoney, Selection,
};

use super::{basket_of, canceled, credited, invoiced, refunds, usd, whole};
use crate::shop::{Basket, at, buyer_of, currency, policy, request, staff};

/// Two items at $10.00 a unit with a payment fee of $3.00, shipped for $15.00.
fn with_fee() -> Order {
    let mut basket = basket_of(&[1, 2]);
    basket.charges = vec![OtherCharge::new("fee", "Payment fee", None, usd(300))];
    basket.order()
}

/// Three units at $10.00 with a fixed product tax of $5.00 in all.
fn with_product_tax() -> Order {
    let mut basket = basket_of(&[3]);
    basket.shipping = RowMoney::zero(currency("USD"));
    let item = Some(ItemPosition(1));
    basket.charges = vec![OtherCharge::new(
        "weee_tax_applied_row_amount",
        "Fixed product tax",
        item,
        usd(500),
    )];
    basket.order()
}

/// The ordered, invoiced, refunded and canceled amount of the only charge.
fn charge(order: &Order) -> [i64; 4] {
    let it = &order.other_charges[0];
    [it.ordered, it.invoiced, it.refunded, it.canceled].map(Money::minor)
}

#[test]
fn a_charge_on_the_order_is_billed_first_and_refunded_last() {
    let order = with_fee();
    assert_eq!(order.totals.grand_total, usd(4800));
    let first = invoiced(&order, &[(1, 1)]);
    assert_eq!(first.invoices[0].grand_total, usd(1000 + 1500 + 300));
    assert_eq!(charge(&first), [300, 300, 0, 0]);
    let paid = invoiced(&first, &[]);
    assert_eq!(paid.invoices[1].grand_total, usd(2000));

    let one = credited(&paid, &[(1, 1)], true, 0);
    let all = credited(&one, &[(2, 2)], true, 0);
    assert_eq!(refunds(&all), [2500, 2300]);
    assert_eq!(
        (charge(&all), all.state),
        ([300, 300, 300, 0], OrderState::Closed)
    );
}

#[test]
fn a_cancellation_of_all_takes_every_charge() {
    let unpaid = canceled(&with_fee());
    assert_eq!(
        (charge(&unpaid), unpaid.totals.canceled),
        ([300, 0, 0, 300], usd(4800))
    );
    let paid = canceled(&invoiced(&with_fee(), &[(1, 1)]));
    assert_eq!((charge(&paid), refunds(&paid)), ([300, 300, 300, 0], vec![2800]));
}

#[test]
fn a_charge_on_the_order_stays_until_nothing_can_be_invoiced_any_more() {
    let first = invoiced(&with_fee(), &[(1, 1)]);
    let back = credited(&first, &[(1, 1)], true, 0);
    assert_eq!(refunds(&back), [2500], "item 2 can still be bought with the fee");
    let rest = canceled(&back);
    assert_eq!(refunds(&rest), [2500, 300]);
    assert!(rest.credit_memos[1].lines.is_empty());
}

#[test]
fn a_charge_on_an_item_goes_with_its_units() {
    let paid = invoiced(&with_product_tax(), &[]);
    assert_eq!(paid.totals.paid, Some(usd(3500)));
    let mut back = paid;
    for _ in 0..3 {
        back = credited(&back, &[(1, 1)], false, 0);
    }
    assert_eq!(refunds(&back), [1167, 1167, 1166]);

    let one = Cancel {
        selection: Selection::Items(whole(&[(1, 1)])),
        ..request(buyer_of(&with_product_tax()), "Other")
    };
    let part = with_product_tax()
        .cancel(&one, &policy(true), at(5))
        .expect("a part");
    assert_eq!(charge(&part.after), [500, 0, 0, 167]);
    assert_eq!(part.after.totals.canceled, usd(1167));
    let billed = invoiced(&part.after, &[]);
    assert_eq!(billed.totals.invoiced, usd(2333));
}

#[test]
fn a_unit_and_the_charge_on_it_are_rounded_together() {
    let mut basket = basket_of(&[3]);
    basket.shipping = RowMoney::zero(currency("USD"));
    basket.items[0].ordered = RowMoney::net(usd(1000));
    let item = Some(ItemPosition(1));
    basket.charges = vec![OtherCharge::new("weee", "Fixed product tax", item, usd(100))];
    let order = basket.order();
    let (mut billed, mut back) = (order.clone(), invoiced(&order, &[]));
    for _ in 0..3 {
        billed = invoiced(&billed, &[(1, 1)]);
        back = credited(&back, &[(1, 1)], false, 0);
    }
    let mut bills: Vec<_> = billed.invoices.iter().map(|it| it.grand_total.minor()).collect();
    let mut memos = refunds(&back);
    bills.sort_unstable();
    memos.sort_unstable();
    assert_eq!((bills, memos), (vec![366, 367, 367], vec![366, 367, 367]));
    assert_eq!(charge(&back), [100, 100, 100, 0]);
}

#[test]
fn credits_that_paid_a_charge_come_back_with_it() {
    let mut basket = basket_of(&[1]);
    basket.charges = vec![OtherCharge::new("fee", "Payment fee", None, usd(300))];
    basket.credits = usd(400);
    let after = canceled(&invoiced(&basket.order(), &[]));
    let memo = &after.credit_memos[0];
    assert_eq!((memo.grand_total, memo.credits), (usd(1400), usd(400)));
}

#[test]
fn documents_add_up_in_the_base_currency() {
    let pounds = |minor| Money::new(minor, currency("GBP"));
    let money = RowMoney::net(pounds(2000));
    let item = OrderItem::new(ItemPosition(1), "a", "A thing", Quantity::whole(3), money);
    let mut order = Basket::of(vec![item], RowMoney::zero(currency("GBP"))).order();
    order.totals.base_grand_total = usd(3333);
    let mut billed = order;
    for _ in 0..3 {
        billed = invoiced(&billed, &[(1, 1)]);
    }
    let mut order = billed;
    for _ in 0..3 {
        let memo = CreditMemoRequest {
            lines: Some(whole(&[(1, 1)])),
            refund_shipping: true,
            adjustment: pounds(0),
            refund_order: RefundOrder::default(),
        };
        order = order.credit(&memo, &staff(), at(5)).expect("a memo").after;
    }
    let base = |of: &dyn Fn(usize) -> Money| (0..3).map(|index| of(index).minor()).collect::<Vec<_>>();
    let invoices = base(&|index| order.base_amount_of_invoice(index).expect("an amount"));
    let memos = base(&|index| order.base_amount_of_credit_memo(index).expect("an amount"));
    assert_eq!(invoices.iter().sum::<i64>(), 3333);
    assert_eq!(memos, [1112, 1111, 1110]);
    let texts: Vec<_> = order.comments.iter().map(|line| line.text.as_str()).collect();
    assert_eq!(
        texts,
        [
            "We will refund $11.12.",
            "We will refund $11.11.",
            "We will refund $11.10."
        ]
    );
}
