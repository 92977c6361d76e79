//! Puts the program together: the command line, HTTP, the worker. This crate holds no rules and no SQL.

// The futures of one command are deeper than the compiler follows by default; each command's future is boxed.
#![recursion_limit = "512"]

mod cli;
mod clock;
mod command;
mod env;
mod example_tabs;
pub mod graphiql;
pub mod http;
mod orders_file;
mod telemetry;
pub mod worker;

use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context;
use clap::Parser;
use countermand_integrations::tls;

use crate::cli::Cli;

/// How long the program waits at its end for threads that still run, such as one that reads standard input.
const LAST_THREADS: Duration = Duration::from_secs(1);

/// Runs the program. `countermand --help` prints the manual of the command line.
#[must_use]
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    tls::install();
    match run_command(cli) {
        Ok(code) => code,
        Err(problem) => {
            eprintln!("countermand: {problem:#}");
            ExitCode::FAILURE
        }
    }
}

fn run_command(cli: Cli) -> anyhow::Result<ExitCode> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("cannot start threads")?;
    let code = runtime.block_on(command::run(cli));
    runtime.shutdown_timeout(LAST_THREADS);
    code
}
