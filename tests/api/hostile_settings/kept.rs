//! Texts that an operation keeps: each is read back as it was sent, unless the operation refused it.

use countermand_tests::staff::CANCEL_ORDER;
use countermand_tests::{Answer, OrderJson};
use serde_json::{Value, json};

use super::watch::Growth;
use super::{Attacker, BUYER, kept_orders, walk};

const CREATE_CUSTOMER: &str = "mutation($input: CreateCustomerInput!) {
  createCustomer(input: $input) { user_errors { code field } }
}";
const SIGN_IN: &str = "mutation($email: String!, $password: String!) {
  generateCustomerToken(email: $email, password: $password) { token }
}";
const CREATE_WEBSITE: &str = "mutation($input: CreateWebsiteInput!) {
  createWebsite(input: $input) { user_errors { code field } }
}";
const CREATE_STORE: &str = "mutation($input: CreateStoreInput!) {
  createStore(input: $input) { user_errors { code field } }
}";
const SET: &str = "mutation($input: UpdateCancellationConfigInput!) {
  updateCancellationConfig(input: $input) {
    config {
      storefront_url { value } guest_order_path { value } merchant_notice_email { value }
      reasons { value { description translations { description } } }
    }
    user_errors { code field }
  }
}";
const RESET: &str = "mutation { resetCancellationConfig(input: { scope: DEFAULT, settings: [
  REASONS, STOREFRONT_URL, GUEST_ORDER_PATH, MERCHANT_NOTICE_EMAIL
] }) { user_errors { code } } }";
const SHIP: &str = "mutation($input: CreateShipmentInput!) {
  createShipment(input: $input) {
    order { order { shipments { tracking { carrier title number } } } } user_errors { code field }
  }
}";
const REQUEST: &str = "mutation($input: GuestOrderCancelInput!) {
  requestGuestOrderCancel(input: $input) { errorV2 { code } }
}";
const CONFIRM: &str = "mutation($input: ConfirmCancelOrderInput!) {
  confirmCancelOrder(input: $input) { errorV2 { code } }
}";

/// Keeps `text` wherever it can be kept; gives the rows that came by it, and what went wrong.
pub(super) async fn try_all(attacker: &Attacker<'_>, text: &str) -> (Growth, Vec<String>) {
    let mut trial = Trial {
        attacker,
        text,
        growth: Growth::default(),
        faults: Vec::new(),
    };
    let (taken, faults) = kept_orders::try_all(attacker, text).await;
    trial.growth.orders += taken;
    trial.faults.extend(faults);
    trial.accounts().await;
    trial.websites_and_stores().await;
    trial.settings().await;
    trial.reasons().await;
    trial.tracking().await;
    (trial.growth, trial.faults)
}

struct Trial<'a> {
    attacker: &'a Attacker<'a>,
    text: &'a str,
    growth: Growth,
    faults: Vec<String>,
}

