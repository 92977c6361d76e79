//! The rights to read and change orders and what is owed by them.

use countermand_domain::StaffRole::{Manager, Support, Viewer};

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
];
