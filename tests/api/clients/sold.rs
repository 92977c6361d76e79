//! Orders that fill every field that storefronts show.

use countermand_tests::{OrderJson, TestShop};
use serde_json::{Value, json};

/// The e-mail address of the account that owns the orders.
pub(super) const BUYER: &str = "anna@example.com";
/// The password of every account in the tests.
pub(super) const PASSWORD: &str = "Secret-123";
/// The e-mail address of the guest.
pub(super) const GUEST: &str = "guest@example.com";
/// The number of the order that can be canceled.
pub(super) const OPEN: &str = "000000001";
/// The number of the guest's order.
pub(super) const GUESTS: &str = "000000002";
/// The number of the order that is partly shipped and partly refunded.
pub(super) const SHIPPED: &str = "000000003";

/// A shop with three orders: one open order, one order of a guest, and one that is partly shipped and refunded.
pub(super) struct Sold {
    /// The buyer's bearer token.
    pub(super) customer: String,
    /// The id of the open order.
    pub(super) open: String,
    /// The id of the guest's order.
    pub(super) guests: String,
}

impl Sold {
    /// Makes the three orders and switches cancellation on.
    pub(super) async fn to(shop: &TestShop) -> Self {
        shop.enable_cancellation().await;
        let orders = [
            everything(&OrderJson::new(OPEN).by(BUYER)),
            everything(&OrderJson::new(GUESTS).by_guest(GUEST)),
            everything(&OrderJson::new(SHIPPED).by(BUYER).placed_at("2026-02-27 08:30:00")),
        ];
        let customer = shop.customer(BUYER).await;
        let ids = shop.import(&orders).await;
        work_on(shop, &ids[2]).await;
        let [open, guests, _] = ids.try_into().expect("three orders");
        Self {
            customer,
            open,
            guests,
        }
    }
}

/// Invoices the whole order, ships a part of it, and refunds a part of the rest.
async fn work_on(shop: &TestShop, id: &str) {
    let order = shop.worked("createInvoice", json!({ "order_id": id })).await;
    let rows = order["order"]["items"].as_array().expect("rows");
    let row = |sku: &str| {
        let row = rows.iter().find(|row| row["product_sku"] == sku);
        let row = row.unwrap_or_else(|| panic!("no {sku} in {rows:?}"));
        json!({ "item_id": row["id"], "quantity": 1 })
    };
    let tracking = json!([{ "carrier": "ups", "title": "United Parcel Service", "number": "1Z-999" }]);
    let parcel = json!([row("mug"), row("set"), row("shirt-red")]);
    let shipment = json!({ "order_id": id, "items": parcel, "tracking": tracking });
    shop.worked("createShipment", shipment).await;
    let back = json!([
        row("mug"),
        row("shirt-red"),
        row("card"),
        row("files"),
        row("set")
    ]);
    let memo = json!({ "order_id": id, "items": back, "refund_shipping": true, "adjustment": 0.5 });
    shop.worked("createCreditMemo", memo).await;
}

/// An order with each kind of product, with tax, discounts, a gift card that paid a part, and a comment.
fn everything(order: &OrderJson) -> Value {
    let order = order
        .clone()
        .line("mug", 1000, 2, 0, 0)
        .line("shirt-red", 2000, 1, 0, 0)
        .of_type("configurable")
        .line("set", 3000, 1, 0, 0)
        .of_type("bundle")
        .line("files", 500, 1, 0, 0)
        .of_type("downloadable")
        .line("card", 2500, 1, 0, 0)
        .of_type("giftcard")
        .line("warranty", 300, 1, 0, 0)
        .of_type("virtual");
    let mut order = order.json();
    choose_options(&mut order);
    // 103.00 of goods, 10.00 of shipping and 4.00 of tax, less a discount of 3.00 and a gift card of 5.00.
    let amounts = json!({
        "grand_total": 109, "base_grand_total": 109, "tax_amount": 4, "discount_amount": -3,
        "shipping_tax_amount": 1, "shipping_discount_amount": 1, "gift_cards_amount": 5,
        "coupon_code": "SPRING", "discount_description": "Spring sale", "is_virtual": 0
    });
    set(&mut order, &amounts);
    let taxed = json!({ "tax_amount": 3, "tax_percent": 15, "price_incl_tax": 11.5, "discount_amount": 2 });
    set(&mut order["items"][0], &taxed);
    order["extension_attributes"]["applied_taxes"] =
        json!([{ "title": "Sales Tax", "percent": 15, "amount": 4 }]);
    order["payment"]["additional_information"] = json!(["Check / Money order"]);
    order["status_histories"] = json!([{
        "comment": "We wrap it today.", "status": "pending", "is_visible_on_front": 1,
        "is_customer_notified": 1, "created_at": "2026-03-01 11:00:00"
    }]);
    let address = json!({
        "prefix": "Ms", "middlename": "Maria", "suffix": "PhD", "company": "Larsen Ltd", "region_id": 23,
        "fax": "5550101", "vat_id": "US123456", "street": ["Main Street 1", "Second floor"]
    });
    set(&mut order["billing_address"], &address);
    let shipped_to = &mut order["extension_attributes"]["shipping_assignments"][0]["shipping"]["address"];
    set(shipped_to, &address);
    order
}

/// Adds chosen and typed options for each kind of product, and the items that belong to others.
fn choose_options(order: &mut Value) {
    let gift_card = json!({
        "giftcard_sender_name": "Anna", "giftcard_sender_email": BUYER, "giftcard_recipient_name": "Berta",
        "giftcard_recipient_email": "berta@example.com", "giftcard_message": "For you"
    });
    let options = [
        json!({ "options": [{ "label": "Engraving", "value": "For Bo", "option_type": "field" }] }),
        json!({ "attributes_info": [{ "label": "Color", "value": "Red" }] }),
        json!({ "bundle_options": [{ "label": "Case", "value": [{ "title": "Black", "qty": 1 }] }] }),
        json!({ "links": [{ "title": "Part one" }, { "title": "Part two" }] }),
        gift_card,
    ];
    for (index, options) in options.into_iter().enumerate() {
        order["items"][index]["product_options"] = options;
    }
    for index in [1, 2] {
        order["items"][index]["is_virtual"] = json!(0);
    }
    let rows = order["items"].as_array_mut().expect("rows");
    for (id, parent, sku) in [(7, 2, "shirt-red"), (8, 3, "case")] {
        rows.push(json!({
            "item_id": id, "parent_item_id": parent, "sku": sku, "name": sku, "product_type": "simple",
            "price": 0, "row_total": 0, "qty_ordered": 1
        }));
    }
}

fn set(of: &mut Value, fields: &Value) {
    for (name, value) in fields.as_object().into_iter().flatten() {
        of[name] = value.clone();
    }
}