impl Trial<'_> {
    /// The names, the password and the address of accounts.
    async fn accounts(&mut self) {
        let (at, text) = (self.attacker.at, self.text);
        let mine = format!("{at}@example.com");
        let odd = if text.contains('@') {
            format!("{at}{text}")
        } else {
            format!("{at}{text}@example.com")
        };
        let attempts = [
            (format!("names{mine}"), "Secret-123".to_owned(), text),
            (format!("password{mine}"), format!("Secret-1{text}"), "Anna"),
            (odd, "Secret-123".to_owned(), "Anna"),
        ];
        for (email, password, name) in attempts {
            let input = json!({
                "website_code": "base", "email": email, "password": password, "firstname": name, "lastname": name
            });
            if !self.is_done("createCustomer", CREATE_CUSTOMER, input).await {
                continue;
            }
            self.growth.customers += 1;
            let variables = json!({ "email": email, "password": password });
            let signed_in = self.attacker.ask(SIGN_IN, &variables).send().await;
            let token = signed_in.body.pointer("/data/generateCustomerToken/token");
            let Some(token) = token.and_then(Value::as_str) else {
                self.faults
                    .push(format!("{email} cannot sign in: {}", signed_in.body));
                continue;
            };
            let asked = self
                .attacker
                .ask("{ customer { email firstname lastname } }", &json!({}));
            let customer = asked.token(token).send().await;
            let shown = customer
                .body
                .pointer("/data/customer")
                .cloned()
                .unwrap_or_default();
            // Spaces around a name are no part of it.
            let is_same = shown["firstname"] == name.trim() && shown["lastname"] == name.trim();
            let shown_email = shown["email"].as_str().unwrap_or_default();
            if !is_same || shown_email.to_lowercase() != email.trim().to_lowercase() {
                self.faults
                    .push(format!("the account of {email} came back as {shown}"));
            }
        }
    }

    /// The names of websites, store views and groups.
    async fn websites_and_stores(&mut self) {
        let (at, text) = (self.attacker.at, self.text);
        let website = json!({ "code": format!("website{at}"), "name": text });
        if !self.is_done("createWebsite", CREATE_WEBSITE, website).await {
            return;
        }
        self.growth.websites += 1;
        let code = format!("store{at}");
        let store = json!({
            "code": code, "name": text, "website_code": format!("website{at}"), "group_code": format!("group{at}"),
            "group_name": text, "currency": "USD"
        });
        if !self.is_done("createStore", CREATE_STORE, store).await {
            return;
        }
        self.growth.stores += 1;
        let query = "{ storeConfig { store_name website_name store_group_name } }";
        let shown = self.attacker.ask(query, &json!({})).store(&code).send().await;
        let name = text.trim();
        let kept =
            json!({ "store_name": name, "website_name": name, "store_group_name": shown_group(&shown) });
        let is_same = shown.body.pointer("/data/storeConfig") == Some(&kept);
        if !is_same || shown_group(&shown).trim() != name {
            self.faults
                .push(format!("the store's names came back as {}", shown.body));
        }
    }

    /// Settings that are texts.
    async fn settings(&mut self) {
        for setting in ["storefront_url", "guest_order_path", "merchant_notice_email"] {
            let input = json!({ "scope": "DEFAULT", setting: self.text });
            let Some(config) = self.set(input).await else {
                continue;
            };
            if config[setting]["value"] != self.text {
                self.faults
                    .push(format!("{setting} came back as {}", config[setting]));
            }
        }
        self.reset().await;
    }

    /// A reason, its translation, and cancellations for it by a customer and by a guest.
    async fn reasons(&mut self) {
        let text = self.text;
        let translations = json!([{ "store_code": "default", "description": text }]);
        let reasons = json!([{ "code": "odd", "description": text, "translations": translations }]);
        if let Some(config) = self.set(json!({ "scope": "DEFAULT", "reasons": reasons })).await {
            let kept = json!([{ "description": text, "translations": [{ "description": text }] }]);
            if config["reasons"]["value"] != kept {
                self.faults
                    .push(format!("a reason came back as {}", config["reasons"]));
            }
            let offered = self.attacker.ask(
                "{ storeConfig { order_cancellation_reasons { description } } }",
                &json!({}),
            );
            let offered = offered.send().await;
            if offered.data("/storeConfig/order_cancellation_reasons/0/description") != text {
                self.faults.push(format!("a store offers {}", offered.body));
            }
            self.cancel_for_it().await;
            self.reset().await;
        }
    }

    async fn cancel_for_it(&mut self) {
        let (at, shop) = (self.attacker.at, self.attacker.shop);
        let line = |order: OrderJson| order.line("sku", 1000, 1, 1, 0).json();
        let orders = [
            line(OrderJson::new(&format!("{at}-mine")).by(BUYER)),
            line(OrderJson::new(&format!("{at}-guest")).by_guest("guest@example.com")),
        ];
        let ids = shop.import(&orders).await;
        self.growth.orders += 2;

        let variables = json!({ "id": ids[0], "reason": self.text });
        let asked = self.attacker.ask(CANCEL_ORDER, &variables);
        let canceled = asked.token(&self.attacker.customer).send().await;
        self.is_canceled(&ids[0], "cancelOrder", &canceled).await;

        let input = json!({ "token": shop.order_token(&ids[1]).await, "reason": self.text });
        let requested = self
            .attacker
            .ask(REQUEST, &json!({ "input": input }))
            .send()
            .await;
        if requested.body.pointer("/data/requestGuestOrderCancel/errorV2") != Some(&Value::Null) {
            self.faults
                .push(format!("requestGuestOrderCancel: {}", requested.body));
            return;
        }
        shop.run_jobs().await;
        let key = shop.mail().newest_key().expect("a key in the newest mail");
        let input = json!({ "order_id": ids[1], "confirmation_key": key });
        let confirmed = self
            .attacker
            .ask(CONFIRM, &json!({ "input": input }))
            .send()
            .await;
        self.is_canceled(&ids[1], "confirmCancelOrder", &confirmed).await;
        shop.run_jobs().await;
    }

    /// Checks that an order was canceled for the text, and that its history says so.
    async fn is_canceled(&mut self, id: &str, mutation: &str, answer: &Answer) {
        if answer.body.pointer(&format!("/data/{mutation}/errorV2")) != Some(&Value::Null) {
            self.faults.push(format!("{mutation}: {}", answer.body));
            return;
        }
        self.growth.cancellations += 1;
        let order = self.attacker.shop.order(id).await;
        let comments = order["comments"].as_array().into_iter().flatten();
        let written = escaped(self.text);
        if !comments.into_iter().any(|it| it["message"] == written) {
            self.faults.push(format!(
                "{mutation}: the reason came back as {}",
                order["comments"]
            ));
        }
    }

    /// What a shipment is tracked by.
    async fn tracking(&mut self) {
        let shop = self.attacker.shop;
        let order = OrderJson::new(&format!("{}-shipped", self.attacker.at)).line("sku", 1000, 1, 1, 0);
        let id = shop.import(&[order.json()]).await.remove(0);
        self.growth.orders += 1;
        let tracking = json!([{ "carrier": self.text, "title": self.text, "number": self.text }]);
        let input = json!({ "order_id": id, "tracking": tracking });
        let Some(payload) = self.done("createShipment", SHIP, input).await else {
            return;
        };
        let kept = payload.pointer("/order/order/shipments/0/tracking");
        let read = shop.order(&id).await;
        let read = read.pointer("/order/shipments/0/tracking");
        if kept != Some(&tracking) || read != Some(&tracking) {
            self.faults.push(format!("tracking came back as {read:?}"));
        }
    }

    async fn set(&mut self, input: Value) -> Option<Value> {
        let payload = self.done("updateCancellationConfig", SET, input).await?;
        Some(payload["config"].clone())
    }

    async fn reset(&mut self) {
        let asked = self.attacker.ask(RESET, &json!({}));
        let reset = asked.token(self.attacker.shop.owner()).send().await;
        assert_eq!(reset.data("/resetCancellationConfig/user_errors"), &json!([]));
    }

    async fn is_done(&mut self, mutation: &str, document: &str, input: Value) -> bool {
        self.done(mutation, document, input).await.is_some()
    }

    /// The payload of one of staff's mutations; none when it was refused, as it may be.
    async fn done(&mut self, mutation: &str, document: &str, input: Value) -> Option<Value> {
        let asked = self.attacker.ask(document, &json!({ "input": input }));
        let answer = asked.token(self.attacker.shop.owner()).send().await;
        self.faults.extend(walk::fault(mutation, &answer));
        let payload = answer.body.pointer(&format!("/data/{mutation}"))?;
        (payload["user_errors"] == json!([])).then(|| payload.clone())
    }
}

fn shown_group(answer: &Answer) -> &str {
    let group = answer.body.pointer("/data/storeConfig/store_group_name");
    group.and_then(Value::as_str).unwrap_or_default()
}

/// As a history holds what a person typed.
fn escaped(text: &str) -> String {
    let text = text
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;");
    text.replace('"', "&quot;").replace('\'', "&#039;")
}
