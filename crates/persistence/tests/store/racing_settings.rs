//! Simultaneous changes of one account or one endpoint: one is written and in the audit log, and the others learn it.

use countermand_domain::event_filter::EventFilter;
use countermand_persistence::{AuditFilter, DatabaseError, PaymentAccount, WebhookEndpoint, WebhookState};
use futures_util::future::join_all;
use uuid::Uuid;

use crate::shop::at;
use crate::support::{audit, on_every_database};

/// How many changes race.
const WRITERS: u128 = 8;

fn account() -> PaymentAccount {
    PaymentAccount {
        name: "cards".into(),
        adapter: "stripe".into(),
        address: "https://payments.example".into(),
        secret: "0".into(),
        is_paused: false,
        problem: String::new(),
        version: 1,
        created_at: at(0),
        webhook_secret: None,
        old_webhook_secret: None,
        merchant_account: None,
        requests_per_second: 20,
    }
}

fn endpoint() -> WebhookEndpoint {
    WebhookEndpoint {
        id: Uuid::from_u128(500).to_string(),
        address: "https://shop.example/hooks".into(),
        secret: "0".into(),
        old_secret: None,
        filter: EventFilter::default(),
        state: WebhookState::Active,
        problem: String::new(),
        version: 1,
        created_at: at(0),
    }
}

/// The number of the one writer whose change was written; each other one met a conflict.
fn winner(outcomes: &[Result<(), DatabaseError>]) -> usize {
    let written: Vec<_> = (0..outcomes.len()).filter(|it| outcomes[*it].is_ok()).collect();
    let conflicts = outcomes
        .iter()
        .filter(|it| matches!(it, Err(DatabaseError::Conflict)));
    assert_eq!(
        (written.len(), conflicts.count()),
        (1, outcomes.len() - 1),
        "{outcomes:?}"
    );
    written[0]
}

#[tokio::test(flavor = "multi_thread")]
async fn one_of_several_simultaneous_changes_of_an_account_is_written() -> anyhow::Result<()> {
    on_every_database(async |shop| {
        shop.database
            .insert_payment_account(&account(), &audit(1))
            .await?;
        let writes = (0..WRITERS).map(|number| async move {
            let changed = PaymentAccount {
                secret: number.to_string(),
                version: 2,
                ..account()
            };
            shop.database
                .update_payment_account(&changed, &audit(10 + number))
                .await
        });
        let winner = winner(&join_all(writes).await);
        let kept = shop.database.payment_accounts().await?;
        assert_eq!(kept[0].secret, winner.to_string());
        let log = shop
            .database
            .audit_log(&AuditFilter::default(), None, 100)
            .await?;
        assert_eq!(log.entries.len(), 2, "the account was made, and changed once");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn one_of_several_simultaneous_changes_of_an_endpoint_is_written() -> anyhow::Result<()> {
    on_every_database(async |shop| {
        shop.database
            .insert_webhook_endpoint(&endpoint(), &audit(1))
            .await?;
        let writes = (0..WRITERS).map(|number| async move {
            let changed = WebhookEndpoint {
                secret: number.to_string(),
                version: 2,
                ..endpoint()
            };
            shop.database
                .update_webhook_endpoint(&changed, &audit(10 + number))
                .await
        });
        let winner = winner(&join_all(writes).await);
        let kept = shop.database.webhook_endpoints().await?;
        assert_eq!(kept[0].secret, winner.to_string());
        let log = shop
            .database
            .audit_log(&AuditFilter::default(), None, 100)
            .await?;
        assert_eq!(log.entries.len(), 2, "the endpoint was made, and changed once");
        Ok(())
    })
    .await
}
