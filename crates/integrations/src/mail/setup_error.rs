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
    /// A template cannot be filled in.
    #[error("{0}. Mend this mail template, or take it away to use the delivered one")]
    BadTemplate(String),
    /// The folder with templates, or a file in it, cannot be read.
    #[error("cannot read the mail templates at {}: {problem}. Set MAIL_TEMPLATES to a folder of UTF-8 files that can be read", path.display())]
    TemplateFolder {
        /// The folder or file.
        path: PathBuf,
        /// What the operating system said.
        problem: std::io::Error,
    },
    /// The certificate to trust is not one, or nothing would be checked against it.
    #[error("SMTP_CA cannot be used: {0}")]
    BadAuthority(String),
    /// A preview cannot be written.
    #[error("cannot write to {}: {problem}. Name another folder with --out", folder.display())]
    PreviewFolder {
        /// The folder.
        folder: PathBuf,
        /// What the operating system said.
        problem: std::io::Error,
    },
}
