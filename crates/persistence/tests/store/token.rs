//! Bearer tokens: a token is valid until it expires or is revoked.

use std::time::Duration;

use countermand_domain::{Customer, StaffRole, StoreNumber};
use countermand_persistence::{AuditFilter, DatabaseError, NewToken, RevokedTokens, TokenOwner};
use futures_util::future::join_all;

use crate::customer::ada;
use crate::shop::at;
use crate::support::{TestShop, audit, on_every_database};

#[tokio::test(flavor = "multi_thread")]
async fn a_staff_token_names_its_role_its_store_and_its_permission() -> anyhow::Result<()> {
    on_every_database(async |shop| {
        for (number, role) in (1..).zip(StaffRole::ALL.iter().copied()) {
            let store = (role == StaffRole::Support).then_some(StoreNumber(1));
            shop.database
                .insert_token(&staff_token(number, "o'brien \\", role, store), None)
                .await?;
            let (_, owner) = shop.database.session(Some(&hash(number)), at(1)).await?;
            match owner {
                Some(TokenOwner::Staff {
                    name,
                    role: kept,
                    store: in_store,
                    may_withhold_refunds,
                }) => {
                    assert_eq!((name.as_str(), kept, in_store), ("o'brien \\", role, store));
                    assert_eq!(may_withhold_refunds, role == StaffRole::Manager);
                }
                other => panic!("{other:?}"),
            }
        }
        let listed = shop.database.staff_tokens().await?;
        let permitted: Vec<_> = listed
            .iter()
            .map(|it| (it.role.as_str(), it.may_withhold_refunds))
            .collect();
        let expected: Vec<_> = StaffRole::ALL
            .iter()
            .map(|role| (role.code(), *role == StaffRole::Manager))
            .collect();
        assert_eq!(permitted, expected);
        let twice = shop
            .database
            .insert_token(&staff_token(1, "eve", StaffRole::Owner, None), None)
            .await;
        assert!(matches!(twice, Err(DatabaseError::Duplicate)), "{twice:?}");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_token_names_the_customer() -> anyhow::Result<()> {
    on_every_database(async |shop| {
        let customer = signed_in(shop).await?;
        assert_eq!(owner(shop, 1, 1).await?, Some(customer.email.clone()));
        assert!(shop.database.staff_tokens().await?.is_empty());
        // The tokens of a deleted account are deleted with it.
        shop.sql("DELETE FROM customers").await?;
        assert_eq!(owner(shop, 1, 1).await?, None);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_refused_from_the_instant_it_expires() -> anyhow::Result<()> {
    on_every_database(async |shop| {
        signed_in(shop).await?;
        let just_before = at(60) - chrono::TimeDelta::microseconds(1);
        assert!(
            shop.database
                .session(Some(&hash(1)), just_before)
                .await?
                .1
                .is_some()
        );
        assert_eq!(owner(shop, 1, 60).await?, None);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_without_a_valid_token_still_reads_the_shop() -> anyhow::Result<()> {
    on_every_database(async |shop| {
        signed_in(shop).await?;
        for token in [None, Some(hash(2)), Some(vec![]), Some(vec![0xff; 32])] {
            let (structure, owner) = shop.database.session(token.as_deref(), at(1)).await?;
            assert!(owner.is_none());
            assert_eq!(structure.stores.len(), 1);
        }
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_token_is_refused_on_every_replica() -> anyhow::Result<()> {
    on_every_database(async |shop| {
        let customer = signed_in(shop).await?;
        shop.database
            .insert_token(&customer_token(2, &customer), None)
            .await?;
        shop.database
            .insert_token(&staff_token(3, "anna", StaffRole::Owner, None), None)
            .await?;
        shop.database
            .insert_token(&staff_token(4, "ben", StaffRole::Owner, None), None)
            .await?;
        let replica = shop.replica().await?;
        assert!(replica.session(Some(&hash(1)), at(1)).await?.1.is_some());
        assert_eq!(shop.database.revoke_customer_tokens(customer.id, at(2)).await?, 2);
        assert_eq!(shop.database.revoke_customer_tokens(customer.id, at(3)).await?, 0);
        assert_eq!(
            shop.database
                .revoke_staff_tokens(RevokedTokens::Named("anna"), at(2), &audit(1))
                .await?,
            1
        );
        assert_eq!(
            shop.database
                .revoke_staff_tokens(RevokedTokens::Named("anna"), at(3), &audit(2))
                .await?,
            0
        );
        // Where there is nothing to revoke, there is nothing to record.
        assert_eq!(
            shop.database
                .audit_log(&AuditFilter::default(), None, 5)
                .await?
                .entries,
            [audit(1)]
        );
        for (number, valid) in [(1, false), (2, false), (3, false), (4, true)] {
            let (_, owner) = replica.session(Some(&hash(number)), at(2)).await?;
            assert_eq!(owner.is_some(), valid, "token {number}");
        }
        let listed = replica.staff_tokens().await?;
        let revoked: Vec<_> = listed
            .iter()
            .map(|it| (it.name.as_str(), it.revoked_at))
            .collect();
        assert_eq!(revoked, [("anna", Some(at(2))), ("ben", None)]);
        replica.close().await;
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn expired_tokens_of_customers_are_deleted_in_small_batches() -> anyhow::Result<()> {
    on_every_database(async |shop| {
        let customer = signed_in(shop).await?;
        for number in 2..=3 {
            let token = customer_token(number, &customer);
            shop.database.insert_token(&token, None).await?;
        }
        let of_staff = staff_token(4, "anna", StaffRole::Owner, None);
        shop.database.insert_token(&of_staff, None).await?;
        // Each token is valid for an hour.
        let forget = async |minutes, limit| {
            let database = shop.database.clone().with_told_time(move || at(minutes));
            let kept = Duration::from_secs(10 * 60);
            database.forget_expired_tokens(kept, limit).await
        };
        assert_eq!(forget(69, 10).await?, 0);
        assert_eq!(forget(70, 2).await?, 2);
        assert_eq!(forget(70, 2).await?, 1);
        assert_eq!(shop.row_counts().await?["access_tokens"], 1);
        assert_eq!(shop.database.staff_tokens().await?.len(), 1);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_that_are_revoked_at_the_same_time_are_recorded_once() -> anyhow::Result<()> {
    on_every_database(async |shop| {
        shop.database
            .insert_token(&staff_token(1, "anna", StaffRole::Owner, None), None)
            .await?;
        let replica = shop.replica().await?;
        let entries = [1, 2, 3, 4, 5, 6].map(audit);
        let stores = [&shop.database, &replica].into_iter().cycle();
        let attempts = stores.zip(&entries).map(|(database, entry)| {
            database.revoke_staff_tokens(RevokedTokens::Named("anna"), at(1), entry)
        });
        let revoked = join_all(attempts)
            .await
            .into_iter()
            .collect::<Result<Vec<_>, _>>()?;
        assert_eq!(revoked.iter().sum::<u64>(), 1, "{revoked:?}");
        assert_eq!(
            shop.database
                .audit_log(&AuditFilter::default(), None, 6)
                .await?
                .entries
                .len(),
            1
        );
        replica.close().await;
        Ok(())
    })
    .await
}

/// Creates a customer with token 1, which is valid for an hour.
async fn signed_in(shop: &TestShop) -> anyhow::Result<Customer> {
    let customer = shop.database.insert_customers(&[ada(1)], None).await?.remove(0);
    shop.database
        .insert_token(&customer_token(1, &customer), None)
        .await?;
    Ok(customer)
}

/// The e-mail address of the customer to whom a token belongs at minute `minutes`.
async fn owner(shop: &TestShop, number: u8, minutes: i64) -> anyhow::Result<Option<String>> {
    let (_, owner) = shop.database.session(Some(&hash(number)), at(minutes)).await?;
    Ok(owner.map(|owner| match owner {
        TokenOwner::Customer(customer) => customer.email,
        TokenOwner::Staff { name, .. } => name,
    }))
}

fn customer_token(number: u8, customer: &Customer) -> NewToken {
    token(number, TokenOwner::Customer(customer.clone()))
}

/// A token of staff, with the permission to withhold refunds if it is a manager's.
fn staff_token(number: u8, name: &str, role: StaffRole, store: Option<StoreNumber>) -> NewToken {
    let owner = TokenOwner::Staff {
        name: name.into(),
        role,
        store,
        may_withhold_refunds: role == StaffRole::Manager,
    };
    token(number, owner)
}

fn token(number: u8, owner: TokenOwner) -> NewToken {
    NewToken {
        hash: hash(number),
        owner,
        created_at: at(i64::from(number)),
        expires_at: at(60),
    }
}

fn hash(number: u8) -> Vec<u8> {
    vec![number; 32]
}
