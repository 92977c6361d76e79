//! The table of rights: the role that each operation needs, and what a token for one store view may do.

use countermand_domain::StaffRole::{self, Manager, Owner, Support, Viewer};
use countermand_tests::OrderJson;
use serde_json::Value;

/// An operation of staff with one call of it. Its variables are `$order`, an order in the situation; `$name` and
/// `$email`, which are not used before; `$orders`, the JSON of a new order; `$job`, a job or an owed refund about
/// the order, or null.
pub(super) struct Row {
    pub(super) field: &'static str,
    pub(super) needs: StaffRole,
    pub(super) limited: Limited,
    pub(super) situation: Situation,
    pub(super) document: &'static str,
}

/// What a token for one store view may do.
#[derive(Clone, Copy)]
pub(super) enum Limited {
    /// The operation is forbidden for every store view, because it would affect others.
    Forbidden,
    /// The operation is allowed for the token's own store view and forbidden for others.
    ForbiddenElsewhere,
    /// The operation is allowed for the token's own store view; orders of others are not found.
    UnseenElsewhere,
    /// The operation is allowed, and shows the token's own store view only.
    OwnOnly,
}

/// The order that the call needs.
#[derive(Clone, Copy)]
pub(super) enum Situation {
    Unpaid,
    Paid,
    OnHold,
    /// The order has an open invoice.
    Billed,
    /// The order is canceled, and its refund waits with the id `$job`.
    Owing,
    /// The buyer has a mail that waits, with the job `$job`.
    Mailed,
}

impl Situation {
    pub(super) fn order(self, number: &str) -> Value {
        let order = OrderJson::new(number);
        match self {
            Self::Unpaid | Self::Mailed => order.line("A", 1000, 1, 0, 0),
            Self::Billed => order
                .line("A", 1000, 1, 1, 0)
                .with("total_paid", serde_json::json!(0)),
            Self::Paid | Self::Owing => order.line("A", 1000, 1, 1, 0),
            Self::OnHold => order.line("A", 1000, 1, 0, 0).in_state("holded", "holded"),
        }
        .json()
    }
}

/// The operations that every caller may use.
pub(super) const STOREFRONT: &[&str] = &[
    "attributesForm",
    "attributesList",
    "availableStores",
    "cancelOrder",
    "cancellationReasons",
    "confirmCancelOrder",
    "confirmEmail",
    "countries",
    "country",
    "currency",
    "customer",
    "customerOrders",
    "generateCustomerToken",
    "guestOrder",
    "guestOrderByToken",
    "isEmailAvailable",
    "recaptchaV3Config",
    "requestGuestOrderCancel",
    "requestPasswordResetEmail",
    "resendConfirmationEmail",
    "resetPassword",
    "revokeCustomerToken",
    "storeConfig",
];

const fn row(
    field: &'static str,
    needs: StaffRole,
    limited: Limited,
    situation: Situation,
    document: &'static str,
) -> Row {
    Row {
        field,
        needs,
        limited,
        situation,
        document,
    }
}

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
        "addOrderNote",
        Support,
        Limited::UnseenElsewhere,
        Situation::Unpaid,
        r#"mutation($order: ID!) { addOrderNote(input: { order_id: $order, text: "called" }) { order { version } user_errors { code } } }"#,
    ),
    row(
        "cancellationReport",
        Viewer,
        Limited::ForbiddenElsewhere,
        Situation::Unpaid,
        r#"{ cancellationReport(from: "2026-01-01", to: "2026-01-31", store_code: "default") { canceled_orders } }"#,
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
        "importOrders",
        Manager,
        Limited::UnseenElsewhere,
        Situation::Unpaid,
        "mutation($orders: String!) { importOrders(input: { orders: $orders }) { imported refused { field } user_errors { code } } }",
    ),
    row(
        "createCustomer",
        Manager,
        Limited::ForbiddenElsewhere,
        Situation::Unpaid,
        r#"mutation($email: String!) {
          createCustomer(input: { website_code: "base", email: $email, password: "Secret-123", firstname: "A", lastname: "B" }) {
            user_errors { code }
          }
        }"#,
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
