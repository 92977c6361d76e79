//! A change of an order is written as a whole, once, or not at all.

use std::time::Duration;

use countermand_domain::{
    CancellationIntent, EventData, GuestKey, GuestKeyChange, InvoiceRequest, Order, OrderEvent, Transition,
};
use countermand_persistence::{AuditEntry, Database, DatabaseError, NewObligation, OrderChange};
use futures_util::future::join_all;
use uuid::Uuid;

use crate::shop::{at, cancel, hold, plain_order, staff};
use crate::support::{TestShop, change_of, imported, on_every_database};

/// The paid order of a guest and its cancellation, with everything that can be written together with a cancellation.
pub(crate) struct Decision {
    pub(crate) before: Order,
    pub(crate) after: Order,
    transition: Transition,
    mail: NewObligation,
}

impl Decision {
    pub(crate) async fn in_shop(shop: &TestShop) -> anyhow::Result<Self> {
        let mut placed = plain_order(1);
        placed.customer.id = None;
        let paid = placed.invoice(&InvoiceRequest::default(), &staff(), at(1))?.after;
        let before = imported(&paid).order;
        shop.database.insert_orders(&[imported(&before)]).await?;
        let id = Uuid::now_v7();
        let mail = NewObligation {
            id,
            kind: "mail".into(),
            unique_key: id.to_string(),
            order: Some(before.id),
            payload: "{}".into(),
            created_at: at(60),
            due_at: None,
        };
        let key = GuestKey::new(
            before.id,
            vec![7; 32],
            CancellationIntent::all("Other"),
            chrono::TimeDelta::hours(1),
            at(60),
        );
        let transition = Transition {
            guest_key: Some(GuestKeyChange::Replace(Box::new(key))),
            ..cancel(&before)
        };
        Ok(Self {
            before,
            after: transition.after.clone(),
            transition,
            mail,
        })
    }

