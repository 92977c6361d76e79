//! Sets up the log lines.

use std::env;
use std::io::IsTerminal;

use tracing::level_filters::LevelFilter;
use tracing_subscriber::EnvFilter;

use crate::cli::LogFormat;

/// The filter of a server's log lines without `RUST_LOG`. Steps of a migration, notices of a database, and each attempt to
/// reach NATS are too detailed for it.
pub(crate) const USUAL_FILTER: &str = "info,async_nats=error,sea_orm_migration=warn,sqlx=warn";
/// The filter of commands that print their result and end.
pub(crate) const QUIET_FILTER: &str = "warn";

/// The first parts of the names of modules that a filter may name. Another single word is a level with a mistake in it.
const MODULES: [&str; 15] = [
    "async_graphql",
    "async_nats",
    "axum",
    "countermand",
    "h2",
    "hyper",
    "lettre",
    "reqwest",
    "rusqlite",
    "rustls",
    "sea_orm",
    "sqlx",
    "tokio",
    "tower",
    "tracing",
];

/// Sends log lines to standard error, because standard output is for the results of commands. `usual` is the filter
/// without `RUST_LOG`.
pub(crate) fn log(format: LogFormat, usual: &str) {
    let wanted = env::var("RUST_LOG").unwrap_or_default();
    let (filter, problem) = match filter(&wanted, usual) {
        Ok(filter) => (filter, None),
        Err(problem) => (EnvFilter::new(usual), Some(problem)),
    };
    let no_color = env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    let lines = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal() && !no_color)
        // A line that cannot be written is dropped; the report about it would panic for the same reason.
        .log_internal_errors(false)
        .with_target(false);
    // A second call, which happens in tests only, fails and keeps the first subscriber.
    let _ = match format {
        LogFormat::Text => lines.try_init(),
        LogFormat::Json => lines.json().try_init(),
    };
    if let Some(problem) = problem {
        tracing::warn!(
            problem,
            used = usual,
            "RUST_LOG is not understood, and the usual filter is used"
        );
    }
}

/// The filter that `wanted` describes; the usual one for an empty text.
fn filter(wanted: &str, usual: &str) -> Result<EnvFilter, String> {
    if wanted.trim().is_empty() {
        return Ok(EnvFilter::new(usual));
    }
    for part in wanted.split(',').map(str::trim) {
        // A single word is a level or the name of a module, of which `tracing` would log everything.
        let is_word = !part.is_empty()
            && part
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        let is_module = MODULES.iter().any(|module| part.starts_with(module));
        if is_word && !is_module && part.parse::<LevelFilter>().is_err() {
            return Err(format!(
                "`{part}` is no level: use error, warn, info, debug, trace or off"
            ));
        }
    }
    EnvFilter::builder()
        .parse(wanted)
        .map_err(|problem| problem.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_with_a_mistake_is_refused() {
        for fine in [
            "",
            " ",
            "debug",
            "WARN",
            "off",
            "sqlx=debug,info",
            "countermand_app",
            "hyper,warn",
        ] {
            assert!(filter(fine, USUAL_FILTER).is_ok(), "{fine}");
        }
        for wrong in ["debgu", "info,verbose", "sqlx=loud", "info=info=info"] {
            assert!(filter(wrong, USUAL_FILTER).is_err(), "{wrong}");
        }
    }
}
