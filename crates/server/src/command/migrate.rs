//! `countermand migrate`: updates the schema of the database.

use std::process::ExitCode;

use anyhow::Context;
use countermand_persistence::Store;

use crate::cli::DatabaseArgs;
use crate::command::connect_options;

pub(super) async fn run(args: DatabaseArgs) -> anyhow::Result<ExitCode> {
    let store = Store::connect(&connect_options(&args)).await?;
    store
        .migrate()
        .await
        .with_context(|| format!("cannot migrate {}", store.url()))?;
    println!("{} is up to date", store.url());
    store.close().await;
    Ok(ExitCode::SUCCESS)
}
