//! The codes that sales channels have for reasons: staff reads them, and a manager sets one or takes it back.

use countermand_domain::{
    ChannelCode, ChannelCodes, ChannelWay, ConfigScope, ReasonMapping, ReasonNotForChannel, ScopedSettings,
    Setting, SettingValue, Shop,
};
use countermand_persistence::ShopEdit;

use crate::App;
use crate::error::{AppError, UserError, UserErrorCode};
use crate::failure::Failure;
use crate::rights::StaffOperation;
use crate::shop::edit_shop::{Editor, ShopChange};
use crate::shop::shop_settings::{allow_scope, scope_name};
use crate::viewer::Viewer;

/// The mappings to read; what is none is not looked at.
#[derive(Debug, Clone, Default)]
pub struct MappingFilter {
    /// The code of a reason.
    pub reason: Option<String>,
    /// A channel.
    pub channel: Option<String>,
}

/// A change of the mapping of one reason at one place.
#[derive(Debug, Clone)]
pub struct MappingChange {
    /// The code of the reason.
    pub reason: String,
    /// The channel, market and way.
    pub place: ChannelWay,
    /// The new code, where an inner none says that the channel has no code; none takes the merchant's mapping back.
    pub code: Option<Option<String>>,
}

impl App {
    /// The mappings of reasons to channels' codes, in the order of the catalogue.
    pub fn reason_mappings(
        &self,
        viewer: &Viewer,
        filter: &MappingFilter,
    ) -> Result<Vec<ReasonMapping>, AppError> {
        allow_scope(
            viewer.staff(StaffOperation::CancellationReasonMappings)?,
            ConfigScope::Default,
        )?;
        let codes = codes(&viewer.shop);
        let fits = |wanted: &Option<String>, value: &str| wanted.as_ref().is_none_or(|it| it == value);
        let wanted = codes
            .mappings()
            .iter()
            .filter(|it| fits(&filter.reason, &it.reason) && fits(&filter.channel, &it.place.channel));
        Ok(wanted.cloned().collect())
    }

    /// The code that a channel has for a reason, or the refusal that it has none.
    pub fn channel_reason_code(
        &self,
        viewer: &Viewer,
        reason: &str,
        place: &ChannelWay,
    ) -> Result<Result<ChannelCode, ReasonNotForChannel>, AppError> {
        allow_scope(
            viewer.staff(StaffOperation::ChannelReasonCode)?,
            ConfigScope::Default,
        )?;
        Ok(codes(&viewer.shop).channel_code(reason, place).cloned())
    }

    /// The reason that a channel's code means; none for a code that no reason has.
    pub fn reason_of_channel_code(
        &self,
        viewer: &Viewer,
        code: &str,
        place: &ChannelWay,
    ) -> Result<Option<String>, AppError> {
        allow_scope(
            viewer.staff(StaffOperation::ReasonOfChannelCode)?,
            ConfigScope::Default,
        )?;
        Ok(codes(&viewer.shop).reason_of(code, place).map(str::to_owned))
    }

    /// Sets the code of one reason at one place, or takes it back so that the built-in one holds; answers all mappings
    /// of the reason.
    pub async fn change_reason_mapping(
        &self,
        viewer: &Viewer,
        change: &MappingChange,
    ) -> Result<Vec<ReasonMapping>, Failure<UserError>> {
        let operation = match change.code {
            Some(_) => StaffOperation::SetCancellationReasonMapping,
            None => StaffOperation::ResetCancellationReasonMapping,
        };
        allow_scope(viewer.staff(operation)?, ConfigScope::Default)?;
        let editor = Editor::staff(viewer, operation);
        let shop = self.edit_shop(&editor, |shop| changed(shop, change)).await?;
        let mappings = codes(&shop).mappings().to_vec();
        Ok(mappings
            .into_iter()
            .filter(|it| it.reason == change.reason)
            .collect())
    }
}

pub(crate) fn codes(shop: &Shop) -> ChannelCodes {
    ChannelCodes::with(&shop.settings_at(ConfigScope::Default).channel_codes.value)
}

fn changed(shop: &Shop, change: &MappingChange) -> Result<ShopChange, UserError> {
    let MappingChange { reason, place, code } = change;
    let before = shop.settings_at(ConfigScope::Default).channel_codes.value;
    let code = code.as_ref().map(Option::as_deref);
    if code.flatten() == Some("-") {
        return Err(UserError::about(
            "channel_code",
            UserErrorCode::Invalid,
            "must be null for no code",
        ));
    }
    let after = ChannelCodes::own_after(&before, reason, place, code);
    if after == before {
        return Ok(ShopChange::default());
    }
    let scope = ConfigScope::Default;
    let checked = Setting::channel_codes().check(scope, &SettingValue::Text(after.clone()));
    checked
        .map_err(|refusal| UserError::about("channel_code", UserErrorCode::Invalid, refusal.to_string()))?;
    let ChannelWay { channel, market, way } = place;
    let details = format!(
        "{reason} at {channel} (market {market}, way {way}): {}, now {}",
        code_in_words(&ChannelCodes::with(&before), reason, place),
        code_in_words(&ChannelCodes::with(&after), reason, place),
    );
    let set = ScopedSettings {
        channel_codes: Some(after),
        ..ScopedSettings::default()
    };
    Ok(ShopChange {
        edits: vec![ShopEdit::Settings(scope, Box::new(set))],
        target: scope_name(shop, scope),
        details,
    })
}

fn code_in_words(codes: &ChannelCodes, reason: &str, place: &ChannelWay) -> String {
    let code = codes.channel_code(reason, place);
    code.map_or_else(|_| "no code".into(), |it| it.code.clone())
}
