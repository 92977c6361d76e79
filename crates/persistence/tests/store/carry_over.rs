//! A step of the schema carries over the rows of the version before it.

use std::time::Duration;

use countermand_domain::StaffRole;
use countermand_persistence::{JobState, MET, TokenOwner};

use crate::database::DatabaseKind;
use crate::shop::{at, order_id};
use crate::support::{TestShop, on_every_empty_database};

/// The steps of the schema before obligations.
const STEPS_BEFORE: u32 = 8;
/// The steps of the schema before the counts of orders.
const STEPS_BEFORE_COUNTS: u32 = 12;
/// The steps of the schema before the names of payments were looked at.
const STEPS_BEFORE_NAMES: u32 = 21;
/// The steps of the schema before requests at sales channels had a time.
const STEPS_BEFORE_CHANNEL_REQUESTS: u32 = 34;
/// The steps of the schema before endpoints of webhooks got the event of failed refunds.
const STEPS_BEFORE_FAILED_REFUNDS: u32 = 46;
/// The steps of the schema before accounts at payment providers had a number of requests a second.
const STEPS_BEFORE_RATES: u32 = 47;
/// The steps of the schema before tokens had the permission to withhold refunds.
const STEPS_BEFORE_WITHHELD_REFUNDS: u32 = 48;
const LINK: &str = r#"{"id":"m","message":{"link":"https://shop.example/?key=a''b"}}"#;

