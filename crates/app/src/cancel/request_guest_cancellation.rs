//! A guest asks to cancel an order. A key goes out by mail; the order is not canceled yet.

use countermand_domain::{
    CancellationIntent, CancellationRefusal, ConfigScope, ConfirmationKey, GUEST_KEY_LENGTH, GuestKeyRequest,
    OrderId,
};
use countermand_persistence::RateLimit;
use tokio::sync::OnceCell;

use crate::App;
use crate::accounts::access_token::hash_token;
use crate::accounts::tries::hourly;
use crate::cancel::cancel_order::NotCanceled;
use crate::failure::{Failure, Refusal};
use crate::order_command::{NoSuchOrder, OrderCommand};
use crate::orders::guest_order::LocateRefusal;
use crate::orders::order_view::OrderView;
use crate::viewer::Viewer;

/// The most keys that are mailed for an order in an hour.
const MOST_GUEST_KEY_MAILS: i64 = 3;

/// Why no key was sent.
#[derive(Debug, Clone)]
pub enum GuestRequestRefusal {
    /// The order is not shown at all (`docs/contract.md` section 3.2, rows 4 to 7).
    NotLocated(LocateRefusal),
    /// The order cannot be canceled, or not for this reason.
    NotCanceled(NotCanceled),
}

impl Refusal for GuestRequestRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::NotLocated(refusal) => refusal.code(),
            Self::NotCanceled(refusal) => refusal.code(),
        }
    }
}

impl From<CancellationRefusal> for GuestRequestRefusal {
    fn from(refusal: CancellationRefusal) -> Self {
        Self::NotCanceled(refusal.into())
    }
}

impl From<NoSuchOrder> for GuestRequestRefusal {
    fn from(NoSuchOrder: NoSuchOrder) -> Self {
        Self::NotLocated(LocateRefusal::NotFound)
    }
}

impl App {
    /// Sends a confirmation key for the order that `token` was made for (`docs/contract.md` section 3.2).
    ///
    /// A new request replaces the key of an earlier one, with what it was for; [`AppError::RateLimited`] after three in
    /// an hour. With the id of a quote, the confirmation does what was quoted, or is refused.
    ///
    /// [`AppError::RateLimited`]: crate::AppError::RateLimited
    pub async fn request_guest_cancellation(
        &self,
        viewer: &Viewer,
        token: &str,
        intent: &CancellationIntent,
        quote: Option<&str>,
    ) -> Result<OrderView, Failure<GuestRequestRefusal>> {
        let id = self.order_by_token(viewer, token);
        let id = id.ok_or(GuestRequestRefusal::NotLocated(LocateRefusal::NotFound))?;
        let accepted = &self.accepting::<GuestRequestRefusal>(intent, quote).await?;
        let command =
            &OrderCommand::of_guest(viewer, "requestGuestOrderCancel").canceling_for(&intent.reason);
        // The try is counted once, even if a conflict runs the decision again.
        let counted = &OnceCell::new();
        self.change_order(command, id, |subject| async move {
            let order = &subject.order;
            if !order.is_guest() {
                return Err(GuestRequestRefusal::NotLocated(LocateRefusal::BelongsToAccount).into());
            }
            let settings = subject.shop.settings_at(ConfigScope::Store(id.store()));
            let request = GuestKeyRequest {
                intent: accepted.clone(),
                key: self.new_confirmation_key(),
                key_lifetime: settings.guest_key_lifetime.value,
            };
            let requested = order.request_guest_key(&request, &subject.policy(), self.now());
            let requested = requested.map_err(|refusal| {
                GuestRequestRefusal::NotCanceled(self.not_canceled(command, &subject, refusal))
            })?;
            let limits = [key_mails_of(id)];
            counted.get_or_try_init(|| self.count_try(&limits)).await?;
            Ok(requested)
        })
        .await
    }
    /// Makes a random key of about 190 bits from `[A-Za-z0-9]`.
    fn new_confirmation_key(&self) -> ConfirmationKey {
        let text = self.env().alphanumeric(GUEST_KEY_LENGTH);
        ConfirmationKey {
            hash: hash_token(&text),
            text,
        }
    }
}

/// The limit of mails with a confirmation key for an order.
fn key_mails_of(order: OrderId) -> RateLimit {
    hourly(format!("guest_key_mail:{}", order.number()), MOST_GUEST_KEY_MAILS)
}
