//! Mails as files, for a try-out and for tests.

use std::path::PathBuf;

use async_trait::async_trait;
use countermand_app::ports::{Mail, MailError, Mailer};
use lettre::message::Body;
use lettre::message::header::ContentTransferEncoding;
use tokio::fs;

use super::envelope::{Sender, checked_id};
use super::setup_error::MailSetupError;
use super::templates::MailTemplates;

/// Lays each mail into a folder as `<id>.eml`; a mail that is sent twice is one file.
#[derive(Debug, Clone)]
pub struct FileMailer {
    folder: PathBuf,
    sender: Sender,
}

impl FileMailer {
    /// Writes into `folder`, which is made if it is missing; `from` is `Name <name@example.com>`.
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

    /// Written beside and renamed: whoever watches the folder sees whole mails only.
    async fn write(&self, id: &str, mail: &[u8]) -> std::io::Result<()> {
        // Somebody may have cleared the folder away since the start.
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

/// Longer lines are not allowed in a mail, in bytes.
const LINE_LIMIT: usize = 998;

/// Unencoded where that is allowed: people copy the link out of the file.
pub(super) fn readable(text: String) -> Body {
    let lines: Vec<_> = text.lines().collect();
    if lines.iter().all(|line| line.len() <= LINE_LIMIT) {
        Body::dangerous_pre_encoded(lines.join("\r\n").into_bytes(), ContentTransferEncoding::EightBit)
    } else {
        Body::new(text)
    }
}
