//! Customers of a test's shop: their accounts and their sessions.

use chrono::TimeDelta;
use countermand_app::accounts::access_token::hash_token;
use countermand_persistence::{Database, NewToken, TokenOwner};
use serde_json::json;
use uuid::Uuid;

use crate::shop::{TestShop, start_of_time};

impl TestShop {
    /// Creates an account on a website and signs in, through the API. An account that an import made only signs in.
    ///
    /// # Panics
    /// When the account or the sign-in is refused.
    pub async fn customer_on(&self, website: &str, store: &str, email: &str) -> String {
        if let Some(token) = session_of_imported(self.database(), website, email).await {
            return token;
        }
        let create = "mutation($input: CreateCustomerInput!) { createCustomer(input: $input) { user_errors { field message } } }";
        let input = json!({ "website_code": website, "email": email, "password": "Secret-123", "firstname": "Anna", "lastname": "Larsen" });
        let answer = self
            .ask(create)
            .variables(json!({ "input": input }))
            .token(self.owner())
            .send()
            .await;
        assert_eq!(answer.data("/createCustomer/user_errors"), &json!([]));
        self.sign_in(store, email, "Secret-123").await
    }

    /// Creates an account on the first website and signs in. An account that an import made only signs in.
    pub async fn customer(&self, email: &str) -> String {
        self.customer_on("base", "default", email).await
    }

    /// Signs in, through the API.
    ///
    /// # Panics
    /// When the sign-in is refused.
    pub async fn sign_in(&self, store: &str, email: &str, password: &str) -> String {
        let sign_in = "mutation($email: String!, $password: String!) { generateCustomerToken(email: $email, password: $password) { token } }";
        let variables = json!({ "email": email, "password": password });
        let answer = self.ask(sign_in).variables(variables).store(store).send().await;
        answer
            .data("/generateCustomerToken/token")
            .as_str()
            .expect("a token")
            .to_owned()
    }
}

/// A session of an account that an import made, without a password and without a mail; none if there is no such
/// account.
///
/// # Panics
/// When the database fails.
#[expect(
    clippy::disallowed_methods,
    reason = "each session has a token of its own, which no answer shows"
)]
pub async fn session_of_imported(database: &Database, website: &str, email: &str) -> Option<String> {
    let shop = database.shop().await.expect("a shop");
    let website = shop.website_by_code(website)?.number;
    let email = email.to_ascii_lowercase();
    let account = database.customer_account(website, &email);
    let account = account.await.expect("a readable account")?;
    if account.password_hash.is_some() {
        return None;
    }
    let token = format!("cmc_{}_{}", account.customer.id.number(), Uuid::now_v7().simple());
    let session = NewToken {
        hash: hash_token(&token),
        owner: TokenOwner::Customer(account.customer),
        created_at: start_of_time(),
        expires_at: start_of_time() + TimeDelta::days(36_500),
    };
    database.insert_token(&session, None).await.expect("a session");
    Some(token)
}
