//! An order by chance, in the form of Adobe Commerce's REST API.

use serde_json::{Value, json};

use crate::dice::Dice;

/// How much of the money is moved when the order comes in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Paid {
    /// All of it is captured.
    Captured,
    /// Some units are invoiced and captured.
    Part,
    /// All of it is reserved.
    Authorized,
    /// Nothing was moved.
    Nothing,
}

/// An order that a buyer has placed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Basket {
    pub(crate) number: String,
    method: String,
    paid: Paid,
    is_guest: bool,
    lines: Vec<Line>,
    shipping: i64,
}

/// An item: prices in cents.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Line {
    price: i64,
    ordered: i64,
    invoiced: i64,
}

impl Basket {
    /// A basket with this number, paid by `method`.
    pub(crate) fn drawn(dice: &mut Dice, number: &str, method: &str) -> Self {
        let paid = dice.one_of(&[
            Paid::Captured,
            Paid::Captured,
            Paid::Part,
            Paid::Authorized,
            Paid::Authorized,
            Paid::Nothing,
        ]);
        let count = dice.between(1, 3);
        let mut lines: Vec<Line> = (0..count)
            .map(|_| {
                let ordered = dice.between(1, 3);
                let invoiced = match paid {
                    Paid::Captured => ordered,
                    Paid::Part => dice.between(0, ordered),
                    Paid::Authorized | Paid::Nothing => 0,
                };
                Line {
                    price: dice.between(1, 3_999),
                    ordered,
                    invoiced,
                }
            })
            .collect();
        if paid == Paid::Part && lines.iter().all(|line| line.invoiced == 0) {
            lines[0].invoiced = 1;
        }
        Self {
            number: number.to_owned(),
            method: method.to_owned(),
            paid,
            is_guest: dice.percent(50),
            lines,
            shipping: dice.one_of(&[0, 1, 499, 1_001]),
        }
    }

    /// The reference of the payment at its provider.
    pub(crate) fn reference(&self) -> String {
        format!("pi-{}", self.number)
    }

    /// The basket in a few words.
    pub(crate) fn story(&self) -> String {
        let lines: Vec<String> = self
            .lines
            .iter()
            .map(|line| {
                format!(
                    "{} x {} cents ({} invoiced)",
                    line.ordered, line.price, line.invoiced
                )
            })
            .collect();
        let buyer = if self.is_guest { "a guest" } else { "a customer" };
        format!(
            "order {} of {buyer} by {}, {:?}: {}, shipping {} cents",
            self.number,
            self.method,
            self.paid,
            lines.join(", "),
            self.shipping
        )
    }

    /// The order as JSON.
    pub(crate) fn json(&self) -> Value {
        let sum = |of: &dyn Fn(&Line) -> i64| self.lines.iter().map(of).sum::<i64>();
        let subtotal = sum(&|line| line.price * line.ordered);
        let total = subtotal + self.shipping;
        let is_invoiced = sum(&|line| line.invoiced) > 0;
        let (state, status) = if is_invoiced {
            ("processing", "processing")
        } else {
            ("new", "pending")
        };
        let address = json!({ "firstname": "Anna", "lastname": "Larsen", "street": ["Main Street 1"],
            "city": "Springfield", "region": "Illinois", "postcode": "62701", "country_id": "US",
            "telephone": "5550100" });
        let items: Vec<Value> = (1..).zip(&self.lines).map(|(id, line)| line.json(id)).collect();
        let placed_at = "2026-03-01 10:00:00";
        let mut order = json!({
            "entity_id": 1, "increment_id": self.number, "store_id": 1, "state": state, "status": status,
            "created_at": placed_at, "updated_at": placed_at, "customer_email": "anna@example.com",
            "customer_firstname": "Anna", "customer_lastname": "Larsen",
            "customer_is_guest": i32::from(self.is_guest), "order_currency_code": "USD",
            "base_currency_code": "USD", "is_virtual": 0, "subtotal": money(subtotal),
            "shipping_amount": money(self.shipping), "tax_amount": 0, "discount_amount": 0,
            "grand_total": money(total), "base_grand_total": money(total),
            "shipping_description": "Flat Rate - Fixed", "items": items, "billing_address": address,
            "payment": { "method": self.method, "additional_information": { "method_title": "A card" } },
            "status_histories": [],
            "extension_attributes": { "shipping_assignments": [
                { "shipping": { "address": address, "method": "flatrate_flatrate" } }
            ] }
        });
        if !self.is_guest {
            order["customer_id"] = json!(7);
        }
        if is_invoiced {
            let invoiced = sum(&|line| line.price * line.invoiced);
            order["total_invoiced"] = money(invoiced + self.shipping);
            order["total_paid"] = money(invoiced + self.shipping);
            order["shipping_invoiced"] = money(self.shipping);
            order["subtotal_invoiced"] = money(invoiced);
        }
        if self.paid == Paid::Authorized {
            order["payment"]["amount_authorized"] = money(total);
        }
        if self.paid != Paid::Nothing {
            order["payment"]["last_trans_id"] = json!(self.reference());
        }
        order
    }
}

impl Line {
    fn json(&self, id: i64) -> Value {
        let price = money(self.price);
        let row = money(self.price * self.ordered);
        json!({
            "item_id": id, "sku": format!("sku-{id}"), "name": format!("Product {id}"), "product_type": "simple",
            "is_virtual": 0, "price": price, "price_incl_tax": price, "original_price": price, "row_total": row,
            "row_total_incl_tax": row, "row_invoiced": money(self.price * self.invoiced), "tax_amount": 0,
            "discount_amount": 0, "qty_ordered": self.ordered, "qty_invoiced": self.invoiced, "qty_shipped": 0,
            "qty_canceled": 0, "qty_refunded": 0
        })
    }
}

/// An amount of cents as Adobe's API writes it.
fn money(cents: i64) -> Value {
    let text = format!("{}.{:02}", cents / 100, cents % 100);
    json!(text.parse::<f64>().unwrap_or(0.0))
}
