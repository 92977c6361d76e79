//! The rights to endpoints of other systems, which hear of the orders of all store views.

use countermand_domain::StaffRole::{Manager, Owner};

use super::{Limited, Row, Situation, row};

pub(super) const ROWS: &[Row] = &[
    row(
        "webhookEndpoints",
        Manager,
        Limited::Forbidden,
        Situation::Unpaid,
        "{ webhookEndpoints { id } }",
    ),
    row(
        "webhookDeliveries",
        Manager,
        Limited::Forbidden,
        Situation::Told,
        "query($job: ID!) { webhookDeliveries(endpoint: $job) { has_next_page } }",
    ),
    row(
        "createWebhookEndpoint",
        Owner,
        Limited::Forbidden,
        Situation::Unpaid,
        r#"mutation { createWebhookEndpoint(input: { address: "https://hooks.example", event_kinds: ["order.note_added"] }) { user_errors { code } } }"#,
    ),
    row(
        "changeWebhookEndpoint",
        Owner,
        Limited::Forbidden,
        Situation::Told,
        "mutation($job: ID!) { changeWebhookEndpoint(input: { id: $job, is_paused: true }) { user_errors { code } } }",
    ),
    row(
        "rotateWebhookSecret",
        Owner,
        Limited::Forbidden,
        Situation::Told,
        "mutation($job: ID!) { rotateWebhookSecret(input: { id: $job }) { user_errors { code } } }",
    ),
    row(
        "deleteWebhookEndpoint",
        Owner,
        Limited::Forbidden,
        Situation::Told,
        "mutation($job: ID!) { deleteWebhookEndpoint(input: { id: $job }) { user_errors { code } } }",
    ),
    row(
        "sendTestEvent",
        Manager,
        Limited::Forbidden,
        Situation::Told,
        "mutation($job: ID!) { sendTestEvent(input: { endpoint_id: $job }) { user_errors { code } } }",
    ),
    row(
        "replayWebhooks",
        Manager,
        Limited::Forbidden,
        Situation::Told,
        "mutation($job: ID!, $order: ID!) { replayWebhooks(input: { endpoint_id: $job, order_id: $order }) { user_errors { code } } }",
    ),
];
