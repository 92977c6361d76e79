//! The rights to read and change the shop: its structure, settings, reasons, people, audit log and reports.

use countermand_domain::StaffRole::{Manager, Owner, Viewer};

use super::{Limited, Row, Situation, row};

pub(super) const ROWS: &[Row] = &[
    row(
        "cancellationConfig",
        Viewer,
        Limited::ForbiddenElsewhere,
        Situation::Unpaid,
        r#"{ cancellationConfig(scope: STORE, code: "default") { scope } }"#,
    ),
    row(
        "cancellationConfig",
        Viewer,
        Limited::Forbidden,
        Situation::Unpaid,
        "{ cancellationConfig(scope: DEFAULT) { scope } }",
    ),
    row(
        "cancellationReasonMappings",
        Viewer,
        Limited::Forbidden,
        Situation::Unpaid,
        "{ cancellationReasonMappings { channel } }",
    ),
    row(
        "channelReasonCode",
        Viewer,
        Limited::Forbidden,
        Situation::Unpaid,
        r#"{ channelReasonCode(reason_code: "other", place: { channel: "bol" }) { channel_code } }"#,
    ),
    row(
        "reasonOfChannelCode",
        Viewer,
        Limited::Forbidden,
        Situation::Unpaid,
        r#"{ reasonOfChannelCode(channel_code: "OTHER", place: { channel: "bol" }) }"#,
    ),
    row(
        "setCancellationReasonMapping",
        Manager,
        Limited::Forbidden,
        Situation::Unpaid,
        r#"mutation($name: String!) {
          setCancellationReasonMapping(
            input: { reason_code: "other", place: { channel: "bol" }, channel_code: $name }
          ) { user_errors { code } }
        }"#,
    ),
    row(
        "resetCancellationReasonMapping",
        Manager,
        Limited::Forbidden,
        Situation::Unpaid,
        r#"mutation {
          resetCancellationReasonMapping(
            input: { reason_code: "other", place: { channel: "bol" } }
          ) { user_errors { code } }
        }"#,
    ),
    row(
        "cancellationReport",
        Viewer,
        Limited::ForbiddenElsewhere,
        Situation::Unpaid,
        r#"{ cancellationReport(from: "2026-01-01", to: "2026-01-31", store_code: "default") { canceled_orders } }"#,
    ),
    row(
        "simulateCancellationPolicy",
        Manager,
        Limited::Forbidden,
        Situation::Unpaid,
        r#"{ simulateCancellationPolicy(draft: { scope: DEFAULT, values: [], from: "2026-01-01 00:00:00", until: "2026-02-01 00:00:00" }) { orders } }"#,
    ),
    row(
        "auditLog",
        Manager,
        Limited::Forbidden,
        Situation::Unpaid,
        "{ auditLog { items { id } } }",
    ),
    row(
        "createWebsite",
        Owner,
        Limited::Forbidden,
        Situation::Unpaid,
        "mutation($name: String!) { createWebsite(input: { code: $name, name: $name }) { user_errors { code } } }",
    ),
    row(
        "createStore",
        Owner,
        Limited::Forbidden,
        Situation::Unpaid,
        r#"mutation($name: String!) {
          createStore(input: { code: $name, name: $name, website_code: "base", currency: EUR }) { user_errors { code } }
        }"#,
    ),
    row(
        "updateCancellationConfig",
        Manager,
        Limited::ForbiddenElsewhere,
        Situation::Unpaid,
        r#"mutation {
          updateCancellationConfig(input: { scope: STORE, code: "default", reorder_allowed: true }) { user_errors { code } }
        }"#,
    ),
    row(
        "updateCancellationConfig",
        Manager,
        Limited::Forbidden,
        Situation::Unpaid,
        "mutation { updateCancellationConfig(input: { scope: DEFAULT, guest_key_lifetime_hours: 48 }) { user_errors { code } } }",
    ),
    row(
        "resetCancellationConfig",
        Manager,
        Limited::ForbiddenElsewhere,
        Situation::Unpaid,
        r#"mutation {
          resetCancellationConfig(input: { scope: STORE, code: "default", settings: [REORDER_ALLOWED] }) { user_errors { code } }
        }"#,
    ),
    row(
        "settings",
        Viewer,
        Limited::ForbiddenElsewhere,
        Situation::Unpaid,
        r#"{ settings(scope: STORE, code: "default") { key } }"#,
    ),
    row(
        "settings",
        Viewer,
        Limited::Forbidden,
        Situation::Unpaid,
        "{ settings(scope: DEFAULT) { key } }",
    ),
    row(
        "updateSettings",
        Manager,
        Limited::ForbiddenElsewhere,
        Situation::Unpaid,
        r#"mutation {
          updateSettings(input: { scope: STORE, code: "default", values: [{ key: "sales/reorder/allow", value: "true" }] }) {
            user_errors { code }
          }
        }"#,
    ),
    row(
        "updateSettings",
        Manager,
        Limited::Forbidden,
        Situation::Unpaid,
        r#"mutation {
          updateSettings(input: { scope: WEBSITE, code: "base", values: [{ key: "sales/reorder/allow", value: null }] }) {
            user_errors { code }
          }
        }"#,
    ),
    row(
        "createCustomer",
        Manager,
        Limited::Forbidden,
        Situation::Unpaid,
        r#"mutation($email: String!) {
          createCustomer(input: { website_code: "base", email: $email, password: "Secret-123", firstname: "A", lastname: "B" }) {
            user_errors { code }
          }
        }"#,
    ),
    row(
        "exportCustomer",
        Manager,
        Limited::Forbidden,
        Situation::Unpaid,
        r#"mutation { exportCustomer(input: { website_code: "base", email: "guest@example.com", include_guest_orders: true }) { document user_errors { code } } }"#,
    ),
    row(
        "eraseCustomer",
        Owner,
        Limited::Forbidden,
        Situation::Unpaid,
        r#"mutation { eraseCustomer(input: { website_code: "base", email: "guest@example.com", include_guest_orders: true }) { is_complete user_errors { code } } }"#,
    ),
    row(
        "websites",
        Viewer,
        Limited::OwnOnly,
        Situation::Unpaid,
        "{ websites { code stores { code } } }",
    ),
    row(
        "statusLabels",
        Viewer,
        Limited::OwnOnly,
        Situation::Unpaid,
        "{ statusLabels { status label } }",
    ),
    row(
        "setStatusLabel",
        Manager,
        Limited::ForbiddenElsewhere,
        Situation::Unpaid,
        r#"mutation($name: String!) {
          setStatusLabel(input: { status: "packing", store_code: "default", label: $name }) { user_errors { code } }
        }"#,
    ),
    row(
        "setStatusLabel",
        Manager,
        Limited::Forbidden,
        Situation::Unpaid,
        r#"mutation($name: String!) { setStatusLabel(input: { status: "packing", label: $name }) { user_errors { code } } }"#,
    ),
    row(
        "updateWebsite",
        Owner,
        Limited::Forbidden,
        Situation::Unpaid,
        r#"mutation($name: String!) { updateWebsite(input: { code: "base", name: $name }) { user_errors { code } } }"#,
    ),
    row(
        "updateStore",
        Owner,
        Limited::ForbiddenElsewhere,
        Situation::Unpaid,
        r#"mutation($name: String!) { updateStore(input: { code: "default", name: $name }) { user_errors { code } } }"#,
    ),
    row(
        "updateStore",
        Owner,
        Limited::Forbidden,
        Situation::Unpaid,
        r#"mutation($name: String!) {
          updateStore(input: { code: "default", group_name: $name }) { user_errors { code } }
        }"#,
    ),
    row(
        "updateStore",
        Owner,
        Limited::Forbidden,
        Situation::Unpaid,
        r#"mutation {
          updateStore(input: { code: "default", storefront_url: "https://shop.example/" }) { user_errors { code } }
        }"#,
    ),
    row(
        "disableStore",
        Owner,
        Limited::Forbidden,
        Situation::Unpaid,
        r#"mutation { disableStore(input: { code: "elsewhere" }) { user_errors { code } } }"#,
    ),
    row(
        "enableStore",
        Owner,
        Limited::Forbidden,
        Situation::Unpaid,
        r#"mutation { enableStore(input: { code: "elsewhere" }) { user_errors { code } } }"#,
    ),
    row(
        "addCancellationReason",
        Manager,
        Limited::ForbiddenElsewhere,
        Situation::Unpaid,
        r#"mutation($name: String!) {
          addCancellationReason(
            input: { scope: STORE, code: "default", reason: { code: $name, description: $name } }
          ) { user_errors { code } }
        }"#,
    ),
    row(
        "updateCancellationReason",
        Manager,
        Limited::ForbiddenElsewhere,
        Situation::Unpaid,
        r#"mutation($name: String!) {
          updateCancellationReason(
            input: { scope: STORE, code: "default", reason_code: "too_slow", description: $name }
          ) { user_errors { code } }
        }"#,
    ),
    row(
        "moveCancellationReason",
        Manager,
        Limited::ForbiddenElsewhere,
        Situation::Unpaid,
        r#"mutation {
          moveCancellationReason(
            input: { scope: STORE, code: "default", reason_code: "other", before: "too_slow" }
          ) { user_errors { code } }
        }"#,
    ),
    row(
        "removeCancellationReason",
        Manager,
        Limited::ForbiddenElsewhere,
        Situation::Unpaid,
        r#"mutation($name: String!) {
          added: addCancellationReason(
            input: { scope: STORE, code: "default", reason: { code: $name, description: $name } }
          ) { user_errors { code } }
          removeCancellationReason(input: { scope: STORE, code: "default", reason_code: $name }) { user_errors { code } }
        }"#,
    ),
    row(
        "addCancellationReason",
        Manager,
        Limited::Forbidden,
        Situation::Unpaid,
        r"mutation($name: String!) {
          addCancellationReason(input: { scope: DEFAULT, reason: { code: $name, description: $name } }) { user_errors { code } }
        }",
    ),
];
