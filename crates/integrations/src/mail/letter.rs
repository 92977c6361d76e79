//! Writes the texts of a mail: fills in the templates of its message in the reader's language.

use countermand_app::ports::Mail;
use minijinja::{Environment, UndefinedBehavior, Value};
use thiserror::Error;

use super::plain::{one_line_each, short_line};
use super::templates::{MailTemplates, Source};

/// The limit of instructions for filling in one template. The built-in templates need a hundredth of it.
const FUEL: u64 = 50_000;

/// The texts of a mail. The subject is one line.
#[derive(Debug)]
pub(super) struct Letter {
    /// The name of the mail's templates.
    pub(super) template: String,
    pub(super) subject: String,
    pub(super) text: String,
    pub(super) html: String,
}

/// The reason why a mail could not be written: the file, the line and the problem.
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
        // The name of the template decides about escaping: `.html` is escaped, plain text is not.
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

/// The environment of the templates. It gives access to the values only, not to files or other templates, and limits
/// the running time.
fn environment() -> Environment<'static> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_fuel(Some(FUEL));
    environment.add_filter("web_address", web_address);
    environment
}

/// The values for the templates: those of the message, and the names that every mail has.
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

/// `link` escaped for HTML, except its slashes, because spam filters suspect an address that is written in entities.
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
