//! Puts a mail into its envelope: addresses, headers and the two bodies.

use std::time::{Duration, SystemTime};

use chrono::{DateTime, Utc};
use countermand_app::ports::{Mail, MailError};
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Body, Mailbox, MultiPart, MultiPartKind, SinglePart};
use lettre::{Address, Message};

use super::letter::Letter;
use super::plain::short_line;
use super::setup_error::MailSetupError;
use super::templates::MailTemplates;

/// The sender of mails, and the templates with which the mails are written.
#[derive(Debug, Clone)]
pub(super) struct Sender {
    from: Mailbox,
    templates: MailTemplates,
}

impl Sender {
    /// Reads `name@example.com` or `Name <name@example.com>`.
    pub(super) fn new(from: &str, templates: MailTemplates) -> Result<Self, MailSetupError> {
        match from.parse() {
            Ok(from) => Ok(Self { from, templates }),
            Err(_) => Err(MailSetupError::BadSender(from.into())),
        }
    }

    /// Writes `mail` and puts it into its envelope. `encode` encodes the bodies for the transport.
    ///
    /// A mail that is sent several times always has the same `Message-ID` and `Date`.
    pub(super) fn message(&self, mail: &Mail, encode: fn(String) -> Body) -> Result<Message, MailError> {
        let receiver = receiver(mail)?;
        let letter = Letter::write(mail, &self.templates)
            .map_err(|problem| MailError::Temporary(problem.to_string()))?;
        let part = |kind, text| SinglePart::builder().header(kind).body(encode(text));
        let message = Message::builder();
        let message = match contact(mail) {
            Some(contact) => message.reply_to(contact),
            None => message,
        };
        message
            .message_id(Some(format!(
                "<{}@{}>",
                checked_id(mail)?,
                self.from.email.domain()
            )))
            .date(date(mail.caused_at))
            .from(self.from.clone())
            .to(receiver)
            .subject(letter.subject)
            // The header stops automatic replies such as holiday notes (RFC 3834).
            .raw_header(HeaderValue::new(
                HeaderName::new_from_ascii_str("Auto-Submitted"),
                "auto-generated".into(),
            ))
            .multipart(
                MultiPart::builder()
                    .kind(MultiPartKind::Alternative)
                    // No body holds the id of its mail, and the same mail is the same bytes.
                    .boundary(format!("=_{}", checked_id(mail)?))
                    .singlepart(part(ContentType::TEXT_PLAIN, letter.text))
                    .singlepart(part(ContentType::TEXT_HTML, letter.html)),
            )
            .map_err(|problem| MailError::Permanent(problem.to_string()))
    }
}

/// The id of `mail`, if it is safe as a file name and in a header; an error otherwise.
pub(super) fn checked_id(mail: &Mail) -> Result<&str, MailError> {
    let plain = |it: char| it.is_ascii_alphanumeric() || it == '-';
    if (1..=64).contains(&mail.id.len()) && mail.id.chars().all(plain) {
        Ok(&mail.id)
    } else {
        Err(MailError::Permanent(format!("`{}` is not a mail id", mail.id)))
    }
}

/// `at` as a date for a header, limited to the years 1970 to 9999, because a header has four digits and no sign for
/// the year.
fn date(at: DateTime<Utc>) -> SystemTime {
    let seconds = u64::try_from(at.timestamp()).unwrap_or(0).min(253_402_300_799);
    SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)
}

/// The address to which answers to `mail` go, if the shop has set one.
fn contact(mail: &Mail) -> Option<Mailbox> {
    let address: Address = mail.contact.as_deref()?.parse().ok()?;
    Some(Mailbox::new(None, address))
}

/// The receiver of `mail`. The name and the address stay separate, so that a name cannot add an address or a header.
fn receiver(mail: &Mail) -> Result<Mailbox, MailError> {
    let address: Address = mail
        .to
        .parse()
        .map_err(|problem| MailError::Permanent(format!("`{}` is not a mail address: {problem}", mail.to)))?;
    let name = short_line(&mail.to_name);
    Ok(Mailbox::new((!name.is_empty()).then_some(name), address))
}
