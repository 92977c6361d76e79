//! The templates of mails: the built-in ones, and a folder whose files replace single built-in ones. The locale of a
//! mail about an order is that of its store view (`locale_of` in `app/src/mails/notice.rs`). What a template may use
//! stands in `letter.rs`.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::built_in::{BUILT_IN, Language, PARTS, Texts, WORDS};
use super::letter::Letter;
use super::samples::samples;
use super::setup_error::MailSetupError;

/// The language of the templates if the reader's language has none.
const FALLBACK: &str = "en";
/// In place of a locale: the templates that the mails of all languages share.
const SHARED: &str = "";

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

    /// The built-in templates, with the files of `folder` in their place: `LOCALE/NAME.subject`, `.txt` and `.html`,
    /// `LOCALE/words.json`, and the parts that all languages share, such as `layout.html`. `LOCALE` is a locale
    /// (`nl_BE`) or a language (`nl`).
    ///
    /// This function reads and tests all files at once. A file that cannot be used is an error with its name and line.
    pub fn with_overrides(folder: &Path) -> Result<Self, MailSetupError> {
        let unreadable = |path: &Path| {
            let path = path.to_path_buf();
            move |problem| MailSetupError::TemplateFolder { path, problem }
        };
        let read = |file: &Path| match std::fs::read_to_string(file) {
            Ok(text) => Ok(Source {
                name: file.display().to_string(),
                text,
            }),
            Err(problem) => Err(unreadable(file)(problem)),
        };
        let mut overrides = HashMap::new();
        let mut unknown = Vec::new();
        for path in entries(folder).map_err(unreadable(folder))? {
            if let Some(part) = part_of(&path) {
                overrides.insert((SHARED.to_owned(), part), read(&path)?);
                continue;
            }
            let Some(locale) = locale_of(&path) else {
                unknown.push(path);
                continue;
            };
            for file in entries(&path).map_err(unreadable(&path))? {
                let Some(name) = template_of(&file) else {
                    unknown.push(file);
                    continue;
                };
                overrides.insert((locale.clone(), name), read(&file)?);
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
        let built_in = BUILT_IN.iter().map(|language| language.code.to_owned());
        let given = self.overrides.keys().map(|(locale, _)| locale.clone());
        let mut locales: Vec<_> = built_in.chain(given.filter(|locale| locale != SHARED)).collect();
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

    /// The parts that the mails of all languages share, each with its file name.
    pub(super) fn parts(&self) -> Vec<(&'static str, Source)> {
        let part = |&(name, text): &(&'static str, &str)| {
            let delivered = || Source {
                name: name.to_owned(),
                text: text.to_owned(),
            };
            (name, self.given(SHARED, name).unwrap_or_else(delivered))
        };
        PARTS.iter().map(part).collect()
    }

    /// The files with the words of the shared parts for a reader of `locale`. A word of a later file replaces the same
    /// word of an earlier one, and the first file has every word.
    pub(super) fn words(&self, locale: &str) -> Vec<Source> {
        let locale = normalised(locale);
        let language = language_of(&locale);
        let delivered = |code: &str| {
            let known = BUILT_IN.iter().find(|known| known.code == code)?;
            Some(Source {
                name: format!("{code}/{WORDS}"),
                text: known.words.to_owned(),
            })
        };
        let given = |folder: &str| self.given(folder, WORDS);
        [
            delivered(FALLBACK),
            given(FALLBACK),
            delivered(language).filter(|_| language != FALLBACK),
            given(language),
            given(&locale),
        ]
        .into_iter()
        .flatten()
        .collect()
    }

    /// The file `file` of the folder for `locale`.
    fn given(&self, locale: &str, file: &str) -> Option<Source> {
        self.overrides.get(&(locale.to_owned(), file.to_owned())).cloned()
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
        let language = language_of(&locale);
        let given = |folder: &str| self.given(folder, &file);
        let delivered = |code: &str| {
            let known = BUILT_IN.iter().find(|known| known.code == code)?;
            let texts = known.mails.iter().find(|it| it.name == name)?;
            Some(Source {
                name: format!("{code}/{file}"),
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

/// The language of a locale in the spelling of [`normalised`].
fn language_of(locale: &str) -> &str {
    locale.split('_').next().unwrap_or_default()
}

/// The name of the file at `path`, if it is a part that the mails of all languages share.
fn part_of(path: &Path) -> Option<String> {
    let file = path.file_name()?.to_str()?;
    let is_part = PARTS.iter().any(|(name, _)| *name == file) && path.is_file();
    is_part.then(|| file.to_owned())
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

/// The name of the file at `path`, if it is one of the three files of a mail, or the words of a language.
fn template_of(path: &Path) -> Option<String> {
    let file = path.file_name()?.to_str()?;
    let (name, extension) = file.rsplit_once('.')?;
    let is_mail = |language: &Language| language.mails.iter().any(|texts| texts.name == name);
    let is_text = BUILT_IN.iter().any(is_mail) && matches!(extension, "subject" | "txt" | "html");
    ((is_text || file == WORDS) && path.is_file()).then(|| file.to_owned())
}
