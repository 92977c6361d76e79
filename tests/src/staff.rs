//! Operations of staff and buyers that many tests send.

use serde_json::{Value, json};

use crate::ask::Ask;
use crate::shop::TestShop;

/// The cancellation of a buyer, with the variables `id` and `reason`.
pub const CANCEL_ORDER: &str = "mutation($id: ID!, $reason: String!) {
  cancelOrder(input: { order_id: $id, reason: $reason }) {
    errorV2 { code message }
    order { number status total { grand_total { value } } credit_memos { total { grand_total { value } } } }
  }
}";

/// The selection of a payload that holds an order.
const ORDER: &str = "order {
  state status_code version customer_group
  order {
    status
    items { id product_sku quantity_invoiced quantity_shipped quantity_refunded quantity_canceled }
    invoices { number total { grand_total { value } total_shipping { value } } items { product_sku quantity_invoiced } }
    shipments { number tracking { carrier title number } items { product_sku quantity_shipped } }
    credit_memos { number total { grand_total { value } total_shipping { value } adjustment { value } } items { product_sku quantity_refunded } }
  }
  comments { message status visible_on_front }
  reversals { kind amount { value } state }
  events { kind actor origin note version created_at }
}";

impl TestShop {
    /// A mutation of staff with one `input`, to be sent with a token. `selection` is the selection of its payload.
    #[must_use]
    pub fn staff_asks(&self, mutation: &str, input: &Value, selection: &str) -> Ask {
        let (first, rest) = mutation.split_at(1);
        let input_type = format!("{}{rest}Input", first.to_uppercase());
        let document = format!(
            "mutation($input: {input_type}!) {{ {mutation}(input: $input) {{ {selection} user_errors {{ code field message }} }} }}"
        );
        self.ask(&document).variables(json!({ "input": input }))
    }

    /// Sends a mutation of staff with the owner's token, and gives the payload.
    pub async fn owner_does(&self, mutation: &str, input: Value, selection: &str) -> Value {
        let asked = self.staff_asks(mutation, &input, selection).token(self.owner());
        asked.send().await.data(&format!("/{mutation}")).clone()
    }

    /// Sends a mutation about one order with the owner's token, and gives the payload with the whole order.
    pub async fn work(&self, mutation: &str, input: Value) -> Value {
        self.owner_does(mutation, input, ORDER).await
    }

    /// Sends a mutation about one order, and gives the order after it.
    ///
    /// # Panics
    /// When the mutation is refused.
    pub async fn worked(&self, mutation: &str, input: Value) -> Value {
        let payload = self.work(mutation, input).await;
        assert_eq!(payload["user_errors"], json!([]), "{mutation}");
        payload["order"].clone()
    }

    /// Sends a mutation that must be refused and leave no entry in the audit log. Gives code and field of the refusal.
    ///
    /// # Panics
    /// When the mutation is not refused, when it has several refusals, and when the audit log has an entry.
    pub async fn refused(&self, mutation: &str, input: Value) -> (String, String) {
        let before = self.audit_log(1).await;
        let payload = self.owner_does(mutation, input.clone(), "").await;
        assert_eq!(self.audit_log(1).await, before, "{mutation} {input}");
        let refusals = payload["user_errors"].as_array().cloned().unwrap_or_default();
        let [refusal] = refusals.as_slice() else {
            panic!("{mutation} {input}: {refusals:?}")
        };
        let text = |field: &str| refusal[field].as_str().unwrap_or_default().to_owned();
        (text("code"), text("field"))
    }

    /// An order as staff sees it.
    pub async fn order(&self, id: &str) -> Value {
        let query = format!("query($id: ID!) {{ order(id: $id) {{ {} }} }}", inside(ORDER));
        let asked = self
            .ask(&query)
            .variables(json!({ "id": id }))
            .token(self.owner());
        asked.send().await.data("/order").clone()
    }

    /// The items of an order with these quantities, as an input. Items with a quantity of zero are left out.
    ///
    /// # Panics
    /// When the answer has no items.
    pub async fn item_lines(&self, id: &str, quantities: &[i64]) -> Value {
        let order = self.order(id).await;
        let items = order["order"]["items"].as_array().expect("items").iter();
        let lines = items.zip(quantities).filter(|(_, quantity)| **quantity > 0);
        lines
            .map(|(item, quantity)| json!({ "item_id": item["id"], "quantity": quantity }))
            .collect()
    }

    /// The newest entries of the audit log.
    pub async fn audit_log(&self, first: u32) -> Vec<Value> {
        let query = "query($first: Int) { auditLog(first: $first) { items { id actor action target origin details created_at } } }";
        let asked = self
            .ask(query)
            .variables(json!({ "first": first }))
            .token(self.owner());
        let answer = asked.send().await;
        answer
            .data("/auditLog/items")
            .as_array()
            .cloned()
            .unwrap_or_default()
    }

    /// The request of a buyer to cancel.
    #[must_use]
    pub fn asks_to_cancel(&self, customer: &str, id: &str) -> Ask {
        let variables = json!({ "id": id, "reason": "Other" });
        self.ask(CANCEL_ORDER).variables(variables).token(customer)
    }
}

/// A selection without the field around it.
fn inside(selection: &str) -> &str {
    let inner = selection.split_once('{').map_or(selection, |(_, inner)| inner);
    inner.rsplit_once('}').map_or(inner, |(inner, _)| inner)
}
