//! The scripts whose plans are checked: all frequent reads, and the changes of orders.

use std::time::Duration;

use countermand_domain::{RequestStatus, StoreNumber, WebsiteNumber};
use uuid::Uuid;

use super::filters::{audit_filters, searches};
use super::rows::{TOKEN, customer_of};
use super::shop::{at, cancel, order_id, plain_order};
use crate::orders::change_rows::ChangeRows;
use crate::orders::feed::PAGE;
use crate::orders::load::{OrderIds, add_children};
use crate::sql::script::Script;
use crate::{
    AccountKey, Buyer, CustomerOrdersQuery, Database, EarlyPayment, FeedReach, HistoryHead, Lateness,
    OrderChange, OrderRange, OrderSearch, OrderSort, PastOrderPlace, PastOrdersQuery, ReportedTime,
    RequestPlace, RequestSearch, SubscriptionOrders, WantedObligations,
};

/// A change of each number of orders that are written together.
pub(super) fn change_scripts(database: &Database) -> anyhow::Result<Vec<(&'static str, Script<'_>)>> {
    let mut scripts = Vec::new();
    for (name, orders) in [("a change", 1), ("changes", 3)] {
        let mut rows = ChangeRows::default();
        for counter in 1..=orders {
            let order = plain_order(counter);
            let canceled = cancel(&order);
            let change = OrderChange::new(&order, HistoryHead::default(), &canceled, "", || {
                Uuid::from_u128(1)
            });
            rows = rows.with(ChangeRows::of(&change)?);
        }
        let mut script = Script::write(database);
        rows.add_to(&mut script);
        scripts.push((name, script));
    }
    Ok(scripts)
}

/// All reads of the requests of storefronts and staff, and of workers.
pub(super) fn hot_scripts(database: &Database) -> Vec<(&'static str, Script<'_>)> {
    let mut scripts = frequent_scripts(database);
    scripts.push((
        "what waits for an account, woken",
        database.wake_script(&["void", "refund"], "the account main fails: ", "it answers"),
    ));
    scripts.extend(early_payment_scripts(database));
    scripts.extend(customer_scripts(database));
    scripts.extend(staff_scripts(database));
    scripts.extend(search_scripts(database));
    scripts
}

/// The reads of one order or one session, and of workers.
fn frequent_scripts(database: &Database) -> Vec<(&'static str, Script<'_>)> {
    let mut children = Script::read(database);
    let page = (1..=20).map(|index| order_id(1, index * 99).number()).collect();
    add_children(&mut children, &OrderIds::These(page));
    let numbers: Vec<_> = (0..200).map(|index| format!("{index:09}").into()).collect();
    let by_address = AccountKey::Email("buyer7@example.com".into());
    let one_customer = FeedReach {
        customer: Some(customer_of(9)),
        store: Some(StoreNumber(1)),
    };
    vec![
        (
            "event to publish",
            database
                .event_to_publish_script(order_id(1, 9), 2, "stream:10000000009:1")
                .0,
        ),
        (
            "order by id",
            database
                .orders_script(&OrderIds::These(vec![order_id(1, 9).number()]), true, true)
                .0,
        ),
        (
            "order by number",
            database
                .orders_script(
                    &OrderIds::with_number(StoreNumber(1), &"000000009".into()),
                    true,
                    true,
                )
                .0,
        ),
        ("children of a page", children),
        ("session", database.sessions_script(vec![hex::encode(TOKEN)]).0),
        (
            "session by address",
            database.session_of_account_script(&by_address).0,
        ),
        ("due obligations", database.due_script("mail")),
        (
            "orders of a payment",
            database.orders_of_payment_script(&["txn-9".to_owned()]).0,
        ),
        (
            "reports of a payment",
            database.provider_reports_script("main", "txn-9").0,
        ),
        (
            "voids and refunds of an order",
            database.reversals_script(order_id(1, 9)).0,
        ),
        (
            "problems of the payments of an order",
            database.payloads_script(order_id(1, 9), "payment_problem").0,
        ),
        (
            "how far orders are",
            database.pulses_script(&[order_id(1, 9), order_id(1, 18)]).0,
        ),
        ("states of money", database.series_script(order_id(1, 9)).0),
        (
            "what happened to all orders in a minute",
            database
                .feed_script(at(1_000), at(1_001), FeedReach::default(), Some(PAGE))
                .0,
        ),
        (
            "what happened to the orders of a customer in a store view",
            database
                .feed_script(at(1_000), at(1_001), one_customer, Some(PAGE))
                .0,
        ),
        ("open obligations", open_obligations(database)),
        (
            "expired tokens",
            database.expired_tokens_script(Duration::from_secs(86_400), 500).0,
        ),
        (
            "a token for a new password",
            database
                .password_reset_script(WebsiteNumber(1), "buyer7@example.com")
                .0,
        ),
        (
            "known orders",
            database.known_orders_script(StoreNumber(1), &numbers).0,
        ),
        (
            "work on known orders",
            database
                .work_script(vec![order_id(1, 9).number(), order_id(1, 18).number()])
                .0,
        ),
    ]
}

