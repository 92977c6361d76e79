//! `countermand migrate`: updates the schema of the database.

use std::process::ExitCode;

use anyhow::Context;
use countermand_persistence::Database;

use crate::cli::DatabaseArgs;
use crate::command::connect_options;
use crate::print;

pub(super) async fn run(args: DatabaseArgs) -> anyhow::Result<ExitCode> {
    let database = Database::connect(&connect_options(&args)).await?;
    database
        .migrate()
        .await
        .with_context(|| format!("cannot migrate {}", database.url()))?;
    print::line(format_args!("{} is up to date", database.url()))?;
    database.close().await;
    Ok(ExitCode::SUCCESS)
}
