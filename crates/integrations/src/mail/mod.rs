//! Mails: written by templates, sent over SMTP or laid into a folder.

mod envelope;
mod file_mailer;
mod letter;
mod setup_error;
mod smtp_mailer;
#[cfg(test)]
mod tests;

pub use file_mailer::FileMailer;
pub use setup_error::MailSetupError;
pub use smtp_mailer::SmtpMailer;
