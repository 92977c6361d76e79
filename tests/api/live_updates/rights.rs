//! Who may follow an order, and how long.

use std::time::{Duration, Instant};

use chrono::TimeDelta;
use countermand_app::Staff;
use countermand_domain::StaffRole;
use countermand_tests::socket::Socket;
use countermand_tests::{OrderJson, TestShop, on_every_database, on_sqlite};
use serde_json::{Value, json};

use super::many_orders::ALL_UPDATED;
use super::refunds::REFUND_UPDATED;
use super::{ORDER_UPDATED, hold, order_of_anna, told, version};

const BEN: &str = "ben@example.com";

/// The time in which a subscription ends whose token is no longer valid: ten seconds, with room for a busy machine. Without
/// the check it would never end.
const NEXT_CHECK: Duration = Duration::from_secs(60);

/// The code of the error with which a subscription of the caller with this token is refused.
async fn refused(shop: &TestShop, variables: Value, token: Option<&str>) -> String {
    shop.events(ORDER_UPDATED, variables, token)
        .await
        .ends_with()
        .await
}

/// The token of an order of a guest, and the order's id.
async fn order_of_guest(shop: &TestShop) -> (String, String) {
    let order = OrderJson::new("000000009").by_guest("guest@example.com");
    let id = shop
        .import(&[order.line("A", 750, 2, 0, 0).json()])
        .await
        .remove(0);
    (shop.order_token(&id).await, id)
}

on_every_database!(a_guest_follows_an_order_by_its_token, |shop| async move {
    let (token, id) = order_of_guest(&shop).await;
    let mut events = shop.events(ORDER_UPDATED, json!({ "token": token }), None).await;
    assert_eq!(version(&events.update().await.data), 1);
    hold(&shop, &id, true).await;
    let update = events.update().await;
    assert_eq!(told(&update.data), ("order.held".into(), 2, "holded".into()));
});

on_every_database!(an_order_of_another_person_is_not_told, |shop| async move {
    let (id, anna) = order_of_anna(&shop).await;
    let ben = shop.customer(BEN).await;
    let (guests_token, guests_id) = order_of_guest(&shop).await;
    let by_id = json!({ "id": id });
    assert_eq!(refused(&shop, by_id.clone(), Some(&ben)).await, "ORDER_NOT_FOUND");
    assert_eq!(
        refused(&shop, json!({ "id": guests_id }), Some(&ben)).await,
        "ORDER_NOT_FOUND"
    );
    assert_eq!(
        refused(&shop, json!({ "id": "MTIz" }), Some(&anna)).await,
        "ORDER_NOT_FOUND"
    );
    assert_eq!(
        refused(&shop, json!({ "id": "?" }), Some(&anna)).await,
        "ORDER_NOT_FOUND"
    );
    assert_eq!(refused(&shop, by_id, None).await, "FORBIDDEN");
    let mut forged = guests_token.clone();
    forged.replace_range(..1, if forged.starts_with('A') { "B" } else { "A" });
    assert_eq!(
        refused(&shop, json!({ "token": forged }), None).await,
        "ORDER_NOT_FOUND"
    );
    let of_account = json!({ "token": shop.order_token(&id).await });
    assert_eq!(refused(&shop, of_account, None).await, "FORBIDDEN");
    let both = json!({ "id": id, "token": guests_token });
    assert_eq!(refused(&shop, both, Some(&anna)).await, "BAD_PARAMETER");
    assert_eq!(refused(&shop, json!({}), None).await, "BAD_PARAMETER");
});

on_sqlite!(
    staff_follows_orders_of_its_store_views_by_its_role,
    |shop| async move {
        let (id, _) = order_of_anna(&shop).await;
        shop.create_store("other", "base", "other").await;
        let variables = json!({ "id": id });
        for role in [StaffRole::Viewer, StaffRole::Warehouse, StaffRole::Support] {
            let token = shop.staff(role, Some(1)).await;
            let mut events = shop.events(ORDER_UPDATED, variables.clone(), Some(&token)).await;
            assert_eq!(version(&events.update().await.data), 1, "{role:?}");
        }
        let elsewhere = shop.staff(StaffRole::Owner, Some(2)).await;
        assert_eq!(
            refused(&shop, variables, Some(&elsewhere)).await,
            "ORDER_NOT_FOUND"
        );
    }
);

