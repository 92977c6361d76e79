//! The rights to payment providers, which belong to no store view, and to what they are to pay back.

use countermand_domain::StaffRole::{Manager, Owner, Support};

use super::{Limited, Row, Situation, row};

pub(super) const ROWS: &[Row] = &[
    row(
        "paymentProviders",
        Manager,
        Limited::Forbidden,
        Situation::Unpaid,
        "{ paymentProviders { name } }",
    ),
    row(
        "connectPaymentProvider",
        Owner,
        Limited::Forbidden,
        Situation::Unpaid,
        r#"mutation($name: String!) { connectPaymentProvider(input: { name: $name, adapter: HTTP, address: "https://pay.example", secret: "key" }) { user_errors { code } } }"#,
    ),
    row(
        "changePaymentProvider",
        Owner,
        Limited::Forbidden,
        Situation::Unpaid,
        r#"mutation($name: String!) {
          connectPaymentProvider(input: { name: $name, adapter: HTTP, address: "https://pay.example", secret: "key" }) { user_errors { code } }
          changePaymentProvider(input: { name: $name, is_paused: true }) { user_errors { code } }
        }"#,
    ),
    row(
        "abandonObligation",
        Manager,
        Limited::UnseenElsewhere,
        Situation::Unmailed,
        r#"mutation($job: ID!) { abandonObligation(input: { id: $job, note: "lost" }) { user_errors { code } } }"#,
    ),
    row(
        "abandonObligation",
        Owner,
        Limited::UnseenElsewhere,
        Situation::Owing,
        r#"mutation($job: ID!) { abandonObligation(input: { id: $job, note: "lost" }) { user_errors { code } } }"#,
    ),
    row(
        "retryObligation",
        Support,
        Limited::UnseenElsewhere,
        Situation::Owing,
        "mutation($job: ID!) { retryObligation(input: { id: $job }) { user_errors { code } } }",
    ),
];
