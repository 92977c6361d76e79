//! A mail as it travels: addresses, headers and both bodies.

use countermand_app::ports::{Mail, MailError};
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Body, Mailbox, MultiPart, SinglePart};
use lettre::{Address, Message};

use super::letter::{Letter, one_line};
use super::setup_error::MailSetupError;

/// Who mails are from.
#[derive(Debug, Clone)]
pub(super) struct Sender(Mailbox);

impl Sender {
    /// Reads `name@example.com` or `Name <name@example.com>`.
    pub(super) fn parse(from: &str) -> Result<Self, MailSetupError> {
        from.parse()
            .map(Self)
            .map_err(|_| MailSetupError::BadSender(from.into()))
    }

    /// Writes `mail` and puts it into its envelope; `encode` makes the bodies fit for the way they go.
    ///
    /// The same mail has the same `Message-ID` however often it is sent.
    pub(super) fn message(&self, mail: &Mail, encode: fn(String) -> Body) -> Result<Message, MailError> {
        let receiver = receiver(mail)?;
        let letter = Letter::write(mail).map_err(|problem| MailError::Temporary(problem.to_string()))?;
        let part = |kind, text| SinglePart::builder().header(kind).body(encode(text));
        Message::builder()
            .message_id(Some(format!("<{}@{}>", checked_id(mail)?, self.0.email.domain())))
            .from(self.0.clone())
            .to(receiver)
            .subject(letter.subject)
            // Holiday notes and the like must not answer (RFC 3834).
            .raw_header(HeaderValue::new(
                HeaderName::new_from_ascii_str("Auto-Submitted"),
                "auto-generated".into(),
            ))
            .multipart(
                MultiPart::alternative()
                    .singlepart(part(ContentType::TEXT_PLAIN, letter.text))
                    .singlepart(part(ContentType::TEXT_HTML, letter.html)),
            )
            .map_err(|problem| MailError::Permanent(problem.to_string()))
    }
}

/// The mail's id where it is safe as a file name and in a header.
pub(super) fn checked_id(mail: &Mail) -> Result<&str, MailError> {
    let plain = |it: char| it.is_ascii_alphanumeric() || it == '-';
    if (1..=64).contains(&mail.id.len()) && mail.id.chars().all(plain) {
        Ok(&mail.id)
    } else {
        Err(MailError::Permanent(format!("`{}` is not a mail id", mail.id)))
    }
}

/// Name and address stay apart: whatever is in the name, it cannot become an address or a header.
fn receiver(mail: &Mail) -> Result<Mailbox, MailError> {
    let address: Address = mail
        .to
        .parse()
        .map_err(|problem| MailError::Permanent(format!("`{}` is not a mail address: {problem}", mail.to)))?;
    let name = one_line(&mail.to_name);
    Ok(Mailbox::new((!name.is_empty()).then_some(name), address))
}
