//! What an operator relies on: health checks, metrics, log lines, private files, and a program that says when its
//! database is gone.

mod files;
mod log_lines;
mod lost_database;
mod measured;
mod worker_pages;

use countermand_tests::Ask;
use countermand_tests::process::ServerProcess;
use serde_json::json;

/// Signs a customer in, with a password that may be wrong. The token, if it is right.
async fn sign_in(server: &ServerProcess, email: &str, password: &str) -> Option<String> {
    let query = "mutation($email: String!, $password: String!) \
                 { generateCustomerToken(email: $email, password: $password) { token } }";
    let variables = json!({ "email": email, "password": password });
    let answer = server.ask(query).variables(variables).send().await;
    let token = answer.body.pointer("/data/generateCustomerToken/token")?;
    token.as_str().map(str::to_owned)
}

fn cancel(ask: Ask, token: &str, id: &str, reason: &str) -> Ask {
    ask.variables(json!({ "id": id, "reason": reason })).token(token)
}
