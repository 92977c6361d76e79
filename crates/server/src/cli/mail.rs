//! The options of `countermand mail`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

#[derive(Debug, Args)]
pub(crate) struct MailCommandArgs {
    #[command(subcommand)]
    pub(crate) action: MailAction,
}

#[derive(Debug, Subcommand)]
pub(crate) enum MailAction {
    /// Writes every mail in every language to files, with example values.
    Preview {
        /// Folder to which the files are written; it is created if it is missing.
        #[arg(long, value_name = "DIR", default_value = "mail-preview")]
        out: PathBuf,
        /// Locale to write the mails for, instead of all languages; may be given several times.
        #[arg(long, value_name = "LOCALE")]
        locale: Vec<String>,
        /// Folder with mail templates that replace the built-in ones.
        #[arg(long, env = "MAIL_TEMPLATES", value_name = "DIR")]
        templates: Option<PathBuf>,
        /// Sender of the mails.
        #[arg(long, env = "MAIL_FROM", default_value = "Countermand <no-reply@localhost>")]
        mail_from: String,
    },
}
