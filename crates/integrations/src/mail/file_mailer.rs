//! Stores mails as files, for trying the program and for tests.

use std::path::PathBuf;

use async_trait::async_trait;
use countermand_app::ports::{Mail, MailError, Mailer};
use lettre::message::Body;
use lettre::message::header::ContentTransferEncoding;
use tokio::fs;

use super::envelope::{Sender, checked_id};
use super::setup_error::MailSetupError;
use super::templates::MailTemplates;

/// Stores each mail in a folder as `<id>.eml`. A mail that is sent twice is one file.
#[derive(Debug, Clone)]
pub struct FileMailer {
    folder: PathBuf,
    sender: Sender,
}

impl FileMailer {
    /// A mailer that writes to `folder`, which is created if it is missing. `from` is `Name <name@example.com>`.
    pub fn new(
        folder: impl Into<PathBuf>,
        from: &str,
        templates: MailTemplates,
    ) -> Result<Self, MailSetupError> {
        let folder = folder.into();
        let sender = Sender::new(from, templates)?;
        match std::fs::create_dir_all(&folder) {
            Ok(()) => Ok(Self { folder, sender }),
            Err(problem) => Err(MailSetupError::Folder { folder, problem }),
        }
    }

    /// Writes a mail to a temporary file and renames it, so that the folder shows complete mails only.
    async fn write(&self, id: &str, mail: &[u8]) -> std::io::Result<()> {
        // The folder may have been deleted since the start.
        fs::create_dir_all(&self.folder).await?;
        let draft = self.folder.join(format!("{id}.part"));
        fs::write(&draft, mail).await?;
        fs::rename(&draft, self.folder.join(format!("{id}.eml"))).await
    }
}

#[async_trait]
impl Mailer for FileMailer {
    async fn send(&self, mail: &Mail) -> Result<(), MailError> {
        let message = self.sender.message(mail, readable)?;
        self.write(checked_id(mail)?, &message.formatted())
            .await
            .map_err(|problem| MailError::Temporary(format!("{}: {problem}", self.folder.display())))
    }
}

/// The longest line that a mail may have, in bytes.
const LINE_LIMIT: usize = 998;

/// `text` as a body without encoding, if its lines are short enough, so that a person can copy a link from the file.
pub(super) fn readable(text: String) -> Body {
    let lines: Vec<_> = text.lines().collect();
    if lines.iter().all(|line| line.len() <= LINE_LIMIT) {
        Body::dangerous_pre_encoded(lines.join("\r\n").into_bytes(), ContentTransferEncoding::EightBit)
    } else {
        Body::new(text)
    }
}
