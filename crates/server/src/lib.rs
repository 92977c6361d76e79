//! Composition root: the command line, HTTP, workers. No rules and no SQL live here.

mod cli;
mod clock;
mod command;
pub mod demo;
pub mod graphiql;
pub mod http;
mod orders_file;
mod telemetry;
pub mod worker;

use std::process::ExitCode;

use clap::Parser;
use countermand_integrations::tls;

use crate::cli::Cli;

/// Runs the program: what it does is in the command line's manual (`countermand --help`).
pub async fn run() -> ExitCode {
    tls::install();
    match command::run(Cli::parse()).await {
        Ok(code) => code,
        Err(problem) => {
            eprintln!("countermand: {problem:#}");
            ExitCode::FAILURE
        }
    }
}
