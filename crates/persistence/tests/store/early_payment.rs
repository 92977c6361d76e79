//! Payments of which their provider told before an order has them: each is found once an order has it, and few are kept.

use countermand_domain::{
    Money, Order, OrderState, PaymentTransaction, ProviderReport, ReportMatter, ReversalState,
    TransactionKind,
};
use countermand_persistence::{EarlyPayment, KeptProviderReport, NewObligation};
use uuid::Uuid;

use crate::shop::{at, currency, plain_order};
use crate::support::{imported, on_every_database};

/// The version of the shop at which no payment was left yet.
const SHOP: i64 = 7;

fn early(account: &str, payment: &str, minute: i64) -> EarlyPayment {
    EarlyPayment {
        id: Uuid::now_v7(),
        account: account.into(),
        payment: payment.into(),
        at: at(minute),
        in_orders: 0,
    }
}

/// The order with this number, which was paid with these payments.
fn paid_with(number: i64, payments: &[&str]) -> Order {
    let usd = currency("USD");
    let zero = Money::zero(usd);
    let mut order = plain_order(number);
    order.payment.transactions = payments
        .iter()
        .map(|payment| PaymentTransaction {
            kind: TransactionKind::Capture,
            tender: 0,
            amount: Money::new(1000, usd),
            charged: None,
            used: zero,
            owed: zero,
            abandoned: zero,
            outside: zero,
            reference: Some((*payment).to_owned()),
            created_at: at(0),
        })
        .collect();
    order
}

/// A refund of $2.00 by others, of which the provider told in the message `id`.
fn told(account: &str, payment: &str, id: &str) -> KeptProviderReport {
    KeptProviderReport {
        account: account.into(),
        id: id.into(),
        payment: payment.into(),
        report: ProviderReport {
            matter: ReportMatter::Refund,
            state: ReversalState::Succeeded,
            key: "by-others".into(),
            reference: "R".into(),
            amount: Money::new(200, currency("USD")),
            detail: String::new(),
            at: at(0),
        },
    }
}

/// The accounts of kept payments, each with the number of payments of orders.
fn accounts(found: &[EarlyPayment]) -> Vec<String> {
    let name = |it: &EarlyPayment| format!("{} {}", it.account, it.in_orders);
    let mut names: Vec<_> = found.iter().map(name).collect();
    names.sort();
    names
}

