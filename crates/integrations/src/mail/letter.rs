//! Writes the texts of a mail: fills in the templates of its message in the reader's language.

use std::collections::BTreeMap;

use countermand_app::ports::Mail;
use minijinja::{Environment, UndefinedBehavior, Value};
use thiserror::Error;

use super::plain::{one_line_each, short_line};
use super::templates::{MailTemplates, Source};

/// The limit of instructions for filling in one template. The built-in templates need less than half of it for the
/// longest order that an import takes, 9,999 items.
const FUEL: u64 = 500_000;

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
        let mut values = values(mail)?;
        values["words"] = words(&templates.words(&mail.locale))?;
        let template = values["template"].as_str().unwrap_or_default().to_owned();
        let sources = templates
            .find(&template, &mail.locale)
            .ok_or_else(|| LetterError::nowhere(format!("there is no mail `{template}`")))?;
        let parts = templates.parts();
        let environment = environment(&parts)?;
        // The name of the template decides about escaping: `.html` is escaped, plain text is not.
        let render = |source: &Source, values: &serde_json::Value| {
            environment
                .render_named_str(&source.name, &source.text, Value::from_serialize(values))
                .map_err(|problem| LetterError::of(source, &parts, &problem))
        };
        let subject = short_line(&render(&sources.subject, &values)?);
        if subject.is_empty() {
            return Err(LetterError {
                file: sources.subject.name,
                line: 1,
                problem: "a mail needs a subject".into(),
            });
        }
        values["subject"] = subject.as_str().into();
        Ok(Self {
            template,
            subject,
            text: render(&sources.text, &values)?,
            html: render(&sources.html, &values)?,
        })
    }
}

/// The environment of the templates. It gives access to the values and to the shared `parts` only, not to files or
/// other templates, and limits the running time.
fn environment<'a>(parts: &'a [(&'static str, Source)]) -> Result<Environment<'a>, LetterError> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_fuel(Some(FUEL));
    environment.add_filter("web_address", web_address);
    for (name, source) in parts {
        environment
            .add_template(name, &source.text)
            .map_err(|problem| LetterError::of(source, parts, &problem))?;
    }
    Ok(environment)
}

/// The values for the templates: those of the message, and the names that every mail has.
fn values(mail: &Mail) -> Result<serde_json::Value, LetterError> {
    let message =
        serde_json::to_value(&mail.message).map_err(|problem| LetterError::nowhere(problem.to_string()))?;
    let mut values = one_line_each(message);
    values["name"] = short_line(&mail.to_name).into();
    values["store"] = short_line(&mail.store_name).into();
    values["contact"] = mail.contact.as_deref().map(short_line).into();
    Ok(values)
}

/// The words of all `files` as one object.
fn words(files: &[Source]) -> Result<serde_json::Value, LetterError> {
    let mut all = serde_json::Map::new();
    for file in files {
        let read: BTreeMap<String, String> =
            serde_json::from_str(&file.text).map_err(|problem| LetterError {
                file: file.name.clone(),
                line: problem.line(),
                problem: problem.to_string(),
            })?;
        all.extend(read.into_iter().map(|(name, word)| (name, word.into())));
    }
    Ok(all.into())
}

impl LetterError {
    /// The problem with `source`, or with the shared part that it uses.
    fn of(source: &Source, parts: &[(&str, Source)], problem: &minijinja::Error) -> Self {
        let part = parts.iter().find(|(name, _)| problem.name() == Some(name));
        let detail = problem.detail().map(|it| format!(": {it}")).unwrap_or_default();
        Self {
            file: part.map_or(source, |(_, part)| part).name.clone(),
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
