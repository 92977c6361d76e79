//! How much money flows back, to the minor unit (`docs/contract.md` section 6.3).

use countermand_domain::{
    CreditMemoRequest, DocumentRefusal, InvoiceRequest, ItemPosition, Money, Order, OrderItem, PaymentKind,
    ProductType, Quantity, RefundOrder, RowMoney, ShipmentRequest,
};

use super::{basket_of, canceled, credited, invoiced, memo, order_of, refunds, usd, whole};
use crate::shop::{Basket, at, currency, staff};

/// An order of three units for $19.99 with tax and a discount, shipped for $4.95 with tax.
fn odd_cents() -> Order {
    let row = RowMoney {
        net: usd(1999),
        tax: usd(331),
        tax_compensation: usd(17),
        discount: usd(401),
    };
    let shipping = RowMoney {
        tax: usd(104),
        ..RowMoney::net(usd(495))
    };
    let item = OrderItem::new(ItemPosition(1), "odd", "An odd thing", Quantity::whole(3), row);
    Basket::of(vec![item], shipping).order()
}

#[test]
fn a_refund_includes_the_tax_and_discount_of_its_units() {
    let paid = invoiced(&odd_cents(), &[]);
    assert_eq!(paid.totals.paid, Some(usd(2545)));
    assert_eq!(refunds(&canceled(&paid)), [2545]);

    let one_back = credited(&paid, &[(1, 1)], false, 0);
    assert_eq!(refunds(&one_back), [649], "a third of 19.46");
    assert_eq!(refunds(&canceled(&one_back)), [649, 1896]);

    let one_billed = invoiced(&odd_cents(), &[(1, 1)]);
    assert_eq!(one_billed.totals.paid, Some(usd(649 + 599)));
    let after = canceled(&one_billed);
    assert_eq!(refunds(&after), [1248]);
    assert_eq!(after.totals.canceled, usd(1297));
    assert_eq!(
        after.items[0].ordered.checked_sub(after.items[0].refunded),
        Ok(after.items[0].canceled)
    );
}

#[test]
fn the_refund_of_a_unit_is_never_negative() {
    // If each amount were split for itself, the second unit would have a discount of 1 on a price of 0.
    let row = RowMoney {
        discount: usd(1),
        ..RowMoney::net(usd(2))
    };
    let item = OrderItem::new(ItemPosition(1), "cheap", "A cheap thing", Quantity::whole(3), row);
    let mut order = invoiced(
        &Basket::of(vec![item], RowMoney::zero(currency("USD"))).order(),
        &[],
    );
    for _ in 0..3 {
        order = credited(&order, &[(1, 1)], false, 0);
    }
    assert!(
        order
            .credit_memos
            .iter()
            .all(|memo| memo.grand_total.minor() >= 0)
    );
    assert_eq!(refunds(&order).iter().sum::<i64>(), 1);
}

#[test]
fn credits_are_given_back_after_all_money_is_refunded() {
    let mut basket = basket_of(&[1, 1]);
    basket.credits = usd(1200);
    let paid = invoiced(&basket.order(), &[]);
    assert_eq!(paid.totals.paid, Some(usd(1800)));
    let order = credited(&paid, &[(1, 1)], false, 0);
    let after = canceled(&order);
    assert_eq!(refunds(&after), [1000, 800]);
    let credits = after.credit_memos.iter().map(|memo| memo.credits.minor());
    assert_eq!(credits.collect::<Vec<_>>(), [0, 1200]);
}

#[test]
fn an_order_paid_with_a_gift_card_alone_gives_the_credit_back() {
    let mut basket = basket_of(&[1]);
    (basket.credits, basket.kind) = (usd(1500), PaymentKind::Free);
    let order = basket.order();
    assert!(memo(&order).is_none());

    let memo = memo(&invoiced(&order, &[])).expect("credits were used");
    assert_eq!((memo.grand_total, memo.credits), (usd(0), usd(1500)));
}

#[test]
fn a_later_refund_is_reduced_by_earlier_goodwill() {
    let order = credited(&invoiced(&order_of(&[1, 1]), &[]), &[(1, 1)], false, 500);
    let memo = memo(&order).expect("money is left");
    assert_eq!(memo.grand_total, usd(1500));
    assert_eq!(memo.credits, usd(0));
    assert_eq!(memo.adjustment, usd(-500));

    let rest = CreditMemoRequest {
        lines: Some(whole(&[(2, 1)])),
        refund_shipping: true,
        adjustment: usd(0),
        refund_order: RefundOrder::default(),
    };
    assert_eq!(
        order.credit(&rest, &staff(), at(5)).err(),
        Some(DocumentRefusal::TooMuch(usd(1500)))
    );
}

