//! What staff and buyers ask for again and again.

use serde_json::{Value, json};

use crate::ask::Ask;
use crate::shop::TestShop;

/// A buyer cancels; variables `id` and `reason`.
pub const CANCEL_ORDER: &str = "mutation($id: ID!, $reason: String!) {
  cancelOrder(input: { order_id: $id, reason: $reason }) {
    errorV2 { code message }
    order { number status total { grand_total { value } } credit_memos { total { grand_total { value } } } }
  }
}";

/// What tests look at of a payload that holds an order.
const ORDER: &str = "order {
  state status_code version
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
    /// One of staff's mutations with one `input`, to be sent with a token; `selection` is of its payload.
    #[must_use]
    pub fn staff_asks(&self, mutation: &str, input: &Value, selection: &str) -> Ask {
        let (first, rest) = mutation.split_at(1);
        let input_type = format!("{}{rest}Input", first.to_uppercase());
        let document = format!(
            "mutation($input: {input_type}!) {{ {mutation}(input: $input) {{ {selection} user_errors {{ code field message }} }} }}"
        );
        self.ask(&document).variables(json!({ "input": input }))
    }

    /// Does one of staff's mutations with the owner's token; gives the payload.
    pub async fn owner_does(&self, mutation: &str, input: Value, selection: &str) -> Value {
        let asked = self.staff_asks(mutation, &input, selection).token(self.owner());
        asked.send().await.data(&format!("/{mutation}")).clone()
    }

    /// Works on one order with the owner's token; gives the payload, the order with everything in it.
    pub async fn work(&self, mutation: &str, input: Value) -> Value {
        self.owner_does(mutation, input, ORDER).await
    }

    /// Works on one order and gives it as it is then.
    ///
    /// # Panics
    /// When it is refused.
    pub async fn worked(&self, mutation: &str, input: Value) -> Value {
        let payload = self.work(mutation, input).await;
        assert_eq!(payload["user_errors"], json!([]), "{mutation}");
        payload["order"].clone()
    }

    /// Asks for something that is refused and leaves no trail; gives code and field of the refusal.
    ///
    /// # Panics
    /// When it is not refused, or more than once, or when it stands in the trail.
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

    /// The newest entries of staff's trail.
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

    /// A buyer's request to cancel.
    #[must_use]
    pub fn asks_to_cancel(&self, customer: &str, id: &str) -> Ask {
        let variables = json!({ "id": id, "reason": "Other" });
        self.ask(CANCEL_ORDER).variables(variables).token(customer)
    }
}

/// A selection without the field that it belongs to.
fn inside(selection: &str) -> &str {
    let inner = selection.split_once('{').map_or(selection, |(_, inner)| inner);
    inner.rsplit_once('}').map_or(inner, |(inner, _)| inner)
}
