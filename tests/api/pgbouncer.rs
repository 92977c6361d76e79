//! Everything works through a pooler in transaction mode, where each transaction may run on another connection.
//!
//! The test starts pgbouncer itself, when `COUNTERMAND_PGBOUNCER` is 1.

use std::path::Path;

use countermand_tests::mail_folder::MailFolder;
use countermand_tests::process::{Run, ServerProcess, run, run_with_input};
use countermand_tests::staff::CANCEL_ORDER;
use countermand_tests::time_limit::until;
use countermand_tests::{Ask, DatabaseKind, OrderJson, OwnServers};
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::program::PROGRAM;

const BUYER: &str = "anna@example.com";
/// Clients that cancel at the same time; more than the pooler has connections.
const CLIENTS: usize = 16;
/// Orders for each client.
const ORDERS: usize = 5;

/// The program over one database through the pooler.
struct Shop {
    /// What every command is told of the database.
    database: Vec<String>,
    servers: Vec<ServerProcess>,
    owner: String,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_shop_works_through_a_pooler_in_transaction_mode() {
    let Some(server) = DatabaseKind::Postgres.server() else {
        return;
    };
    let Some(pooler) = OwnServers::start("COUNTERMAND_PGBOUNCER", "pgbouncer.sh", &[&server]) else {
        return;
    };
    let scratch = DatabaseKind::Postgres.scratch().await.expect("it is tested");
    let mails = tempfile::tempdir().expect("a folder");
    let shop = Shop::open(&scratch.through(&pooler.urls()[0]), mails.path()).await;

    let customer = shop.customer().await;
    let imported = shop.import();
    assert_eq!(imported.code, 0, "{imported:?}");
    let ids = shop.ids().await;
    assert_eq!(ids.len(), CLIENTS * ORDERS + 1);
    let (guests, mine) = ids.split_last().expect("orders");
    let canceled = shop.cancel_at_once(&customer, mine).await;
    assert_eq!(canceled, mine.len(), "each order is canceled once");
    shop.cancel_as_guest(guests, mails.path()).await;

    let doctor = shop.command(&["doctor"]);
    assert_eq!(doctor.code, 0, "{doctor:?}");
    assert!(!doctor.out.contains("BROKEN"), "{doctor:?}");
    for server in shop.servers {
        server.kill().await;
    }
    scratch.remove().await;
}

impl Shop {
    /// Migrates, makes an owner, imports orders and starts two servers, all through the pooler.
    async fn open(url: &str, mails: &Path) -> Self {
        let database = ["--database-url", url, "--database-pooler", "transaction"];
        let mut shop = Self {
            database: database.map(str::to_owned).to_vec(),
            servers: Vec::new(),
            owner: String::new(),
        };
        for _ in 0..2 {
            let migrated = shop.command(&["migrate"]);
            assert_eq!(migrated.code, 0, "{migrated:?}");
        }
        let made = shop.command(&["token", "create", "--role", "owner", "--name", "boss"]);
        assert_eq!(made.code, 0, "{made:?}");
        made.out.trim().clone_into(&mut shop.owner);
        let mails = mails.display().to_string();
        for _ in 0..2 {
            let pooler = ["--database-pooler", "transaction", "--mail-dir", &mails];
            let unlimited = [
                "--rate-limit-per-minute",
                "0",
                "--rate-limit-mutations-per-minute",
                "0",
            ];
            let server = ServerProcess::start(PROGRAM, url, &[&pooler[..], &unlimited].concat()).await;
            shop.servers.push(server);
        }
        let switch = "mutation { updateCancellationConfig(input: { scope: DEFAULT, enabled: true }) { user_errors { code } } }";
        let switched = shop.ask(0, switch).token(&shop.owner).send().await;
        assert_eq!(switched.data("/updateCancellationConfig/user_errors"), &json!([]));
        shop
    }

    fn command(&self, arguments: &[&str]) -> Run {
        let database: Vec<&str> = self.database.iter().map(String::as_str).collect();
        run(PROGRAM, &[arguments, &database].concat())
    }

    /// Paid orders of the buyer, and the last one of a guest.
    fn import(&self) -> Run {
        let order = |number: usize| {
            let order = OrderJson::new(&format!("{number:09}")).line("A", 1000, 2, 2, 0);
            if number == CLIENTS * ORDERS {
                order.by_guest("guest@example.com").json()
            } else {
                order.by(BUYER).json()
            }
        };
        let orders: Vec<Value> = (0..=CLIENTS * ORDERS).map(order).collect();
        let database: Vec<&str> = self.database.iter().map(String::as_str).collect();
        let arguments = [&["import", "-"], &database[..]].concat();
        run_with_input(PROGRAM, &arguments, Value::from(orders).to_string().as_bytes())
    }

