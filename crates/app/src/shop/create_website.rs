//! An owner adds a website.

use countermand_domain::{StoreNumber, Website, WebsiteNumber};
use countermand_persistence::DatabaseError;

use crate::App;
use crate::error::{AppError, UserError, UserErrorCode};
use crate::failure::Failure;
use crate::rights::StaffOperation;
use crate::viewer::Viewer;

impl App {
    /// Adds a website. Its number follows the highest number so far.
    pub async fn create_website(
        &self,
        viewer: &Viewer,
        code: &str,
        name: &str,
    ) -> Result<Website, Failure<UserError>> {
        let staff = viewer.staff(StaffOperation::CreateWebsite)?;
        if staff.store.is_some() {
            return Err(AppError::Forbidden.into());
        }
        if let Some(refusal) = code_error("code", code).or_else(|| name_error("name", name)) {
            return Err(refusal.into());
        }
        self.retry_on_conflict(|| self.add_website(viewer, code, name))
            .await
    }

    async fn add_website(
        &self,
        viewer: &Viewer,
        code: &str,
        name: &str,
    ) -> Result<Website, Failure<UserError>> {
        let shop = self.database().shop().await?;
        if shop.website_by_code(code).is_some() {
            return Err(taken("code", code).into());
        }
        let last = shop.websites.iter().map(|it| it.number.0).max().unwrap_or(0);
        if last >= StoreNumber::MAX {
            let message = "no more websites are possible";
            return Err(UserError::about("code", UserErrorCode::Invalid, message).into());
        }
        let website = Website {
            number: WebsiteNumber(last + 1),
            code: code.into(),
            name: name.trim().into(),
        };
        let audit = self.trail_of(viewer, "createWebsite", code, name);
        match self.database().insert_website(&website, &audit).await {
            Ok(()) => Ok(website),
            // Another request took the code or the number meanwhile. The
            // next attempt reads the shop again and tells which of them.
            Err(DatabaseError::Duplicate) => Err(DatabaseError::Conflict.into()),
            Err(problem) => Err(problem.into()),
        }
    }
}

/// Checks Adobe's rule for codes: a code is a letter, then letters, digits and `_`, at most 32 characters.
pub(crate) fn code_error(field: &str, code: &str) -> Option<UserError> {
    let starts = code
        .chars()
        .next()
        .is_some_and(|first| first.is_ascii_alphabetic());
    let rest = code.chars().all(|it| it.is_ascii_alphanumeric() || it == '_');
    let fits = starts && rest && code.len() <= 32;
    (!fits).then(|| {
        let message = "a code begins with a letter and has letters, digits and `_` only, 32 at most";
        UserError::about(field, UserErrorCode::Invalid, message)
    })
}

pub(crate) fn name_error(field: &str, name: &str) -> Option<UserError> {
    let length = name.trim().chars().count();
    let fits = (1..=255).contains(&length) && !name.chars().any(char::is_control);
    (!fits).then(|| {
        UserError::about(
            field,
            UserErrorCode::Invalid,
            "must be a line of 1 to 255 characters",
        )
    })
}

pub(crate) fn taken(field: &str, code: &str) -> UserError {
    UserError::about(field, UserErrorCode::Taken, format!("`{code}` exists already"))
}
