//! `countermand config`: prints each setting of `serve` with its value, and where the value comes from.

use std::env;
use std::process::ExitCode;

use clap::parser::ValueSource;
use clap::{Arg, ArgMatches};
use comfy_table::Table;
use countermand_persistence::without_password;

use crate::cli;
use crate::print;
use crate::telemetry::USUAL_FILTER;

/// The settings whose values are secrets as a whole.
const SECRETS: [&str; 3] = ["nats_url", "secret", "secret_keys"];
/// The settings whose values are URLs that may hold a password.
const URLS: [&str; 2] = ["database_url", "smtp_url"];
/// The setting whose value is a URL or a file.
const URL_OR_FILE: &str = "jwks";

pub(super) fn run(matches: &ArgMatches) -> anyhow::Result<ExitCode> {
    let mut table = Table::new();
    table
        .load_preset(comfy_table::presets::NOTHING)
        .set_header(["setting", "value", "source"]);
    let command = cli::command();
    let own = command
        .find_subcommand("config")
        .map(clap::Command::get_arguments);
    for arg in command.get_arguments().chain(own.into_iter().flatten()) {
        if let (Some(flag), Ok(source)) = (arg.get_long(), found(arg, matches)) {
            table.add_row([format!("--{flag}"), source.0, source.1]);
        }
    }
    table.add_row(variable("RUST_LOG", USUAL_FILTER));
    table.add_row(variable("NO_COLOR", ""));
    print::line(table)?;
    Ok(ExitCode::SUCCESS)
}

/// The value of an option and its source; an error for flags without a value, such as `--help`.
fn found(arg: &Arg, matches: &ArgMatches) -> Result<(String, String), clap::parser::MatchesError> {
    let id = arg.get_id().as_str();
    let values = matches.try_get_raw(id)?;
    let source = match (matches.value_source(id), arg.get_env()) {
        (Some(ValueSource::CommandLine), _) => "flag".into(),
        (Some(ValueSource::EnvVariable), Some(name)) => format!("variable {}", name.to_string_lossy()),
        (Some(ValueSource::DefaultValue), _) => "default".into(),
        _ => "not set".into(),
    };
    let values: Vec<_> = values
        .into_iter()
        .flatten()
        .map(|value| shown(id, &value.to_string_lossy()))
        .collect();
    Ok((values.join(","), source))
}

/// A value as it may be printed.
fn shown(id: &str, value: &str) -> String {
    if SECRETS.contains(&id) {
        "(hidden)".into()
    } else if URLS.contains(&id) || (id == URL_OR_FILE && value.contains([':', '@'])) {
        without_password(value)
    } else {
        value.into()
    }
}

fn variable(name: &str, default: &str) -> [String; 3] {
    match env::var(name).ok().filter(|value| !value.is_empty()) {
        Some(value) => [name.into(), value, format!("variable {name}")],
        None => [name.into(), default.into(), "default".into()],
    }
}
