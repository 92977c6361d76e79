//! Creates websites, store views, settings and labels, and one website with one store view.

use sea_orm_migration::prelude::*;

use crate::column::{WHOLE_STEPS, big, create, document, drop_tables, flag, int, key, table, text, unique};

const TABLES: &[&str] = &[
    "websites",
    "store_groups",
    "stores",
    "settings",
    "status_labels",
    "installation",
    "counters",
];

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        WHOLE_STEPS
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut websites = table("websites");
        websites
            .col(int("number"))
            .col(text("code", 64))
            .col(text("name", 255))
            .primary_key(&mut key(&["number"]));
        create(manager, websites).await?;
        manager.create_index(unique("websites", &["code"])).await?;

        let mut groups = table("store_groups");
        groups
            .col(text("code", 64))
            .col(text("name", 255))
            .col(int("website_number"))
            .primary_key(&mut key(&["code"]));
        create(manager, groups).await?;

        let mut stores = table("stores");
        stores
            .col(int("number"))
            .col(text("code", 64))
            .col(text("name", 255))
            .col(int("website_number"))
            .col(text("group_code", 64))
            .col(text("locale", 16))
            .col(text("timezone", 64))
            .col(text("currency", 3))
            .col(int("sort_order"))
            .col(flag("is_active"))
            .primary_key(&mut key(&["number"]));
        create(manager, stores).await?;
        manager.create_index(unique("stores", &["code"])).await?;

        let mut settings = table("settings");
        settings
            .col(text("scope", 8))
            .col(int("scope_number"))
            .col(text("setting", 64))
            .col(document("value", manager.get_database_backend()))
            .primary_key(&mut key(&["scope", "scope_number", "setting"]));
        create(manager, settings).await?;

        let mut labels = table("status_labels");
        labels
            .col(text("status", 32))
            .col(int("store_number"))
            .col(text("label", 128))
            .primary_key(&mut key(&["status", "store_number"]));
        create(manager, labels).await?;

        let mut installation = table("installation");
        installation
            .col(text("name", 64))
            .col(text("value", 255))
            .primary_key(&mut key(&["name"]));
        create(manager, installation).await?;

        let mut counters = table("counters");
        counters
            .col(text("name", 64))
            .col(big("next"))
            .primary_key(&mut key(&["name"]));
        create(manager, counters).await?;

        first_store(manager).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, TABLES).await
    }
}

async fn first_store(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    insert(
        manager,
        "websites",
        &["number", "code", "name"],
        [1.into(), "base".into(), "Main Website".into()],
    )
    .await?;
    let group = ["main_website_store".into(), "Main Website Store".into(), 1.into()];
    insert(
        manager,
        "store_groups",
        &["code", "name", "website_number"],
        group,
    )
    .await?;
    let columns = [
        "number",
        "code",
        "name",
        "website_number",
        "group_code",
        "locale",
        "timezone",
        "currency",
        "sort_order",
        "is_active",
    ];
    let store = [
        1.into(),
        "default".into(),
        "Default Store View".into(),
        1.into(),
        "main_website_store".into(),
        "en_US".into(),
        "UTC".into(),
        "USD".into(),
        0.into(),
        true.into(),
    ];
    insert(manager, "stores", &columns, store).await?;
    insert(
        manager,
        "counters",
        &["name", "next"],
        ["catalog".into(), 1.into()],
    )
    .await
}

async fn insert<const N: usize>(
    manager: &SchemaManager<'_>,
    table: &'static str,
    columns: &[&'static str],
    values: [Expr; N],
) -> Result<(), DbErr> {
    let mut insert = Query::insert();
    insert
        .into_table(Alias::new(table))
        .columns(columns.iter().map(|column| Alias::new(*column)));
    insert
        .values(values)
        .map_err(|problem| DbErr::Migration(problem.to_string()))?;
    manager.execute(insert).await
}
