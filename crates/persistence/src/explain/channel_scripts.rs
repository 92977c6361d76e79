//! The scripts about sales channels whose plans are checked: those of each turn of a worker, and staff's lists.

use countermand_domain::Quantity;
use countermand_domain::channel::{
    ChannelCancellationState, ChannelItem, ChannelOrder, ChannelOrderNumber, ChannelRecord, ChannelStatus,
    FulfilledBy,
};

use super::rows::channel_number;
use super::shop::at;
use crate::channels::version::versions_until;
use crate::rows::time::to_micros;
use crate::sql::script::Script;
use crate::{
    ChannelChange, ChannelOrderPlace, ChannelOrderSearch, ChannelRequestPlace, ChannelRequestSearch, Database,
};

/// The channel of every third order.
const CHANNEL: &str = "market-1";

fn number(counter: i64) -> anyhow::Result<ChannelOrderNumber> {
    ChannelOrderNumber::parse(&channel_number(counter)).ok_or_else(|| anyhow::anyhow!("no number"))
}

/// The changes of one order and of a page, and the deletion of old marks.
pub(super) fn channel_changes(database: &Database) -> anyhow::Result<Vec<(&'static str, Script<'_>)>> {
    let mut scripts = Vec::new();
    for (name, orders) in [("a change of a channel's order", 1), ("a page of a channel", 3)] {
        let changes = (1..=orders).map(|counter| change(counter * 3 + 1));
        let changes = changes.collect::<anyhow::Result<Vec<_>>>()?;
        scripts.push((name, database.channel_changes_script(&changes)?));
    }
    let mut forget = Script::write(database);
    forget.add(&versions_until(to_micros(at(100))));
    scripts.push(("the marks of old versions, deleted", forget));
    Ok(scripts)
}

fn change(counter: i64) -> anyhow::Result<ChannelChange> {
    let order = ChannelOrder {
        number: number(counter)?,
        market: None,
        status: ChannelStatus::Unshipped,
        fulfilled_by: FulfilledBy::Merchant,
        placed_at: at(counter),
        updated_at: at(counter),
        total: None,
        items: vec![ChannelItem {
            id: "1".into(),
            sku: None,
            name: "Lamp".into(),
            quantity: Quantity::whole(1),
            shipped: Quantity::ZERO,
            request: None,
            canceled: None,
        }],
    };
    let mut after = ChannelRecord::first(CHANNEL, order, at(counter));
    after.version = 2;
    Ok(ChannelChange {
        after,
        at: at(counter),
        owed: Vec::new(),
        settles: Vec::new(),
    })
}

/// The reads of a turn and of staff.
pub(super) fn channel_reads(database: &Database) -> Vec<(&'static str, Script<'_>)> {
    use ChannelCancellationState::{Accepted, Requested, Sent, Unknown};
    let numbers: Vec<_> = (0..100)
        .filter_map(|counter| number(counter * 3 + 1).ok())
        .collect();
    let mut scripts = vec![
        (
            "a channel's orders by number",
            database.channel_records_script(CHANNEL, &numbers).0,
        ),
        (
            "the marks of old versions",
            database.oldest_channel_versions_script(to_micros(at(100)), 500).0,
        ),
    ];
    for number in numbers.iter().take(1) {
        scripts.push((
            "a channel's order by number",
            database
                .channel_records_script(CHANNEL, std::slice::from_ref(number))
                .0,
        ));
        scripts.push((
            "the imported order of a channel's order",
            database.order_of_channel_script(CHANNEL, number).0,
        ));
    }
    for after in [None, numbers.first()] {
        let open = database.open_channel_numbers_script(CHANNEL, after, 200).0;
        scripts.push(("a channel's open orders", open));
    }

    for (name, state, most) in [
        ("cancellations that wait", Requested, 201),
        ("cancellations that were being sent", Sent, 1_000),
        ("cancellations that a channel accepted", Accepted, 500),
        ("cancellations without a known answer", Unknown, 20),
    ] {
        scripts.push((name, database.channel_work_script(CHANNEL, state, most).0));
    }
    let requests = ChannelRequestSearch {
        limit: 20,
        ..ChannelRequestSearch::default()
    };
    let next_page = ChannelRequestSearch {
        after: Some(ChannelRequestPlace {
            requested_at: at(1_000),
            channel: CHANNEL.into(),
            number: channel_number(1_000),
        }),
        ..requests.clone()
    };
    for search in [requests, next_page] {
        scripts.push(("buyers' requests", database.channel_requests_script(&search).0));
    }
    let asked = numbers.iter().take(20).map(ChannelOrderNumber::as_str);
    scripts.push(("the imports of requests", database.imports_script(asked).0));
    for (name, search) in searches() {
        scripts.push((name, database.channel_orders_script(CHANNEL, &search).0));
    }
    scripts
}

/// Staff's list without a filter, with each filter, and its second page.
fn searches() -> [(&'static str, ChannelOrderSearch); 5] {
    let all = ChannelOrderSearch {
        limit: 20,
        ..ChannelOrderSearch::default()
    };
    let by_status = ChannelOrderSearch {
        statuses: vec!["UNSHIPPED".into(), "PENDING".into()],
        ..all.clone()
    };
    let with_request = ChannelOrderSearch {
        has_request: Some(true),
        ..all.clone()
    };
    let waiting = ChannelOrderSearch {
        is_waiting: Some(true),
        ..all.clone()
    };
    let next_page = ChannelOrderSearch {
        after: Some(ChannelOrderPlace {
            placed_at: at(2_400),
            number: channel_number(2_400),
        }),
        ..all.clone()
    };
    [
        ("a channel's newest orders", all),
        ("a channel's orders by status", by_status),
        ("a channel's orders with a request", with_request),
        ("a channel's orders with a cancellation", waiting),
        ("the next page of a channel's orders", next_page),
    ]
}
