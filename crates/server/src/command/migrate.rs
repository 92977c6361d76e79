//! `countermand migrate`.

use std::process::ExitCode;

use anyhow::Context;
use countermand_persistence::{ConnectOptions, Store};

use crate::cli::DatabaseArgs;

pub(super) async fn run(args: &DatabaseArgs) -> anyhow::Result<ExitCode> {
    let options = ConnectOptions {
        url: args.database_url.clone(),
        max_connections: args.database_connections,
    };
    let store = Store::connect(&options).await?;
    store
        .migrate()
        .await
        .with_context(|| format!("cannot migrate {}", store.url()))?;
    println!("{} is up to date", store.url());
    Ok(ExitCode::SUCCESS)
}
