//! Accounts of customers: one account for an e-mail address on a website.

use countermand_domain::WebsiteNumber;
use countermand_persistence::{DatabaseError, NewCustomer};
use futures_util::future::join_all;

use crate::shop::at;
use crate::support::on_every_database;

#[tokio::test(flavor = "multi_thread")]
async fn an_account_is_found_by_the_email_of_its_website() -> anyhow::Result<()> {
    on_every_database(async |shop| {
        let made = shop.database.insert_customers(&[ada(1), grace(1)], None).await?;
        let elsewhere = shop.database.insert_customers(&[ada(2)], None).await?;
        assert_ne!(made[0].id, elsewhere[0].id);
        for (website, customer) in [(1, &made[0]), (2, &elsewhere[0])] {
            let found = shop
                .database
                .customer_account(WebsiteNumber(website), "ada@example.com")
                .await?;
            let found = found.expect("an account");
            assert_eq!(&found.customer, customer);
            assert_eq!(
                found.password_hash.as_deref(),
                Some("$argon2id$v=19$m=8,t=1,p=1$c2FsdA$aGFzaA")
            );
        }
        assert!(
            shop.database
                .customer_account(WebsiteNumber(3), "ada@example.com")
                .await?
                .is_none()
        );
        let emails = ["grace.o'neil@example.com".into(), "unknown@example.com".into()];
        let found = shop
            .database
            .customers_by_email(WebsiteNumber(1), &emails)
            .await?;
        assert_eq!(found, [made[1].clone()]);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_with_a_taken_email_creates_no_account() -> anyhow::Result<()> {
    on_every_database(async |shop| {
        shop.database.insert_customers(&[ada(1)], None).await?;
        let outcome = shop.database.insert_customers(&[grace(1), ada(1)], None).await;
        assert!(matches!(outcome, Err(DatabaseError::Duplicate)), "{outcome:?}");
        assert_eq!(shop.row_counts().await?["customers"], 1);
        assert_eq!(shop.database.insert_customers(&[grace(1)], None).await?.len(), 1);
        assert!(shop.database.insert_customers(&[], None).await?.is_empty());
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn one_of_several_simultaneous_attempts_creates_the_account() -> anyhow::Result<()> {
    on_every_database(async |shop| {
        let replica = shop.replica().await?;
        let batches = [[ada(1)], [ada(1)], [ada(1)], [ada(1)], [ada(1)], [ada(1)]];
        let stores = [&shop.database, &replica].into_iter().cycle();
        let attempts = stores
            .zip(&batches)
            .map(|(database, batch)| database.insert_customers(batch, None));
        let outcomes = join_all(attempts).await;
        assert_eq!(outcomes.iter().filter(|it| it.is_ok()).count(), 1, "{outcomes:?}");
        assert_eq!(shop.row_counts().await?["customers"], 1);
        replica.close().await;
        Ok(())
    })
    .await
}

/// An account with a password.
pub(crate) fn ada(website: i32) -> NewCustomer {
    NewCustomer {
        website: WebsiteNumber(website),
        email: "ada@example.com".into(),
        firstname: "Ada \\ \"Countess\"".into(),
        lastname: "'); DROP TABLE customers; --".into(),
        password_hash: Some("$argon2id$v=19$m=8,t=1,p=1$c2FsdA$aGFzaA".into()),
        created_at: at(0),
    }
}

pub(crate) fn grace(website: i32) -> NewCustomer {
    NewCustomer {
        email: "grace.o'neil@example.com".into(),
        firstname: "Grace".into(),
        lastname: "𝄞 שלום".into(),
        password_hash: None,
        ..ada(website)
    }
}
