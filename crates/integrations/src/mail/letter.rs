//! What a mail says: the templates of a message in the reader's language, filled in.

use countermand_app::ports::Mail;
use minijinja::{Environment, UndefinedBehavior, Value};
use thiserror::Error;

use super::plain::{one_line_each, short_line};
use super::templates::{MailTemplates, Source};

/// What filling in one text may cost; the delivered ones take a hundredth of it.
const FUEL: u64 = 50_000;

/// A mail's texts. The subject is one line.
#[derive(Debug)]
pub(super) struct Letter {
    /// Under what name its templates are kept.
    pub(super) template: String,
    pub(super) subject: String,
    pub(super) text: String,
    pub(super) html: String,
}

/// Why a mail could not be written: which file, where in it, and what is wrong there.
#[derive(Debug, Error)]
#[error("{file}, line {line}: {problem}")]
pub(super) struct LetterError {
    file: String,
    line: usize,
    problem: String,
}

impl Letter {
    /// Writes `mail` in the language of its locale.
    pub(super) fn write(mail: &Mail, templates: &MailTemplates) -> Result<Self, LetterError> {
        let values = values(mail)?;
        let template = values["template"].as_str().unwrap_or_default().to_owned();
        let sources = templates
            .find(&template, &mail.locale)
            .ok_or_else(|| LetterError::nowhere(format!("there is no mail `{template}`")))?;
        let environment = environment();
        let values = Value::from_serialize(&values);
        // The name decides what is escaped: HTML is, the others are plain text.
        let render = |source: &Source| {
            environment
                .render_named_str(&source.name, &source.text, &values)
                .map_err(|problem| LetterError::of(source, &problem))
        };
        let subject = short_line(&render(&sources.subject)?);
        if subject.is_empty() {
            return Err(LetterError {
                file: sources.subject.name,
                line: 1,
                problem: "a mail needs a subject".into(),
            });
        }
        Ok(Self {
            template,
            subject,
            text: render(&sources.text)?,
            html: render(&sources.html)?,
        })
    }
}

/// Templates reach nothing but their values: no files, no other templates, and only so long.
fn environment() -> Environment<'static> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_fuel(Some(FUEL));
    environment.add_filter("web_address", web_address);
    environment
}

/// The message's own values beside those of every mail.
fn values(mail: &Mail) -> Result<serde_json::Value, LetterError> {
    let message =
        serde_json::to_value(&mail.message).map_err(|problem| LetterError::nowhere(problem.to_string()))?;
    let mut values = one_line_each(message);
    values["name"] = short_line(&mail.to_name).into();
    values["store"] = short_line(&mail.store_name).into();
    Ok(values)
}

impl LetterError {
    fn of(source: &Source, problem: &minijinja::Error) -> Self {
        let detail = problem.detail().map(|it| format!(": {it}")).unwrap_or_default();
        Self {
            file: source.name.clone(),
            line: problem.line().unwrap_or(1),
            problem: format!("{}{detail}", problem.kind()),
        }
    }

    fn nowhere(problem: String) -> Self {
        Self {
            file: "templates".into(),
            line: 1,
            problem,
        }
    }
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
