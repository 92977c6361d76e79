//! Operations with which storefronts cancel, and checks of their answers.

use serde_json::{Value, json};

use crate::answer::Answer;
use crate::ask::Ask;
use crate::refusal::Refusal;
use crate::shop::TestShop;

/// Every field of an order that a cancellation changes, as a storefront selects them.
pub const SHOWN: &str = "
fragment Shown on CustomerOrder {
  id number status state email available_actions
  comments { message timestamp }
  items { product_sku status quantity_ordered quantity_invoiced quantity_shipped quantity_canceled quantity_refunded }
  credit_memos {
    number
    items { product_sku quantity_refunded }
    total {
      subtotal { value } total_tax { value } total_shipping { value } grand_total { value } adjustment { value }
      discounts { amount { value } }
    }
  }
  total { subtotal_excl_tax { value } total_tax { value } total_shipping { value } grand_total { value currency } }
  cancellation_terms {
    action refusal { code message } refusals { code message hint }
    refund_total { value } items { product_sku quantity_open }
  }
}";

impl TestShop {
    /// `cancelOrder`, to be sent with a customer's token.
    #[must_use]
    pub fn cancel_order(&self, order_id: &str, reason: &str) -> Ask {
        let input = json!({ "order_id": order_id, "reason": reason });
        self.cancellation("cancelOrder", "CancelOrderInput", &input)
    }

    /// `cancelOrder` for `items` (`{ item_id, quantity }`), with a comment.
    #[must_use]
    pub fn cancel_items(&self, order_id: &str, items: &Value, comment: &str) -> Ask {
        let input = json!({ "order_id": order_id, "reason": "Other", "items": items, "comment": comment });
        self.cancellation("cancelOrder", "CancelOrderInput", &input)
    }

    /// `requestGuestOrderCancel` for `items` (`{ item_id, quantity }`), with a comment.
    #[must_use]
    pub fn request_guest_cancel_of(&self, token: &str, items: &Value, comment: &str) -> Ask {
        let input = json!({ "token": token, "reason": "Other", "items": items, "comment": comment });
        self.cancellation("requestGuestOrderCancel", "GuestOrderCancelInput", &input)
    }

    /// `requestGuestOrderCancel`.
    #[must_use]
    pub fn request_guest_cancel(&self, token: &str, reason: &str) -> Ask {
        let input = json!({ "token": token, "reason": reason });
        self.cancellation("requestGuestOrderCancel", "GuestOrderCancelInput", &input)
    }

    /// `confirmCancelOrder`.
    #[must_use]
    pub fn confirm_cancel(&self, order_id: &str, key: &str) -> Ask {
        let input = json!({ "order_id": order_id, "confirmation_key": key });
        self.cancellation("confirmCancelOrder", "ConfirmCancelOrderInput", &input)
    }

