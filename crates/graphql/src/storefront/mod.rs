//! The storefronts' part of the schema, one operation per file, exactly as `docs/contract.md` states it.
//!
//! The resolver of a nullable field returns `Option<Result<_>>`: an error then makes this field null and no other.

mod account_address;
mod attributes_form;
mod attributes_list;
mod available_stores;
mod cancel_order;
mod cancellation_reasons;
mod confirm_cancel_order;
mod confirm_email;
mod countries;
mod currency;
mod customer;
mod customer_orders;
mod generate_customer_token;
mod guest_order;
mod guest_order_by_token;
mod is_email_available;
mod preview_cancellation;
mod recaptcha_config;
mod request_guest_order_cancel;
mod request_order_cancellation;
mod request_password_reset_email;
mod reset_password;
mod revoke_customer_token;
mod store_config;
mod subscriptions;

use async_graphql::{Error, MergedObject};
use countermand_app::Viewer;
use countermand_app::orders::guest_order::LocateRefusal;
use countermand_domain::{Actor, OrderId};

pub(crate) use guest_order::OrderInformationInput;

use crate::kit::error::{Category, refused};

/// The queries for storefronts.
#[derive(MergedObject, Default)]
pub(crate) struct StorefrontQuery(
    ReferenceQuery,
    cancellation_reasons::CancellationReasonsQuery,
    is_email_available::IsEmailAvailableQuery,
    available_stores::AvailableStoresQuery,
    store_config::StoreConfigQuery,
    guest_order_by_token::GuestOrderByTokenQuery,
    guest_order::GuestOrderQuery,
    customer_orders::CustomerOrdersQuery,
    customer::CustomerQuery,
);

/// The queries with which storefronts build forms.
#[derive(MergedObject, Default)]
pub(crate) struct ReferenceQuery(
    attributes_form::AttributesFormQuery,
    attributes_list::AttributesListQuery,
    countries::CountriesQuery,
    currency::CurrencyQuery,
    recaptcha_config::RecaptchaConfigQuery,
);

/// The mutations for storefronts.
#[derive(MergedObject, Default)]
pub(crate) struct StorefrontMutation(
    confirm_email::ConfirmEmailMutation,
    reset_password::ResetPasswordMutation,
    request_password_reset_email::RequestPasswordResetEmailMutation,
    revoke_customer_token::RevokeCustomerTokenMutation,
    generate_customer_token::GenerateCustomerTokenMutation,
    confirm_cancel_order::ConfirmCancelOrderMutation,
    request_guest_order_cancel::RequestGuestOrderCancelMutation,
    cancel_order::CancelOrderMutation,
    request_order_cancellation::RequestOrderCancellationMutation,
    preview_cancellation::PreviewCancellationMutation,
    subscriptions::SubscriptionMutation,
);

/// Whether PHP counts `value` as empty, which the contract does (`docs/contract.md` section 3.1, rows 3 and 4).
fn is_falsy(value: &str) -> bool {
    value.is_empty() || value == "0"
}

/// Refuses an empty parameter in the contract's words.
fn demand(name: &str, value: &str) -> Result<(), Error> {
    if is_falsy(value) {
        Err(bad_parameter(name))
    } else {
        Ok(())
    }
}

/// Refuses an empty reason in the contract's words, where the store view of `order`, or the viewer's one where no order
/// is named, asks `actor` for a reason.
fn demand_reason(viewer: &Viewer, order: Option<OrderId>, actor: &Actor, reason: &str) -> Result<(), Error> {
    let store = order.map_or(viewer.store.number, OrderId::store);
    let policy = viewer.shop.cancellation_policy(store);
    if policy.rules.reason_required.include(actor) {
        demand("reason", reason)
    } else {
        Ok(())
    }
}

fn bad_parameter(name: &str) -> Error {
    let message = format!("Required parameter \"{name}\" is missing or incorrect.");
    refused(Category::Input, "BAD_PARAMETER", message)
}

/// The contract's answer when no order can be shown (`docs/contract.md` section 3.2, rows 4 to 7).
fn not_located(refusal: LocateRefusal) -> Error {
    match refusal {
        LocateRefusal::NotFound => refused(Category::NoSuchEntity, "ORDER_NOT_FOUND", refusal.to_string()),
        LocateRefusal::BelongsToAccount => refused(Category::Authorization, "FORBIDDEN", refusal.to_string()),
    }
}