/// The worker's reads and deletions of the payments that no order had when their providers told of them.
fn early_payment_scripts(database: &Database) -> Vec<(&'static str, Script<'_>)> {
    let (of_orders, _) = database.early_payments_script(1, 500);
    let (stale, _) = database.stale_payments_script("main", at(1_000), 50_000, 500);
    let early = EarlyPayment {
        id: Uuid::from_u128(1),
        account: "main".into(),
        payment: "txn-9".into(),
        at: at(1),
        in_orders: 0,
    };
    let (forgotten, _) = database.forgotten_payments_script("main", &[early], 1);
    vec![
        ("early payments that an order has", of_orders),
        ("early payments to forget", stale),
        ("early payments, forgotten", forgotten),
    ]
}

/// The list of what is owed and of what needs a person.
fn open_obligations(database: &Database) -> Script<'_> {
    let late = Lateness {
        accepted: "it is under way",
        since: Some(at(1_000)),
        accepted_since: at(900),
    };
    let wanted = [
        WantedObligations::all("refund", "needs_attention"),
        WantedObligations::all("void", "pending"),
        WantedObligations {
            late: Some(late),
            ..WantedObligations::all("refund", "pending")
        },
    ];
    database
        .obligations_script(&wanted, Some(StoreNumber(1)), Some("0198"), 20)
        .0
}

/// A customer's pages of orders in each sequence, and a customer's search.
fn customer_scripts(database: &Database) -> Vec<(&'static str, Script<'_>)> {
    let mut scripts = Vec::new();
    for descending in [false, true] {
        for sort in [
            OrderSort::PlacedAt { descending },
            OrderSort::Number { descending },
            OrderSort::Id,
        ] {
            scripts.push((
                "a customer's orders",
                database.customer_orders_script(&customer_orders(sort), 1).0,
            ));
        }
    }
    let by_text = CustomerOrdersQuery {
        text: Some("Thing".into()),
        ..customer_orders(OrderSort::Id)
    };
    scripts.push((
        "a customer's subscriptions",
        database.customer_subscriptions_script(customer_of(7), 2, 5).0,
    ));
    for among in [
        SubscriptionOrders::OfCustomer(customer_of(7)),
        SubscriptionOrders::OfStore(Some(StoreNumber(1))),
        SubscriptionOrders::OfStore(None),
    ] {
        scripts.push((
            "the newest order of a subscription",
            database.newest_order_script("SUB-7", among, None).0,
        ));
    }
    scripts.push((
        "the period of a subscription before another one",
        database
            .newest_order_script(
                "SUB-7",
                SubscriptionOrders::OfCustomer(customer_of(7)),
                Some(at(1_000)),
            )
            .0,
    ));
    scripts.push((
        "a customer's search",
        database.customer_orders_script(&by_text, 1).0,
    ));
    scripts
}

