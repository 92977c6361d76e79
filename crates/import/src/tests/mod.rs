//! Tests that read whole orders, from JSON to the order that is stored.

use countermand_domain::invariants::broken_by;
use countermand_domain::{
    CustomerId, InvoiceState, Money, Order, OrderId, PaymentKind, RowMoney, StoreNumber, TransactionKind,
    WebsiteNumber,
};
use serde_json::{Value, json};

use super::{OrderRefusal, ReadOrder, read_order};

mod buyers;
mod documents;
mod families;
mod incomplete_orders;
mod machine_made;
mod other_charges;
mod past_orders;
mod properties;
mod refusals;
mod tenders;

/// An unpaid order for one mug at ten pounds, with five pounds for shipping.
fn minimal() -> Value {
    json!({
        "increment_id": "000000001", "state": "new", "created_at": "2030-01-02 03:04:05",
        "order_currency_code": "GBP", "grand_total": 15, "shipping_amount": "5.0000",
        "customer_email": "ann@example.com", "customer_is_guest": 1,
        "billing_address": {"firstname": "Ann", "lastname": "Other", "street": ["1 Road"], "country_id": "GB"},
        "payment": {"method": "checkmo", "additional_information": []},
        "items": [{"item_id": 7, "sku": "mug", "name": "Mug", "qty_ordered": 2, "price": 5, "row_total": 10}]
    })
}

/// `order` with each value put at its JSON pointer; null removes a field.
fn changed(mut order: Value, changes: &[(&str, Value)]) -> Value {
    for (pointer, value) in changes {
        let (section, field) = pointer.rsplit_once('/').expect("a pointer");
        order.pointer_mut(section).expect("a section")[field] = value.clone();
    }
    order
}

fn read(order: &Value) -> Result<ReadOrder, OrderRefusal> {
    read_order(&order.to_string())
}

fn stored(read: ReadOrder) -> Order {
    let customer = read
        .customer
        .as_ref()
        .map(|_| CustomerId::new(WebsiteNumber(1), 1).expect("an id"));
    read.into_order(OrderId::new(StoreNumber(1), 1).expect("an id"), customer)
}

fn taken(order: &Value) -> Order {
    stored(read(order).unwrap_or_else(|refusal| panic!("{refusal}")))
}

/// The order and its notes; the order adds up and breaks no invariant.
fn entered(changes: &[(&str, Value)]) -> (Order, Vec<String>) {
    let read = read(&changed(minimal(), changes)).unwrap_or_else(|refusal| panic!("{refusal}"));
    let notes = read.notes.clone();
    let order = stored(read);
    assert_adds_up(&order);
    let broken: Vec<_> = broken_by(&order).map(|it| it.name).collect();
    assert!(broken.is_empty(), "{broken:?}");
    (order, notes)
}

/// Asserts what holds for every order that the import accepts.
fn assert_adds_up(order: &Order) {
    let payable = |row: RowMoney| row.payable().expect("a sum").minor();
    let rows = order
        .items_money()
        .expect("a sum")
        .checked_add(order.shipping.ordered)
        .expect("a sum");
    let totals = &order.totals;
    let others = order.charged().expect("a sum").minor();
    assert_eq!(
        payable(rows) + others - totals.credits.minor(),
        totals.grand_total.minor()
    );
    let shipping = &order.shipping;
    let shipping = (
        shipping.ordered,
        shipping.invoiced,
        shipping.refunded,
        shipping.canceled,
    );
    let rows = order
        .items
        .iter()
        .map(|item| (item.ordered, item.invoiced, item.refunded, item.canceled));
    for (ordered, invoiced, refunded, canceled) in rows.chain([shipping]) {
        let unpaid = ordered
            .checked_sub(invoiced)
            .and_then(|left| left.checked_sub(canceled));
        assert!(unpaid.expect("a difference").is_non_negative());
        assert!(
            invoiced
                .checked_sub(refunded)
                .expect("a difference")
                .is_non_negative()
        );
        assert!(
            [ordered, invoiced, refunded, canceled]
                .iter()
                .all(|row| row.is_non_negative() && payable(*row) >= 0)
        );
    }
    let paid = totals.paid.map_or(0, Money::minor);
    assert!(totals.refunded.minor() <= paid);
    assert!(totals.invoiced.minor() + totals.canceled.minor() <= totals.grand_total.minor());
    for memo in &order.credit_memos {
        let charges = memo
            .other_charges
            .iter()
            .map(|share| share.amount.minor())
            .sum::<i64>();
        let rows =
            memo.lines.iter().map(|line| payable(line.money)).sum::<i64>() + payable(memo.shipping) + charges;
        let total = rows + memo.adjustment.minor() - memo.credits.minor();
        assert_eq!(total, memo.grand_total.minor());
    }
}

#[test]
fn a_minimal_order_is_read() {
    let read = read(&minimal()).expect("a good order");
    assert_eq!(
        (read.number.as_str(), read.store_id, read.customer.as_ref()),
        ("000000001", None, None)
    );
    assert!(read.notes.is_empty());
    let order = stored(read);
    assert_adds_up(&order);
    assert_eq!(
        (order.status.as_str(), order.totals.grand_total.minor()),
        ("pending", 1500)
    );
    assert_eq!(
        (order.placed_at, order.customer.lastname.as_str()),
        (order.updated_at, "Other")
    );
    assert_eq!(order.payment.title, "Check / Money order");
    assert_eq!((order.totals.paid, order.payment.transactions.len()), (None, 0));
    assert!(order.invoices.is_empty() && order.shipments.is_empty() && order.credit_memos.is_empty());
}

