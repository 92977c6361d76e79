//! A guest confirms with the key from the mail: now the order is canceled.

use countermand_domain::{Actor, CancelRequest, CancellationRefusal, GuestKey, OrderId};
use countermand_persistence::{GuestKeyChange, Loaded};
use subtle::ConstantTimeEq;

use crate::App;
use crate::access_token::hash_token;
use crate::cancel_order::{CancelOutcome, RefusedCancellation, cancellation_change, decide};
use crate::error::AppError;
use crate::viewer::Viewer;

impl App {
    /// Cancels the guest order `id` if `key` is the current one for it (contract section 3.3).
    ///
    /// The key is used up in the same transaction, so it works once.
    pub async fn confirm_guest_cancellation(
        &self,
        viewer: &Viewer,
        id: OrderId,
        key: &str,
    ) -> Result<CancelOutcome, AppError> {
        self.retry_on_conflict(|| async {
            let Some((loaded, kept)) = self.store().order_with_guest_key(id).await? else {
                return Ok(Err(RefusedCancellation {
                    refusal: CancellationRefusal::NotFound,
                    order: None,
                }));
            };
            let reason = match self.confirmed_reason(&loaded, kept.as_ref(), key) {
                Ok(reason) => reason,
                Err(refusal) => return Ok(Err(self.refused(loaded, refusal, Actor::Guest))),
            };
            let (after, cancellation) = match decide(
                &loaded,
                &CancelRequest {
                    actor: Actor::Guest,
                    reason,
                },
                self,
            ) {
                Ok(decided) => decided,
                Err(refusal) => return Ok(Err(self.refused(loaded, refusal, Actor::Guest))),
            };
            let mut change = cancellation_change(&loaded, &after, &cancellation, &viewer.origin)?;
            change.guest_key = Some(GuestKeyChange::Use);
            self.store().apply(&change).await?;
            Ok(Ok(self.view(after, loaded.catalog, Actor::Guest)))
        })
        .await
    }

    /// First the order, then the key (contract section 3.3, rows 5 to 9); one answer for every bad key.
    fn confirmed_reason(
        &self,
        loaded: &Loaded,
        kept: Option<&GuestKey>,
        key: &str,
    ) -> Result<String, CancellationRefusal> {
        let policy = loaded.catalog.cancellation_policy(loaded.order.id.store());
        if let Some(refusal) = loaded
            .order
            .cancellation_terms(&policy, &Actor::Guest, self.now())
            .refusal
        {
            return Err(refusal);
        }
        let hash = hash_token(key);
        // Without a key there is still something to compare with, so that both take the same time.
        let nothing = [0_u8; 32];
        let matches = bool::from(kept.map_or(nothing.as_slice(), |kept| &kept.hash).ct_eq(&hash));
        let kept = kept.ok_or(CancellationRefusal::NotConfirmed)?;
        kept.check(matches, self.now())
            .map_err(|_| CancellationRefusal::NotConfirmed)?;
        Ok(kept.reason.clone())
    }
}
