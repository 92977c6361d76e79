//! Suites that use the tools of other projects, run by Node.js.

use countermand_tests::adyen_server::{self, AdyenServer};
use countermand_tests::node::node;
use countermand_tests::payment_server::{self, PaymentServer};
use countermand_tests::process::ServerProcess;
use countermand_tests::stripe_server::{KEY, StripeServer};

use crate::program::PROGRAM;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn graphql_over_http_follows_the_specification() {
    let folder = tempfile::tempdir().expect("a folder");
    let database = format!("sqlite:{}", folder.path().join("shop.db").display());
    let server = ServerProcess::start(PROGRAM, &database, &[]).await;
    node("audits.mjs", &[&server.address]).await;
    server.kill().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_example_of_stripe_speaks_with_stripe_s_official_client() {
    let Some(stripe) = StripeServer::start().await else {
        return;
    };
    node("stripe.mjs", &[&stripe.address, KEY]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_example_of_adyen_speaks_with_adyen_s_official_library() {
    let Some(adyen) = AdyenServer::start().await else {
        return;
    };
    let arguments = [
        adyen.address.as_str(),
        adyen_server::KEY,
        adyen_server::MERCHANT_ACCOUNT,
    ];
    node("adyen.mjs", &arguments).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_example_of_the_payment_protocol_signs_as_standard_webhooks_says() {
    let Some(provider) = PaymentServer::start().await else {
        return;
    };
    node("payment_server.mjs", &[&provider.address, payment_server::KEY]).await;
}
