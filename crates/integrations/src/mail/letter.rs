//! What a mail says: the templates of a message in the reader's language.

use countermand_app::ports::{Mail, MailMessage};
use minijinja::{Environment, UndefinedBehavior, Value, context};

/// A mail's texts. The subject is one line.
#[derive(Debug)]
pub(super) struct Letter {
    pub(super) subject: String,
    pub(super) text: String,
    pub(super) html: String,
}

impl Letter {
    /// Writes `mail` in the language of its locale; English where there is no translation.
    pub(super) fn write(mail: &Mail) -> Result<Self, minijinja::Error> {
        let templates = templates(&mail.message, Language::of(&mail.locale));
        let values = values(mail);
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.add_filter("web_address", web_address);
        // The name decides what is escaped: HTML is, the others are plain text.
        let render = |name, source| environment.render_named_str(name, source, &values);
        Ok(Self {
            subject: one_line(&render("subject", templates.subject)?),
            text: render("letter.txt", templates.text)?,
            html: render("letter.html", templates.html)?,
        })
    }
}

/// `text` without line breaks and other control characters: fit for a header, and no paragraph of its own.
pub(super) fn one_line(text: &str) -> String {
    let breaks = |it: char| it.is_control() || matches!(it, '\u{2028}' | '\u{2029}');
    text.replace(breaks, " ").trim().to_owned()
}

/// Escaped for HTML with its slashes left alone: an address spelled in entities looks like spam.
fn web_address(link: &str) -> Value {
    let pairs = [
        ('&', "&amp;"),
        ('<', "&lt;"),
        ('>', "&gt;"),
        ('"', "&quot;"),
        ('\'', "&#x27;"),
    ];
    let escaped = pairs
        .iter()
        .fold(link.to_owned(), |text, (from, to)| text.replace(*from, to));
    Value::from_safe_string(escaped)
}

struct Templates {
    subject: &'static str,
    text: &'static str,
    html: &'static str,
}

macro_rules! templates {
    ($language:literal, $name:literal) => {
        Templates {
            subject: include_str!(concat!("../../templates/", $language, "/", $name, ".subject")),
            text: include_str!(concat!("../../templates/", $language, "/", $name, ".txt")),
            html: include_str!(concat!("../../templates/", $language, "/", $name, ".html")),
        }
    };
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Language {
    English,
    Dutch,
    Swedish,
}

impl Language {
    /// `nl_NL`, `nl-BE` and `nl` are Dutch.
    fn of(locale: &str) -> Self {
        match locale.split(['_', '-']).next() {
            Some("nl") => Self::Dutch,
            Some("sv") => Self::Swedish,
            _ => Self::English,
        }
    }
}

fn templates(message: &MailMessage, language: Language) -> Templates {
    match (message, language) {
        (MailMessage::ConfirmCancellation { .. }, Language::English) => {
            templates!("en", "confirm_cancellation")
        }
        (MailMessage::ConfirmCancellation { .. }, Language::Dutch) => {
            templates!("nl", "confirm_cancellation")
        }
        (MailMessage::ConfirmCancellation { .. }, Language::Swedish) => {
            templates!("sv", "confirm_cancellation")
        }
        (MailMessage::OrderCanceled { .. }, Language::English) => templates!("en", "order_canceled"),
        (MailMessage::OrderCanceled { .. }, Language::Dutch) => templates!("nl", "order_canceled"),
        (MailMessage::OrderCanceled { .. }, Language::Swedish) => templates!("sv", "order_canceled"),
    }
}

fn values(mail: &Mail) -> Value {
    let name = one_line(&mail.to_name);
    let store = one_line(&mail.store_name);
    match &mail.message {
        MailMessage::ConfirmCancellation { order_number, link } => {
            context! { name, store, order => one_line(order_number), link => one_line(link) }
        }
        MailMessage::OrderCanceled { order_number, refund } => {
            context! { name, store, order => one_line(order_number), refund }
        }
    }
}
