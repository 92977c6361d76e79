//! Mails: written from templates, and sent over SMTP or stored in a folder.

mod built_in;
mod envelope;
mod file_mailer;
mod letter;
mod plain;
mod preview;
mod samples;
mod setup_error;
mod smtp_mailer;
mod smtp_refusal;
mod smtp_server;
mod smtps;
mod templates;
#[cfg(test)]
mod tests;

pub use file_mailer::FileMailer;
pub use preview::{PreviewedMail, preview};
pub use setup_error::MailSetupError;
pub use smtp_mailer::SmtpMailer;
pub use templates::MailTemplates;
