//! The rights to sales channels and their orders, which belong to no store view.

use countermand_domain::StaffRole::{Support, Viewer};

use super::{Limited, Row, Situation, row};

pub(super) const ROWS: &[Row] = &[
    row(
        "salesChannels",
        Viewer,
        Limited::Forbidden,
        Situation::Unpaid,
        "{ salesChannels { name } }",
    ),
    row(
        "channelOrders",
        Viewer,
        Limited::Forbidden,
        Situation::AtChannel,
        r#"{ channelOrders(channel: "amazon") { items { number } } }"#,
    ),
    row(
        "channelOrder",
        Viewer,
        Limited::Forbidden,
        Situation::AtChannel,
        r#"query($job: String!) { channelOrder(channel: "amazon", number: $job) { number } }"#,
    ),
    row(
        "cancelChannelOrder",
        Support,
        Limited::Forbidden,
        Situation::AtChannel,
        r#"mutation($job: String!) { cancelChannelOrder(input: { channel: "amazon", number: $job, reason: "out_of_stock" }) { order { number } user_errors { code } } }"#,
    ),
    row(
        "declineChannelRequest",
        Support,
        Limited::Forbidden,
        Situation::AtChannel,
        r#"mutation($job: String!) { declineChannelRequest(input: { channel: "amazon", number: $job, reason: "packed" }) { order { number } user_errors { code } } }"#,
    ),
    row(
        "watchChannelOrder",
        Support,
        Limited::Forbidden,
        Situation::AtChannel,
        r#"mutation($job: String!) { watchChannelOrder(channel: "amazon", number: $job) { order { number } user_errors { code } } }"#,
    ),
    row(
        "syncSalesChannel",
        Support,
        Limited::Forbidden,
        Situation::Unpaid,
        r#"mutation { syncSalesChannel(name: "amazon") { channel { name } user_errors { code } } }"#,
    ),
];
