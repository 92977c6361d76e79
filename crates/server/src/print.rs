//! What the commands print. A reader that stops reading, such as `head`, is no failure of a command: the rest of its
//! output is dropped without a word, and its work and its exit code stay the same.

use std::fmt::Display;
use std::io::{self, ErrorKind, Write};
use std::process::ExitCode;

use anyhow::Context;

/// Prints `text` and the end of a line to standard output.
///
/// # Errors
/// Fails if the text cannot be written, for example to a full disk.
pub(crate) fn line(text: impl Display) -> anyhow::Result<()> {
    all(format!("{text}\n").as_bytes())
}

/// Prints `text` to standard output as it is.
///
/// # Errors
/// Fails as [`line`] does.
pub(crate) fn all(text: &[u8]) -> anyhow::Result<()> {
    let mut out = io::stdout().lock();
    written(out.write_all(text).and_then(|()| out.flush()))
}

/// Prints `text` and the end of a line to standard error. A message that cannot be written is dropped, because there
/// is no other place for it.
pub(crate) fn problem(text: impl Display) {
    drop(io::stderr().write_all(format!("{text}\n").as_bytes()));
}

/// Prints what the command line asks for, such as the manual, or what is wrong with the command line.
pub(crate) fn answer_of_clap(answer: &clap::Error) -> ExitCode {
    match written(answer.print()) {
        Ok(()) => u8::try_from(answer.exit_code()).map_or(ExitCode::FAILURE, ExitCode::from),
        Err(failure) => failed(&failure),
    }
}

/// Says that the command failed, and gives the exit code for it.
pub(crate) fn failed(failure: &anyhow::Error) -> ExitCode {
    problem(format_args!("countermand: {failure:#}"));
    ExitCode::FAILURE
}

/// The outcome of a write to standard output: a reader that is gone is none.
fn written(outcome: io::Result<()>) -> anyhow::Result<()> {
    match outcome {
        Err(failure) if failure.kind() != ErrorKind::BrokenPipe => {
            Err(failure).context("cannot write to standard output")
        }
        _ => Ok(()),
    }
}
