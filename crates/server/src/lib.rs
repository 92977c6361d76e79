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

use clap::Parser;
use countermand_integrations::tls;

use crate::cli::Cli;

/// Runs the program. `countermand --help` prints the manual of the command line.
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
