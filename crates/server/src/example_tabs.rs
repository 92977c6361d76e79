//! The example tabs with which GraphiQL opens.

use countermand_demo::{GUEST_EMAIL, GUEST_LASTNAME, GUEST_NUMBER, PAID_NUMBER};
use serde_json::{Value, json};

use crate::graphiql::ExampleTab;

/// The tokens of a running demo.
#[derive(Debug, Clone)]
pub(crate) struct DemoTokens {
    /// The token of Anna, a customer.
    pub(crate) customer: String,
    /// The token of a member of staff with the role `owner`.
    pub(crate) staff: String,
    /// The id of an order of Anna that can be canceled.
    pub(crate) order_id: String,
}

const STORE_CONFIG: &str = "# Shows whether customers may cancel in this store view, and for which reasons.
query StoreConfig {
  storeConfig {
    store_name
    order_cancellation_enabled
    order_cancellation_reasons { code description }
  }
}";

const MY_ORDERS: &str =
    "# Lists a customer's orders with the actions that each allows. The token is in the headers below.
query MyOrders {
  customer {
    firstname
    orders(sort: { sort_field: CREATED_AT, sort_direction: DESC }) {
      total_count
      items {
        id
        number
        status
        available_actions
        total { grand_total { value currency } }
        cancellation_terms { action refusal { code message } refund_total { value } }
      }
    }
  }
}";

const CANCEL: &str =
    "# Cancels an order. A paid order is refunded and becomes Closed; an unpaid order becomes Canceled.
mutation Cancel($id: ID!) {
  cancelOrder(input: { order_id: $id, reason: \"Other\" }) {
    errorV2 { code message }
    order {
      number
      status
      available_actions
      comments { message timestamp }
      credit_memos { number total { grand_total { value currency } } }
    }
  }
}";

const WATCH: &str =
    "# Watches the order of the tab before. A change of tabs ends it: run it in another window, then cancel the order.
subscription WatchOrder($id: ID!) {
  orderUpdated(order_id: $id) {
    cursor
    event { type time order_version }
    order { number status refunds { state amount { value currency } } }
  }
}";

const WATCH_REFUND: &str =
    "# Watches the money that the order gives back, until it is there. Run it in another window, too. The token belongs
# to staff: a buyer sees each state but no provider_state.
subscription WatchRefund($id: ID!) {
  refundUpdated(order_id: $id) {
    cursor
    refund { kind state provider_state amount { value currency } }
    order { number status }
  }
}";

const GUEST: &str =
    "# Finds an order of a guest. With its token, requestGuestOrderCancel sends a confirmation mail.
query GuestOrder($number: String!, $email: String!, $lastname: String!) {
  guestOrder(input: { number: $number, email: $email, lastname: $lastname }) {
    id
    token
    status
    available_actions
  }
}";

const CONFIG: &str =
    "# Shows the cancellation settings and the scope at which each is set. The token belongs to staff.
query Config {
  cancellationConfig(scope: STORE, code: \"default\") {
    enabled { value source { scope code built_in } }
    reasons { value { code description } source { scope code built_in } }
  }
}";

const SWITCH_OFF: &str =
    "# Switches cancellation off in one store view. From then on the button is gone and cancelOrder refuses.
mutation SwitchOff {
  updateCancellationConfig(input: { scope: STORE, code: \"default\", enabled: false }) {
    config { enabled { value source { scope code } } }
    user_errors { code field message }
  }
}";

/// The example tabs, with the tokens of the demo if one is running.
#[must_use]
pub(crate) fn example_tabs(tokens: Option<&DemoTokens>) -> Vec<ExampleTab> {
    let store = ("Store".to_owned(), "default".to_owned());
    let with = |token: Option<&String>| {
        let token = token.map_or("paste-a-token-here", String::as_str);
        vec![
            store.clone(),
            ("Authorization".to_owned(), format!("Bearer {token}")),
        ]
    };
    let customer = with(tokens.map(|it| &it.customer));
    let staff = with(tokens.map(|it| &it.staff));
    let order = tokens.map_or(PAID_NUMBER, |it| &it.order_id);
    let guest = json!({ "number": GUEST_NUMBER, "email": GUEST_EMAIL, "lastname": GUEST_LASTNAME });
    let tab = |query: &str, variables: Value, headers: Vec<(String, String)>| ExampleTab {
        query: query.to_owned(),
        variables,
        headers,
    };
    vec![
        tab(STORE_CONFIG, json!({}), vec![store.clone()]),
        tab(MY_ORDERS, json!({}), customer.clone()),
        tab(CANCEL, json!({ "id": order }), customer.clone()),
        tab(WATCH, json!({ "id": order }), customer),
        tab(WATCH_REFUND, json!({ "id": order }), staff.clone()),
        tab(GUEST, guest, vec![store.clone()]),
        tab(CONFIG, json!({}), staff.clone()),
        tab(SWITCH_OFF, json!({}), staff),
    ]
}
