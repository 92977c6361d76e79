//! Creates indexes of the audit log, which find the entries of one member of staff, one action, one object or one time,
//! newest first.

use sea_orm_migration::prelude::*;

use crate::column::{WHOLE_STEPS, index};

const ENTRIES: &str = "audit_entries";

/// The columns of each index. All end with the columns by which the log is sorted.
const INDEXES: [&[&str]; 4] = [
    &["created_at", "id"],
    &["actor", "created_at", "id"],
    &["action", "created_at", "id"],
    &["target", "created_at", "id"],
];

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        WHOLE_STEPS
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for columns in INDEXES {
            manager.create_index(index(ENTRIES, columns)).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for columns in INDEXES {
            let index = Index::drop()
                .name(format!("idx_{ENTRIES}_{}", columns.join("_")))
                .table(Alias::new(ENTRIES))
                .to_owned();
            manager.drop_index(index).await?;
        }
        Ok(())
    }
}
