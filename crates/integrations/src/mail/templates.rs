//! The templates of mails: the built-in ones, and a folder whose files replace single built-in ones.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::built_in::{BUILT_IN, Texts};
use super::letter::Letter;
use super::samples::samples;
use super::setup_error::MailSetupError;

/// The language of the templates if the reader's language has none.
const FALLBACK: &str = "en";

/// Templates by language and file name. A clone is cheap.
#[derive(Debug, Clone, Default)]
pub struct MailTemplates {
    /// The templates of the folder, by normalized locale and file name.
    overrides: Arc<HashMap<(String, String), Source>>,
    unknown: Arc<Vec<PathBuf>>,
}

/// A template, and its name for error messages.
#[derive(Debug, Clone)]
pub(super) struct Source {
    pub(super) name: String,
    pub(super) text: String,
}

/// The three texts of a mail, each with the name of its file.
pub(super) struct Sources {
    pub(super) subject: Source,
    pub(super) text: Source,
    pub(super) html: Source,
}

impl MailTemplates {
    /// The built-in templates only.
    #[must_use]
    pub fn built_in() -> Self {
        Self::default()
    }

    /// The built-in templates, with the files of `folder` in their place: `LOCALE/NAME.subject`, `.txt` and `.html`.
    /// `LOCALE` is a locale (`nl_BE`) or a language (`nl`).
    ///
    /// This function reads and tests all files at once. A file that cannot be used is an error with its name and line.
    pub fn with_overrides(folder: &Path) -> Result<Self, MailSetupError> {
        let unreadable = |path: &Path| {
            let path = path.to_path_buf();
            move |problem| MailSetupError::TemplateFolder { path, problem }
        };
        let mut overrides = HashMap::new();
        let mut unknown = Vec::new();
        for path in entries(folder).map_err(unreadable(folder))? {
            let Some(locale) = locale_of(&path) else {
                unknown.push(path);
                continue;
            };
            for file in entries(&path).map_err(unreadable(&path))? {
                let Some(name) = template_of(&file) else {
                    unknown.push(file);
                    continue;
                };
                let text = std::fs::read_to_string(&file).map_err(unreadable(&file))?;
                let source = Source {
                    name: file.display().to_string(),
                    text,
                };
                overrides.insert((locale.clone(), name), source);
            }
        }
        let templates = Self {
            overrides: Arc::new(overrides),
            unknown: Arc::new(unknown),
        };
        templates.try_out()?;
        Ok(templates)
    }

    /// The files of the folder that are not used, because no mail has a template of this name; most likely a
    /// misspelling.
    #[must_use]
    pub fn unknown_files(&self) -> &[PathBuf] {
        &self.unknown
    }

    /// The languages and locales that have a template of their own, sorted.
    #[must_use]
    pub fn locales(&self) -> Vec<String> {
        let built_in = BUILT_IN.iter().map(|(language, _)| (*language).to_owned());
        let mut locales: Vec<_> = built_in
            .chain(self.overrides.keys().map(|(locale, _)| locale.clone()))
            .collect();
        locales.sort();
        locales.dedup();
        locales
    }

    /// The templates of the mail `name` for a reader of `locale`. Each of the three files is found on its own.
    pub(super) fn find(&self, name: &str, locale: &str) -> Option<Sources> {
        let file = |extension: &str, built_in: fn(&Texts) -> &'static str| {
            self.source(name, extension, locale, built_in)
        };
        Some(Sources {
            subject: file("subject", |it| it.subject)?,
            text: file("txt", |it| it.text)?,
            html: file("html", |it| it.html)?,
        })
    }

    /// The template for `locale`: first the folder `nl_BE`, then the folder `nl`, then the built-in one in Dutch. If
    /// all are missing, the English one is found in the same way.
    fn source(
        &self,
        name: &str,
        extension: &str,
        locale: &str,
        built_in: fn(&Texts) -> &'static str,
    ) -> Option<Source> {
        let file = format!("{name}.{extension}");
        let locale = normalised(locale);
        let language = locale.split('_').next().unwrap_or_default();
        let given = |folder: &str| self.overrides.get(&(folder.to_owned(), file.clone())).cloned();
        let delivered = |language: &str| {
            let (_, mails) = BUILT_IN.iter().find(|(known, _)| *known == language)?;
            let texts = mails.iter().find(|it| it.name == name)?;
            Some(Source {
                name: format!("{language}/{file}"),
                text: built_in(texts).to_owned(),
            })
        };
        given(&locale)
            .or_else(|| given(language))
            .or_else(|| delivered(language))
            .or_else(|| given(FALLBACK))
            .or_else(|| delivered(FALLBACK))
    }

    /// Tests the templates: writes every mail in every language with example values.
    fn try_out(&self) -> Result<(), MailSetupError> {
        for locale in self.locales() {
            for mail in samples(&locale) {
                Letter::write(&mail, self)
                    .map_err(|problem| MailSetupError::BadTemplate(problem.to_string()))?;
            }
        }
        Ok(())
    }
}

/// The entries of a folder, sorted, without hidden files.
fn entries(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut paths = std::fs::read_dir(folder)?
        .map(|entry| entry.map(|it| it.path()))
        .collect::<Result<Vec<_>, _>>()?;
    paths.retain(|path| {
        let name = path.file_name().unwrap_or_default();
        !name.to_string_lossy().starts_with('.')
    });
    paths.sort();
    Ok(paths)
}

/// `locale` in one spelling: `nl-BE` and `nl_BE` are the same.
fn normalised(locale: &str) -> String {
    locale.trim().to_lowercase().replace('-', "_")
}

/// The locale that is the name of the folder at `path`; none for other names and for files.
fn locale_of(path: &Path) -> Option<String> {
    let locale = normalised(path.file_name()?.to_str()?);
    let mut parts = locale.split('_');
    let language = parts.next().unwrap_or_default();
    let is_language = (2..=3).contains(&language.len()) && language.bytes().all(|it| it.is_ascii_lowercase());
    let plain =
        parts.all(|part| (2..=8).contains(&part.len()) && part.bytes().all(|it| it.is_ascii_alphanumeric()));
    (path.is_dir() && is_language && plain).then_some(locale)
}

/// The name of the file at `path`, if it is one of the three files of a mail.
fn template_of(path: &Path) -> Option<String> {
    let file = path.file_name()?.to_str()?;
    let (name, extension) = file.rsplit_once('.')?;
    let known = BUILT_IN
        .iter()
        .any(|(_, mails)| mails.iter().any(|texts| texts.name == name));
    let is_template = known && matches!(extension, "subject" | "txt" | "html") && path.is_file();
    is_template.then(|| file.to_owned())
}
