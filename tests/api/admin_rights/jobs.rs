//! What the operations of staff are about that are not an order itself: jobs, refunds and what else the order has.

use countermand_domain::StaffRole;
use countermand_domain::channel::{
    ChannelItem, ChannelOrder, ChannelOrderNumber, ChannelRecord, ChannelRequest, ChannelStatus, FulfilledBy,
};
use countermand_domain::money::Quantity;
use countermand_persistence::ChannelChange;
use countermand_tests::TestShop;
use countermand_tests::database::execute;
use serde_json::{Value, json};

use super::rows::{Row, Situation};

/// The job or the refund that the row's operation is about; null where it is about none.
pub(crate) async fn job(shop: &TestShop, row: &Row, order: &str) -> Value {
    match row.situation {
        Situation::Mailed | Situation::Unmailed => {}
        Situation::Picked => {
            shop.worked("startFulfilment", json!({ "order_id": order })).await;
            return Value::Null;
        }
        Situation::Bulk => return bulk_job(shop, order).await,
        Situation::AtChannel => return order_at_channel(shop, order).await,
        Situation::Digital | Situation::GiftCard => {
            return shop.order(order).await["order"]["items"][0]["id"].clone();
        }
        Situation::Subscribed | Situation::Ending => return subscription(shop, row, order).await,
        Situation::Owing => return owed_refund(shop, order).await,
        Situation::Told => return endpoint(shop).await,
        Situation::Requested => {
            let asked = json!({ "order_id": order, "reason": "other" });
            shop.owner_does("requestOrderCancellation", asked, "").await;
            return Value::Null;
        }
        Situation::Unpaid | Situation::Paid | Situation::Billed | Situation::OnHold => return Value::Null,
    }
    let sent = json!({ "order_id": order });
    shop.owner_does("sendOrderConfirmation", sent, "").await;
    let newest = shop.jobs("WAITING").await.remove(0);
    assert_eq!(newest["order_id"], order);
    let id = newest["id"].clone();
    if matches!(row.situation, Situation::Unmailed) {
        // As after the last attempt.
        let id = id.as_str().expect("an id");
        let given_up = format!("UPDATE obligations SET state = 'needs_attention' WHERE id = '{id}'");
        execute(shop.database_url(), &given_up).await;
    }
    id
}

/// The id of an endpoint of webhooks, which is made where there is none.
async fn endpoint(shop: &TestShop) -> Value {
    let kept = shop.database().webhook_endpoints().await.expect("endpoints");
    if let Some(endpoint) = kept.first() {
        return json!(endpoint.id);
    }
    let input = json!({ "address": "https://hooks.example", "event_kinds": ["order.note_added"] });
    let made = shop
        .owner_does("createWebhookEndpoint", input, "webhook_endpoint { id }")
        .await;
    made["webhook_endpoint"]["id"].clone()
}

/// The id of the subscription of the order, which ends with the paid period where the row asks for it.
async fn subscription(shop: &TestShop, row: &Row, order: &str) -> Value {
    let query = "query($id: ID!) { order(id: $id) { order { subscriptions { subscription_id } } } }";
    let asked = shop.ask(query).variables(json!({ "id": order }));
    let answer = asked.token(shop.owner()).send().await;
    let id = answer
        .data("/order/order/subscriptions/0/subscription_id")
        .clone();
    if matches!(row.situation, Situation::Ending) {
        let input = json!({ "subscription_id": id });
        shop.owner_does("endSubscription", input, "").await;
    }
    id
}

/// The id of a job that cancels the order.
async fn bulk_job(shop: &TestShop, order: &str) -> Value {
    let token = shop.staff(StaffRole::Owner, Some(1)).await;
    let input = json!({ "order_ids": [order], "reason": "other", "idempotency_key": order });
    let asked = shop.staff_asks("bulkCancelOrders", &input, "bulk_cancellation { id }");
    let answer = asked.token(&token).send().await;
    answer.data("/bulkCancelOrders/bulk_cancellation/id").clone()
}

/// The number of a new order of the channel whose buyer asked to cancel it.
async fn order_at_channel(shop: &TestShop, order: &str) -> Value {
    let number = ChannelOrderNumber::parse(order).expect("a number");
    let item = ChannelItem {
        id: "1".into(),
        sku: None,
        name: "Lamp".into(),
        quantity: Quantity::whole(1),
        shipped: Quantity::ZERO,
        request: Some(ChannelRequest {
            id: None,
            reason: None,
        }),
        canceled: None,
    };
    let shown = ChannelOrder {
        number,
        market: None,
        status: ChannelStatus::Unshipped,
        fulfilled_by: FulfilledBy::Merchant,
        placed_at: shop.now(),
        updated_at: shop.now(),
        total: None,
        items: vec![item],
    };
    let change = ChannelChange {
        after: ChannelRecord::first("amazon", shown, shop.now()),
        at: shop.now(),
        owed: Vec::new(),
        settles: Vec::new(),
    };
    let written = shop.database().change_channel_orders(&[change]).await;
    written.expect("a new order of the channel");
    json!(order)
}

/// The id of the refund that is owed once the order is canceled.
async fn owed_refund(shop: &TestShop, order: &str) -> Value {
    shop.worked(
        "cancelOrderAsAdmin",
        json!({ "order_id": order, "reason": "Other" }),
    )
    .await;
    let query = "query($id: ID!) { order(id: $id) { reversals { id } } }";
    let asked = shop.ask(query).variables(json!({ "id": order }));
    let answer = asked.token(shop.owner()).send().await;
    answer.data("/order/reversals/0/id").clone()
}
