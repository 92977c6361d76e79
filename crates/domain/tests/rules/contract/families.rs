//! Items that only describe others: what Adobe leaves in their quantities changes neither state nor terms.

use countermand_domain::{
    CancellationRefusal, CreditMemoRequest, DocumentRefusal, InvoiceRequest, ItemPosition, LineRefusal,
    Order, OrderItem, OrderState, ProductType, Quantity, RefundOrder, RowMoney, ShipmentRequest,
};

use super::{credited, invoiced, shipped, usd};
use crate::shop::{Basket, at, buyer_of, currency, policy, request, staff};

/// Two units of a configurable product or a bundle at $10.00 each, with one part. The part counts in a dynamic bundle.
fn family(whole: ProductType, part_counts: bool) -> Order {
    let zero = RowMoney::zero(currency("USD"));
    let price = RowMoney::net(usd(2000));
    let item =
        |position, money| OrderItem::new(ItemPosition(position), "x", "A thing", Quantity::whole(2), money);
    let whole = OrderItem {
        product_type: whole,
        counts: !part_counts,
        ..item(1, price)
    };
    let part = OrderItem {
        parent: Some(ItemPosition(1)),
        counts: part_counts,
        ..item(2, if part_counts { price } else { zero })
    };
    Basket::of(vec![whole, part], zero).order()
}

fn families() -> [Order; 3] {
    [
        family(ProductType::Configurable, false),
        family(ProductType::Bundle, false),
        family(ProductType::Bundle, true),
    ]
}

/// `order` with the shipped quantity of the part left at zero, as Adobe leaves it.
fn part_left_behind(mut order: Order) -> Order {
    order.items[1].quantities.shipped = Quantity::ZERO;
    order
}

#[test]
fn a_returned_unit_does_not_open_an_order_whose_wholes_are_shipped() {
    for order in families() {
        let order = part_left_behind(shipped(&invoiced(&order, &[]), &[]));
        assert_eq!(order.state, OrderState::Complete);
        let after = credited(&order, &[(1, 1)], false, 0);
        assert_eq!(after.state, OrderState::Complete);
        assert_eq!(after.totals.refunded, usd(1000));
    }
}

#[test]
fn an_invoice_completes_an_order_whose_wholes_are_shipped() {
    for order in families() {
        let order = part_left_behind(shipped(&order, &[]));
        assert_eq!(invoiced(&order, &[]).state, OrderState::Complete);
    }
}

#[test]
fn a_part_that_is_left_behind_is_no_reason_for_a_shipment_or_an_invoice() {
    for order in families() {
        let mut order = part_left_behind(shipped(&order, &[]));
        let refusal = order.ship(&ShipmentRequest::default(), &staff(), at(3)).err();
        assert_eq!(refusal, Some(DocumentRefusal::Lines(LineRefusal::NothingLeft)));
        order = invoiced(&order, &[]);
        order.state = OrderState::Processing;
        let behind = usize::from(order.items[0].counts);
        order.items[behind].quantities.invoiced = Quantity::ZERO;
        let refusal = order.invoice(&InvoiceRequest::default(), &staff(), at(3)).err();
        assert_eq!(refusal, Some(DocumentRefusal::Lines(LineRefusal::NothingLeft)));
    }
}

#[test]
fn nothing_is_left_to_cancel_when_nothing_is_left_of_the_items_that_count() {
    for mut order in families() {
        order = credited(&invoiced(&order, &[(1, 1)]), &[(1, 1)], false, 0);
        let counting = usize::from(!order.items[0].counts);
        order.items[counting].quantities.canceled = Quantity::whole(1);
        order.items[counting].canceled = RowMoney::net(usd(1000));
        order.totals.canceled = usd(1000);
        let terms = order.cancellation_terms(&policy(true), &buyer_of(&order), at(4));
        assert_eq!(terms.refusals, [CancellationRefusal::NothingOpen]);
        let refusal = order
            .cancel(&request(buyer_of(&order), "Other"), &policy(true), at(4))
            .err();
        assert_eq!(refusal, Some(CancellationRefusal::NothingOpen));
    }
}

#[test]
fn parts_that_are_shipped_one_by_one_keep_the_order_open_until_the_last_one() {
    let mut order = invoiced(&family(ProductType::Bundle, false), &[]);
    order.items[1].quantities.shipped = Quantity::whole(1);
    let after = shipped(&order, &[]);
    assert_eq!(after.state, OrderState::Complete);
    assert_eq!(after.items[1].quantities.shipped, Quantity::whole(2));

    // All parts are gone, and Adobe leaves the shipped quantity of the whole at zero.
    order.items[1].quantities.shipped = Quantity::whole(2);
    order.state = OrderState::Complete;
    assert_eq!(credited(&order, &[(1, 1)], false, 0).state, OrderState::Complete);
}

#[test]
fn items_that_only_describe_are_no_reason_for_a_credit_memo() {
    for mut order in families() {
        order = credited(&invoiced(&order, &[]), &[], false, 0);
        let describing = usize::from(order.items[0].counts);
        order.items[describing].quantities.refunded = Quantity::ZERO;
        order.state = OrderState::Complete;
        let credit = |lines: Option<Vec<_>>, refund_shipping| {
            let request = CreditMemoRequest {
                lines,
                refund_shipping,
                adjustment: usd(0),
                refund_order: RefundOrder::default(),
            };
            order.credit(&request, &staff(), at(4)).map(|change| change.after)
        };
        assert_eq!(credit(None, true), Err(LineRefusal::NothingLeft.into()));
        if !order.items[0].counts {
            let named = Some(vec![(ItemPosition(1), Quantity::whole(1))]);
            assert_eq!(credit(named, false), Err(DocumentRefusal::RefundsNothing));
        }
    }
}

#[test]
fn nothing_is_left_of_a_free_order_when_only_items_that_describe_are_invoiced() {
    let mut order = family(ProductType::Configurable, false);
    order.items[0].ordered = RowMoney::zero(currency("USD"));
    order.totals.grand_total = usd(0);
    order.items[0].quantities.canceled = Quantity::whole(2);
    order.items[1].quantities.invoiced = Quantity::whole(2);
    let terms = order.cancellation_terms(&policy(true), &buyer_of(&order), at(4));
    assert_eq!(terms.refusals, [CancellationRefusal::NothingOpen]);
}
