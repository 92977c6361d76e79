//! The schema is built from an empty database, once, even when several replicas start.

use countermand_persistence::Database;
use futures_util::future::join_all;

use crate::database::DatabaseKind;
use crate::support::on_every_empty_database;

#[tokio::test(flavor = "multi_thread")]
async fn a_new_database_is_migrated_once() -> anyhow::Result<()> {
    on_every_empty_database(async |shop| {
        assert!(shop.database.ready().await.is_err());
        assert!(shop.database.needs_migration().await?);
        shop.database.migrate().await?;
        assert!(!shop.database.needs_migration().await?);
        shop.database.ready().await?;
        let first = (shop.row_counts().await?, shop.database.shop().await?.version);
        shop.database.migrate().await?;
        let second = (shop.row_counts().await?, shop.database.shop().await?.version);
        assert_eq!(first, second);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_shop_has_one_website_with_one_store_view() -> anyhow::Result<()> {
    on_every_empty_database(async |shop| {
        shop.database.migrate().await?;
        let structure = shop.database.shop().await?;
        let codes: Vec<_> = structure.stores.iter().map(|it| it.code.as_str()).collect();
        assert_eq!(codes, ["default"]);
        assert_eq!(structure.websites.len(), 1);
        assert!(!structure.cancellation_policy(structure.stores[0].number).enabled);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn replicas_that_start_together_migrate_once() -> anyhow::Result<()> {
    on_every_empty_database(async |shop| {
        let mut replicas = Vec::new();
        for _ in 0..8 {
            replicas.push(shop.replica().await?);
        }
        let outcomes = join_all(replicas.iter().map(Database::migrate)).await;
        for outcome in outcomes {
            outcome?;
        }
        for replica in replicas {
            assert!(!replica.needs_migration().await?);
            assert_eq!(replica.shop().await?.stores.len(), 1);
            replica.close().await;
        }
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_migration_step_that_failed_half_way_can_be_repeated() -> anyhow::Result<()> {
    on_every_empty_database(async |shop| {
        if shop.kind == DatabaseKind::MariaDb {
            // MariaDB cannot roll back the creation of a table.
            return Ok(());
        }
        shop.sql("CREATE TABLE payment_transactions (id INT)").await?;
        assert!(shop.database.migrate().await.is_err());
        assert!(shop.database.needs_migration().await?);
        shop.sql("DROP TABLE payment_transactions").await?;
        shop.database.migrate().await?;
        assert!(!shop.database.needs_migration().await?);
        Ok(())
    })
    .await
}
