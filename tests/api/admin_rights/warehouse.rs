//! What the warehouse may not do with the operations that it has.

use countermand_domain::StaffRole;
use countermand_tests::on_every_database;
use serde_json::{Value, json};

use super::rows::Situation;

on_every_database!(
    the_warehouse_ships_no_order_against_a_requested_cancellation,
    |shop| async move {
        shop.enable_cancellation().await;
        let ids = shop.import(&[Situation::Requested.order("1")]).await;
        let asked = json!({ "order_id": ids[0], "reason": "other" });
        shop.owner_does("requestOrderCancellation", asked, "").await;
        let warehouse = shop.staff(StaffRole::Warehouse, None).await;
        let ship = async |input: Value| {
            let asked = shop.staff_asks("createShipment", &input, "order { state }");
            asked.token(&warehouse).send().await
        };
        let held = ship(json!({ "order_id": ids[0] })).await;
        assert_eq!(
            held.data("/createShipment/user_errors/0/code"),
            "CANCELLATION_REQUESTED"
        );
        let overriding = json!({ "order_id": ids[0], "override_cancellation_request": true });
        let forbidden = ship(overriding.clone()).await;
        forbidden.fails("graphql-authorization", "The current user isn't authorized.");
        // The token of an order speaks for its buyer, who could withdraw the request.
        let query = "query($id: ID!) { order(id: $id) { order { number token } } }";
        let read = shop
            .ask(query)
            .variables(json!({ "id": ids[0] }))
            .token(&warehouse);
        let expected = json!({ "number": "1", "token": "" });
        assert_eq!(read.send().await.data("/order/order"), &expected);
        shop.worked("createShipment", overriding).await;
        shop.leave_jobs();
    }
);
