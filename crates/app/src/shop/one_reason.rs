//! A manager adds, changes, moves or removes one reason for a cancellation. The other reasons of the scope stay, also
//! those that another member of staff edits at the same time.

use std::collections::BTreeMap;

use countermand_domain::{
    ConfigScope, ReasonEdit, ReasonEditRefusal, ReasonList, ReasonListError, ScopedSettings, Shop, Sourced,
    StoreNumber,
};
use countermand_persistence::ShopEdit;

use crate::App;
use crate::error::{UserError, UserErrorCode};
use crate::failure::Failure;
use crate::rights::StaffOperation;
use crate::shop::edit_shop::{Editor, ShopChange};
use crate::shop::reason_rules_text::ReasonRulesText;
use crate::shop::reason_words::reason_in_words;
use crate::shop::setting_text::{ReasonText, TextRefusal, read_reason};
use crate::shop::shop_settings::{SettingsOfScope, allow_scope, scope_name};
use crate::viewer::Viewer;

/// An edit of one reason as staff writes it: store views by their codes.
#[derive(Debug, Clone)]
pub enum ReasonEditText {
    /// Adds a reason: before the reason with the code `before`, or as the last one.
    Add {
        /// The new reason.
        reason: ReasonText,
        /// The code of the reason that follows the new one.
        before: Option<String>,
    },
    /// Changes the texts and the rules of a reason. What is not given stays as it is.
    Update {
        /// The code of the reason.
        code: String,
        /// The new general description.
        description: Option<String>,
        /// The codes of store views with their new texts; no text takes the store view's own text back.
        translations: Vec<(String, Option<String>)>,
        /// The new rules.
        rules: ReasonRulesText,
    },
    /// Moves a reason before the reason with the code `before`, or to the end of the list.
    Move {
        /// The code of the reason.
        code: String,
        /// The code of the reason that follows the moved one.
        before: Option<String>,
    },
    /// Removes a reason.
    Remove {
        /// The code of the reason.
        code: String,
    },
}

impl App {
    /// Edits one reason of the list that holds at `scope`, and answers the settings of the scope afterwards. A scope
    /// that inherits its list gets a list of its own: the inherited one with this edit.
    pub async fn edit_reason(
        &self,
        viewer: &Viewer,
        scope: ConfigScope,
        edit: &ReasonEditText,
    ) -> Result<SettingsOfScope, Failure<UserError>> {
        let operation = edit.operation();
        allow_scope(viewer.staff(operation)?, scope)?;
        let editor = Editor::staff(viewer, operation);
        let shop = self
            .edit_shop(&editor, |shop| edited(shop, scope, &edit.read(shop)?))
            .await?;
        Ok(SettingsOfScope {
            scope,
            settings: shop.settings_at(scope),
            shop,
        })
    }
}

impl ReasonEditText {
    fn operation(&self) -> StaffOperation {
        match self {
            Self::Add { .. } => StaffOperation::AddCancellationReason,
            Self::Update { .. } => StaffOperation::UpdateCancellationReason,
            Self::Move { .. } => StaffOperation::MoveCancellationReason,
            Self::Remove { .. } => StaffOperation::RemoveCancellationReason,
        }
    }

    fn read(&self, shop: &Shop) -> Result<ReasonEdit, UserError> {
        Ok(match self {
            Self::Add { reason, before } => ReasonEdit::Add {
                reason: read_reason(shop, reason.clone())
                    .map_err(|TextRefusal(code, message)| UserError::about("reason", code, message))?,
                before: before.clone(),
            },
            Self::Update {
                code,
                description,
                translations,
                rules,
            } => ReasonEdit::Update {
                code: code.clone(),
                description: description.clone(),
                translations: read_translations(shop, translations)?,
                rules: rules.read()?,
            },
            Self::Move { code, before } => ReasonEdit::Move {
                code: code.clone(),
                before: before.clone(),
            },
            Self::Remove { code } => ReasonEdit::Remove { code: code.clone() },
        })
    }
}

