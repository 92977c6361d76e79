//! An owner disables a store view, and enables it again.
//!
//! Requests of storefronts for a disabled store view are answered as for an unknown one. Its orders stay, and staff
//! works on them as before.

use std::sync::Arc;

use countermand_domain::{Shop, StoreView};
use countermand_persistence::ShopEdit;

use crate::App;
use crate::error::{AppError, UserError, UserErrorCode};
use crate::failure::Failure;
use crate::rights::StaffOperation;
use crate::shop::edit_shop::{Editor, ShopChange};
use crate::viewer::Viewer;

impl App {
    /// Disables the store view with the code `code`, and answers the shop afterwards.
    pub async fn disable_store(&self, viewer: &Viewer, code: &str) -> Result<Arc<Shop>, Failure<UserError>> {
        self.switch_store(viewer, StaffOperation::DisableStore, code, false)
            .await
    }

    /// Enables the store view with the code `code`, and answers the shop afterwards.
    pub async fn enable_store(&self, viewer: &Viewer, code: &str) -> Result<Arc<Shop>, Failure<UserError>> {
        self.switch_store(viewer, StaffOperation::EnableStore, code, true)
            .await
    }

    async fn switch_store(
        &self,
        viewer: &Viewer,
        operation: StaffOperation,
        code: &str,
        active: bool,
    ) -> Result<Arc<Shop>, Failure<UserError>> {
        if viewer.staff(operation)?.store.is_some() {
            return Err(AppError::Forbidden.into());
        }
        self.edit_shop(&Editor::staff(viewer, operation), |shop| {
            switched(shop, code, active)
        })
        .await
    }
}

fn switched(shop: &Shop, code: &str, active: bool) -> Result<ShopChange, UserError> {
    let store = shop.store_by_code(code);
    let store =
        store.ok_or_else(|| UserError::about("code", UserErrorCode::NotFound, "no such store view"))?;
    if store.is_active == active {
        return Ok(ShopChange::default());
    }
    let others = shop.stores.iter().filter(|it| it.number != store.number);
    if !active && !others.into_iter().any(|it| it.is_active) {
        // Each request is made through an active store view, those of staff too.
        let message = "the last active store view cannot be disabled";
        return Err(UserError::about("code", UserErrorCode::Invalid, message));
    }
    Ok(ShopChange {
        edits: vec![ShopEdit::Store(StoreView {
            is_active: active,
            ..store.clone()
        })],
        target: code.into(),
        details: String::new(),
    })
}
