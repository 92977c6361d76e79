//! The order that a row describes, and how it is made.

use countermand_tests::{OrderJson, TestShop};
use serde_json::{Value, json};

const NUMBER: &str = "000000001";
/// The e-mail address of the buyer.
pub(super) const BUYER: &str = "anna@example.com";

/// An order in a shop that lets buyers cancel: ten dollars and five dollars of shipping for each unit, paid by check.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sold {
    lines: &'static [Line],
    buyer: Buyer,
    method: &'static str,
    state: Option<&'static str>,
    switch: Switch,
    in_second_store: bool,
    refunded_before: bool,
}

#[derive(Debug, Clone, Copy)]
struct Line {
    ordered: i64,
    invoiced: i64,
    shipped: i64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Buyer {
    Account,
    Guest,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Switch {
    On,
    Off,
    OffWhereItWasSold,
}

const fn line(ordered: i64, invoiced: i64, shipped: i64) -> Line {
    Line {
        ordered,
        invoiced,
        shipped,
    }
}

const fn sold(lines: &'static [Line]) -> Sold {
    Sold {
        lines,
        buyer: Buyer::Account,
        method: "checkmo",
        state: None,
        switch: Switch::On,
        in_second_store: false,
        refunded_before: false,
    }
}

/// One unit, invoiced and paid.
pub(super) const PAID: Sold = sold(&[line(1, 1, 0)]);
/// One unit, not paid.
pub(super) const UNPAID: Sold = sold(&[line(1, 0, 0)]);
/// Three units, not paid.
pub(super) const THREE_UNPAID: Sold = sold(&[line(3, 0, 0)]);
/// Three units, paid, one of them shipped.
pub(super) const PARTLY_SHIPPED: Sold = sold(&[line(3, 3, 1)]);
/// Two products, of which the first is invoiced and paid.
pub(super) const PARTLY_INVOICED: Sold = sold(&[line(1, 1, 0), line(1, 0, 0)]);

impl Sold {
    /// The same order, bought without an account.
    pub(super) const fn to_a_guest(self) -> Self {
        Self {
            buyer: Buyer::Guest,
            ..self
        }
    }

    /// The same order, paid through a payment provider.
    pub(super) const fn paid_online(self) -> Self {
        Self {
            method: "adyen_cc",
            ..self
        }
    }

    /// The same order in this state and in the status of the same name. They may contradict its items.
    pub(super) const fn in_state(self, state: &'static str) -> Self {
        Self {
            state: Some(state),
            ..self
        }
    }

    /// The same order in a shop whose switch is off.
    pub(super) const fn switched_off(self) -> Self {
        Self {
            switch: Switch::Off,
            ..self
        }
    }

    /// The same order, sold in another store view than the one that the request names.
    pub(super) const fn in_second_store(self) -> Self {
        Self {
            in_second_store: true,
            ..self
        }
    }

    /// The same order, where the switch is off only in the store view that sold it.
    pub(super) const fn switched_off_there(self) -> Self {
        Self {
            switch: Switch::OffWhereItWasSold,
            ..self
        }
    }

    /// The same order, refunded wholly by staff.
    pub(super) const fn refunded_before(self) -> Self {
        Self {
            refunded_before: true,
            ..self
        }
    }

    /// Prepares the shop and makes the order. Gives the id of the order.
    pub(super) async fn prepare(self, shop: &TestShop) -> String {
        if self.in_second_store {
            shop.create_store("second", "base", "second").await;
        }
        match self.switch {
            Switch::On => shop.enable_cancellation().await,
            Switch::Off => {}
            Switch::OffWhereItWasSold => {
                shop.enable_cancellation().await;
                shop.switch("second", false).await;
            }
        }
        let id = shop.import(&[self.json()]).await.remove(0);
        if self.refunded_before {
            shop.worked("createCreditMemo", json!({ "order_id": id })).await;
        }
        id
    }

    fn json(self) -> Value {
        let order = OrderJson::new(NUMBER)
            .in_store(if self.in_second_store { 2 } else { 1 })
            .paid_with(self.method);
        let order = match self.buyer {
            Buyer::Account => order.by(BUYER),
            Buyer::Guest => order.by_guest(BUYER),
        };
        let order = self
            .lines
            .iter()
            .zip(["first", "second"])
            .fold(order, |order, (line, sku)| {
                order.line(sku, 1000, line.ordered, line.invoiced, line.shipped)
            });
        let Some(state) = self.state else {
            return order.json();
        };
        let mut order = order.in_state(state, state).json();
        if state == "canceled" {
            // The import refuses a canceled order that keeps the buyer's money, so its payments are refunded.
            for item in order["items"].as_array_mut().into_iter().flatten() {
                item["qty_refunded"] = item["qty_invoiced"].clone();
            }
            order["total_refunded"] = order["total_paid"].clone();
            order["shipping_refunded"] = order["shipping_invoiced"].clone();
        }
        order
    }
}
