//! The rights to read and change orders and what is owed by them.

use countermand_domain::StaffRole::{Manager, Owner, Support, Viewer};

use super::{Limited, Row, Situation, row};

pub(super) const ROWS: &[Row] = &[
    row(
        "addOrderNote",
        Support,
        Limited::UnseenElsewhere,
        Situation::Unpaid,
        r#"mutation($order: ID!) { addOrderNote(input: { order_id: $order, text: "called" }) { order { version } user_errors { code } } }"#,
    ),
    row(
        "orders",
        Viewer,
        Limited::UnseenElsewhere,
        Situation::Unpaid,
        "{ orders { items { version } } }",
    ),
    row(
        "orders",
        Viewer,
        Limited::ForbiddenElsewhere,
        Situation::Unpaid,
        r#"{ orders(filter: { store_code: "default" }) { items { version } } }"#,
    ),
    row(
        "order",
        Viewer,
        Limited::UnseenElsewhere,
        Situation::Unpaid,
        "query($order: ID!) { order(id: $order) { version } }",
    ),
    row(
        "jobs",
        Viewer,
        Limited::UnseenElsewhere,
        Situation::Mailed,
        "{ jobs(state: WAITING) { items { id } } }",
    ),
    row(
        "obligations",
        Viewer,
        Limited::UnseenElsewhere,
        Situation::Owing,
        "{ obligations { items { id } } }",
    ),
    row(
        "obligations",
        Viewer,
        Limited::ForbiddenElsewhere,
        Situation::Owing,
        r#"{ obligations(filter: { store_code: "default" }) { items { id } } }"#,
    ),
    row(
        "needsAttention",
        Viewer,
        Limited::UnseenElsewhere,
        Situation::Owing,
        "{ needsAttention { items { id } } }",
    ),
    row(
        "importOrders",
        Manager,
        Limited::UnseenElsewhere,
        Situation::Unpaid,
        "mutation($orders: String!) { importOrders(input: { orders: $orders }) { imported refused { field } user_errors { code } } }",
    ),
    row(
        "createInvoice",
        Support,
        Limited::UnseenElsewhere,
        Situation::Unpaid,
        "mutation($order: ID!) { createInvoice(input: { order_id: $order }) { user_errors { code } } }",
    ),
    row(
        "payInvoice",
        Support,
        Limited::UnseenElsewhere,
        Situation::Billed,
        "mutation($order: ID!) { payInvoice(input: { order_id: $order }) { user_errors { code } } }",
    ),
    row(
        "cancelInvoice",
        Support,
        Limited::UnseenElsewhere,
        Situation::Billed,
        "mutation($order: ID!) { cancelInvoice(input: { order_id: $order }) { user_errors { code } } }",
    ),
    row(
        "createShipment",
        Support,
        Limited::UnseenElsewhere,
        Situation::Unpaid,
        "mutation($order: ID!) { createShipment(input: { order_id: $order }) { user_errors { code } } }",
    ),
    row(
        "requestOrderCancellation",
        Support,
        Limited::UnseenElsewhere,
        Situation::Unpaid,
        r#"mutation($order: ID!) { requestOrderCancellation(input: { order_id: $order, reason: "other" }) { user_errors { code } } }"#,
    ),
    row(
        "withdrawCancellationRequest",
        Support,
        Limited::UnseenElsewhere,
        Situation::Requested,
        "mutation($order: ID!) { withdrawCancellationRequest(input: { order_id: $order }) { user_errors { code } } }",
    ),
    row(
        "approveCancellationRequest",
        Support,
        Limited::UnseenElsewhere,
        Situation::Requested,
        "mutation($order: ID!) { approveCancellationRequest(input: { order_id: $order }) { user_errors { code } } }",
    ),
    row(
        "approveCancellationRequest",
        Owner,
        Limited::UnseenElsewhere,
        Situation::Requested,
        r#"mutation($order: ID!) {
          approveCancellationRequest(input: { order_id: $order, refund: { mode: NONE, note: "lost" } }) { user_errors { code } }
        }"#,
    ),
    row(
        "approveCancellationRequest",
        Manager,
        Limited::UnseenElsewhere,
        Situation::Requested,
        r"mutation($order: ID!) {
          approveCancellationRequest(input: { order_id: $order, refund: { mode: FEE, amount: 1 } }) { user_errors { code } }
        }",
    ),
    row(
        "declineCancellationRequest",
        Support,
        Limited::UnseenElsewhere,
        Situation::Requested,
        r#"mutation($order: ID!) { declineCancellationRequest(input: { order_id: $order, reason: "packed" }) { user_errors { code } } }"#,
    ),
    row(
        "cancellationRequests",
        Viewer,
        Limited::UnseenElsewhere,
        Situation::Requested,
        "{ cancellationRequests { items { request { number } } } }",
    ),
    row(
        "bulkCancelOrders",
        Support,
        Limited::OwnOnly,
        Situation::Paid,
        r#"mutation($order: ID!) {
          bulkCancelOrders(input: { order_ids: [$order], reason: "other", dry_run: true }) { forecast { total } user_errors { code } }
        }"#,
    ),
    row(
        "bulkCancellation",
        Viewer,
        Limited::UnseenElsewhere,
        Situation::Bulk,
        "query($job: ID!) { bulkCancellation(id: $job) { state orders { items { state } } } }",
    ),
    row(
        "bulkCancellations",
        Viewer,
        Limited::UnseenElsewhere,
        Situation::Bulk,
        "{ bulkCancellations { items { state } } }",
    ),
    row(
        "stopBulkCancellation",
        Support,
        Limited::UnseenElsewhere,
        Situation::Bulk,
        "mutation($job: ID!) { stopBulkCancellation(input: { id: $job }) { user_errors { code } } }",
    ),
    row(
        "resumeBulkCancellation",
        Support,
        Limited::UnseenElsewhere,
        Situation::Bulk,
        "mutation($job: ID!) { resumeBulkCancellation(input: { id: $job }) { user_errors { code } } }",
    ),
    row(
        "startFulfilment",
        Support,
        Limited::UnseenElsewhere,
        Situation::Unpaid,
        "mutation($order: ID!) { startFulfilment(input: { order_id: $order }) { user_errors { code } } }",
    ),
    row(
        "recordDelivery",
        Support,
        Limited::UnseenElsewhere,
        Situation::Digital,
        "mutation($order: ID!, $job: ID!) { recordDelivery(input: { order_id: $order, kind: DELIVERED, \
         items: [{ item_id: $job, quantity: 1 }] }) { user_errors { code } } }",
    ),
    row(
        "recordGiftCardUse",
        Support,
        Limited::UnseenElsewhere,
        Situation::GiftCard,
        "mutation($order: ID!, $job: ID!) { recordGiftCardUse(input: { order_id: $order, \
         items: [{ item_id: $job, quantity: 1 }] }) { user_errors { code } } }",
    ),
    row(
        "endSubscription",
        Support,
        Limited::UnseenElsewhere,
        Situation::Subscribed,
        "mutation($job: String!) { endSubscription(input: { subscription_id: $job }) { user_errors { code } } }",
    ),
    row(
        "resumeSubscription",
        Support,
        Limited::UnseenElsewhere,
        Situation::Ending,
        "mutation($job: String!) { resumeSubscription(input: { subscription_id: $job }) { user_errors { code } } }",
    ),
    row(
        "releaseFulfilment",
        Support,
        Limited::UnseenElsewhere,
        Situation::Picked,
        "mutation($order: ID!) { releaseFulfilment(input: { order_id: $order }) { user_errors { code } } }",
    ),
    row(
        "createCreditMemo",
        Manager,
        Limited::UnseenElsewhere,
        Situation::Paid,
        "mutation($order: ID!) { createCreditMemo(input: { order_id: $order }) { user_errors { code } } }",
    ),
    row(
        "holdOrder",
        Support,
        Limited::UnseenElsewhere,
        Situation::Unpaid,
        "mutation($order: ID!) { holdOrder(input: { order_id: $order }) { user_errors { code } } }",
    ),
    row(
        "unholdOrder",
        Support,
        Limited::UnseenElsewhere,
        Situation::OnHold,
        "mutation($order: ID!) { unholdOrder(input: { order_id: $order }) { user_errors { code } } }",
    ),
    row(
        "sendOrderConfirmation",
        Support,
        Limited::UnseenElsewhere,
        Situation::Unpaid,
        "mutation($order: ID!) { sendOrderConfirmation(input: { order_id: $order }) { user_errors { code } } }",
    ),
    row(
        "settleObligation",
        Manager,
        Limited::UnseenElsewhere,
        Situation::Owing,
        r#"mutation($job: ID!) { settleObligation(input: { id: $job, note: "by transfer" }) { user_errors { code } } }"#,
    ),
    row(
        "retryJob",
        Support,
        Limited::UnseenElsewhere,
        Situation::Mailed,
        "mutation($job: ID!) { retryJob(input: { id: $job }) { user_errors { code } } }",
    ),
    row(
        "cancelOrderAsAdmin",
        Support,
        Limited::UnseenElsewhere,
        Situation::Paid,
        r#"mutation($order: ID!) { cancelOrderAsAdmin(input: { order_id: $order, reason: "other" }) { user_errors { code } } }"#,
    ),
    row(
        "cancelOrderAsAdmin",
        Manager,
        Limited::UnseenElsewhere,
        Situation::Unpaid,
        r#"mutation($order: ID!) {
          cancelOrderAsAdmin(input: { order_id: $order, reason: "other", override_switch: true }) { user_errors { code } }
        }"#,
    ),
    row(
        "cancelOrderAsAdmin",
        Owner,
        Limited::UnseenElsewhere,
        Situation::Paid,
        r#"mutation($order: ID!) {
          cancelOrderAsAdmin(input: { order_id: $order, reason: "other", refund: { mode: NONE, note: "lost" } }) { user_errors { code } }
        }"#,
    ),
    row(
        "cancelOrderAsAdmin",
        Manager,
        Limited::UnseenElsewhere,
        Situation::Paid,
        r#"mutation($order: ID!) {
          cancelOrderAsAdmin(input: { order_id: $order, reason: "other", refund: { mode: FEE, amount: 1 } }) { user_errors { code } }
        }"#,
    ),
    row(
        "cancelOrdersAsAdmin",
        Support,
        Limited::OwnOnly,
        Situation::Paid,
        r#"mutation($order: ID!) {
          cancelOrdersAsAdmin(input: { order_ids: [$order], reason: "other" }) { results { canceled } user_errors { code } }
        }"#,
    ),
];
