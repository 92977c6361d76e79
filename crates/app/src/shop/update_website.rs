//! An owner renames a website.

use std::sync::Arc;

use countermand_domain::Shop;
use countermand_persistence::ShopEdit;

use crate::App;
use crate::error::{AppError, UserError, UserErrorCode};
use crate::failure::Failure;
use crate::rights::StaffOperation;
use crate::shop::code_and_name::name_error;
use crate::shop::edit_shop::{Editor, ReplacedValues, ShopChange};
use crate::viewer::Viewer;

impl App {
    /// Gives the website with the code `code` the name `name`, and answers the shop afterwards.
    pub async fn update_website(
        &self,
        viewer: &Viewer,
        code: &str,
        name: &str,
    ) -> Result<Arc<Shop>, Failure<UserError>> {
        let operation = StaffOperation::UpdateWebsite;
        if viewer.staff(operation)?.store.is_some() {
            return Err(AppError::Forbidden.into());
        }
        self.edit_shop(&Editor::staff(viewer, operation), |shop| {
            renamed(shop, code, name)
        })
        .await
    }
}

fn renamed(shop: &Shop, code: &str, name: &str) -> Result<ShopChange, UserError> {
    let website = shop.website_by_code(code);
    let mut website = website
        .ok_or_else(|| UserError::about("code", UserErrorCode::NotFound, "no such website"))?
        .clone();
    if let Some(refusal) = name_error("name", name) {
        return Err(refusal);
    }
    let mut replaced = ReplacedValues::default();
    replaced.replace("name", &mut website.name, Some(&name.trim().to_owned()));
    let edits = if replaced.is_empty() {
        Vec::new()
    } else {
        vec![ShopEdit::Website(website)]
    };
    Ok(ShopChange {
        edits,
        target: code.into(),
        details: replaced.words(),
    })
}
