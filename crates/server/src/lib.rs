//! Puts the program together: the command line, HTTP, the worker. This crate holds no rules and no SQL.

// The futures of one command are deeper than the compiler follows by default; each command's future is boxed.
#![recursion_limit = "512"]
// `println!` panics when its reader is gone; `print` does not.
#![warn(clippy::print_stderr, clippy::print_stdout)]

mod channel_worker;
mod cli;
mod clock;
mod command;
mod env;
mod example_tabs;
pub mod graphiql;
pub mod http;
mod kept_orders;
mod metrics;
mod orders_file;
mod print;
mod stopping;
mod telemetry;
pub mod worker;

use std::process::ExitCode;

use clap::FromArgMatches;
use countermand_integrations::tls;

use crate::cli::Cli;
use crate::stopping::LAST_THREADS;

/// Runs the program until it ends. All files that it makes are private: databases hold hashes of passwords, and mails
/// hold links that cancel orders.
#[must_use]
pub fn main() -> ExitCode {
    rustix::process::umask(rustix::fs::Mode::RWXG | rustix::fs::Mode::RWXO);
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(problem) => {
            return print::failed(&anyhow::Error::new(problem).context("cannot start threads"));
        }
    };
    let code = runtime.block_on(run());
    runtime.shutdown_timeout(LAST_THREADS);
    code
}

/// Runs the command of the command line. `countermand --help` prints its manual.
async fn run() -> ExitCode {
    tls::install();
    let matches = match cli::command().try_get_matches() {
        Ok(matches) => matches,
        Err(answer) => return print::answer_of_clap(&answer),
    };
    let cli = match Cli::from_arg_matches(&matches) {
        Ok(cli) => cli,
        Err(answer) => return print::answer_of_clap(&answer),
    };
    match command::run(cli, &matches).await {
        Ok(code) => code,
        Err(failure) => print::failed(&failure),
    }
}
