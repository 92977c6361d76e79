//! The mails that a shop wrote to its folder.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use mail_parser::MessageParser;

/// A folder with `.eml` files.
#[derive(Debug, Clone)]
pub struct MailFolder(PathBuf);

impl MailFolder {
    /// The mails in the folder `path`.
    #[must_use]
    pub fn new(path: &Path) -> Self {
        Self(path.to_path_buf())
    }

    /// The path of the folder.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// All mails, oldest first, in the form of [`readable`].
    ///
    /// # Panics
    /// When a file is not a mail.
    #[must_use]
    pub fn mails(&self) -> Vec<String> {
        let Ok(files) = std::fs::read_dir(&self.0) else {
            return Vec::new();
        };
        let mut paths: Vec<PathBuf> = files.map(|file| file.expect("a file").path()).collect();
        paths.retain(|path| path.extension().is_some_and(|it| it == "eml"));
        paths.sort();
        paths
            .iter()
            .map(|path| readable(&std::fs::read(path).expect("a mail")))
            .collect()
    }

    /// The confirmation key in the newest mail with a key.
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

/// A mail as its reader sees it: the headers as they were sent, and then the plain text and the HTML, decoded.
///
/// # Panics
/// When the text is not a mail.
#[must_use]
pub fn readable(mail: &[u8]) -> String {
    let parsed = MessageParser::default().parse(mail).expect("a mail");
    let text = String::from_utf8_lossy(mail);
    let headers = text.split("\r\n\r\n").next().unwrap_or_default();
    let body = |body: Option<Cow<'_, str>>| body.unwrap_or_default().into_owned();
    format!(
        "{headers}\r\n\r\n{}\r\n{}",
        body(parsed.body_text(0)),
        body(parsed.body_html(0))
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_confirmation_key_of_a_mail_is_found() {
        let folder = tempfile::tempdir().expect("a folder");
        let link = "https://shop.example/view?order_id=MQ%3D%3D&confirmation_key=3Dab&action=cancel";
        let mail = format!("Subject: x\r\nContent-Type: text/plain\r\n\r\n{link}\r\n");
        std::fs::write(folder.path().join("1.eml"), mail).expect("written");
        let key = MailFolder::new(folder.path()).newest_key();
        assert_eq!(key.as_deref(), Some("3Dab"));
    }
}