    /// A mutation that cancels an order or asks for it, with an `input` of the type `input_type`.
    #[must_use]
    pub fn cancellation(&self, mutation: &str, input_type: &str, input: &Value) -> Ask {
        let document = format!(
            "mutation($input: {input_type}!) {{
               {mutation}(input: $input) {{ error errorV2 {{ code message }} order {{ ...Shown }} }}
             }} {SHOWN}"
        );
        self.ask(&document).variables(json!({ "input": input }))
    }

    /// The order as the buyer's account shows it, in any store view.
    ///
    /// # Panics
    /// When the account has no such order.
    pub async fn my_order(&self, customer: &str, number: &str) -> Value {
        let query = format!(
            "query($number: String!) {{
               customer {{ orders(filter: {{ number: {{ eq: $number }} }}, scope: GLOBAL) {{ items {{ ...Shown }} }} }}
             }} {SHOWN}"
        );
        let asked = self.ask(&query).variables(json!({ "number": number }));
        let answer = asked.token(customer).send().await;
        answer.data("/customer/orders/items/0").clone()
    }

    /// The token that opens an order without signing in.
    ///
    /// # Panics
    /// When there is no such order.
    pub async fn order_token(&self, order_id: &str) -> String {
        let query = "query($id: ID!) { order(id: $id) { order { token } } }";
        let asked = self.ask(query).variables(json!({ "id": order_id }));
        let answer = asked.token(self.owner()).send().await;
        answer
            .data("/order/order/token")
            .as_str()
            .expect("a token")
            .to_owned()
    }

    /// Requests the cancellation of a guest's order, and gives the key from the mail.
    ///
    /// # Panics
    /// When the request is refused or no mail is sent.
    pub async fn mailed_key(&self, order_id: &str, reason: &str) -> String {
        let token = self.order_token(order_id).await;
        self.request_guest_cancel(&token, reason).send().await.works();
        self.run_jobs().await;
        self.mail().newest_key().expect("a key in the newest mail")
    }

    /// Saves settings at the default scope, or at the scope that they name.
    ///
    /// # Panics
    /// When the settings are refused.
    pub async fn configure(&self, mut settings: Value) {
        if settings.get("scope").is_none() {
            settings["scope"] = json!("DEFAULT");
        }
        let payload = self.owner_does("updateCancellationConfig", settings, "").await;
        assert_eq!(payload["user_errors"], json!([]));
    }
}

/// The money that each credit memo of a shown order pays back.
///
/// # Panics
/// When the order has no credit memos or one of them has no amount.
#[must_use]
pub fn paid_back(order: &Value) -> Vec<f64> {
    let memos = order["credit_memos"].as_array().expect("credit memos").iter();
    let total = |memo: &Value| memo["total"]["grand_total"]["value"].as_f64();
    memos.map(|memo| total(memo).expect("an amount")).collect()
}

/// The answer to an operation that cancels.
impl Answer {
    /// The order in a successful answer.
    ///
    /// # Panics
    /// When the operation was refused.
    #[must_use]
    pub fn order(&self) -> &Value {
        let outcome = self.outcome();
        assert_eq!(outcome["error"], Value::Null);
        assert_eq!(outcome["errorV2"], Value::Null);
        &outcome["order"]
    }

    /// Checks that the operation was not refused.
    ///
    /// # Panics
    /// When the operation was refused.
    pub fn works(&self) {
        assert!(self.order().is_object());
    }

    /// Checks that the operation was refused for this reason.
    ///
    /// # Panics
    /// When the operation was not refused, or was refused for another reason.
    pub fn is_refused(&self, refusal: Refusal) {
        let order = self.refused(refusal);
        assert!(order.is_object() || order.is_null());
    }

    /// The order beside a refusal; null where the refusal shows no order.
    ///
    /// # Panics
    /// When the operation was not refused, or was refused for another reason.
    #[must_use]
    pub fn refused(&self, refusal: Refusal) -> &Value {
        let outcome = self.outcome();
        let expected = json!({ "code": refusal.code, "message": refusal.message });
        assert_eq!(outcome["errorV2"], expected);
        assert_eq!(outcome["error"], expected["message"]);
        &outcome["order"]
    }

    /// Checks that the answer is one top-level error and no data.
    ///
    /// # Panics
    /// When the answer has another error, several errors, or data.
    pub fn fails(&self, category: &str, message: &str) {
        assert_eq!((self.error(), self.category()), (message, category));
        assert_eq!(self.body["errors"].as_array().map(Vec::len), Some(1));
        assert!(is_nothing(&self.body["data"]), "{:#}", self.body);
        assert_eq!(self.status, 200);
    }

    fn outcome(&self) -> &Value {
        let fields = self.data("").as_object().expect("an object");
        fields.values().next().expect("a field")
    }
}

/// Whether all values are null, down to the innermost: an error ends at the nearest field that may be null.
fn is_nothing(value: &Value) -> bool {
    value.is_null()
        || value
            .as_object()
            .is_some_and(|fields| fields.values().all(is_nothing))
}
