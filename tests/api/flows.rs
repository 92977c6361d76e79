//! The pages of `docs/flows`: their commands are carried out in turn, and print what the pages print.

use std::ffi::OsStr;

use countermand_tests::channel_server::ChannelServer;
use countermand_tests::example_server::ExampleServer;
use countermand_tests::node::node_with;
use countermand_tests::process::ServerProcess;
use serde_json::json;

use crate::browser::printed;
use crate::program::PROGRAM;

/// Follows a page with a new demo, up to a heading if there is one.
async fn follow(page: &str, heading: Option<&str>) {
    let demo = ServerProcess::demo(PROGRAM, &[]).await;
    follow_with(demo, page, heading, &[]).await;
}

/// Follows a page with this demo, up to a heading if there is one. `servers` are the addresses of the other servers of
/// the page, by their names in `flows.mjs`.
async fn follow_with(mut demo: ServerProcess, page: &str, heading: Option<&str>, servers: &[(&str, &str)]) {
    let mails = printed(&mut demo, "Mails go to ").await;
    let anna = printed(&mut demo, "Anna's token ").await;
    let owner = printed(&mut demo, "an owner's token ").await;
    let mut arguments = vec![page, &demo.address, &mails, &anna, &owner];
    arguments.extend(heading);
    let servers: Vec<_> = servers
        .iter()
        .map(|(name, address)| (*name, OsStr::new(*address)))
        .collect();
    node_with("flows.mjs", &arguments, &servers).await;
    demo.kill().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_customer_and_a_guest_cancel_as_described() {
    follow("adobe.md", None).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_recall_is_stopped_and_goes_on_as_described() {
    // What follows needs the release build.
    follow("bulk.md", Some("The same on the command line")).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_shopper_cancels_items_as_described() {
    follow("amazon-shopper.md", None).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_entrances_request_as_described() {
    // What follows waits for an hour.
    follow("buy-with-prime.md", Some("After an hour")).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_subscription_ends_as_described() {
    follow("subscription.md", None).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_warehouse_packs_as_described() {
    follow("warehouse.md", None).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_seller_cancels_at_a_channel_as_described() {
    let Some(channel) = ChannelServer::start(&["--token", "secret"]).await else {
        return;
    };
    let folder = tempfile::tempdir().expect("a folder");
    let token = folder.path().join("token");
    std::fs::write(&token, "secret").expect("a file");
    let http = json!({ "address": channel.address, "token": { "file": token } });
    let channels = json!({ "channels": [{ "name": "our-market", "read_every_minutes": 1, "http": http }] });
    let file = folder.path().join("channels.json");
    std::fs::write(&file, channels.to_string()).expect("a file");
    let file = file.to_str().expect("a path");
    let demo = ServerProcess::demo(PROGRAM, &["--channels", file]).await;
    let servers = [("CHANNEL", channel.address.as_str())];
    follow_with(demo, "amazon-seller.md", None, &servers).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn money_goes_back_at_stripe_and_at_a_service_of_your_own_as_described() {
    let demo = ServerProcess::demo(PROGRAM, &[]).await;
    let webhooks = format!("{}/webhooks/stripe/try", demo.address);
    let arguments = [
        "--key",
        "sk_test_secret",
        "--webhook-url",
        &webhooks,
        "--webhook-secret",
        "whsec_a-secret-to-try-it-with",
    ];
    let Some(stripe) = ExampleServer::start("stripe-server", &arguments).await else {
        return;
    };
    let Some(own) = ExampleServer::start("payment-server", &["--key", "secret"]).await else {
        return;
    };
    let servers = [
        ("STRIPE", stripe.address.as_str()),
        ("PAYMENTS", own.address.as_str()),
    ];
    follow_with(demo, "payments.md", None, &servers).await;
}