fn read_translations(
    shop: &Shop,
    translations: &[(String, Option<String>)],
) -> Result<BTreeMap<StoreNumber, Option<String>>, UserError> {
    let mut read = BTreeMap::new();
    for (code, text) in translations {
        let refusal = |kind, message| UserError::about("translations", kind, message);
        let store = shop.store_by_code(code);
        let store =
            store.ok_or_else(|| refusal(UserErrorCode::NotFound, format!("no store view `{code}`")))?;
        if read.insert(store.number, text.clone()).is_some() {
            let message = format!("store view `{code}` is given twice");
            return Err(refusal(UserErrorCode::Invalid, message));
        }
    }
    Ok(read)
}

fn edited(shop: &Shop, scope: ConfigScope, edit: &ReasonEdit) -> Result<ShopChange, UserError> {
    let before = shop.settings_at(scope).cancellation_reasons;
    let after = before
        .value
        .edited(edit)
        .map_err(|refusal| refused(edit, &refusal))?;
    if after == before.value {
        return Ok(ShopChange::default());
    }
    let details = details(shop, scope, edit, &before, &after);
    let set = ScopedSettings {
        cancellation_reasons: Some(after),
        ..ScopedSettings::default()
    };
    Ok(ShopChange {
        edits: vec![ShopEdit::Settings(scope, Box::new(set))],
        target: scope_name(shop, scope),
        details,
    })
}

/// The edit in words: the code, the old texts and the new ones.
fn details(
    shop: &Shop,
    scope: ConfigScope,
    edit: &ReasonEdit,
    before: &Sourced<ReasonList>,
    after: &ReasonList,
) -> String {
    let code = edit.code();
    let words = |list: &ReasonList| {
        list.by_code(code)
            .map_or_else(String::new, |reason| reason_in_words(reason, shop))
    };
    let done = match edit {
        ReasonEdit::Add { .. } => format!("added {}, {}", words(after), place(after, code)),
        ReasonEdit::Update { .. } => format!("{}, now {}", words(&before.value), words(after)),
        ReasonEdit::Move { .. } => {
            let (old, new) = (place(&before.value, code), place(after, code));
            format!("{} was {old}, now {new}", words(after))
        }
        ReasonEdit::Remove { .. } => format!("removed {}", words(&before.value)),
    };
    match before.source {
        Some(source) if source == scope => done,
        Some(source) => format!(
            "{done}; the other reasons are those of {}",
            scope_name(shop, source)
        ),
        None => format!("{done}; the other reasons are the built-in ones"),
    }
}

/// The place of a reason in words: before which other one it stands.
fn place(list: &ReasonList, code: &str) -> String {
    let after = list.reasons().iter().skip_while(|it| it.code != code).nth(1);
    after.map_or_else(|| "the last one".into(), |next| format!("before {}", next.code))
}

/// The refusal of an edit, about the input field that causes it.
fn refused(edit: &ReasonEdit, refusal: &ReasonEditRefusal) -> UserError {
    let of_text = match edit {
        ReasonEdit::Add { .. } => "reason",
        ReasonEdit::Update { .. } => "description",
        ReasonEdit::Move { .. } | ReasonEdit::Remove { .. } => "reason_code",
    };
    let (field, code) = match refusal {
        ReasonEditRefusal::NoSuchReason(_) => ("reason_code", UserErrorCode::NotFound),
        ReasonEditRefusal::NoSuchPlace(_) => ("before", UserErrorCode::NotFound),
        ReasonEditRefusal::List(ReasonListError::Duplicate(_)) => (of_text, UserErrorCode::Taken),
        ReasonEditRefusal::List(ReasonListError::NoAudience(_) | ReasonListError::NoneForCustomers)
            if matches!(edit, ReasonEdit::Update { .. }) =>
        {
            ("audience", UserErrorCode::Invalid)
        }
        ReasonEditRefusal::List(ReasonListError::BadTimes(_))
            if matches!(edit, ReasonEdit::Update { .. }) =>
        {
            ("valid_until", UserErrorCode::Invalid)
        }
        ReasonEditRefusal::List(_) => (of_text, UserErrorCode::Invalid),
    };
    UserError::about(field, code, refusal.to_string())
}
