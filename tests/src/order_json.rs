//! Orders in the form of Adobe Commerce's REST API, as short as a test needs them.

use serde_json::{Value, json};

/// An order that is being built: unless set otherwise unpaid, in USD, without tax, with 5.00 of shipping for each unit.
#[derive(Debug, Clone)]
pub struct OrderJson {
    number: String,
    store: i32,
    email: String,
    customer: Option<i64>,
    lastname: String,
    method: String,
    lines: Vec<Line>,
    state: Option<(String, String)>,
    placed_at: String,
    authorized: bool,
    extra: Vec<(String, Value)>,
}

#[derive(Debug, Clone)]
struct Line {
    sku: String,
    cents: i64,
    ordered: i64,
    invoiced: i64,
    shipped: i64,
    product_type: String,
    subscription: Value,
}

impl OrderJson {
    /// An order of the first store view with `number`, for a guest, without items.
    #[must_use]
    pub fn new(number: &str) -> Self {
        Self {
            number: number.into(),
            store: 1,
            email: "guest@example.com".into(),
            customer: None,
            lastname: "Larsen".into(),
            method: "checkmo".into(),
            lines: Vec::new(),
            state: None,
            placed_at: "2026-03-01 10:00:00".into(),
            authorized: false,
            extra: Vec::new(),
        }
    }

    /// The order of the account with `email`.
    #[must_use]
    pub fn by(mut self, email: &str) -> Self {
        self.email = email.into();
        self.customer = Some(7);
        self
    }

    /// The order of a guest with `email`.
    #[must_use]
    pub fn by_guest(mut self, email: &str) -> Self {
        self.email = email.into();
        self.customer = None;
        self
    }

    /// The order in the store view with this number.
    #[must_use]
    pub fn in_store(mut self, number: i32) -> Self {
        self.store = number;
        self
    }

    /// The order paid with this method.
    #[must_use]
    pub fn paid_with(mut self, method: &str) -> Self {
        self.method = method.into();
        self
    }

    /// Adds an item of `ordered` units at `cents` each. `invoiced` units are invoiced and paid, `shipped` are shipped.
    #[must_use]
    pub fn line(mut self, sku: &str, cents: i64, ordered: i64, invoiced: i64, shipped: i64) -> Self {
        let product_type = "simple".into();
        self.lines.push(Line {
            sku: sku.into(),
            cents,
            ordered,
            invoiced,
            shipped,
            product_type,
            subscription: Value::Null,
        });
        self
    }

    /// Sets the product type of the last item.
    #[must_use]
    pub fn of_type(mut self, product_type: &str) -> Self {
        if let Some(line) = self.lines.last_mut() {
            line.product_type = product_type.into();
        }
        self
    }

    /// Makes the last item a yearly subscription with the id `id`, paid from one time in UTC until another one.
    #[must_use]
    pub fn subscription(mut self, id: &str, paid_from: &str, paid_until: &str) -> Self {
        if let Some(line) = self.lines.last_mut() {
            line.subscription = json!({ "subscription_id": id, "interval_unit": "YEAR", "interval_count": 1,
                "paid_from": paid_from, "paid_until": paid_until });
        }
        self
    }

    /// Sets state and status. They may contradict the items.
    #[must_use]
    pub fn in_state(mut self, state: &str, status: &str) -> Self {
        self.state = Some((state.into(), status.into()));
        self
    }

    /// Sets the time of placing, in UTC.
    #[must_use]
    pub fn placed_at(mut self, at: &str) -> Self {
        self.placed_at = at.into();
        self
    }

    /// Authorizes the whole amount and captures no part of it.
    #[must_use]
    pub fn authorized(mut self) -> Self {
        self.authorized = true;
        self
    }

    /// Sets another value for a field of the order.
    #[must_use]
    pub fn with(mut self, field: &str, value: Value) -> Self {
        self.extra.push((field.into(), value));
        self
    }

