//! The known storefronts: each sends its own operations in its own way, and the answers must keep it working.

mod alokai;
mod dropins_account;
mod dropins_auth;
mod dropins_order;
mod dropins_requests;
mod graphcommerce;
mod habits;
mod pwa_studio;
mod sold;

use countermand_tests::node::node;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_documents_of_all_storefronts_are_valid() {
    node("documents.mjs", &[]).await;
}
