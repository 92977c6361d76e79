//! Why no mail can be sent at all.

use std::path::PathBuf;

use thiserror::Error;

/// A setting that cannot be used; each message says what to do, and none holds a password.
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
    /// The folder for mails cannot be made.
    #[error("cannot create the mail folder {}: {problem}. Set MAIL_DIR to a folder that can be written", folder.display())]
    Folder {
        /// The folder.
        folder: PathBuf,
        /// What the operating system said.
        problem: std::io::Error,
    },
}
