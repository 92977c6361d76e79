//! Writes every mail to files for a preview.

use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};

use super::envelope::Sender;
use super::file_mailer::readable;
use super::letter::Letter;
use super::samples::full_samples;
use super::setup_error::MailSetupError;
use super::templates::MailTemplates;

/// A mail that was written to files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PreviewedMail {
    /// The language or locale of the mail.
    pub locale: String,
    /// The name of the mail's templates.
    pub name: String,
    /// The subject of the mail.
    pub subject: String,
    /// The file with the whole mail. Files with the extensions `.txt` and `.html` next to it hold the two bodies.
    pub file: PathBuf,
}

/// Writes every mail for a reader of `locale` to `folder/locale`, with example values and the date `at`.
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

/// The name of the folder for `locale`. The locale comes from the command line, so it must not lead to another folder.
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
