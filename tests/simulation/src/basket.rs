//! An order by chance, in the form of Adobe Commerce's REST API.

mod tender;

use countermand_domain::TenderKind;
use serde_json::{Value, json};

use crate::dice::Dice;
use tender::Tender;

/// The payment method of store credit, which no account at a payment provider serves.
const STORE_CREDIT: &str = "storecredit";

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
    /// The tenders where several pay, the payment method first; empty where it alone pays.
    tenders: Vec<Tender>,
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
            tenders: Vec::new(),
            is_guest: dice.percent(50),
            lines,
            shipping: dice.one_of(&[0, 1, 499, 1_001]),
        }
    }

    /// The same basket, for which up to two other tenders pay a part by chance: a second card, a gift card with the
    /// method `gift_card`, or store credit.
    pub(crate) fn with_tenders(mut self, dice: &mut Dice, gift_card: &str) -> Self {
        let mut left = self.moved();
        for position in 1..dice.one_of(&[1, 1, 2, 3]) {
            // Each tender pays one cent at least.
            if left < 2 {
                break;
            }
            let amount = dice.between(1, left - 1);
            left -= amount;
            let (kind, method) = dice.one_of(&[
                (TenderKind::Provider, self.method.as_str()),
                (TenderKind::GiftCard, gift_card),
                (TenderKind::StoreCredit, STORE_CREDIT),
            ]);
            let is_at_provider = kind != TenderKind::StoreCredit;
            let tender = Tender {
                kind,
                method: method.to_owned(),
                reference: is_at_provider.then(|| format!("tender-{}-{position}", self.number)),
                amount,
            };
            self.tenders.push(tender);
        }
        if !self.tenders.is_empty() {
            let first = Tender {
                kind: TenderKind::Provider,
                method: self.method.clone(),
                reference: Some(self.reference()),
                amount: left,
            };
            self.tenders.insert(0, first);
        }
        self
    }

    /// The reference of the payment at its provider.
    pub(crate) fn reference(&self) -> String {
        format!("pi-{}", self.number)
    }

    /// What `of` gives for all lines.
    fn sum(&self, of: impl Fn(&Line) -> i64) -> i64 {
        self.lines.iter().map(of).sum()
    }

    /// What the order costs, in cents.
    fn total(&self) -> i64 {
        self.sum(|line| line.price * line.ordered) + self.shipping
    }

    /// What was captured or reserved when the order came in, in cents.
    fn moved(&self) -> i64 {
        match self.paid {
            Paid::Captured | Paid::Part => self.sum(|line| line.price * line.invoiced) + self.shipping,
            Paid::Authorized => self.total(),
            Paid::Nothing => 0,
        }
    }

    /// What of it was only reserved.
    fn reserved(&self) -> i64 {
        if self.paid != Paid::Authorized {
            return 0;
        }
        let at_once = self.tenders.iter().filter(|it| !it.can_be_reserved());
        self.moved() - at_once.map(|it| it.amount).sum::<i64>()
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
        let tenders: Vec<String> = self.tenders.iter().map(Tender::story).collect();
        format!(
            "order {} of {buyer} by {}, {:?}: {}, shipping {} cents, tenders [{}]",
            self.number,
            self.method,
            self.paid,
            lines.join(", "),
            self.shipping,
            tenders.join(", ")
        )
    }

    /// The order as JSON.
    pub(crate) fn json(&self) -> Value {
        let (subtotal, total) = (self.total() - self.shipping, self.total());
        let is_invoiced = self.sum(|line| line.invoiced) > 0;
        let reserved = self.reserved();
        let paid = self.moved() - reserved;
        let (state, status) = if paid > 0 {
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
            order["total_invoiced"] = money(paid);
            order["shipping_invoiced"] = money(self.shipping);
            order["subtotal_invoiced"] = money(paid - self.shipping);
        }
        if paid > 0 {
            order["total_paid"] = money(paid);
        }
        if reserved > 0 {
            order["payment"]["amount_authorized"] = money(reserved);
        }
        if self.paid != Paid::Nothing {
            order["payment"]["last_trans_id"] = json!(self.reference());
        }
        if !self.tenders.is_empty() {
            order["extension_attributes"]["tenders"] = self.tenders_json();
        }
        order
    }

    fn tenders_json(&self) -> Value {
        let is_authorized = self.paid == Paid::Authorized;
        let tenders = self.tenders.iter();
        tenders
            .map(|it| it.json(is_authorized && it.can_be_reserved()))
            .collect()
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
