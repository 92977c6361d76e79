//! A guest asks to cancel: a key goes out by mail, nothing is canceled yet.

use chrono::{DateTime, Utc};
use countermand_domain::{Actor, CancellationRefusal, ConfigScope, GUEST_KEY_LENGTH, GuestKey};
use countermand_persistence::{GuestKeyChange, Loaded, NewJob, OrderChange};
use rand::Rng;
use rand::distr::Alphanumeric;
use tokio::sync::OnceCell;

use crate::App;
use crate::access_token::hash_token;
use crate::cancel_order::RefusedCancellation;
use crate::error::AppError;
use crate::guest_order::LocateRefusal;
use crate::job::{mail_job, mail_to_buyer};
use crate::order_link::confirmation_link;
use crate::order_view::OrderView;
use crate::ports::MailMessage;
use crate::tries::key_mails_of;
use crate::viewer::Viewer;

/// Why no key was sent.
#[derive(Debug, Clone)]
pub enum GuestRequestRefusal {
    /// The order is not shown at all (contract section 3.2, rows 4 to 7).
    NotLocated(LocateRefusal),
    /// The order cannot be canceled, or not for this reason.
    Refused(RefusedCancellation),
}

impl App {
    /// Sends a confirmation key for the order that `token` was made for (contract section 3.2).
    ///
    /// A new request replaces the key of an earlier one, with its reason; [`AppError::RateLimited`] after three in an
    /// hour.
    pub async fn request_guest_cancellation(
        &self,
        viewer: &Viewer,
        token: &str,
        reason: &str,
    ) -> Result<Result<OrderView, GuestRequestRefusal>, AppError> {
        // One try, however often others are faster.
        let counted = OnceCell::new();
        self.retry_on_conflict(|| async {
            let Some(loaded) = self.loaded_by_token(viewer, token).await? else {
                return Ok(Err(GuestRequestRefusal::NotLocated(LocateRefusal::NotFound)));
            };
            if !loaded.order.is_guest() {
                return Ok(Err(GuestRequestRefusal::NotLocated(
                    LocateRefusal::BelongsToAccount,
                )));
            }
            let now = self.now();
            if let Err(refusal) = check(&loaded, reason, now) {
                return Ok(Err(GuestRequestRefusal::Refused(self.refused(
                    loaded,
                    refusal,
                    Actor::Guest,
                ))));
            }
            let limits = [key_mails_of(loaded.order.id)];
            counted.get_or_try_init(|| self.count_try(&limits)).await?;
            let key = random_key();
            let (after, event) = loaded.order.with_key_requested(now);
            let mut change = OrderChange::new(&loaded.order, &after, &event, &viewer.origin);
            change.guest_key = Some(GuestKeyChange::Replace(kept_key(&loaded, &key, reason, now)));
            change.jobs.push(self.key_mail(&loaded, &key, now)?);
            self.store().apply(&change).await?;
            Ok(Ok(self.view(after, loaded.catalog, Actor::Guest)))
        })
        .await
    }

    fn key_mail(&self, loaded: &Loaded, key: &str, now: DateTime<Utc>) -> Result<NewJob, AppError> {
        let order = &loaded.order;
        let settings = loaded.catalog.settings_at(ConfigScope::Store(order.id.store()));
        let link = confirmation_link(&settings, order.id, key, &self.tokens().seal(order.id));
        let message = MailMessage::ConfirmCancellation {
            order_number: order.number.clone(),
            link,
        };
        mail_job(
            Some(order.id),
            &mail_to_buyer(order, &loaded.catalog, message, now),
        )
    }
}

/// The same rule as the button and the cancellation itself, then the reason.
fn check(loaded: &Loaded, reason: &str, now: DateTime<Utc>) -> Result<(), CancellationRefusal> {
    let store = loaded.order.id.store();
    let policy = loaded.catalog.cancellation_policy(store);
    if let Some(refusal) = loaded
        .order
        .cancellation_terms(&policy, &Actor::Guest, now)
        .refusal
    {
        return Err(refusal);
    }
    policy
        .reasons
        .find(reason, store)
        .map(|_| ())
        .ok_or(CancellationRefusal::InvalidReason)
}

fn kept_key(loaded: &Loaded, key: &str, reason: &str, now: DateTime<Utc>) -> GuestKey {
    let settings = loaded
        .catalog
        .settings_at(ConfigScope::Store(loaded.order.id.store()));
    GuestKey::new(
        loaded.order.id,
        hash_token(key),
        reason,
        settings.guest_key_lifetime.value,
        now,
    )
}

/// About 190 bits from `[A-Za-z0-9]`.
fn random_key() -> String {
    rand::rng()
        .sample_iter(Alphanumeric)
        .take(GUEST_KEY_LENGTH)
        .map(char::from)
        .collect()
}
