//! An owner adds a website.

use countermand_domain::{StoreNumber, Website, WebsiteNumber};
use countermand_persistence::DatabaseError;

use crate::App;
use crate::error::{AppError, UserError, UserErrorCode};
use crate::failure::Failure;
use crate::rights::StaffOperation;
use crate::shop::code_and_name::{code_error, name_error, taken};
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
        self.retry_on_conflict(AppError::ShopContended, || self.add_website(viewer, code, name))
            .await
    }

    async fn add_website(
        &self,
        viewer: &Viewer,
        code: &str,
        name: &str,
    ) -> Result<Website, Failure<UserError>> {
        let shop = self.database().shop().await?;
        match shop.website_by_code(code) {
            Some(made) if viewer.is_carried_out() => return Ok(made.clone()),
            Some(_) => return Err(taken("code", code).into()),
            None => {}
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
            Ok(()) => {
                tracing::info!(
                    website = website.number.0,
                    code = website.code,
                    "a website was created"
                );
                Ok(website)
            }
            // Another request took the code or the number meanwhile. The
            // next attempt reads the shop again and tells which of them.
            Err(DatabaseError::Duplicate) => Err(DatabaseError::Conflict.into()),
            Err(problem) => Err(problem.into()),
        }
    }
}
