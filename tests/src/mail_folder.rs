//! The mails that a shop wrote.

use std::path::{Path, PathBuf};

/// A folder with `.eml` files.
#[derive(Debug, Clone)]
pub struct MailFolder(PathBuf);

impl MailFolder {
    /// The mails in `path`.
    #[must_use]
    pub fn new(path: &Path) -> Self {
        Self(path.to_path_buf())
    }

    /// Where they are.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// All mails, oldest first, with soft line breaks joined and `=3D` read as `=`.
    ///
    /// # Panics
    /// When a file cannot be read.
    #[must_use]
    pub fn mails(&self) -> Vec<String> {
        let Ok(files) = std::fs::read_dir(&self.0) else {
            return Vec::new();
        };
        let mut paths: Vec<PathBuf> = files.map(|file| file.expect("a file").path()).collect();
        paths.retain(|path| path.extension().is_some_and(|it| it == "eml"));
        paths.sort();
        let text = |path: &PathBuf| std::fs::read_to_string(path).expect("a mail");
        paths
            .iter()
            .map(|path| text(path).replace("=\r\n", "").replace("=3D", "="))
            .collect()
    }

    /// The confirmation key in the newest mail that has one.
    #[must_use]
    pub fn newest_key(&self) -> Option<String> {
        let mails = self.mails();
        let with_key = mails
            .iter()
            .rev()
            .find_map(|mail| mail.split("confirmation_key=").nth(1));
        with_key.map(|rest| rest.chars().take_while(char::is_ascii_alphanumeric).collect())
    }
}