fn check_of(early: &EarlyPayment) -> NewObligation {
    NewObligation {
        id: early.id,
        kind: "payment_check".into(),
        unique_key: early.id.to_string(),
        order: None,
        payload: "{}".into(),
        created_at: early.at,
        due_at: None,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_check_of_an_early_payment_is_owed_once_as_soon_as_an_order_has_the_payment() -> anyhow::Result<()>
{
    on_every_database(async |shop| {
        let database = &shop.database;
        let first = [early("main", "txn-1", 0), early("main", "txn-2", 0)];
        database.keep_early_payments(&first, None).await?;
        // A second message about a payment makes it newer, and a payment at another account is another one.
        let more = [early("main", "txn-1", 5), early("other", "txn-1", 1)];
        database.keep_early_payments(&more, None).await?;
        assert_eq!(database.early_payments_of_orders(SHOP, 10).await?, []);

        let order = paid_with(1, &["txn-1", "txn-1", "txn-3"]);
        database.insert_orders(&[imported(&order)]).await?;
        let mut found = database.early_payments_of_orders(SHOP, 10).await?;
        found.sort_by(|one, other| one.account.cmp(&other.account));
        let newer = EarlyPayment {
            at: at(5),
            in_orders: 2,
            ..first[0].clone()
        };
        let other = EarlyPayment {
            in_orders: 2,
            ..more[1].clone()
        };
        assert_eq!(found, [newer, other]);
        assert_eq!(database.early_payments_of_orders(SHOP, 1).await?.len(), 1);

        let checks: Vec<_> = found.iter().map(check_of).collect();
        assert!(database.owe_early_checks(&checks[..1]).await?);
        // Another worker found both before.
        assert!(!database.owe_early_checks(&checks).await?);
        assert_eq!(
            database.early_payments_of_orders(SHOP, 10).await?,
            [found[1].clone()]
        );
        assert!(database.owe_early_checks(&checks[1..]).await?);
        assert_eq!(database.early_payments_of_orders(SHOP, 10).await?, []);
        assert_eq!(shop.number("SELECT COUNT(*) FROM obligations").await?, 2);
        assert_eq!(shop.number("SELECT COUNT(*) FROM early_payments").await?, 1);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn old_early_payments_are_forgotten_and_those_beyond_the_newest_ones_of_an_account()
-> anyhow::Result<()> {
    on_every_database(async |shop| {
        let database = &shop.database;
        let busy: Vec<_> = (0..6)
            .map(|minute| early("main", &format!("txn-{minute}"), minute))
            .collect();
        database.keep_early_payments(&busy, None).await?;
        database
            .keep_early_payments(&[early("other", "txn-0", 0)], None)
            .await?;
        for payment in ["txn-0", "txn-5"] {
            let kept = told("main", payment, &format!("REFUND:{payment}"));
            database.insert_provider_report(&kept).await?;
        }
        let reports = async |payment| database.provider_reports("main", payment).await;
        let forget = async |minute, most| {
            let stale = database
                .stale_early_payments("main", at(minute), most, 10)
                .await?;
            database.forget_early_payments("main", &stale, SHOP).await
        };
        let left = async || {
            shop.number("SELECT COUNT(*) FROM early_payments WHERE account = 'main'")
                .await
        };
        assert_eq!(forget(-1, 6).await?, 0);
        assert_eq!(reports("txn-0").await?.len(), 1);
        assert_eq!((forget(-1, 4).await?, left().await?), (2, 4));
        assert_eq!(reports("txn-0").await?, []);
        assert_eq!((forget(3, 4).await?, left().await?), (2, 2));
        // What is old and beyond the newest ones counts once.
        assert_eq!((forget(4, 1).await?, left().await?), (1, 1));
        assert_eq!(reports("txn-5").await?.len(), 1);
        assert_eq!(shop.number("SELECT COUNT(*) FROM early_payments").await?, 2);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_early_payment_stays_if_an_order_or_a_message_comes_while_it_is_forgotten() -> anyhow::Result<()> {
    on_every_database(async |shop| {
        let database = &shop.database;
        for payment in ["txn-0", "txn-1", "txn-2"] {
            let report = told("main", payment, &format!("first:{payment}"));
            // The provider sends the message twice.
            for _ in 0..2 {
                database
                    .keep_early_payments(&[early("main", payment, 0)], Some(&report))
                    .await?;
            }
        }
        let reports =
            async |payment| Ok::<_, anyhow::Error>(database.provider_reports("main", payment).await?.len());
        assert_eq!(reports("txn-0").await?, 1);
        let stale = database.stale_early_payments("main", at(0), 10, 10).await?;
        assert_eq!(stale.len(), 3);

        let order = paid_with(1, &["txn-0"]);
        database.insert_orders(&[imported(&order)]).await?;
        let newer = [early("main", "txn-1", 1)];
        let report = told("main", "txn-1", "second:txn-1");
        database.keep_early_payments(&newer, Some(&report)).await?;
        assert_eq!(database.forget_early_payments("main", &stale, SHOP).await?, 1);
        assert_eq!(reports("txn-0").await?, 1);
        assert_eq!(reports("txn-1").await?, 2);
        assert_eq!(reports("txn-2").await?, 0);

        // The payment of the order is checked. What was told of it is kept for good.
        let found = database.early_payments_of_orders(SHOP, 10).await?;
        assert_eq!(found.len(), 1);
        assert!(database.owe_early_checks(&[check_of(&found[0])]).await?);
        assert_eq!(database.forget_early_payments("main", &stale, SHOP).await?, 0);
        assert_eq!(reports("txn-0").await?, 1);

        let stale = database.stale_early_payments("main", at(1), 10, 10).await?;
        assert_eq!(database.forget_early_payments("main", &stale, SHOP).await?, 1);
        assert_eq!(reports("txn-1").await?, 0);
        assert_eq!(shop.number("SELECT COUNT(*) FROM early_payments").await?, 0);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_early_payment_of_other_orders_is_left_until_another_order_has_it_or_the_shop_changes()
-> anyhow::Result<()> {
    on_every_database(async |shop| {
        let database = &shop.database;
        let report = told("other", "txn-1", "first");
        let kept = [early("main", "txn-1", 0), early("other", "txn-1", 0)];
        database.keep_early_payments(&kept, Some(&report)).await?;
        let order = paid_with(1, &["txn-1"]);
        database.insert_orders(&[imported(&order)]).await?;
        let found = database.early_payments_of_orders(SHOP, 10).await?;
        assert_eq!(accounts(&found), ["main 1", "other 1"]);
        let left: Vec<_> = found.into_iter().filter(|it| it.account == "other").collect();
        database.leave_early_payments(&left, SHOP).await?;
        // A new message about it changes nothing but the time.
        let newer = [early("other", "txn-1", 1)];
        database.keep_early_payments(&newer, None).await?;
        let found = database.early_payments_of_orders(SHOP, 10).await?;
        assert_eq!(accounts(&found), ["main 1"]);

        // A newer version of the shop may say that the account serves the order, so the payment is found and stays.
        let stale = database.stale_early_payments("other", at(1), 10, 10).await?;
        let found = database.early_payments_of_orders(SHOP + 1, 10).await?;
        assert_eq!(accounts(&found), ["main 1", "other 1"]);
        let forget = async |version| database.forget_early_payments("other", &stale, version).await;
        assert_eq!(forget(SHOP + 1).await?, 0);
        // The same holds after another order.
        let order = paid_with(2, &["txn-1", "txn-1"]);
        database.insert_orders(&[imported(&order)]).await?;
        let found = database.early_payments_of_orders(SHOP, 10).await?;
        assert_eq!(accounts(&found), ["main 3", "other 3"]);
        assert_eq!(forget(SHOP).await?, 0);

        database.leave_early_payments(&found, SHOP).await?;
        assert_eq!(database.early_payments_of_orders(SHOP, 10).await?, []);
        assert_eq!(forget(SHOP).await?, 1);
        assert_eq!(shop.number("SELECT COUNT(*) FROM early_payments").await?, 1);
        // An order has the payment, so what was told of it stays.
        assert_eq!(database.provider_reports("other", "txn-1").await?.len(), 1);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_early_payment_of_which_orders_reserved_nothing_is_found_once_one_of_them_is_canceled()
-> anyhow::Result<()> {
    on_every_database(async |shop| {
        let database = &shop.database;
        let kept = [early("main", "txn-1", 0)];
        database.keep_early_payments(&kept, None).await?;
        let begun = |number| {
            let mut order = paid_with(number, &["txn-1"]);
            let only = &mut order.payment.transactions[0];
            (only.kind, only.amount) = (TransactionKind::Authorization, Money::zero(currency("USD")));
            order
        };
        database.insert_orders(&[imported(&begun(1))]).await?;
        assert_eq!(database.early_payments_of_orders(SHOP, 10).await?, []);
        let stale = database.stale_early_payments("main", at(0), 10, 10).await?;
        let mut canceled = begun(2);
        (canceled.state, canceled.status) = (OrderState::Canceled, "canceled".into());
        database.insert_orders(&[imported(&canceled)]).await?;
        let found = database.early_payments_of_orders(SHOP, 10).await?;
        assert_eq!(accounts(&found), ["main 1"]);
        assert_eq!(database.forget_early_payments("main", &stale, SHOP).await?, 0);
        Ok(())
    })
    .await
}
