//! What most tests do to a shop first: they switch cancellation on, create stores and import orders, all through the API.

use serde_json::{Value, json};

use crate::shop::TestShop;

impl TestShop {
    /// Switches cancellation on at the default scope, through the API.
    ///
    /// # Panics
    /// When the change is refused.
    pub async fn enable_cancellation(&self) {
        let set = "mutation { updateCancellationConfig(input: { scope: DEFAULT, enabled: true }) { user_errors { message } } }";
        let answer = self.ask(set).token(self.owner()).send().await;
        assert_eq!(answer.data("/updateCancellationConfig/user_errors"), &json!([]));
    }

    /// Switches cancellation on or off for one store view, through the API.
    ///
    /// # Panics
    /// When the change is refused.
    pub async fn switch(&self, store_code: &str, enabled: bool) {
        let set = "mutation($code: String!, $enabled: Boolean!) { updateCancellationConfig(input: { scope: STORE, code: $code, enabled: $enabled }) { user_errors { message } } }";
        let variables = json!({ "code": store_code, "enabled": enabled });
        let asked = self.ask(set).variables(variables).token(self.owner());
        let answer = asked.send().await;
        assert_eq!(answer.data("/updateCancellationConfig/user_errors"), &json!([]));
    }

    /// Creates a store view, through the API.
    ///
    /// # Panics
    /// When the store view is refused.
    pub async fn create_store(&self, code: &str, website: &str, group: &str) {
        let create = "mutation($input: CreateStoreInput!) { createStore(input: $input) { user_errors { field message } } }";
        let input = json!({ "code": code, "name": code, "website_code": website, "group_code": group, "group_name": group, "currency": "USD" });
        let answer = self
            .ask(create)
            .variables(json!({ "input": input }))
            .token(self.owner())
            .send()
            .await;
        assert_eq!(answer.data("/createStore/user_errors"), &json!([]));
    }

    /// Creates a website, through the API.
    ///
    /// # Panics
    /// When the website is refused.
    pub async fn create_website(&self, code: &str) {
        let create = "mutation($code: String!) { createWebsite(input: { code: $code, name: $code }) { user_errors { message } } }";
        let answer = self
            .ask(create)
            .variables(json!({ "code": code }))
            .token(self.owner())
            .send()
            .await;
        assert_eq!(answer.data("/createWebsite/user_errors"), &json!([]));
    }

    /// Imports orders, through the API, and gives their ids in the same order.
    ///
    /// # Panics
    /// When an order is refused.
    pub async fn import(&self, orders: &[Value]) -> Vec<String> {
        let import = "mutation($orders: String!) { importOrders(input: { orders: $orders }) { imported updated refused { number field value message } user_errors { message } } }";
        let text = Value::from(orders.to_vec()).to_string();
        let answer = self
            .ask(import)
            .variables(json!({ "orders": text }))
            .token(self.owner())
            .send()
            .await;
        assert_eq!(
            answer.data("/importOrders/refused"),
            &json!([]),
            "{:#}",
            answer.body
        );
        let mut ids = Vec::new();
        for order in orders {
            let number = order["increment_id"].as_str().expect("a number");
            let store = order["store_id"].as_i64().expect("a store");
            let store = i32::try_from(store).expect("a store number");
            ids.push(self.order_id(number, store).await);
        }
        ids
    }
}