    /// The change as one attempt would send it: each call gives its effects ids of their own.
    fn change(&self) -> OrderChange<'_> {
        let id = Uuid::now_v7();
        OrderChange {
            obligations: vec![NewObligation {
                id,
                unique_key: id.to_string(),
                ..self.mail.clone()
            }],
            audit: Some(AuditEntry::new(
                Uuid::now_v7(),
                "anna",
                "cancelOrderAsAdmin",
                "1",
                "::1",
                "",
                at(60),
            )),
            ..change_of(&self.before, &self.transition, "::1")
        }
    }

    pub(crate) async fn apply(&self, database: &Database) -> Result<(), DatabaseError> {
        database.apply(&self.change()).await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancellation_is_written_with_all_its_effects() -> anyhow::Result<()> {
    on_every_database(async |shop| {
        let decision = Decision::in_shop(shop).await?;
        let before = shop.row_counts().await?;
        decision.apply(&shop.database).await?;
        assert_eq!(shop.order(decision.before.id).await?, decision.after);
        let mut expected = before;
        let one_more = [
            "audit_entries",
            "cancellations",
            "credit_memos",
            "guest_keys",
            "order_events",
        ];
        for table in one_more {
            expected.entry(table).and_modify(|count| *count += 1);
        }
        expected.entry("order_comments").and_modify(|count| *count += 3);
        // A mail and a refund.
        expected.entry("obligations").and_modify(|count| *count += 2);
        assert_eq!(shop.row_counts().await?, expected);
        let trail = shop.database.trail(decision.before.id).await?;
        let cancellation = &trail.events[1];
        assert_eq!(
            (cancellation.version, cancellation.kind.as_str()),
            (2, "order.canceled")
        );
        assert_eq!(
            (cancellation.actor.as_str(), cancellation.origin.as_str()),
            ("guest", "::1")
        );
        assert_eq!(
            (cancellation.note.as_str(), cancellation.at),
            ("other, $24.99 refunded", at(60))
        );
        assert_eq!(trail.reversals[0].state, "requested");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_decision_on_an_older_version_writes_nothing() -> anyhow::Result<()> {
    on_every_database(async |shop| {
        let decision = Decision::in_shop(shop).await?;
        let held = hold(&decision.before, 30);
        shop.database
            .apply(&change_of(&decision.before, &held, ""))
            .await?;
        let before = shop.row_counts().await?;
        let outcome = decision.apply(&shop.database).await;
        assert!(matches!(outcome, Err(DatabaseError::Conflict)), "{outcome:?}");
        assert_eq!(shop.row_counts().await?, before);
        assert_eq!(shop.order(decision.before.id).await?, held.after);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_that_is_sent_twice_is_written_once() -> anyhow::Result<()> {
    on_every_database(async |shop| {
        let decision = Decision::in_shop(shop).await?;
        decision.apply(&shop.database).await?;
        let once = shop.row_counts().await?;
        for _ in 0..3 {
            let outcome = decision.apply(&shop.database).await;
            assert!(matches!(outcome, Err(DatabaseError::Conflict)), "{outcome:?}");
        }
        assert_eq!(shop.row_counts().await?, once);
        assert_eq!(shop.order(decision.before.id).await?, decision.after);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failing_statement_is_rolled_back_and_leaves_its_connection_usable() -> anyhow::Result<()> {
    on_every_database(async |shop| {
        let decision = Decision::in_shop(shop).await?;
        let before = shop.row_counts().await?;
        shop.sql("ALTER TABLE audit_entries RENAME TO audit_entries_elsewhere")
            .await?;
        // The number of attempts is greater than the number of connections.
        for _ in 0..12 {
            let outcome = decision.apply(&shop.database).await;
            assert!(matches!(outcome, Err(DatabaseError::Failed(_))), "{outcome:?}");
        }
        shop.sql("ALTER TABLE audit_entries_elsewhere RENAME TO audit_entries")
            .await?;
        assert_eq!(shop.row_counts().await?, before);
        assert_eq!(shop.order(decision.before.id).await?, decision.before);
        let reads = join_all((0..12).map(|_| shop.database.order(decision.before.id))).await;
        assert!(reads.iter().all(Result::is_ok));
        decision.apply(&shop.database).await?;
        assert_eq!(shop.order(decision.before.id).await?, decision.after);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_with_an_obligation_that_exists_already_is_not_written() -> anyhow::Result<()> {
    on_every_database(async |shop| {
        let decision = Decision::in_shop(shop).await?;
        shop.database.insert_obligation(&decision.mail).await?;
        let before = shop.row_counts().await?;
        let change = OrderChange {
            obligations: vec![decision.mail.clone()],
            ..decision.change()
        };
        let outcome = shop.database.apply(&change).await;
        assert!(matches!(outcome, Err(DatabaseError::Conflict)), "{outcome:?}");
        assert_eq!(shop.row_counts().await?, before);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_that_hangs_up_leaves_no_transaction_open() -> anyhow::Result<()> {
    on_every_database(async |shop| {
        let decision = Decision::in_shop(shop).await?;
        // The future is polled once and then dropped: the caller does not wait for the answer. On a busy machine the
        // server may have answered within that poll.
        tokio::select! {
            biased;
            outcome = decision.apply(&shop.database) => outcome?,
            () = std::future::ready(()) => {}
        }
        // Whether or not it was written: another writer waits for no lock.
        let again = decision.apply(&shop.database);
        let outcome = tokio::time::timeout(Duration::from_secs(40), again).await?;
        assert!(
            matches!(outcome, Ok(()) | Err(DatabaseError::Conflict)),
            "{outcome:?}"
        );
        assert_eq!(shop.order(decision.before.id).await?, decision.after);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_keeps_a_long_note_whole_and_shortens_a_long_origin() -> anyhow::Result<()> {
    on_every_database(async |shop| {
        let order = plain_order(1);
        shop.database.insert_orders(&[imported(&order)]).await?;
        let number = "it's \"fine\"; \\ $1 ? 😀\n".repeat(5_000);
        let staff = countermand_domain::Actor::Staff {
            name: "'anna\\".repeat(20),
        };
        let by_staff = OrderEvent {
            actor: staff.clone(),
            at: at(5),
            data: EventData::Shipped {
                number: number.clone(),
                items: Vec::new(),
                overrides_request: false,
            },
        };
        let change = Transition {
            event: by_staff,
            ..hold(&order, 5)
        };
        shop.database
            .apply(&change_of(&order, &change, &"𝄞".repeat(100)))
            .await?;
        let note = format!("shipment {number}");
        let trail = shop.database.trail(order.id).await?;
        let last = trail.events.last().map(|it| (&it.actor, &it.note, &it.origin));
        assert_eq!(last, Some((&staff.label(), &note, &"𝄞".repeat(64))));
        Ok(())
    })
    .await
}
