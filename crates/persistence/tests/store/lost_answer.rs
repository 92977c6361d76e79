//! A commit whose answer is lost: the change was made once, and the caller is told so.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

use anyhow::Context;
use countermand_domain::{ConfigScope, ScopedSettings, StaffRole, Website, WebsiteNumber};
use countermand_persistence::{
    AuditFilter, Database, DatabaseError, KeyClaim, NewIdempotencyKey, NewObligation, NewToken,
    RevokedTokens, TokenOwner,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use uuid::Uuid;

use crate::customer::{ada, grace};
use crate::database::DatabaseKind;
use crate::shop::{at, hold, plain_order};
use crate::support::{TestShop, audit, change_of, imported, on_every_database, open};

#[tokio::test(flavor = "multi_thread")]
async fn a_change_whose_answer_is_lost_is_made_once() -> anyhow::Result<()> {
    on_every_database(async |shop| {
        let (line, database) = Line::to(shop).await?;
        let order = plain_order(1);
        database.insert_orders(&[imported(&order)]).await?;
        let held = hold(&order, 1);
        let before = (shop.row_counts().await?, database.round_trips());
        line.lose_next_answer();
        database.apply(&change_of(&order, &held, "")).await?;
        assert!(line.has_lost_one());
        // Three round trips: the change is sent, sent again, and then looked up.
        assert_eq!(database.round_trips() - before.1, 3);
        assert_eq!(shop.order(order.id).await?, held.after);
        let mut expected = before.0;
        expected.entry("order_events").and_modify(|count| *count += 1);
        assert_eq!(shop.row_counts().await?, expected);
        database.close().await;
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_whose_answer_is_lost_are_changed_once() -> anyhow::Result<()> {
    on_every_database(async |shop| {
        let (line, database) = Line::to(shop).await?;
        let set = ScopedSettings {
            cancellation_enabled: Some(true),
            ..ScopedSettings::default()
        };
        let audit = audit(1);
        let version = shop.database.shop().await?.version;
        line.lose_next_answer();
        database
            .change_settings(ConfigScope::Default, &set, &[], &audit)
            .await?;
        assert!(line.has_lost_one());
        let structure = shop.database.shop().await?;
        assert_eq!(structure.version, version + 1);
        assert_eq!(structure.settings.get(&ConfigScope::Default), Some(&set));
        assert_eq!(
            shop.database
                .audit_log(&AuditFilter::default(), None, 5)
                .await?
                .entries,
            [audit]
        );
        database.close().await;
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_created_while_its_answer_is_lost_is_created_once() -> anyhow::Result<()> {
    on_every_database(async |shop| {
        let (line, database) = Line::to(shop).await?;
        let token = NewToken {
            hash: vec![1; 32],
            owner: TokenOwner::Staff {
                name: "anna".into(),
                role: StaffRole::Owner,
                store: None,
                may_withhold_refunds: false,
            },
            created_at: at(0),
            expires_at: at(60),
        };
        line.lose_next_answer();
        database.insert_token(&token, Some(&audit(1))).await?;
        assert!(line.has_lost_one());
        line.lose_next_answer();
        database.insert_orders(&[imported(&plain_order(1))]).await?;
        assert!(line.has_lost_one());
        line.lose_next_answer();
        database.insert_customers(&[grace(1)], Some(&audit(2))).await?;
        assert!(line.has_lost_one());
        line.lose_next_answer();
        let website = Website {
            number: WebsiteNumber(2),
            code: "europe".into(),
            name: "Europe".into(),
        };
        database.insert_website(&website, &audit(3)).await?;
        assert!(line.has_lost_one());
        line.lose_next_answer();
        database.audit(&audit(4)).await?;
        assert!(line.has_lost_one());
        line.lose_next_answer();
        assert_eq!(
            database
                .revoke_staff_tokens(RevokedTokens::Named("anna"), at(1), &audit(5))
                .await?,
            1
        );
        assert!(line.has_lost_one());
        assert_eq!(
            database
                .audit_log(&AuditFilter::default(), None, 6)
                .await?
                .entries,
            [audit(5), audit(4), audit(3), audit(2), audit(1)]
        );
        database.close().await;
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_is_created_once_whichever_answer_is_lost() -> anyhow::Result<()> {
    on_every_database(async |shop| {
        // A file loses no answer of a read, which is the first one of the three.
        if shop.kind == DatabaseKind::Sqlite {
            return Ok(());
        }
        let (line, database) = Line::to(shop).await?;
        // Three answers: the counter is read, the counter is raised, and the account is stored.
        for website in 1..=3_i32 {
            line.lose_answer(website.unsigned_abs());
            database.insert_customers(&[ada(website)], None).await?;
            assert!(line.has_lost_one(), "answer {website}");
            assert_eq!(shop.row_counts().await?["customers"], i64::from(website));
        }
        database.close().await;
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_held_while_its_answer_is_lost_is_held() -> anyhow::Result<()> {
    on_every_database(async |shop| {
        let (line, database) = Line::to(shop).await?;
        let lease = Duration::from_secs(60);
        let owed = NewObligation {
            id: Uuid::from_u128(1),
            kind: "refund".into(),
            unique_key: "refund:1".into(),
            order: None,
            payload: "{}".into(),
            created_at: at(0),
            due_at: None,
        };
        database.insert_obligation(&owed).await?;
        let id = owed.id.to_string();
        line.lose_next_answer();
        assert!(database.hold_obligation(&id, lease).await?.is_some());
        assert!(line.has_lost_one());
        assert_eq!(database.hold_obligation(&id, lease).await?, None);
        // Databases differ in which of three answers is the one to the update that takes a key over.
        let mut lost = 0;
        for number in 1..=3 {
            let key = NewIdempotencyKey {
                id: format!("key {number}"),
                input_hash: "input".into(),
                owner: "anonymous".into(),
            };
            database.claim_idempotency_key(&key, Duration::ZERO).await?;
            line.lose_answer(number);
            let claim = database.claim_idempotency_key(&key, lease).await?;
            let is_taken_over = matches!(
                claim,
                KeyClaim::Claimed {
                    is_taken_over: true,
                    ..
                }
            );
            assert!(is_taken_over, "{claim:?}");
            lost += u32::from(line.has_lost_one());
            line.lose_answer(0);
        }
        assert!(lost > 0);
        database.close().await;
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_is_made_whose_answer_the_caller_does_not_get() -> anyhow::Result<()> {
    on_every_database(async |shop| {
        if shop.kind != DatabaseKind::Sqlite {
            return Ok(());
        }
        let order = plain_order(1);
        shop.database.insert_orders(&[imported(&order)]).await?;
        let held = hold(&order, 1);
        let gone = || Some(DatabaseError::Unreachable("the server is gone".into()));
        let database = shop.database.clone().with_lost_answers(gone);
        let outcome = database.apply(&change_of(&order, &held, "")).await;
        assert!(
            matches!(outcome, Err(DatabaseError::Unreachable(_))),
            "{outcome:?}"
        );
        assert_eq!(shop.order(order.id).await?, held.after);
        Ok(())
    })
    .await
}

/// A way to a database on which the answer of a commit can get lost: a connection to a server is cut between the two.
struct Line {
    /// Which of the answers to come is lost: 1 is the next one, and 0 is none.
    loses: Arc<AtomicU32>,
    has_lost: Arc<AtomicBool>,
}

impl Line {
    /// Opens the shop's database by such a way.
    async fn to(shop: &TestShop) -> anyhow::Result<(Self, Database)> {
        let (port, plain) = match shop.kind {
            DatabaseKind::Sqlite => return Self::to_file(shop).await,
            DatabaseKind::Postgres => (5432, "sslmode=disable"),
            DatabaseKind::MariaDb => (3306, "ssl-mode=disabled"),
        };
        let (scheme, rest) = shop.url().split_once("://").context("a URL")?;
        let (user, rest) = rest.rsplit_once('@').unwrap_or(("", rest));
        let (host, name) = rest.split_once('/').context("a database's name")?;
        let server = if host.contains(':') {
            host.to_owned()
        } else {
            format!("{host}:{port}")
        };
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let at = listener.local_addr()?;
        let line = Self {
            loses: Arc::default(),
            has_lost: Arc::default(),
        };
        let (loses, has_lost) = (line.loses.clone(), line.has_lost.clone());
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                if let Ok(server) = TcpStream::connect(&server).await {
                    tokio::spawn(carry(client, server, loses.clone(), has_lost.clone()));
                }
            }
        });
        let join = if name.contains('?') { '&' } else { '?' };
        let database = open(&format!("{scheme}://{user}@{at}/{name}{join}{plain}")).await?;
        Ok((line, database))
    }

    async fn to_file(shop: &TestShop) -> anyhow::Result<(Self, Database)> {
        let line = Self {
            loses: Arc::default(),
            has_lost: Arc::default(),
        };
        let (loses, has_lost) = (line.loses.clone(), line.has_lost.clone());
        let lost = move || {
            let is_lost = count_down(&loses);
            has_lost.fetch_or(is_lost, Ordering::SeqCst);
            is_lost.then(|| DatabaseError::Retry("the answer got lost".into()))
        };
        let database = open(shop.url()).await?.with_lost_answers(lost);
        Ok((line, database))
    }

    fn lose_next_answer(&self) {
        self.lose_answer(1);
    }

    fn lose_answer(&self, number: u32) {
        self.loses.store(number, Ordering::SeqCst);
    }

    /// Whether an answer was lost since this was last asked.
    fn has_lost_one(&self) -> bool {
        self.has_lost.swap(false, Ordering::SeqCst)
    }
}

/// Carries bytes both ways, and closes both ends after a commit whose answer is to be lost.
async fn carry(
    mut client: TcpStream,
    mut server: TcpStream,
    loses: Arc<AtomicU32>,
    has_lost: Arc<AtomicBool>,
) -> std::io::Result<()> {
    let (mut asked, mut answered) = ([0; 16_384], [0; 16_384]);
    let mut is_in_transaction = false;
    loop {
        tokio::select! {
            length = client.read(&mut asked) => {
                let sent = &asked[..length?];
                if sent.is_empty() {
                    return Ok(());
                }
                server.write_all(sent).await?;
                let holds = |text: &[u8]| sent.windows(text.len()).any(|word| word == text);
                is_in_transaction |= sent.starts_with(b"Q") && holds(b"BEGIN");
                // Outside a transaction, PostgreSQL commits the statement that is bound; its text was sent when it was
                // prepared.
                let commits = holds(b"COMMIT") || (!is_in_transaction && sent.starts_with(b"B"));
                is_in_transaction &= !holds(b"COMMIT") && !holds(b"ROLLBACK");
                if commits && count_down(&loses) {
                    tokio::time::sleep(Duration::from_millis(300)).await;
                    has_lost.store(true, Ordering::SeqCst);
                    return Ok(());
                }
            }
            length = server.read(&mut answered) => {
                let sent = &answered[..length?];
                if sent.is_empty() {
                    return Ok(());
                }
                client.write_all(sent).await?;
            }
        }
    }
}

/// Counts one answer; the result tells whether this is the answer to lose.
fn count_down(loses: &AtomicU32) -> bool {
    let minus_one = |left: u32| left.checked_sub(1);
    loses.fetch_update(Ordering::SeqCst, Ordering::SeqCst, minus_one) == Ok(1)
}
