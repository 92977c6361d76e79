//! Idempotency keys: a repetition learns what was changed, and of one owner the newest keys are kept, and all those that
//! are young.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use countermand_persistence::{AuditEntry, ChangeMark, Database, KeyClaim, NewIdempotencyKey};
use tokio::runtime::Handle;
use tokio::task::block_in_place;

use crate::shop::at;
use crate::support::{TestShop, audit, on_every_database};

const LEASE: Duration = Duration::from_secs(60);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);
/// The minutes of three days.
const NOW: i64 = 3 * 24 * 60;

/// A handle of the same database whose clock shows a time so many minutes later.
fn at_minute(shop: &TestShop, minutes: i64) -> Database {
    shop.database.clone().with_told_time(move || at(minutes))
}

/// Claims a key at this minute, under which something is changed.
async fn change_under_key(shop: &TestShop, id: &str, owner: &str, minute: i64) -> anyhow::Result<()> {
    let new = NewIdempotencyKey {
        id: id.into(),
        input_hash: "a hash".into(),
        owner: owner.into(),
    };
    let claim = at_minute(shop, minute).claim_idempotency_key(&new, LEASE).await?;
    assert!(matches!(claim, KeyClaim::Claimed { .. }), "{claim:?}");
    shop.sql(&format!(
        "INSERT INTO idempotent_changes (key_id, target, created_at) VALUES ('{id}', 'order 1', 0)"
    ))
    .await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn of_the_keys_of_an_owner_the_newest_and_the_young_ones_are_kept() -> anyhow::Result<()> {
    on_every_database(async |shop| {
        for minute in 1..=5 {
            change_under_key(shop, &format!("old-{minute}"), "anonymous", minute).await?;
        }
        for minute in [NOW - 60, NOW] {
            change_under_key(shop, &format!("young-{minute}"), "anonymous", minute).await?;
        }
        change_under_key(shop, "another", "customer 1", 0).await?;
        let database = at_minute(shop, NOW);
        let before = at(4);
        let kept = database
            .oldest_idempotency_key_to_keep("anonymous", 2, DAY)
            .await?;
        assert_eq!(kept, Some(before));
        let mut deleted = Vec::new();
        for _ in 0..3 {
            let forget = database.forget_idempotency_keys_of("anonymous", before, 2);
            deleted.push(forget.await?);
        }
        assert_eq!(deleted, [4, 2, 0], "three keys and their marks, two at once");
        for rows in ["idempotency_keys WHERE id", "idempotent_changes WHERE key_id"] {
            let all = shop.number(&format!("SELECT COUNT(*) FROM {rows} <> ''")).await?;
            let old = format!("SELECT COUNT(*) FROM {rows} IN ('old-4', 'old-5')");
            assert_eq!((all, shop.number(&old).await?), (5, 2), "{rows}");
        }
        for (owner, newest, kept) in [
            ("anonymous", 2, Some(before)),
            ("anonymous", 3, None),
            ("customer 1", 1, Some(at(0))),
            ("customer 2", 1, None),
        ] {
            let oldest = database
                .oldest_idempotency_key_to_keep(owner, newest, DAY)
                .await?;
            assert_eq!(oldest, kept, "the {newest} newest keys of {owner}");
        }
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_of_the_instant_of_the_oldest_key_to_keep_are_kept_too() -> anyhow::Result<()> {
    on_every_database(async |shop| {
        for (id, minute) in [("a", 1), ("b", 2), ("c", 2), ("d", 2)] {
            change_under_key(shop, id, "anonymous", minute).await?;
        }
        let database = at_minute(shop, NOW);
        let kept = database
            .oldest_idempotency_key_to_keep("anonymous", 2, DAY)
            .await?;
        assert_eq!(kept, Some(at(2)));
        let deleted = database
            .forget_idempotency_keys_of("anonymous", at(2), 10)
            .await?;
        assert_eq!(deleted, 2, "the key a with its mark");
        let left = "SELECT COUNT(*) FROM idempotency_keys WHERE id IN ('b', 'c', 'd')";
        assert_eq!(shop.number(left).await?, 3);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repetition_learns_of_a_change_that_is_made_while_it_claims_the_key() -> anyhow::Result<()> {
    on_every_database(async |shop| {
        let new = NewIdempotencyKey {
            id: "key".into(),
            input_hash: "a hash".into(),
            owner: "staff".into(),
        };
        let claim = at_minute(shop, NOW).claim_idempotency_key(&new, LEASE).await?;
        let KeyClaim::Claimed { fence, .. } = claim else {
            panic!("{claim:?}");
        };
        let change = AuditEntry {
            marks: vec![ChangeMark {
                key: "key".into(),
                target: "order 1".into(),
            }],
            ..audit(1)
        };
        // The repetition reads the clock twice for its insert, and once more for the update that takes the key over.
        let (first, reads) = (shop.database.clone(), AtomicUsize::new(0));
        let repetition = shop.database.clone().with_told_time(move || {
            if reads.fetch_add(1, Ordering::Relaxed) == 2 {
                let ends = async {
                    first.audit(&change).await?;
                    first.release_idempotency_key("key", fence).await
                };
                block_in_place(|| Handle::current().block_on(ends)).expect("written");
            }
            at(NOW)
        });
        let claim = repetition.claim_idempotency_key(&new, LEASE).await?;
        let KeyClaim::Claimed { changed, .. } = claim else {
            panic!("{claim:?}");
        };
        assert_eq!(changed, ["order 1"]);
        Ok(())
    })
    .await
}
