//! Obligations: each held by one worker at a time, and by the next worker when a lease ends.

use std::collections::BTreeSet;
use std::time::{Duration, SystemTime};

use countermand_persistence::{
    AuditEntry, ClaimedObligation, Database, DatabaseError, MET, NEEDS_ATTENTION, NewObligation, PENDING,
};
use futures_util::future::join_all;
use uuid::Uuid;

use crate::shop::at;
use crate::support::{TestShop, audit, on_every_database};

const MAIL: &str = "mail";
const LEASE: Duration = Duration::from_secs(300);
const MINUTE: Duration = Duration::from_secs(60);
const PAYLOAD: &str = r#"{"text":"it's \\ \"quoted\" 😀\n"}"#;

#[tokio::test(flavor = "multi_thread")]
async fn each_obligation_is_held_by_one_of_many_workers() -> anyhow::Result<()> {
    on_every_database(async |shop| {
        for _ in 0..150 {
            owe(shop, 0).await?;
        }
        let replica = shop.replica().await?;
        let stores = [&shop.database, &replica].into_iter().cycle();
        let workers = stores.take(8).map(take_all);
        let mut held = Vec::new();
        for obligations in join_all(workers).await {
            held.extend(obligations?);
        }
        let different: BTreeSet<_> = held.iter().map(|it| it.id.clone()).collect();
        assert_eq!((held.len(), different.len()), (150, 150));
        assert!(held.iter().all(|it| it.attempt == 1));
        assert_eq!(claim(&shop.database, 10).await?, []);
        replica.close().await;
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_obligation_whose_lease_ends_is_taken_over_and_the_old_holder_is_ignored() -> anyhow::Result<()> {
    on_every_database(async |shop| {
        owe(shop, 0).await?;
        let slow = claim_at(shop, 0).await?.remove(0);
        assert_eq!(claim_at(shop, 4).await?, []);
        let next = claim_at(shop, 5).await?.remove(0);
        assert_eq!((next.id.as_str(), next.attempt), (slow.id.as_str(), 2));
        assert!(!shop.database.obligation_is_met(&slow, "late", false).await?);
        assert!(!shop.database.leave_obligation_to_staff(&slow, "late").await?);
        assert!(!shop.database.postpone_obligation(&slow, MINUTE, "late").await?);
        shop.database
            .give_back_obligations(std::slice::from_ref(&slow))
            .await?;
        assert_eq!(counts(shop).await?, [1, 0, 0]);
        assert_eq!(claim_at(shop, 6).await?, []);
        assert!(shop.database.obligation_is_met(&next, "", false).await?);
        assert_eq!(counts(shop).await?, [0, 1, 0]);
        assert!(
            !shop
                .database
                .postpone_obligation(&slow, MINUTE, "too late")
                .await?
        );
        assert_eq!(counts(shop).await?, [0, 1, 0]);
        assert_eq!(claim_at(shop, 600).await?, []);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_postponed_obligation_waits_until_it_is_due_again() -> anyhow::Result<()> {
    on_every_database(async |shop| {
        owe(shop, 0).await?;
        let first = claim_at(shop, 10).await?.remove(0);
        let told = at_minute(shop, 11);
        assert!(
            told.postpone_obligation(&first, 20 * MINUTE, "it's \\ \"down\"; \0 😀")
                .await?
        );
        assert_eq!(counts(shop).await?, [1, 0, 0]);
        assert_eq!(claim_at(shop, 30).await?, []);
        let second = claim_at(shop, 31).await?.remove(0);
        assert_eq!((second.attempt, second.payload.as_str()), (2, PAYLOAD));
        assert!(shop.database.leave_obligation_to_staff(&second, "no").await?);
        assert_eq!(counts(shop).await?, [0, 0, 1]);
        assert_eq!(claim_at(shop, 600).await?, []);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_obligation_that_is_due_longest_is_first() -> anyhow::Result<()> {
    on_every_database(async |shop| {
        let mut ids = Vec::new();
        for _ in 0..3 {
            ids.push(owe(shop, 0).await?);
        }
        let first = claim_at(shop, 0).await?.remove(0);
        assert_eq!(first.id, ids[0]);
        at_minute(shop, 0).postpone_obligation(&first, MINUTE, "").await?;
        let told = at_minute(shop, 5);
        let order = told.claim_obligations(MAIL, 10, LEASE).await?;
        let order: Vec<_> = order.into_iter().map(|it| it.id).collect();
        assert_eq!(order, [ids[1].clone(), ids[2].clone(), ids[0].clone()]);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_clock_of_the_database_decides_about_leases_and_due_times() -> anyhow::Result<()> {
    on_every_database(async |shop| {
        // The clocks of the programs that caused them are years ahead and years behind.
        owe(shop, 10_000_000).await?;
        owe(shop, -10_000_000).await?;
        let before = SystemTime::UNIX_EPOCH.elapsed()?;
        let held = claim(&shop.database, 10).await?;
        assert_eq!(held.len(), 2);
        let until = shop.number("SELECT MIN(lease_until) FROM obligations").await?;
        let lease = Duration::from_micros(u64::try_from(until)?).abs_diff(before);
        assert!(lease.abs_diff(LEASE) < MINUTE, "a lease of {lease:?}");
        assert_eq!(claim(&shop.database, 10).await?, []);
        assert_eq!(shop.database.due_kinds(&[MAIL]).await?, [""; 0]);
        let [one, other] = held.as_slice() else {
            panic!("{held:?}")
        };
        shop.database.postpone_obligation(one, Duration::ZERO, "").await?;
        shop.database.postpone_obligation(other, MINUTE, "").await?;
        assert_eq!(shop.database.due_kinds(&["void", MAIL]).await?, [MAIL]);
        let again = claim(&shop.database, 10).await?;
        assert_eq!((again.len(), again[0].id.as_str()), (1, one.id.as_str()));
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_worker_gives_back_is_claimed_at_once_as_if_it_had_not_been_claimed() -> anyhow::Result<()> {
    on_every_database(async |shop| {
        for _ in 0..3 {
            owe(shop, 0).await?;
        }
        let held = claim(&shop.database, 10).await?;
        shop.database.give_back_obligations(&held[1..]).await?;
        let again = claim(&shop.database, 10).await?;
        let ids = |of: &[ClaimedObligation]| of.iter().map(|it| it.id.clone()).collect::<Vec<_>>();
        assert_eq!(ids(&again), ids(&held[1..]));
        assert!(again.iter().all(|it| it.attempt == 1));
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_effect_is_owed_once() -> anyhow::Result<()> {
    on_every_database(async |shop| {
        let first = new(0);
        shop.database.insert_obligation(&first).await?;
        shop.database.insert_obligation(&first).await?;
        let second = NewObligation {
            unique_key: first.unique_key.clone(),
            ..new(0)
        };
        let refused = shop.database.insert_obligation(&second).await;
        assert!(matches!(refused, Err(DatabaseError::Duplicate)), "{refused:?}");
        assert_eq!(counts(shop).await?, [1, 0, 0]);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn obligations_that_staff_requests_are_all_written_or_none() -> anyhow::Result<()> {
    on_every_database(async |shop| {
        let audit = AuditEntry::new(Uuid::now_v7(), "staff:anna", "replayWebhooks", "1", "", "", at(0));
        let all: Vec<_> = (0..600).map(|_| new(0)).collect();
        let entries = "SELECT COUNT(*) FROM audit_entries WHERE action = 'replayWebhooks'";
        let mut broken = all.clone();
        broken[599].unique_key = broken[0].unique_key.clone();
        let refused = shop.database.owe_again(&broken, &audit).await;
        assert!(matches!(refused, Err(DatabaseError::Conflict)), "{refused:?}");
        assert_eq!((counts(shop).await?, shop.number(entries).await?), ([0, 0, 0], 0));
        for _ in 0..2 {
            // The second call is the repetition after a lost answer.
            shop.database.owe_again(&all, &audit).await?;
            assert_eq!(
                (counts(shop).await?, shop.number(entries).await?),
                ([600, 0, 0], 1)
            );
        }
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_effect_that_is_owed_again_waits_once_and_is_due_at_once() -> anyhow::Result<()> {
    on_every_database(async |shop| {
        let all: Vec<_> = (0..5).map(|_| new(0)).collect();
        for owed in &all[1..] {
            shop.database.insert_obligation(owed).await?;
        }
        // The first is not owed yet. The others are met, left to staff, due in an hour, and held by a worker.
        let told = at_minute(shop, 10);
        let held = told.claim_obligations(MAIL, 4, LEASE).await?;
        let [met, left, waiting, under_way] = held.as_slice() else {
            panic!("{held:?}")
        };
        assert!(told.obligation_is_met(met, "a receipt", false).await?);
        assert!(told.leave_obligation_to_staff(left, "no").await?);
        assert!(told.postpone_obligation(waiting, 60 * MINUTE, "later").await?);
        let again = all.iter().map(|it| NewObligation {
            unique_key: it.unique_key.clone(),
            ..new(10)
        });
        let again: Vec<_> = again.collect();
        for number in 1..=2 {
            told.owe_again(&again, &audit(number)).await?;
            assert_eq!(counts(shop).await?, [5, 0, 0]);
        }
        let due = told.claim_obligations(MAIL, 10, LEASE).await?;
        assert!(
            due.iter().all(|it| it.attempt == 1 && it.payload == PAYLOAD),
            "{due:?}"
        );
        let ids = due.iter().map(|it| it.id.as_str()).collect::<BTreeSet<_>>();
        assert_eq!(ids.len(), 4);
        assert!(ids.contains(waiting.id.as_str()) && !ids.contains(under_way.id.as_str()));
        assert!(!ids.contains(met.id.as_str()) && !ids.contains(left.id.as_str()));
        assert!(told.obligation_is_met(under_way, "", false).await?);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn met_obligations_are_kept_for_a_while_and_forgotten_in_small_batches() -> anyhow::Result<()> {
    on_every_database(async |shop| {
        for _ in 0..5 {
            owe(shop, 0).await?;
        }
        let told = at_minute(shop, 10);
        let held = told.claim_obligations(MAIL, 4, LEASE).await?;
        for held in &held {
            assert!(told.obligation_is_met(held, "a receipt", false).await?);
        }
        let forgotten = async |minute, limit| {
            let told = at_minute(shop, minute);
            told.forget_ended_obligations(MAIL, MET, 30 * MINUTE, limit).await
        };
        assert_eq!(forgotten(39, 10).await?, 0);
        let others = at_minute(shop, 60);
        assert_eq!(
            others.forget_ended_obligations("refund", MET, MINUTE, 10).await?,
            0
        );
        assert_eq!(forgotten(40, 3).await?, 3);
        assert_eq!(forgotten(40, 3).await?, 1);
        assert_eq!(forgotten(40, 3).await?, 0);
        assert_eq!(counts(shop).await?, [1, 0, 0]);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_for_a_cause_is_due_soon_once_the_cause_is_over() -> anyhow::Result<()> {
    on_every_database(async |shop| {
        for _ in 0..5 {
            owe(shop, 0).await?;
        }
        let told = at_minute(shop, 10);
        let held = told.claim_obligations(MAIL, 5, LEASE).await?;
        let [down, longer, other, soon, leased] = held.as_slice() else {
            panic!("{held:?}")
        };
        let hour = 60 * MINUTE;
        told.postpone_obligation(down, hour, "main fails: it is down")
            .await?;
        told.postpone_obligation(longer, 2 * hour, "main fails: ").await?;
        told.postpone_obligation(other, hour, "main-2 fails: it is down")
            .await?;
        told.postpone_obligation(soon, MINUTE, "main fails: it is down")
            .await?;
        // Another worker holds this one from minute 30 on.
        told.postpone_obligation(leased, MINUTE, "main fails: it is down")
            .await?;
        let again = at_minute(shop, 30).claim_obligations(MAIL, 2, 2 * hour).await?;
        let ids = |of: &[ClaimedObligation]| of.iter().map(|it| it.id.clone()).collect::<BTreeSet<_>>();
        assert_eq!(ids(&again), [soon.id.clone(), leased.id.clone()].into());
        at_minute(shop, 30)
            .postpone_obligation(&again[0], hour, "")
            .await?;

        let wake = async |kinds: &[&str], minute| {
            let told = at_minute(shop, minute);
            told.wake_obligations(kinds, "main fails: ", "main answers").await
        };
        wake(&["refund"], 31).await?;
        assert_eq!(at_minute(shop, 32).claim_obligations(MAIL, 9, LEASE).await?, []);
        for _ in 0..2 {
            wake(&["refund", MAIL], 31).await?;
        }
        let due = shop.number("SELECT MAX(due_at) FROM obligations WHERE last_error = 'main answers'");
        let latest = at(31).timestamp_micros() + 5_000_000;
        assert!(due.await? < latest, "woken within five seconds");
        // A repetition at a later time does not delay what is woken.
        wake(&[MAIL], 32).await?;
        let woken = at_minute(shop, 32).claim_obligations(MAIL, 9, LEASE).await?;
        assert_eq!(ids(&woken), [down.id.clone(), longer.id.clone()].into());
        assert!(
            woken
                .iter()
                .all(|it| it.problem == "main answers" && it.attempt == 2)
        );
        Ok(())
    })
    .await
}

fn new(minutes: i64) -> NewObligation {
    let id = Uuid::now_v7();
    NewObligation {
        id,
        kind: MAIL.into(),
        unique_key: id.to_string(),
        order: None,
        payload: PAYLOAD.into(),
        created_at: at(minutes),
        due_at: None,
    }
}

/// Writes an obligation that was caused so many minutes later; gives its id.
async fn owe(shop: &TestShop, minutes: i64) -> anyhow::Result<String> {
    let new = new(minutes);
    shop.database.insert_obligation(&new).await?;
    Ok(new.id.to_string())
}

/// A handle of the same database whose clock shows a time so many minutes later.
fn at_minute(shop: &TestShop, minutes: i64) -> Database {
    shop.database.clone().with_told_time(move || at(minutes))
}

async fn claim_at(shop: &TestShop, minutes: i64) -> anyhow::Result<Vec<ClaimedObligation>> {
    claim(&at_minute(shop, minutes), 1).await
}

async fn claim(database: &Database, limit: u64) -> anyhow::Result<Vec<ClaimedObligation>> {
    Ok(database.claim_obligations(MAIL, limit, LEASE).await?)
}

/// What one worker gets hold of while others do the same; an empty claim may mean that they were faster.
async fn take_all(database: &Database) -> anyhow::Result<Vec<ClaimedObligation>> {
    let mut held = Vec::new();
    let mut misses = 0;
    while misses < 3 {
        match claim(database, 4).await?.as_slice() {
            [] => misses += 1,
            batch => held.extend_from_slice(batch),
        }
    }
    Ok(held)
}

/// Pending, met, left to staff.
async fn counts(shop: &TestShop) -> anyhow::Result<[i64; 3]> {
    let mut counts = [0; 3];
    for (count, state) in counts.iter_mut().zip([PENDING, MET, NEEDS_ATTENTION]) {
        let query = format!("SELECT COUNT(*) FROM obligations WHERE state = '{state}'");
        *count = shop.number(&query).await?;
    }
    Ok(counts)
}
