//! The shop's structure: it is read as a whole, kept in memory, and compared with the current version in every request.
//!
//! The kept structure has no lifetime. Each round trip that decides something also reads the current version, so a
//! changed setting has an effect on every replica at once.

use std::collections::HashMap;
use std::sync::Arc;

use countermand_domain::{Shop, StatusLabels, StoreGroup, StoreNumber, StoreView, Website, WebsiteNumber};
use sea_orm::sea_query::{Expr, ExprTrait, Query, SelectStatement, UpdateStatement};
use sea_orm::{EntityTrait, QueryOrder};

use crate::audit::AuditEntry;
use crate::database::Database;
use crate::error::DatabaseError;
use crate::installation::EVENT_STREAM;
use crate::rows::entity::{
    counter, installation, setting, status_label, store, store_group, webhook_endpoint, website,
};
use crate::shop::settings::scoped_settings;
use crate::sql::answers::Answers;
use crate::sql::rows::insert;
use crate::sql::script::{Rows, Script};
use crate::webhooks::subscribers_of;

/// The name of the counter that holds the version of the shop.
pub(super) const VERSION: &str = "catalog";

/// The version of the shop's structure at the time of a read.
pub(crate) struct ShopVersion(i64);

/// Where a script's answers hold the version of the shop's structure.
pub(crate) struct AskedVersion(Rows<(i64,)>);

impl AskedVersion {
    pub(crate) fn read_from(self, answers: &Answers) -> Result<ShopVersion, DatabaseError> {
        let version = answers.first(self.0)?;
        version.map(|(version,)| ShopVersion(version)).ok_or_else(|| {
            DatabaseError::Corrupt("the shop's version is missing: run `countermand migrate`".into())
        })
    }
}

impl ShopVersion {
    pub(crate) fn add_to(script: &mut Script<'_>) -> AskedVersion {
        AskedVersion(script.rows(&version_query()))
    }

    /// The shop at this version or a later one. The shop is read from the database only if it has changed.
    pub(crate) async fn shop(self, database: &Database) -> Result<Arc<Shop>, DatabaseError> {
        if let Some(kept) = database.shop.read().await.as_ref()
            && kept.version >= self.0
        {
            return Ok(kept.clone());
        }
        let fresh = Arc::new(database.read_shop().await?);
        let mut kept = database.shop.write().await;
        if kept.as_ref().is_none_or(|kept| kept.version < fresh.version) {
            *kept = Some(fresh.clone());
        }
        Ok(fresh)
    }
}

impl Database {
    /// Adds a website and an entry in the audit log. The result is
    /// [`DatabaseError::Duplicate`] if the website's code or number is taken.
    pub async fn insert_website(&self, website: &Website, audit: &AuditEntry) -> Result<(), DatabaseError> {
        let row = website::Model {
            number: website.number.0,
            code: website.code.clone(),
            name: website.name.clone(),
        };
        let mut script = Script::write(self);
        insert(&mut script, [row]);
        audit.add_to(&mut script);
        script.add(&raise_version());
        let outcome = script.commit().await;
        self.unless_audited(audit, outcome).await
    }

    /// Adds a store view, its group if the group is new, and an entry in the audit log. The result is
    /// [`DatabaseError::Duplicate`] if the code or number is taken.
    pub async fn insert_store(
        &self,
        store: &StoreView,
        new_group: Option<&StoreGroup>,
        audit: &AuditEntry,
    ) -> Result<(), DatabaseError> {
        let mut script = Script::write(self);
        if let Some(group) = new_group {
            let (code, name) = (group.code.clone(), group.name.clone());
            insert(
                &mut script,
                [store_group::Model {
                    code,
                    name,
                    website_number: group.website.0,
                }],
            );
        }
        insert(&mut script, [store_row(store)]);
        audit.add_to(&mut script);
        script.add(&raise_version());
        let outcome = script.commit().await;
        self.unless_audited(audit, outcome).await
    }

