//! The schema: whether it is as old as this program, and how it is brought up to date.

use std::time::Duration;

use countermand_migrations::{Migrator, MigratorTrait};
use sea_orm::{
    ConnectionTrait, DatabaseTransaction, DbErr, SqliteTransactionMode, Statement, TransactionOptions,
    TransactionTrait,
};

use crate::database::Database;
use crate::error::DatabaseError;

/// The tenths of a second without progress of another replica after which a failed migration is reported.
const MIGRATION_PATIENCE: u32 = 50;

impl Database {
    /// Brings the schema up to date. If several replicas start together, one migrates and the others wait.
    ///
    /// # Errors
    /// [`DatabaseError::Newer`] if a newer version of this program has changed the schema.
    pub async fn migrate(&self) -> Result<(), DatabaseError> {
        if let Err(newer @ DatabaseError::Newer(_)) = self.pending_steps().await {
            return Err(newer);
        }
        let outcome = if self.behind_pooler {
            self.migrate_through_pooler().await
        } else if self.is_sqlite() {
            self.migrate_file().await
        } else {
            Migrator::up(&self.db, None).await
        };
        let Err(problem) = outcome else {
            return Ok(());
        };
        // PostgreSQL and MariaDB have no lock in common, so the first table of a step
        // serves as the lock: the replica that creates the table continues.
        let (mut fewest, mut quiet) = (usize::MAX, 0);
        while quiet < MIGRATION_PATIENCE {
            match self.pending_steps().await {
                Ok(0) => return Ok(()),
                Ok(pending) if pending < fewest => (fewest, quiet) = (pending, 0),
                Ok(_) | Err(_) => quiet += 1,
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        Err(problem.into())
    }

    /// Whether the schema is older than this program.
    pub async fn needs_migration(&self) -> Result<bool, DatabaseError> {
        Ok(self.pending_steps().await? > 0)
    }

    /// Whether the database has no table of this program: `countermand migrate` has never run on it.
    pub async fn is_empty(&self) -> Result<bool, DatabaseError> {
        Ok(self.pending_steps().await? == Migrator::migrations().len())
    }

    async fn pending_steps(&self) -> Result<usize, DatabaseError> {
        if !self.behind_pooler {
            return pending_steps_on(&self.db).await;
        }
        let transaction = self.begin_through_pooler().await?;
        let pending = pending_steps_on(&transaction).await?;
        transaction.commit().await?;
        Ok(pending)
    }

    /// Takes all steps of a file in one transaction, which is the only writer from its begin: another replica waits and
    /// then finds nothing to do, and a step that fails leaves the file as it was.
    async fn migrate_file(&self) -> Result<(), DbErr> {
        let only_writer = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        let transaction = self.db.begin_with_options(only_writer).await?;
        Migrator::up(&transaction, None).await?;
        transaction.commit().await
    }

    /// Takes all steps in one transaction, during which the pooler keeps one server for this program.
    async fn migrate_through_pooler(&self) -> Result<(), DbErr> {
        let transaction = self.begin_through_pooler().await?;
        Migrator::up(&transaction, None).await?;
        transaction.commit().await
    }

    /// A transaction on a server without prepared statements: the steps of the schema prepare statements by names that
    /// other clients of the same server have used before.
    async fn begin_through_pooler(&self) -> Result<DatabaseTransaction, DbErr> {
        let transaction = self.db.begin().await?;
        transaction.execute_unprepared("DEALLOCATE ALL").await?;
        Ok(transaction)
    }
}

/// The number of steps that the database has not taken yet.
async fn pending_steps_on(connection: &impl ConnectionTrait) -> Result<usize, DatabaseError> {
    match Migrator::get_pending_migrations_read_only(connection).await {
        Ok(pending) => Ok(pending.len()),
        Err(problem) => Err(match unknown_step(connection).await {
            Ok(Some(step)) => DatabaseError::Newer(step),
            Ok(None) | Err(_) => problem.into(),
        }),
    }
}

/// The name of a step that the database has taken and that this program does not know.
async fn unknown_step(connection: &impl ConnectionTrait) -> Result<Option<String>, DbErr> {
    let known = Migrator::migrations();
    let taken = "SELECT version FROM seaql_migrations ORDER BY version DESC";
    let taken = Statement::from_string(connection.get_database_backend(), taken);
    for row in connection.query_all_raw(taken).await? {
        let step: String = row.try_get_by_index(0)?;
        if known.iter().all(|it| it.name() != step) {
            return Ok(Some(step));
        }
    }
    Ok(None)
}
