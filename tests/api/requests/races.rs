//! Decisions about the same request at the same time, on two servers: one wins, and the other is told.

use super::*;

on_every_database!(
    of_an_approval_and_a_shipment_one_wins_and_the_other_is_told,
    |shop| async move {
        shop.enable_cancellation().await;
        let replica = shop.replica().await;
        for round in 0..12 {
            let id = shop
                .import(&[order(&format!("1{round:03}")).json()])
                .await
                .remove(0);
            let asked = request_of(&shop, &id, &Value::Null)
                .token(shop.owner())
                .send()
                .await;
            done(&asked, "requestOrderCancellation");
            let approve = asks(&shop, "approveCancellationRequest", &json!({ "order_id": id }));
            let ship = json!({ "order_id": id, "override_cancellation_request": true });
            let ship = replica.staff_asks("createShipment", &ship, "");
            let (approve, ship) = tokio::join!(
                approve.token(shop.owner()).send(),
                ship.token(shop.owner()).send()
            );
            let approved = approve.data("/approveCancellationRequest/user_errors") == &json!([]);
            let shipped = ship.data("/createShipment/user_errors") == &json!([]);
            assert_ne!(approved, shipped, "round {round}");
            let after = shop.order(&id).await;
            assert_eq!(after["version"], 3, "round {round}");
            if approved {
                assert_eq!(after["state"], "canceled");
                assert_eq!(code(&ship, "createShipment"), "INVALID_ORDER_STATUS");
            } else {
                assert_eq!(code(&approve, "approveCancellationRequest"), "TOO_LATE");
            }
        }
        shop.leave_jobs();
    }
);

on_every_database!(
    of_a_withdrawal_and_an_approval_one_wins_and_the_other_is_told,
    |shop| async move {
        let (anna, _) = sell(&shop).await;
        let replica = shop.replica().await;
        for round in 0..12 {
            let id = shop
                .import(&[order(&format!("1{round:03}")).json()])
                .await
                .remove(0);
            done(
                &request_of(&shop, &id, &Value::Null).token(&anna).send().await,
                "requestOrderCancellation",
            );
            let approve = asks(&shop, "approveCancellationRequest", &json!({ "order_id": id }));
            let withdraw = asks(
                &replica,
                "withdrawCancellationRequest",
                &json!({ "order_id": id }),
            );
            let (approve, withdraw) =
                tokio::join!(approve.token(shop.owner()).send(), withdraw.token(&anna).send());
            let approved = approve.data("/approveCancellationRequest/user_errors") == &json!([]);
            let withdrawn = withdraw.data("/withdrawCancellationRequest/user_errors") == &json!([]);
            assert_ne!(approved, withdrawn, "round {round}");
            let loser = if approved {
                code(&withdraw, "withdrawCancellationRequest")
            } else {
                code(&approve, "approveCancellationRequest")
            };
            assert_eq!(loser, "NO_OPEN_REQUEST", "round {round}");
            let state = if approved { "canceled" } else { "new" };
            assert_eq!(shop.order(&id).await["state"], state, "round {round}");
        }
        shop.leave_jobs();
    }
);
