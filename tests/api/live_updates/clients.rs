//! The official clients of both transports follow an order.

use countermand_tests::node::node;
use countermand_tests::on_sqlite;
use serde_json::json;

use super::order_of_anna;

on_sqlite!(the_official_clients_follow_an_order, |shop| async move {
    let (id, anna) = order_of_anna(&shop).await;
    let facts = json!({ "address": shop.address(), "order": id, "customer": anna, "owner": shop.owner() })
        .to_string();
    node("live_updates.mjs", &[&facts]).await;
});
