//! `countermand init`: makes the first store view the shop's own.

use std::process::ExitCode;

use anyhow::Context;
use countermand_app::shop::update_store::StoreUpdate;
use countermand_app::{AppSettings, failure};
use countermand_domain::ConfigScope;
use countermand_persistence::Database;

use crate::cli::InitArgs;
use crate::command::{connect_options, open_app};
use crate::print;

/// Brings the schema up to date, changes the store view, and prints its values. Without flags it only prints them.
pub(super) async fn run(args: InitArgs) -> anyhow::Result<ExitCode> {
    let database = Database::connect(&connect_options(&args.database)).await?;
    database
        .migrate()
        .await
        .with_context(|| format!("cannot migrate {}", database.url()))?;
    let app = open_app(database, AppSettings::default()).await?;
    let update = StoreUpdate {
        name: args.name,
        locale: args.locale,
        currency: args.currency,
        timezone: args.timezone,
        storefront_url: args.storefront_url,
        ..StoreUpdate::default()
    };
    let shop = failure::split(app.set_up_shop(&update).await)?;
    let shop = shop.map_err(|refusal| match refusal.field {
        Some(field) => anyhow::anyhow!("--{}: {}", field.replace('_', "-"), refusal.message),
        None => anyhow::anyhow!(refusal.message),
    })?;
    for store in &shop.stores {
        let settings = shop.settings_at(ConfigScope::Store(store.number));
        print::line(format_args!(
            "store view `{}`: {}, {}, {}, {}, {}",
            store.code,
            store.name,
            store.locale,
            store.currency,
            store.timezone,
            settings.storefront_url.value
        ))?;
    }
    app.close().await;
    Ok(ExitCode::SUCCESS)
}
