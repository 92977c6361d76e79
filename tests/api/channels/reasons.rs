//! The reason of a channel's cancellation in the history of the imported order.

use countermand_tests::amazon_simulator::SimulatedOrder;
use countermand_tests::on_every_database;
use serde_json::json;

use super::imported::order_of;
use super::staff::Account;

on_every_database!(
    the_channels_reason_is_told_in_the_shops_words_or_as_the_channel_wrote_it,
    |shop| async move {
        let account = Account::open(&shop).await;
        let shop = account.shop.clone();
        for (number, by, reason, told) in [
            (
                "303-7000000-0000001",
                "AMAZON",
                "NoInventory",
                "The item(s) are out of stock",
            ),
            // A word of the other way to cancel at Amazon.
            (
                "303-7000000-0000002",
                "AMAZON",
                "PRICING_ERROR",
                "The price was wrong",
            ),
            (
                "303-7000000-0000003",
                "BUYER",
                "Found <b>cheaper</b> somewhere.",
                "Found &lt;b&gt;cheaper&lt;/b&gt; somewhere.",
            ),
            (
                "303-7000000-0000004",
                "MERCHANT",
                "SOMETHING_NEW",
                "SOMETHING_NEW",
            ),
        ] {
            account.amazon.place(SimulatedOrder::unshipped(number));
            account.wait(301).await;
            let id = shop.import(&[order_of(number, number)]).await.remove(0);
            account.amazon.cancel_as(number, by, reason);
            account.wait(301).await;
            shop.run_jobs().await;
            let query = "query($id: ID!) { order(id: $id) { state order { comments { message } } } }";
            let asked = shop.ask(query).variables(json!({ "id": id })).token(shop.owner());
            let order = asked.send().await.data("/order").clone();
            assert_eq!(order["state"], "complete");
            let line = format!(
                "The order was canceled at the sales channel amazon (order {number}). Reason: {told}"
            );
            assert_eq!(
                order["order"]["comments"],
                json!([{ "message": line }]),
                "{reason}"
            );
        }
    }
);