    fn ask(&self, server: usize, query: &str) -> Ask {
        self.servers[server % self.servers.len()].ask(query)
    }

    /// Makes the buyer's account and signs in.
    async fn customer(&self) -> String {
        let create = "mutation($input: CreateCustomerInput!) { createCustomer(input: $input) { user_errors { field message } } }";
        let input = json!({
            "website_code": "base", "email": BUYER, "password": "Secret-123", "firstname": "Anna", "lastname": "Larsen"
        });
        let asked = self.ask(0, create).variables(json!({ "input": input }));
        let created = asked.token(&self.owner).send().await;
        assert_eq!(created.data("/createCustomer/user_errors"), &json!([]));
        let sign_in = "mutation($email: String!) { generateCustomerToken(email: $email, password: \"Secret-123\") { token } }";
        let asked = self.ask(1, sign_in).variables(json!({ "email": BUYER }));
        let signed_in = asked.send().await;
        let token = signed_in.data("/generateCustomerToken/token").as_str();
        token.expect("a token").to_owned()
    }

    /// The ids of all orders, by their numbers.
    async fn ids(&self) -> Vec<String> {
        let query = "{ orders(first: 100) { items { order { id number } } } }";
        let answer = self.ask(1, query).token(&self.owner).send().await;
        let orders = answer.data("/orders/items").as_array().expect("a list");
        let text = |order: &Value, field: &str| order["order"][field].as_str().expect("a text").to_owned();
        let mut ids: Vec<_> = orders
            .iter()
            .map(|order| (text(order, "number"), text(order, "id")))
            .collect();
        ids.sort();
        ids.into_iter().map(|(_, id)| id).collect()
    }

    /// Each client cancels its own orders and, at the same time, those of the next client; gives the successes.
    async fn cancel_at_once(&self, customer: &str, ids: &[String]) -> usize {
        let mut clients = JoinSet::new();
        for client in 0..CLIENTS {
            let ask = self.ask(client, CANCEL_ORDER).token(customer);
            let (own, next) = (client * ORDERS, (client + 1) % CLIENTS * ORDERS);
            let wanted = [&ids[own..own + ORDERS], &ids[next..next + ORDERS]].concat();
            clients.spawn(async move {
                let mut canceled = 0;
                for id in wanted {
                    let ask = ask.clone().variables(json!({ "id": id, "reason": "Other" }));
                    let answer = ask.send().await;
                    let refusal = answer.data("/cancelOrder/errorV2");
                    if refusal.is_null() {
                        canceled += 1;
                    } else {
                        assert_eq!(refusal["code"], "INVALID_ORDER_STATUS", "{:#}", answer.body);
                    }
                }
                canceled
            });
        }
        clients.join_all().await.into_iter().sum()
    }

    async fn cancel_as_guest(&self, id: &str, mails: &Path) {
        let number = format!("{:09}", CLIENTS * ORDERS);
        let find = "query($number: String!) {
          guestOrder(input: { number: $number, email: \"guest@example.com\", lastname: \"Larsen\" }) { token }
        }";
        let asked = self.ask(0, find).variables(json!({ "number": number }));
        let found = asked.send().await;
        let request = "mutation($token: String!) {
          requestGuestOrderCancel(input: { token: $token, reason: \"Other\" }) { errorV2 { code } }
        }";
        let token = found.data("/guestOrder/token");
        let asked = self.ask(1, request).variables(json!({ "token": token }));
        assert!(
            asked
                .send()
                .await
                .data("/requestGuestOrderCancel/errorV2")
                .is_null()
        );
        let key = mailed_key(mails).await;
        let confirm = "mutation($id: ID!, $key: String!) {
          confirmCancelOrder(input: { order_id: $id, confirmation_key: $key }) { errorV2 { code } }
        }";
        let asked = self.ask(0, confirm).variables(json!({ "id": id, "key": key }));
        assert!(asked.send().await.data("/confirmCancelOrder/errorV2").is_null());
    }
}

/// The key in the mail to the guest, which a server's worker sends after those to the buyer.
async fn mailed_key(mails: &Path) -> String {
    let mut key = None;
    until("a mail with a key comes", async || {
        key = MailFolder::new(mails).newest_key();
        key.is_some()
    })
    .await;
    key.expect("a key")
}