on_every_database!(
    a_token_that_expires_ends_its_subscriptions_before_the_next_update,
    |shop| async move {
        let (id, anna) = order_of_anna(&shop).await;
        let variables = json!({ "id": id });
        let mut events = shop.events(ORDER_UPDATED, variables.clone(), Some(&anna)).await;
        let mut socket = Socket::of(shop.address(), Some(&anna)).await;
        socket.subscribe("1", ORDER_UPDATED, variables).await;
        assert_eq!(version(&events.update().await.data), 1);
        assert_eq!(version(&socket.message().await["payload"]), 1);
        shop.wait(TimeDelta::hours(2));
        hold(&shop, &id, true).await;
        assert_eq!(events.ends_with().await, "UNAUTHENTICATED");
        assert_eq!(socket.closed().await, 4403);
    }
);

on_sqlite!(
    a_token_that_expires_ends_every_subscription_to_which_nothing_happens,
    |shop| async move {
        let (id, anna) = order_of_anna(&shop).await;
        let lifetime = TimeDelta::hours(1);
        let staff = shop
            .app()
            .create_staff_token(Staff::new("short", StaffRole::Viewer), lifetime);
        let staff = staff.await.expect("a token");
        // The import is too old to be told to those who follow all orders.
        shop.wait(TimeDelta::minutes(5));
        let of_one = json!({ "id": id });
        let mut streams = Vec::new();
        for (query, variables, token) in [
            (REFUND_UPDATED, of_one.clone(), &anna),
            (REFUND_UPDATED, of_one.clone(), &staff),
            (ALL_UPDATED, json!({}), &anna),
            (ALL_UPDATED, json!({}), &staff),
        ] {
            let mut events = shop.events(query, variables, Some(token)).await;
            events.id_alone().await;
            streams.push(events);
        }
        let mut sockets = Vec::new();
        for token in [&anna, &staff] {
            let mut socket = Socket::of(shop.address(), Some(token)).await;
            socket.subscribe("1", ORDER_UPDATED, of_one.clone()).await;
            assert_eq!(version(&socket.message().await["payload"]), 1);
            sockets.push(socket);
        }
        let mut without_operation = Socket::of(shop.address(), Some(&anna)).await;

        shop.wait(TimeDelta::hours(2));
        let begun = Instant::now();
        for mut socket in sockets {
            assert_eq!(socket.closed().await, 4403);
        }
        for mut events in streams {
            assert_eq!(events.ends_with().await, "UNAUTHENTICATED");
        }
        assert!(begun.elapsed() < NEXT_CHECK);
        without_operation.subscribe("1", ORDER_UPDATED, of_one).await;
        assert_eq!(without_operation.closed().await, 4403);
    }
);

on_sqlite!(
    a_token_that_is_revoked_ends_a_subscription_to_which_nothing_happens,
    |shop| async move {
        let (id, anna) = order_of_anna(&shop).await;
        let mut events = shop.events(ORDER_UPDATED, json!({ "id": id }), Some(&anna)).await;
        assert_eq!(version(&events.update().await.data), 1);
        let sign_out = "mutation { revokeCustomerToken { result } }";
        let answer = shop.ask(sign_out).token(&anna).send().await;
        assert_eq!(answer.data("/revokeCustomerToken/result"), &json!(true));
        let begun = Instant::now();
        assert_eq!(events.ends_with().await, "UNAUTHENTICATED");
        assert!(begun.elapsed() < NEXT_CHECK);
    }
);

on_sqlite!(a_token_that_is_not_valid_opens_nothing, |shop| async move {
    let (id, _) = order_of_anna(&shop).await;
    let mut socket = Socket::open(shop.address()).await;
    let payload = json!({ "Authorization": "Bearer nonsense" });
    socket
        .send(&json!({ "type": "connection_init", "payload": payload }))
        .await;
    assert_eq!(socket.closed().await, 4403);
    let mut socket = Socket::open(shop.address()).await;
    socket
        .send(&json!({ "type": "connection_init", "payload": { "Store": "nowhere" } }))
        .await;
    assert_eq!(socket.closed().await, 4403);
    let variables = json!({ "id": id });
    assert_eq!(
        refused(&shop, variables, Some("nonsense")).await,
        "UNAUTHENTICATED"
    );
});

on_sqlite!(the_order_of_an_erased_buyer_is_told_no_more, |shop| async move {
    let (token, _) = order_of_guest(&shop).await;
    let mut events = shop.events(ORDER_UPDATED, json!({ "token": token }), None).await;
    assert_eq!(version(&events.update().await.data), 1);
    let input = json!({ "website_code": "base", "email": "guest@example.com", "include_guest_orders": true });
    let done = shop.owner_does("eraseCustomer", input, "erased_orders").await;
    assert_eq!(done["user_errors"], json!([]));
    assert_eq!(events.ends_with().await, "ORDER_NOT_FOUND");
    shop.leave_jobs();
});