    /// The order as JSON.
    #[must_use]
    pub fn json(&self) -> Value {
        let money = |cents: i64| {
            json!(
                format!("{}.{:02}", cents / 100, cents % 100)
                    .parse::<f64>()
                    .unwrap_or(0.0)
            )
        };
        let sum = |of: &dyn Fn(&Line) -> i64| self.lines.iter().map(of).sum::<i64>();
        let subtotal = sum(&|line| line.cents * line.ordered);
        let is_free = self.method == "free";
        let physical = |line: &Line| i64::from(line.product_type == "simple");
        let shipping = if is_free {
            0
        } else {
            sum(&|line| 500 * line.ordered * physical(line))
        };
        let total = subtotal + shipping;
        let any_invoiced = self.lines.iter().any(|line| line.invoiced > 0);
        let invoiced_shipping = if any_invoiced { shipping } else { 0 };
        let invoiced = sum(&|line| line.cents * line.invoiced) + invoiced_shipping;
        let (state, status) = self.state.clone().unwrap_or_else(|| {
            let worked_on = self.lines.iter().any(|line| line.invoiced + line.shipped > 0);
            if worked_on {
                ("processing".into(), "processing".into())
            } else {
                ("new".into(), "pending".into())
            }
        });
        let items: Vec<Value> = self
            .lines
            .iter()
            .zip(1..)
            .map(|(line, index)| item(line, index, &money))
            .collect();
        let address = json!({
            "firstname": "Anna", "lastname": self.lastname, "street": ["Main Street 1"], "city": "Springfield",
            "region": "Illinois", "postcode": "62701", "country_id": "US", "telephone": "5550100"
        });
        let is_virtual = self.lines.iter().all(|line| line.product_type != "simple");
        let mut order = json!({
            "entity_id": 1, "increment_id": self.number, "store_id": self.store, "state": state, "status": status,
            "created_at": self.placed_at, "updated_at": self.placed_at, "customer_email": self.email,
            "customer_firstname": "Anna", "customer_lastname": self.lastname, "customer_is_guest": i32::from(self.customer.is_none()),
            "order_currency_code": "USD", "base_currency_code": "USD", "is_virtual": i32::from(is_virtual),
            "subtotal": money(subtotal), "shipping_amount": money(shipping), "tax_amount": 0, "discount_amount": 0,
            "grand_total": money(total), "base_grand_total": money(total), "shipping_description": "Flat Rate - Fixed",
            "items": items, "billing_address": address,
            "payment": { "method": self.method, "additional_information": { "method_title": "A method" } },
            "status_histories": []
        });
        if let Some(id) = self.customer {
            order["customer_id"] = json!(id);
        }
        if !is_virtual {
            let shipping = json!({ "address": address, "method": "flatrate_flatrate" });
            order["extension_attributes"] = json!({ "shipping_assignments": [{ "shipping": shipping }] });
        }
        if any_invoiced {
            order["total_invoiced"] = money(invoiced);
            order["total_paid"] = money(invoiced);
            order["shipping_invoiced"] = money(invoiced_shipping);
            order["subtotal_invoiced"] = money(invoiced - invoiced_shipping);
        }
        if self.authorized {
            order["payment"]["amount_authorized"] = money(total);
        }
        for (field, value) in &self.extra {
            order[field] = value.clone();
        }
        order
    }
}

fn item(line: &Line, index: i64, money: &dyn Fn(i64) -> Value) -> Value {
    let mut item = json!({
        "item_id": index, "sku": line.sku, "name": format!("Product {}", line.sku), "product_type": line.product_type,
        "is_virtual": i32::from(line.product_type != "simple"), "price": money(line.cents),
        "price_incl_tax": money(line.cents), "original_price": money(line.cents),
        "row_total": money(line.cents * line.ordered), "row_total_incl_tax": money(line.cents * line.ordered),
        "row_invoiced": money(line.cents * line.invoiced), "tax_amount": 0, "discount_amount": 0,
        "qty_ordered": line.ordered, "qty_invoiced": line.invoiced, "qty_shipped": line.shipped,
        "qty_canceled": 0, "qty_refunded": 0
    });
    if !line.subscription.is_null() {
        item["extension_attributes"] = json!({ "subscription": line.subscription });
    }
    item
}
