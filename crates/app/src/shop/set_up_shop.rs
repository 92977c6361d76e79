//! `countermand init` makes the first store view the merchant's own.

use std::sync::Arc;

use countermand_domain::Shop;
use countermand_persistence::ShopEdit;

use crate::App;
use crate::error::{UserError, UserErrorCode};
use crate::failure::Failure;
use crate::shop::edit_shop::{Editor, ReplacedValues, ShopChange};
use crate::shop::update_store::{StoreUpdate, updated};

impl App {
    /// Gives the only store view of a new shop the values of `update`, and its website and its group the name of
    /// `update`. A shop with several store views is refused, because it is not new. Answers the shop afterwards.
    pub async fn set_up_shop(&self, update: &StoreUpdate) -> Result<Arc<Shop>, Failure<UserError>> {
        let update = StoreUpdate {
            group_name: update.name.clone(),
            ..update.clone()
        };
        let editor = Editor::command_line("init");
        self.edit_shop(&editor, |shop| set_up(shop, &update)).await
    }
}

fn set_up(shop: &Shop, update: &StoreUpdate) -> Result<ShopChange, UserError> {
    let [store] = shop.stores.as_slice() else {
        let message = format!(
            "the shop has {} store views already: change each of them with the mutation `updateStore`",
            shop.stores.len()
        );
        return Err(UserError {
            code: UserErrorCode::Taken,
            message,
            field: None,
        });
    };
    let mut change = updated(shop, store, update)?;
    if let (Some(name), Some(website)) = (&update.name, shop.website(store.website)) {
        let mut website = website.clone();
        let mut replaced = ReplacedValues::default();
        replaced.replace("website name", &mut website.name, Some(&name.trim().to_owned()));
        if !replaced.is_empty() {
            change.edits.push(ShopEdit::Website(website));
            let parts = [change.details, replaced.words()];
            change.details = parts
                .into_iter()
                .filter(|it| !it.is_empty())
                .collect::<Vec<_>>()
                .join("; ");
        }
    }
    Ok(change)
}
