//! Tests with random orders: every order that adds up is accepted, and every accepted order adds up.

use countermand_domain::invariants::broken_by;
use serde_json::{Value, json};

use super::super::read_order;
use super::{assert_adds_up, minimal, stored};

/// A source of random numbers that gives the same numbers for the same seed.
struct Dice(u64);

impl Dice {
    /// A random number below `sides`.
    fn throw(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % sides
    }

    /// A random multiple of `unit` up to `most`, mostly small.
    fn amount(&mut self, unit: u64, most: u64) -> u64 {
        let sides = match self.throw(3) {
            0 => 1,
            1 => 10.min(most / unit + 1),
            _ => most / unit + 1,
        };
        self.throw(sides) * unit
    }
}

/// The parts of a price in ten-thousandths.
struct Parts {
    net: u64,
    tax: u64,
    compensation: u64,
    discount: u64,
}

impl Parts {
    fn thrown(dice: &mut Dice, unit: u64) -> Self {
        let [net, tax, compensation] = [90_000, 20_000, 9_000].map(|most| dice.amount(unit, most));
        let most = net + tax + compensation;
        let discount = if dice.throw(3) == 0 {
            most
        } else {
            dice.amount(unit, most)
        };
        Self {
            net,
            tax,
            compensation,
            discount,
        }
    }

    fn payable(&self) -> u64 {
        self.net + self.tax + self.compensation - self.discount
    }
}

fn decimal(ten_thousandths: u64) -> Value {
    json!(format!(
        "{}.{:04}",
        ten_thousandths / 10_000,
        ten_thousandths % 10_000
    ))
}

/// A random order that adds up, in a random currency and state, with or without fractions.
fn thrown_order(seed: u64) -> Value {
    let mut dice = Dice(seed);
    let (currency, minor) =
        [("GBP", 100), ("JPY", 10_000), ("KWD", 10)][usize::try_from(seed % 3).unwrap_or(0)];
    let unit = if dice.throw(2) == 0 { 1 } else { minor };
    let (mut sum, mut invoiced, mut items) = (0, 0, Vec::new());
    for _ in 0..=dice.throw(6) {
        let parts = Parts::thrown(&mut dice, unit);
        let quantity = 1 + dice.throw(5);
        let billed = [0, quantity, dice.throw(quantity + 1)][usize::try_from(dice.throw(3)).unwrap_or(0)];
        sum += parts.payable();
        invoiced += parts.payable() * billed / quantity;
        items.push(json!({
            "sku": "x", "qty_ordered": quantity, "qty_invoiced": billed, "qty_refunded": dice.throw(billed + 1),
            "qty_canceled": dice.throw(quantity - billed + 1), "row_total": decimal(parts.net),
            "tax_amount": decimal(parts.tax), "discount_amount": decimal(parts.discount),
            "discount_tax_compensation_amount": decimal(parts.compensation)
        }));
        if dice.throw(3) == 0 {
            add_child(&mut dice, &mut items, quantity);
        }
    }
    let shipping = Parts::thrown(&mut dice, unit);
    let is_billed = items.iter().any(|item| item["qty_invoiced"] != json!(0));
    sum += shipping.payable();
    invoiced += if is_billed { shipping.payable() } else { 0 };
    let mut order = minimal();
    let fee = dice.amount(unit, 40_000);
    if dice.throw(3) == 0 && fee > 0 {
        order["extension_attributes"] = json!({ "mollie_payment_fee": decimal(fee) });
        sum += fee;
        invoiced += if is_billed { fee } else { 0 };
    }
    let credits = dice.amount(unit, sum);
    order["order_currency_code"] = json!(currency);
    order["items"] = json!(items);
    order["shipping_amount"] = decimal(shipping.net);
    order["shipping_tax_amount"] = decimal(shipping.tax);
    order["shipping_discount_amount"] = decimal(shipping.discount);
    order["shipping_discount_tax_compensation_amount"] = decimal(shipping.compensation);
    order["customer_balance_amount"] = decimal(credits);
    order["grand_total"] = decimal(sum - credits);
    order["total_invoiced"] = decimal(invoiced.saturating_sub(credits));
    if is_billed && dice.throw(4) > 0 {
        order["total_paid"] = order["total_invoiced"].clone();
        order["total_refunded"] = decimal(dice.amount(unit, invoiced.saturating_sub(credits)));
    }
    order
}

/// Makes the last item a configurable product or a fixed bundle with a child, in whose quantities anything may stand.
fn add_child(dice: &mut Dice, items: &mut Vec<Value>, quantity: u64) {
    let id = items.len() + 1;
    let Some(whole) = items.last_mut() else { return };
    whole["item_id"] = json!(id);
    whole["product_type"] = json!(["configurable", "bundle"][usize::try_from(dice.throw(2)).unwrap_or(0)]);
    let mut child = json!({"sku": "y", "parent_item_id": id, "qty_ordered": quantity, "row_total": 0});
    for field in ["qty_invoiced", "qty_canceled", "qty_refunded"] {
        child[field] = json!(dice.throw(9));
    }
    items.push(child);
}

#[test]
fn every_order_that_adds_up_is_taken_and_adds_up_afterwards() {
    for seed in 0..5_000 {
        let order = thrown_order(seed);
        match read_order(&order.to_string()) {
            Ok(read) => {
                let order = stored(read);
                assert_adds_up(&order);
                let broken: Vec<_> = broken_by(&order).map(|it| it.name).collect();
                assert!(broken.is_empty(), "seed {seed}: {broken:?}");
            }
            Err(refusal) => panic!("seed {seed}: {refusal}: {order:#}"),
        }
    }
}

#[test]
fn a_damaged_order_is_refused_or_adds_up() {
    let (mut accepted, states) = (0, ["new", "complete", "closed", "canceled"]);
    for seed in 0..20_000 {
        let mut dice = Dice(seed);
        let mut order = thrown_order(seed % 100);
        order["state"] = json!(states[usize::try_from(seed % 4).unwrap_or(0)]);
        let mut json = order.to_string().into_bytes();
        for _ in 0..=dice.throw(3) {
            let at = usize::try_from(dice.throw(json.len() as u64)).unwrap_or(0);
            let swaps = b"0123456789.-e\"{}[],:x";
            json[at] = swaps[usize::try_from(dice.throw(swaps.len() as u64)).unwrap_or(0)];
        }
        if let Ok(json) = String::from_utf8(json)
            && let Ok(read) = read_order(&json)
        {
            let order = stored(read);
            assert_adds_up(&order);
            let broken: Vec<_> = broken_by(&order).map(|it| it.name).collect();
            assert!(broken.is_empty(), "seed {seed}: {broken:?}: {json}");
            accepted += 1;
        }
    }
    assert!(accepted > 1_000, "only {accepted} orders survived the damage");
}
