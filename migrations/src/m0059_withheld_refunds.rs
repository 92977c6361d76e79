//! Adds to access tokens whether staff may cancel with the token and pay nothing back. Before this step, managers could,
//! so the tokens of managers get the permission. An owner needs none.
//!
//! An older version of the program makes tokens without the column, which then have no permission.
//!
//! The step can be repeated: MariaDB keeps the new column where the program ends before the permission is given.

use sea_orm_migration::prelude::*;

use crate::column::{WHOLE_STEPS, flag};

const TOKENS: &str = "access_tokens";
const COLUMN: &str = "may_withhold_refunds";
const KEEP: &str =
    "UPDATE access_tokens SET may_withhold_refunds = TRUE WHERE kind = 'staff' AND role = 'manager'";

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        WHOLE_STEPS
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        if !manager.has_column(TOKENS, COLUMN).await? {
            let mut table = Table::alter();
            table
                .table(Alias::new(TOKENS))
                .add_column(flag(COLUMN).default(false));
            manager.alter_table(table).await?;
        }
        manager.get_connection().execute_unprepared(KEEP).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut table = Table::alter();
        table.table(Alias::new(TOKENS)).drop_column(Alias::new(COLUMN));
        manager.alter_table(table).await
    }
}
