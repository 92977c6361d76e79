//! An item has the status that follows from its quantities.

use countermand_tests::on_every_database;
use serde_json::json;

use super::{shown, sold, units};

on_every_database!(
    an_item_is_shipped_when_all_units_that_were_not_refunded_are_shipped,
    |shop| async move {
        let Some(id) = sold(&shop, "g2-item-status-after-partial-refund").await else {
            return;
        };
        shop.worked("createInvoice", json!({ "order_id": id })).await;
        let five = units(&shop, &id, 5).await;
        for mutation in ["createCreditMemo", "createShipment"] {
            shop.worked(mutation, json!({ "order_id": id, "items": five }))
                .await;
        }
        assert_eq!(shown(&shop, &id).await["items"][0]["status"], "Shipped");
    }
);