/// Staff's reports, the audit log, and the orders of a person.
fn staff_scripts(database: &Database) -> Vec<(&'static str, Script<'_>)> {
    let mut scripts = Vec::new();
    let (from, until) = (at(1_000), at(1_100));
    scripts.push((
        "a report's cancellations",
        database.cancellations_script(from, until, None, None, 1_000).0,
    ));
    let time = ReportedTime {
        from,
        until,
        offset_seconds: 3_600,
    };
    let stores = [StoreNumber(1), StoreNumber(2)];
    scripts.push((
        "a report's placed orders",
        database.orders_placed_script(&stores, &[time]).0,
    ));
    scripts.extend(past_order_scripts(database));
    for filter in audit_filters() {
        for after in [None, Some((at(2_400), "0198c5e5-7b5e-7000-8000-000000000000"))] {
            scripts.push(("the audit log", database.audit_log_script(&filter, after, 50).0));
        }
    }
    let place = RequestPlace {
        requested_at: at(1_000),
        order: order_id(1, 9).number(),
        number: 1,
    };
    let (open, late) = (RequestStatus::Open, RequestStatus::TooLate);
    for (name, statuses) in [
        ("requests that wait", vec![open]),
        ("requests of two statuses", vec![open, late]),
        ("all requests", Vec::new()),
    ] {
        for after in [None, Some(place)] {
            let search = RequestSearch {
                statuses: statuses.clone(),
                after,
                limit: 20,
                ..RequestSearch::default()
            };
            scripts.push((name, database.cancellation_requests_script(&search).0));
        }
    }
    let buyers = [
        Buyer::Account(customer_of(7).number()),
        Buyer::Guest {
            emails: vec!["buyer7@example.com".into()],
            stores: vec![1, 2],
        },
    ];
    for buyer in buyers {
        scripts.push((
            "the orders of a person",
            database.orders_of_buyer_script(&buyer, 500).0,
        ));
    }
    scripts
}

/// The orders that a policy is tried on.
fn past_order_scripts(database: &Database) -> Vec<(&'static str, Script<'_>)> {
    let mut scripts = Vec::new();
    let (from, until) = (at(1_000), at(1_100));
    for after in [None, Some(9)] {
        let after = after.map(|order| PastOrderPlace {
            placed_at: from,
            order: order_id(1, order).number(),
        });
        let query = PastOrdersQuery {
            stores: vec![StoreNumber(1), StoreNumber(2)],
            from,
            until,
            after,
            limit: 200,
        };
        scripts.push((
            "the places of past orders",
            database.past_order_places_script(&query).0,
        ));
    }
    let ids = (1..=200).map(|order| order_id(1, order).number()).collect();
    scripts.push((
        "past orders with their events",
        database.past_orders_script(ids).0,
    ));
    scripts
}

/// Staff's search for orders with each filter, its count and its second page.
fn search_scripts(database: &Database) -> Vec<(&'static str, Script<'_>)> {
    let mut scripts = Vec::new();
    for (filter, search) in searches() {
        // The orders of a canceled time are read by one statement, and given to the next one.
        let canceled = (search.canceled != OrderRange::default()).then(|| vec![order_id(1, 9).number()]);
        let canceled = canceled.as_deref();
        if let Some((script, _)) = database.canceled_script(&search) {
            scripts.push((filter, script));
        }
        scripts.push((filter, database.search_script(&search, canceled).0));
        scripts.push((filter, database.count_script(&search, canceled).0));
        let next_page = OrderSearch {
            after: Some((at(2_400), order_id(1, 2_400).number())),
            ..search.clone()
        };
        scripts.push((filter, database.search_script(&next_page, canceled).0));
    }
    scripts
}

fn customer_orders(sort: OrderSort) -> CustomerOrdersQuery {
    CustomerOrdersQuery {
        customer: customer_of(7),
        stores: vec![StoreNumber(1), StoreNumber(2)],
        numbers: None,
        number_part: None,
        text: None,
        statuses: None,
        placed: OrderRange { from: None, to: None },
        base_grand_total: OrderRange { from: None, to: None },
        sort,
        page: 1,
        page_size: 20,
        counts_all: true,
        finds_first: true,
    }
}
