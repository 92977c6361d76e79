//! Every mail as files, to be looked at.

use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};

use super::envelope::Sender;
use super::file_mailer::readable;
use super::letter::Letter;
use super::samples::full_samples;
use super::setup_error::MailSetupError;
use super::templates::MailTemplates;

/// A mail that was written into files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PreviewedMail {
    /// Language or locale.
    pub locale: String,
    /// Which mail: the name of its templates.
    pub name: String,
    /// Its subject.
    pub subject: String,
    /// The whole mail; its bodies lie beside it as `.txt` and `.html`.
    pub file: PathBuf,
}

/// Writes every mail for a reader of `locale` into `folder/locale`, made-up values in it, dated `at`.
pub fn preview(
    templates: &MailTemplates,
    from: &str,
    locale: &str,
    folder: &Path,
    at: DateTime<Utc>,
) -> Result<Vec<PreviewedMail>, MailSetupError> {
    let sender = Sender::new(from, templates.clone())?;
    let folder = folder.join(file_name(locale));
    let unwritable = |problem| MailSetupError::PreviewFolder {
        folder: folder.clone(),
        problem,
    };
    std::fs::create_dir_all(&folder).map_err(unwritable)?;
    let mut written = Vec::new();
    for mut mail in full_samples(locale) {
        mail.caused_at = at;
        let bad = |problem: String| MailSetupError::BadTemplate(problem);
        let letter = Letter::write(&mail, templates).map_err(|problem| bad(problem.to_string()))?;
        let message = sender
            .message(&mail, readable)
            .map_err(|problem| bad(problem.to_string()))?;
        let file = folder.join(format!("{}.eml", letter.template));
        std::fs::write(&file, message.formatted()).map_err(unwritable)?;
        std::fs::write(file.with_extension("txt"), &letter.text).map_err(unwritable)?;
        std::fs::write(file.with_extension("html"), &letter.html).map_err(unwritable)?;
        written.push(PreviewedMail {
            locale: locale.into(),
            name: letter.template,
            subject: letter.subject,
            file,
        });
    }
    Ok(written)
}

/// A locale comes from the command line: it names a folder here and no place elsewhere.
fn file_name(locale: &str) -> String {
    let plain = |it: char| {
        if it.is_ascii_alphanumeric() || it == '_' || it == '-' {
            it
        } else {
            '_'
        }
    };
    locale.chars().map(plain).collect()
}
