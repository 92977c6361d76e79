//! The reasons why the mail settings cannot be used.

use std::path::PathBuf;

use thiserror::Error;

/// A mail setting that cannot be used. Each message says what to do, and no message contains a password.
#[derive(Debug, Error)]
pub enum MailSetupError {
    /// The sender is not a mail address.
    #[error("`{0}` is not a sender: set MAIL_FROM to `name@example.com` or `Name <name@example.com>`")]
    BadSender(String),
    /// The URL names no SMTP server.
    #[error(
        "SMTP_URL cannot be used ({0}): write smtp://HOST:PORT, smtps://USER:PASSWORD@HOST or \
         smtp://USER:PASSWORD@HOST?tls=required, with special characters percent-encoded"
    )]
    BadUrl(String),
    /// The folder for mails cannot be created.
    #[error("cannot create the mail folder {}: {problem}. Set MAIL_DIR to a folder that can be written", folder.display())]
    Folder {
        /// The folder.
        folder: PathBuf,
        /// What the operating system said.
        problem: std::io::Error,
    },
    /// A template cannot be filled in.
    #[error("{0}. Correct this mail template, or delete it to use the built-in one")]
    BadTemplate(String),
    /// The folder with templates, or a file in it, cannot be read.
    #[error("cannot read the mail templates at {}: {problem}. Set MAIL_TEMPLATES to a folder of UTF-8 files that can be read", path.display())]
    TemplateFolder {
        /// The folder or file.
        path: PathBuf,
        /// What the operating system said.
        problem: std::io::Error,
    },
    /// The certificate authority cannot be read, or the connection would not use it.
    #[error("SMTP_CA cannot be used: {0}")]
    BadAuthority(String),
    /// A preview cannot be written.
    #[error("cannot write to {}: {problem}. Choose another folder with --out", folder.display())]
    PreviewFolder {
        /// The folder.
        folder: PathBuf,
        /// What the operating system said.
        problem: std::io::Error,
    },
}