#[tokio::test(flavor = "multi_thread")]
async fn existing_orders_are_counted_and_found_by_status() -> anyhow::Result<()> {
    on_every_empty_database(async |shop| {
        shop.take_steps(STEPS_BEFORE_COUNTS).await?;
        let orders = [(1, 1, "7"), (1, 2, "7"), (2, 3, "7"), (1, 4, "8"), (1, 5, "NULL")];
        for (store, counter, customer) in orders {
            let id = order_id(store, counter);
            let columns = "id, version, store_number, number, state, status, customer_id, email, placed_at, \
                           updated_at, status_changed_at, is_virtual, currency, base_currency, grand_total, \
                           base_grand_total, credits, invoiced, refunded, canceled, shipping, placed";
            shop.sql(&format!(
                "INSERT INTO orders ({columns}) VALUES ({id}, 1, {store}, '{counter}', 'new', 'pending', {customer}, \
                 'a@b.c', 0, 0, 0, FALSE, 'USD', 'USD', 0, 0, 0, 0, 0, 0, '{{}}', '{{}}')"
            ))
            .await?;
        }
        shop.database.migrate().await?;
        for (customer, store, orders) in [(7, 1, 2), (7, 2, 1), (8, 1, 1)] {
            let kept = format!(
                "SELECT orders FROM customer_order_counts \
                 WHERE customer_id = {customer} AND store_number = {store}"
            );
            assert_eq!(shop.number(&kept).await?, orders, "{customer} in {store}");
        }
        let kept = "SELECT COUNT(*) FROM customer_order_counts";
        assert_eq!(shop.number(kept).await?, 3);
        let pending = "SELECT COUNT(*) FROM orders o JOIN order_statuses s ON s.order_id = o.id \
                       WHERE s.status = 'pending' AND s.placed_at = 0";
        assert_eq!(shop.number(pending).await?, 5);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn open_requests_at_channels_get_the_time_of_the_last_change() -> anyhow::Result<()> {
    on_every_empty_database(async |shop| {
        shop.take_steps(STEPS_BEFORE_CHANNEL_REQUESTS).await?;
        let (placed, changed) = (1_000, 5_000);
        for (number, status, has_request, versions) in [
            ("changed", "UNSHIPPED", "TRUE", 2),
            ("unchanged", "UNSHIPPED", "TRUE", 0),
            ("shipped", "SHIPPED", "TRUE", 2),
            ("silent", "UNSHIPPED", "FALSE", 2),
        ] {
            shop.sql(&format!(
                "INSERT INTO channel_orders (channel, number, version, status, has_request, work, placed_at, content) \
                 VALUES ('market', '{number}', 1, '{status}', {has_request}, 'none', {placed}, '{{}}')"
            ))
            .await?;
            for version in 1..=versions {
                let at = changed + version;
                shop.sql(&format!(
                    "INSERT INTO channel_order_versions VALUES ('market', '{number}', {version}, {at})"
                ))
                .await?;
            }
        }
        shop.database.migrate().await?;
        for (number, time) in [("changed", changed + 2), ("unchanged", placed), ("shipped", 0), ("silent", 0)] {
            let kept = format!("SELECT COALESCE(requested_at, 0) FROM channel_orders WHERE number = '{number}'");
            assert_eq!(shop.number(&kept).await?, time, "{number}");
        }
        let due = "SELECT COUNT(*) FROM channel_orders WHERE request_due_at IS NOT NULL";
        assert_eq!(shop.number(due).await?, 0);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn jobs_and_reversals_become_obligations() -> anyhow::Result<()> {
    on_every_empty_database(async |shop| {
        shop.take_steps(STEPS_BEFORE).await?;
        let order = order_id(1, 1).number();
        let (then, far) = (at(1).timestamp_micros(), at(50_000_000).timestamp_micros());
        write_job(shop, "new", "pending", far, 0, order).await?;
        write_job(shop, "tried", "pending", then, 7, order).await?;
        write_job(shop, "refused", "failed", then, 80, order).await?;
        write_job(shop, "sent", "done", then, 1, order).await?;
        for (version, position, id, kind, amount) in [
            (2, 1, "r1", "void", 300),
            (2, 0, "r0", "refund", 2_499),
            (3, 0, "r2", "refund", 1),
        ] {
            shop.sql(&format!(
                "INSERT INTO reversals VALUES ({order}, {version}, {position}, '{id}', '{kind}', {amount}, \
                 'requested', {then})"
            ))
            .await?;
        }
        for (position, kind, used) in [
            (0, "capture", 2_500),
            (1, "authorization", 900),
            (2, "capture", 77),
        ] {
            shop.sql(&format!(
                "INSERT INTO payment_transactions (order_id, position, kind, amount, used, created_at) \
                 VALUES ({order}, {position}, '{kind}', 5000, {used}, {then})"
            ))
            .await?;
        }
        shop.database.migrate().await?;
        for (position, owed) in [(0, 2_500), (1, 300), (2, 0)] {
            let kept = format!("SELECT owed FROM payment_transactions WHERE position = {position}");
            assert_eq!(shop.number(&kept).await?, owed, "transaction {position}");
        }

        let due = shop
            .database
            .claim_obligations("mail", 10, Duration::from_secs(60))
            .await?;
        let due: Vec<_> = due
            .iter()
            .map(|it| (it.id.as_str(), it.attempt, it.payload.clone(), it.created_at))
            .collect();
        let payload = LINK.replace("''", "'");
        // A clock that had been years ahead keeps nothing waiting.
        let expected = [("new", 1, payload.clone(), at(0)), ("tried", 8, payload, at(0))];
        assert_eq!(due, expected);
        let failed = shop
            .database
            .jobs(&["mail"], JobState::Failed, None, None, 10)
            .await?
            .jobs;
        assert_eq!(
            (failed.len(), failed[0].id.as_str(), failed[0].attempts),
            (1, "refused", 80)
        );
        assert_eq!(failed[0].last_error, "it's 550");

        let owed = shop.database.trail(order_id(1, 1)).await?.reversals;
        let owed: Vec<_> = owed
            .iter()
            .map(|it| {
                (
                    it.id.as_str(),
                    it.kind.as_str(),
                    it.amount,
                    it.state.as_str(),
                    it.at,
                )
            })
            .collect();
        assert_eq!(
            owed,
            [
                ("r0", "refund", 2_499, "requested", at(1)),
                ("r1", "void", 300, "requested", at(1)),
                ("r2", "refund", 1, "requested", at(1)),
            ]
        );
        for kind in ["void", "refund"] {
            let claimed = shop.database.claim_obligations(kind, 10, Duration::ZERO).await?;
            assert_eq!(claimed, [], "staff may have carried it out already");
        }
        let forgotten = shop
            .database
            .forget_ended_obligations("mail", MET, Duration::ZERO, 10)
            .await?;
        assert_eq!(forgotten, 1);
        for table in ["jobs", "reversals", "jobs_before_m0009", "reversals_before_m0009"] {
            let gone = shop.sql(&format!("DELETE FROM {table}")).await;
            assert!(gone.is_err(), "{table}");
        }
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gateways_value_is_no_name_of_a_payment_any_more() -> anyhow::Result<()> {
    on_every_empty_database(async |shop| {
        shop.take_steps(STEPS_BEFORE_NAMES).await?;
        let text = |json: &str| {
            let quoted = json.replace('\'', "''");
            if shop.kind == DatabaseKind::MariaDb {
                quoted.replace('\\', "\\\\")
            } else {
                quoted
            }
        };
        let names = "'payment/method_names', '\"stripe = Card2card24x; mollie = iDEAL\"'";
        shop.sql(&format!("INSERT INTO settings VALUES ('default', 0, {names})"))
            .await?;
        let placed = |method: &str, title: &str| {
            // The buyer's own text looks like the key, and some of it is not ASCII.
            let name = r#"Zoë said \"method_title\":\"x\" and it's fine \\"#;
            format!(
                r#"{{"firstname":"{name}","method":"{method}","method_title":"{title}","method_kind":"online"}}"#
            )
        };
        let orders = [
            ("stripe", "pm_1NXt2eLkdIwHu7ix", "stripe"),
            ("braintree", "anna@example.com", "braintree"),
            ("checkmo", "4111 1111 1111 1111", "Check / Money order"),
            ("stripe", "a\\\"b 123456789012", "stripe"),
            ("stripe", "Card2card24x", "Card2card24x"),
            ("mollie", "Card2card24x", "mollie"),
            ("stripe", "Credit Card (Stripe)", "Credit Card (Stripe)"),
            ("adyen_cc3d", "adyen_cc3d", "adyen_cc3d"),
            ("checkmo", "Check / Money order", "Check / Money order"),
        ];
        for (counter, (method, title, _)) in (1..).zip(orders) {
            let id = order_id(1, counter);
            let columns = "id, version, store_number, number, state, status, email, placed_at, updated_at, \
                           status_changed_at, is_virtual, currency, base_currency, grand_total, base_grand_total, \
                           credits, invoiced, refunded, canceled, shipping, placed";
            let placed = text(&placed(method, title));
            shop.sql(&format!(
                "INSERT INTO orders ({columns}) VALUES ({id}, 1, 1, '{counter}', 'new', 'pending', 'a@b.c', 0, 0, 0, \
                 FALSE, 'USD', 'USD', 0, 0, 0, 0, 0, 0, '{{}}', '{placed}')"
            ))
            .await?;
        }
        shop.database.migrate().await?;
        for (counter, (method, title, name)) in (1..).zip(orders) {
            let (id, placed) = (order_id(1, counter), text(&placed(method, name)));
            let kept = format!("SELECT COUNT(*) FROM orders WHERE id = {id} AND placed = '{placed}' AND version = 1");
            assert_eq!(shop.number(&kept).await?, 1, "{method} with {title}");
        }
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_endpoint_that_chose_settled_matters_is_told_of_failed_refunds() -> anyhow::Result<()> {
    on_every_empty_database(async |shop| {
        shop.take_steps(STEPS_BEFORE_FAILED_REFUNDS).await?;
        let choices = [
            ("order.settled", "order.settled order.refund_failed"),
            (
                "order.canceled order.settled order.held",
                "order.canceled order.settled order.refund_failed order.held",
            ),
            (
                "order.refund_failed order.settled",
                "order.refund_failed order.settled",
            ),
            ("order.canceled", "order.canceled"),
            ("", ""),
        ];
        for (number, (before, _)) in (1..).zip(choices) {
            shop.sql(&format!(
                "INSERT INTO webhook_endpoints (id, address, secret, event_kinds, state, problem, version, created_at) \
                 VALUES ('{number}', 'https://erp.example', '', '{before}', 'active', '', 1, 0)"
            ))
            .await?;
        }
        shop.database.migrate().await?;
        let endpoints = shop.database.webhook_endpoints().await?;
        let kept: Vec<_> = endpoints.iter().map(|it| it.filter.to_string()).collect();
        assert_eq!(kept, choices.map(|(_, after)| after));
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_of_the_version_before_gets_twenty_requests_a_second() -> anyhow::Result<()> {
    on_every_empty_database(async |shop| {
        shop.take_steps(STEPS_BEFORE_RATES).await?;
        let connect = async |name: &str| {
            let columns = "name, adapter, address, secret, is_paused, problem, version, created_at";
            shop.sql(&format!(
                "INSERT INTO payment_accounts ({columns}) \
                 VALUES ('{name}', 'http', 'https://pay.example', '', FALSE, '', 1, 0)"
            ))
            .await
        };
        connect("before").await?;
        shop.database.migrate().await?;
        connect("by-an-older-server").await?;
        let accounts = shop.database.payment_accounts().await?;
        let rates: Vec<_> = accounts.iter().map(|it| it.requests_per_second).collect();
        assert_eq!(rates, [20, 20]);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_managers_token_of_the_version_before_may_withhold_refunds() -> anyhow::Result<()> {
    on_every_empty_database(async |shop| {
        shop.take_steps(STEPS_BEFORE_WITHHELD_REFUNDS).await?;
        let make = async |number: u8, role: StaffRole| {
            let (hash, role) = (hex::encode([number; 32]), role.code());
            let (made, ends) = (at(i64::from(number)), at(60));
            shop.sql(&format!(
                "INSERT INTO access_tokens (hash, kind, name, role, created_at, expires_at) \
                 VALUES ('{hash}', 'staff', 'anna', '{role}', {}, {})",
                made.timestamp_micros(),
                ends.timestamp_micros()
            ))
            .await
        };
        for (number, role) in (1..).zip(StaffRole::ALL.iter().copied()) {
            make(number, role).await?;
        }
        shop.database.migrate().await?;
        // An older server makes a token during the upgrade.
        make(10, StaffRole::Manager).await?;
        let listed = shop.database.staff_tokens().await?;
        let permitted: Vec<_> = listed
            .iter()
            .map(|it| (it.role.as_str(), it.may_withhold_refunds))
            .collect();
        let expected = [
            ("warehouse", false),
            ("viewer", false),
            ("support", false),
            ("manager", true),
            ("owner", false),
            ("manager", false),
        ];
        assert_eq!(permitted, expected);
        for (number, role, expected) in [
            (4_u8, "manager", true),
            (10, "manager", false),
            (3, "support", false),
        ] {
            let (_, owner) = shop.database.session(Some(&[number; 32]), at(11)).await?;
            let Some(TokenOwner::Staff {
                may_withhold_refunds, ..
            }) = owner
            else {
                panic!("{owner:?}")
            };
            assert_eq!(may_withhold_refunds, expected, "token {number} of a {role}");
        }
        Ok(())
    })
    .await
}

async fn write_job(
    shop: &TestShop,
    id: &str,
    state: &str,
    run_at: i64,
    attempts: i32,
    order: i64,
) -> anyhow::Result<()> {
    let error = if attempts > 0 { "it''s 550" } else { "" };
    let caused = at(0).timestamp_micros();
    shop.sql(&format!(
        "INSERT INTO jobs VALUES ('{id}', 'mail', {order}, '{LINK}', '{state}', {run_at}, {attempts}, 0, {attempts}, \
         '{error}', {caused})"
    ))
    .await?;
    Ok(())
}
