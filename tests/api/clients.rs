//! Existing storefronts, as they are: their operations, sent in their way, answered so that they go on working.

mod alokai;
mod dropins_account;
mod dropins_auth;
mod dropins_order;
mod graphcommerce;
mod habits;
mod pwa_studio;
mod sold;

use countermand_tests::node::node;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn their_documents_are_valid() {
    node("documents.mjs", &[]).await;
}