#[test]
fn a_fee_kept_by_an_earlier_credit_memo_is_not_refunded() {
    let order = credited(&invoiced(&order_of(&[1, 1]), &[]), &[(1, 1)], false, -300);
    let after = canceled(&order);
    assert_eq!(refunds(&after), [700, 2000]);
    assert_eq!(after.refundable(), Ok(usd(300)));
    assert_eq!(after.credit_memos[1].adjustment, usd(0));
}

#[test]
fn a_credit_memo_is_refused_while_an_invoice_is_unpaid() {
    let open = InvoiceRequest {
        lines: whole(&[(1, 1)]),
        unpaid: true,
        ..InvoiceRequest::default()
    };
    let order = order_of(&[1, 1])
        .invoice(&open, &staff(), at(1))
        .expect("it can be invoiced")
        .after;
    let order = invoiced(&order, &[(2, 1)]);
    let request = CreditMemoRequest {
        lines: Some(whole(&[(1, 1)])),
        refund_shipping: false,
        adjustment: usd(0),
        refund_order: RefundOrder::default(),
    };
    assert_eq!(
        order.credit(&request, &staff(), at(2)).err(),
        Some(DocumentRefusal::OpenInvoice)
    );
}

#[test]
fn an_adjustment_in_another_currency_is_refused() {
    let request = CreditMemoRequest {
        lines: None,
        refund_shipping: true,
        adjustment: Money::new(0, currency("EUR")),
        refund_order: RefundOrder::default(),
    };
    let refusal = invoiced(&order_of(&[1]), &[])
        .credit(&request, &staff(), at(2))
        .err();
    assert!(matches!(refusal, Some(DocumentRefusal::Money(_))), "{refusal:?}");
}

/// A bundle that costs what its parts cost: three sets of a box, and one service for all three sets together.
fn bundle() -> Basket {
    let zero = RowMoney::zero(currency("USD"));
    let set = OrderItem {
        product_type: ProductType::Bundle,
        counts: false,
        ..OrderItem::new(
            ItemPosition(1),
            "set",
            "A set",
            Quantity::whole(3),
            RowMoney::net(usd(3000)),
        )
    };
    let part = |position, sku: &str, quantity, cents| OrderItem {
        parent: Some(ItemPosition(1)),
        ..OrderItem::new(
            ItemPosition(position),
            sku,
            "A part",
            quantity,
            RowMoney::net(usd(cents)),
        )
    };
    let mut service = part(3, "service", Quantity::whole(1), 1000);
    service.is_virtual = true;
    Basket::of(vec![set, part(2, "box", Quantity::whole(3), 2000), service], zero)
}

#[test]
fn a_bundle_that_shows_the_sum_of_its_parts_is_refunded_once() {
    let mut order = invoiced(&bundle().order(), &[]);
    // An imported order repeats that sum as the invoiced money of the bundle itself.
    order.items[0].invoiced = order.items[0].ordered;
    assert_eq!(refunds(&canceled(&order)), [3000]);

    let unpaid = canceled(&bundle().order());
    assert!(unpaid.items[0].canceled.is_zero());
    assert_eq!(unpaid.totals.canceled, usd(3000));
}

#[test]
fn a_bundle_is_invoiced_shipped_and_refunded_set_by_set_with_its_parts() {
    let mut order = bundle().order();
    for _ in 0..3 {
        order = invoiced(&order, &[(1, 1)]);
    }
    assert!(
        order
            .items
            .iter()
            .all(|item| item.quantities.to_invoice() == Quantity::ZERO)
    );
    for _ in 0..3 {
        let one = ShipmentRequest {
            lines: whole(&[(1, 1)]),
            tracking: Vec::new(),
            overrides_request: false,
        };
        let shipped = order.ship(&one, &staff(), at(2));
        order = shipped.expect("the service needs no parcel").after;
    }
    assert_eq!(order.items[2].quantities.shipped, Quantity::ZERO);
    for _ in 0..3 {
        order = credited(&order, &[(1, 1)], false, 0);
    }
    assert_eq!(refunds(&order).iter().sum::<i64>(), 3000);
    assert!(
        order
            .items
            .iter()
            .all(|item| item.quantities.to_refund() == Quantity::ZERO)
    );
}