#[test]
fn fractions_of_a_penny_enter_rounded_and_are_told() {
    let fractions = [
        ("/items/0/row_total", json!("10.0010")),
        ("/grand_total", json!(15.001)),
    ];
    let read = read(&changed(minimal(), &fractions)).expect("a good order");
    assert_eq!(read.notes, ["grand_total 15.001 was rounded to 15.00"]);
    assert_adds_up(&stored(read));
}

#[test]
fn an_order_in_the_middle_of_its_life_keeps_its_story() {
    let order = taken(&changed(
        minimal(),
        &[
            ("/state", json!("processing")),
            ("/customer_is_guest", json!(0)),
            ("/customer_id", json!(5)),
            ("/grand_total", json!(17.6)),
            ("/discount_amount", json!(-1)),
            ("/coupon_code", json!("SPRING")),
            ("/total_invoiced", json!(11.3)),
            ("/total_paid", json!(11.3)),
            ("/total_refunded", json!(6)),
            (
                "/payment",
                json!({"method": "gateway", "last_trans_id": "t1", "amount_authorized": 17.6}),
            ),
            ("/items/0/tax_amount", json!("3.6000")),
            ("/items/0/tax_percent", json!(40)),
            ("/items/0/discount_amount", json!(1)),
            ("/items/0/qty_invoiced", json!(1)),
            ("/items/0/qty_shipped", json!(1)),
            ("/items/0/qty_refunded", json!(1)),
            ("/items/0/row_invoiced", json!(5)),
            ("/items/0/tax_invoiced", json!(1.8)),
            ("/items/0/discount_invoiced", json!(0.5)),
            (
                "/status_histories",
                json!([
                    {"entity_id": 2, "comment": "later", "created_at": "2030-01-03 00:00:00", "is_visible_on_front": 1},
                    {"entity_id": 1, "comment": "sooner", "created_at": "2030-01-02 00:00:00", "is_customer_notified": 2},
                    {"entity_id": 3, "comment": null}
                ]),
            ),
        ],
    ));
    assert_adds_up(&order);
    let item = &order.items[0];
    assert_eq!(item.invoiced.payable().map(Money::minor), Ok(630));
    assert_eq!(
        (item.refunded, order.shipping.invoiced),
        (item.invoiced, order.shipping.ordered)
    );
    assert_eq!(
        (order.taxes[0].rate, order.taxes[0].amount.minor()),
        (400_000, 360)
    );
    assert_eq!(
        (order.discounts[0].amount.minor(), order.coupons[0].code.as_str()),
        (100, "SPRING")
    );
    assert_eq!(order.payment.kind, PaymentKind::Online);
    let told: Vec<_> = order
        .payment
        .transactions
        .iter()
        .map(|it| {
            let amounts = (it.amount.minor(), it.used.minor());
            (it.kind, amounts, it.reference.as_deref())
        })
        .collect();
    assert_eq!(
        told,
        [
            (TransactionKind::Authorization, (1760, 1130), Some("t1")),
            (TransactionKind::Capture, (1130, 600), Some("t1"))
        ]
    );
    let comments: Vec<_> = order
        .comments
        .iter()
        .map(|it| (it.text.as_str(), it.visible_on_front))
        .collect();
    assert_eq!(comments, [("sooner", false), ("later", true)]);
    let (invoice, memo) = (&order.invoices[0], &order.credit_memos[0]);
    assert_eq!(
        (
            invoice.number.as_str(),
            invoice.grand_total.minor(),
            invoice.state
        ),
        ("000000001-1", 1130, InvoiceState::Paid)
    );
    assert_eq!((memo.grand_total.minor(), memo.adjustment.minor()), (600, -30));
    assert_eq!((order.shipments.len(), order.customer.id.is_some()), (1, true));
}

#[test]
fn a_canceled_order_has_nothing_open() {
    let order = taken(&changed(
        minimal(),
        &[("/state", json!("canceled")), ("/total_paid", json!(0))],
    ));
    assert_adds_up(&order);
    assert_eq!(
        (order.totals.canceled, order.totals.paid),
        (order.totals.grand_total, None)
    );
    assert_eq!(
        order.items[0].quantities.canceled,
        order.items[0].quantities.ordered
    );
    assert_eq!(
        (order.items[0].canceled, order.shipping.canceled),
        (order.items[0].ordered, order.shipping.ordered)
    );
}

#[test]
fn the_coupon_and_the_points_of_an_order_come_with_their_expiry() {
    let extension = json!({
        "coupon_expires_at": "2030-02-01 00:00:00", "reward_points_balance": "150",
        "reward_points_expire_at": "2030-03-01T00:00:00Z"
    });
    let used = [
        ("/coupon_code", json!("SPRING")),
        ("/extension_attributes", extension),
    ];
    let order = taken(&changed(minimal(), &used));
    let end = order.coupons[0].expires_at.map(|at| at.to_string());
    assert_eq!(end.as_deref(), Some("2030-02-01 00:00:00 UTC"));
    let points = order.points.expect("points");
    let end = points.expires_at.map(|at| at.to_string());
    assert_eq!(
        (points.count, end.as_deref()),
        (150, Some("2030-03-01 00:00:00 UTC"))
    );
    assert_eq!(taken(&minimal()).points, None);
    for (pointer, value) in [
        ("/extension_attributes", json!({ "reward_points_balance": -1 })),
        (
            "/extension_attributes",
            json!({ "reward_points_balance": "many" }),
        ),
        ("/extension_attributes", json!({ "coupon_expires_at": "soon" })),
        ("/extension_attributes", json!({ "gift_cards_expire_at": "soon" })),
    ] {
        assert!(
            read(&changed(minimal(), &[(pointer, value.clone())])).is_err(),
            "{value}"
        );
        let history = [(pointer, value), ("/state", json!("canceled"))];
        assert_eq!(taken(&changed(minimal(), &history)).points, None);
    }
}
