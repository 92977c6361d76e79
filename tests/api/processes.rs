//! The program as processes: several with one database, processes that are stopped, and processes that are killed
//! during their work.

mod clean_stop;
mod dead_services;
mod killed_at_random;
mod killed_import;
mod killed_server;
mod untrusted_proxy;
mod workers;

use countermand_tests::process::{ServerProcess, run};
use countermand_tests::staff::CANCEL_ORDER;
use countermand_tests::{Answer, Ask, OrderJson, TestShop, on_every_database};
use serde_json::json;
use tokio::task::JoinSet;

use crate::program::PROGRAM;

const BUYER: &str = "anna@example.com";
/// For a server that gets more requests than one address may send.
const UNLIMITED: [&str; 4] = [
    "--rate-limit-per-minute",
    "0",
    "--rate-limit-mutations-per-minute",
    "0",
];

on_every_database!(
    one_of_32_cancellations_at_two_processes_succeeds,
    |shop| async move {
        prepare(&shop).await;
        let order = OrderJson::new("1").by(BUYER).line("A", 1000, 3, 3, 0);
        let id = shop.import(&[order.json()]).await.remove(0);
        let servers = [
            ServerProcess::start(PROGRAM, shop.database_url(), &[]).await,
            ServerProcess::start(PROGRAM, shop.database_url(), &[]).await,
        ];
        let token = sign_in(&servers[0]).await;
        let mut running: JoinSet<Answer> = (0..32)
            .map(|number: usize| cancel(servers[number % 2].ask(CANCEL_ORDER), &token, &id).send())
            .collect();
        let mut winners = 0;
        while let Some(answer) = running.join_next().await {
            let answer = answer.expect("an answer");
            let refusal = answer.data("/cancelOrder/errorV2");
            if refusal.is_null() {
                winners += 1;
            } else {
                assert_eq!(refusal["code"], "INVALID_ORDER_STATUS");
            }
        }
        assert_eq!(winners, 1);
        let order = shop.order(&id).await;
        assert_eq!(order["order"]["credit_memos"].as_array().map(Vec::len), Some(1));
        assert_eq!(
            [&order["state"], &order["version"]],
            [&json!("closed"), &json!(2)]
        );
        assert_doctor_finds_nothing(&shop);
        for server in servers {
            server.kill().await;
        }
    }
);

/// Switches cancellation on and creates the account of [`sign_in`].
async fn prepare(shop: &TestShop) {
    shop.enable_cancellation().await;
    shop.customer(BUYER).await;
    shop.leave_jobs();
}

async fn sign_in(server: &ServerProcess) -> String {
    let query = "mutation($email: String!) { generateCustomerToken(email: $email, password: \"Secret-123\") { token } }";
    let answer = server
        .ask(query)
        .variables(json!({ "email": BUYER }))
        .send()
        .await;
    let token = answer.data("/generateCustomerToken/token").as_str();
    token.expect("a token").to_owned()
}

fn cancel(ask: Ask, token: &str, id: &str) -> Ask {
    ask.variables(json!({ "id": id, "reason": "Other" })).token(token)
}

fn assert_doctor_finds_nothing(shop: &TestShop) {
    let doctor = run(PROGRAM, &["doctor", "--database-url", shop.database_url()]);
    assert_eq!(doctor.code, 0, "{}{}", doctor.out, doctor.err);
    assert!(!doctor.out.contains("BROKEN"), "{}", doctor.out);
}