    async fn read_shop(&self) -> Result<Shop, DatabaseError> {
        let mut script = Script::read(self);
        let version = ShopVersion::add_to(&mut script);
        let websites = script.select(website::Entity::find().order_by_asc(website::Column::Number));
        let groups = script.select(store_group::Entity::find().order_by_asc(store_group::Column::Code));
        let stores = script.select(
            store::Entity::find()
                .order_by_asc(store::Column::SortOrder)
                .order_by_asc(store::Column::Number),
        );
        let settings = script.select(setting::Entity::find());
        let labels = script.select(status_label::Entity::find());
        let endpoints =
            script.select(webhook_endpoint::Entity::find().order_by_asc(webhook_endpoint::Column::Id));
        let stream = script.select(installation::Entity::find_by_id(EVENT_STREAM));
        let answers = script.fetch().await?;
        let stores = answers.take(stores)?.into_iter().map(store_of);
        Ok(Shop {
            version: version.read_from(&answers)?.0,
            websites: answers.take(websites)?.into_iter().map(website_of).collect(),
            groups: answers.take(groups)?.into_iter().map(group_of).collect(),
            stores: stores.collect::<Result<_, _>>()?,
            settings: scoped_settings(answers.take(settings)?)?,
            labels: labels_of(answers.take(labels)?),
            subscribers: subscribers_of(answers.take(endpoints)?),
            is_streamed: answers.first(stream)?.is_some(),
        })
    }
}

fn version_query() -> SelectStatement {
    let mut version = Query::select();
    version
        .column(counter::Column::Next)
        .from(counter::Entity)
        .and_where(Expr::col(counter::Column::Name).eq(VERSION));
    version
}

/// The statement that raises the version. Every change of the shop's structure or settings adds it to its transaction.
pub(crate) fn raise_version() -> UpdateStatement {
    let mut raise = Query::update();
    raise
        .table(counter::Entity)
        .value(counter::Column::Next, Expr::col(counter::Column::Next).add(1))
        .and_where(Expr::col(counter::Column::Name).eq(VERSION));
    raise
}

fn website_of(row: website::Model) -> Website {
    Website {
        number: WebsiteNumber(row.number),
        code: row.code,
        name: row.name,
    }
}

fn group_of(row: store_group::Model) -> StoreGroup {
    StoreGroup {
        code: row.code,
        name: row.name,
        website: WebsiteNumber(row.website_number),
    }
}

fn store_of(row: store::Model) -> Result<StoreView, DatabaseError> {
    Ok(StoreView {
        number: StoreNumber(row.number),
        website: WebsiteNumber(row.website_number),
        currency: row
            .currency
            .parse()
            .map_err(|_| DatabaseError::Corrupt(format!("currency `{}`", row.currency)))?,
        code: row.code,
        name: row.name,
        group: row.group_code,
        locale: row.locale,
        timezone: row.timezone,
        sort_order: row.sort_order,
        is_active: row.is_active,
    })
}

pub(super) fn store_row(store: &StoreView) -> store::Model {
    store::Model {
        number: store.number.0,
        code: store.code.clone(),
        name: store.name.clone(),
        website_number: store.website.0,
        group_code: store.group.clone(),
        locale: store.locale.clone(),
        timezone: store.timezone.clone(),
        currency: store.currency.code().into(),
        sort_order: store.sort_order,
        is_active: store.is_active,
    }
}

fn labels_of(rows: Vec<status_label::Model>) -> StatusLabels {
    let store = |number| {
        if number == 0 {
            None
        } else {
            Some(StoreNumber(number))
        }
    };
    let rows: HashMap<_, _> = rows
        .into_iter()
        .map(|row| ((row.status, store(row.store_number)), row.label))
        .collect();
    StatusLabels::new(
        rows.into_iter()
            .map(|((status, store), label)| (status, store, label)),
    )
}
