//! The environment variables of the command line.

use std::env;

use clap::{Arg, Command};

/// `command` without the variables that are set to nothing. Tools that fill in a template leave such variables behind,
/// so an empty variable counts as one that is not set.
pub(super) fn without_empty_variables(command: Command) -> Command {
    command
        .mut_args(without_empty_variable)
        .mut_subcommands(without_empty_variables)
}

fn without_empty_variable(arg: Arg) -> Arg {
    let is_empty = arg
        .get_env()
        .and_then(env::var_os)
        .is_some_and(|value| value.is_empty());
    if is_empty {
        arg.env(None::<&'static str>)
    } else {
        arg
    }
}
