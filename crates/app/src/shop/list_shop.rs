//! Staff lists the websites, the store views and the labels of statuses.

use std::sync::Arc;

use countermand_domain::{Shop, StoreNumber};

use crate::App;
use crate::error::AppError;
use crate::rights::StaffOperation;
use crate::viewer::Viewer;

/// The shop, and the part of it that a token may see.
#[derive(Debug, Clone)]
pub struct ListedShop {
    /// The shop.
    pub shop: Arc<Shop>,
    /// The only store view that the token is for; none for all store views.
    pub only: Option<StoreNumber>,
}

impl App {
    /// The websites with their store views, disabled ones too.
    pub async fn list_websites(&self, viewer: &Viewer) -> Result<ListedShop, AppError> {
        self.list_shop(viewer, StaffOperation::Websites).await
    }

    /// The labels of statuses that are set.
    pub async fn list_status_labels(&self, viewer: &Viewer) -> Result<ListedShop, AppError> {
        self.list_shop(viewer, StaffOperation::StatusLabels).await
    }

    async fn list_shop(&self, viewer: &Viewer, operation: StaffOperation) -> Result<ListedShop, AppError> {
        let only = viewer.staff(operation)?.store;
        let shop = self.database().shop().await?;
        Ok(ListedShop { shop, only })
    }
}
