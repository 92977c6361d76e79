//! Voids and refunds at payment providers: the body of a request is kept, and read only where it is sent again.

use countermand_domain::{ReversalCall, ReversalEntry, ReversalOperation, ReversalState};
use countermand_persistence::{DatabaseError, KeptReversalEntry, NewObligation, REFUND};
use uuid::Uuid;

use crate::shop::at;
use crate::support::{on_every_database, on_every_empty_database};

/// The steps of the schema before bodies of requests were kept.
const STEPS_BEFORE_BODIES: u32 = 44;
const OBLIGATION: &str = "0198c0de-0000-7000-8000-000000000001";
/// The most bytes of a body.
const LARGEST: usize = 16 * 1024;

/// The entry of a request that is about to be sent with this body.
fn requested(body: Option<&str>) -> KeptReversalEntry {
    KeptReversalEntry {
        obligation: OBLIGATION.to_owned(),
        account: "main".to_owned(),
        entry: ReversalEntry {
            at: at(0),
            call: ReversalCall {
                operation: ReversalOperation::Refund,
                generation: 1,
            },
            state: ReversalState::Requested,
            reference: None,
            refusal: None,
            detail: String::new(),
        },
        request_body: body.map(str::to_owned),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_is_kept_byte_for_byte_and_lists_of_entries_leave_it_out() -> anyhow::Result<()> {
    on_every_database(async |shop| {
        let database = &shop.database;
        let new = requested(Some("{ \"order\":\"Ä☂ \\u0000 '?'\", \"amount\" : 1500}\r\n"));
        assert!(database.append_reversal_entry(&new, 0).await?);
        // The answer of the commit may get lost: the same entry is known, and another one is refused.
        assert!(database.append_reversal_entry(&new, 0).await?);
        let other = requested(Some("{}"));
        assert!(!database.append_reversal_entry(&other, 0).await?);
        assert_eq!(
            database.reversal_with_bodies(OBLIGATION).await?,
            std::slice::from_ref(&new)
        );
        let listed = KeptReversalEntry {
            request_body: None,
            ..new
        };
        assert_eq!(database.reversal_entries(&[OBLIGATION]).await?, [listed]);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_obligation_and_its_states_take_one_round_trip() -> anyhow::Result<()> {
    on_every_database(async |shop| {
        let database = &shop.database;
        let (first, second) = (requested(None), requested(Some("{}")));
        assert!(database.append_reversal_entry(&first, 0).await?);
        let states = database.obligation_with_states(OBLIGATION).await?;
        assert_eq!(states, (None, vec![first.clone()]));
        let owed = NewObligation {
            id: Uuid::parse_str(OBLIGATION)?,
            kind: REFUND.to_owned(),
            unique_key: "refund:1".to_owned(),
            order: None,
            payload: r#"{"transaction":0,"amount":1500}"#.to_owned(),
            created_at: at(0),
            due_at: None,
        };
        database.insert_obligation(&owed).await?;
        assert!(database.append_reversal_entry(&second, 1).await?);
        let before = database.round_trips();
        let (row, states) = database.obligation_with_states(OBLIGATION).await?;
        assert_eq!(database.round_trips() - before, 1);
        assert!(row.is_some());
        assert_eq!(row, database.obligation(OBLIGATION).await?);
        // The second one comes without its body.
        assert_eq!(states, [first.clone(), first]);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_above_its_limit_is_not_kept_so_that_nothing_is_sent() -> anyhow::Result<()> {
    on_every_database(async |shop| {
        let database = &shop.database;
        let above = requested(Some(&"ä".repeat(LARGEST / 2 + 1)));
        let refused = database.append_reversal_entry(&above, 0).await;
        assert!(matches!(refused, Err(DatabaseError::Failed(_))), "{refused:?}");
        assert_eq!(database.reversal_with_bodies(OBLIGATION).await?, []);
        let largest = requested(Some(&"ä".repeat(LARGEST / 2)));
        assert!(database.append_reversal_entry(&largest, 0).await?);
        assert_eq!(database.reversal_with_bodies(OBLIGATION).await?, [largest]);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_of_the_version_before_has_no_body() -> anyhow::Result<()> {
    on_every_empty_database(async |shop| {
        shop.take_steps(STEPS_BEFORE_BODIES).await?;
        let at = at(0).timestamp_micros();
        shop.sql(&format!(
            "INSERT INTO reversal_entries \
             VALUES ('{OBLIGATION}', 0, {at}, 'main', 'refund', 1, 'requested', NULL, NULL, '')"
        ))
        .await?;
        shop.database.migrate().await?;
        let kept = shop.database.reversal_with_bodies(OBLIGATION).await?;
        assert_eq!(kept, [requested(None)]);
        Ok(())
    })
    .await
}
