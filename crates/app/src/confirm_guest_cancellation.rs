//! A guest confirms with the key from the mail: now the order is canceled.

use countermand_domain::{Actor, CancelRequest, CancellationRefusal, GuestKey, OrderId};
use countermand_persistence::{GuestKeyChange, Loaded};
use subtle::ConstantTimeEq;
use tokio::sync::OnceCell;

use crate::App;
use crate::access_token::hash_token;
use crate::cancel_order::{CancelOutcome, RefusedCancellation, cancellation_change, decide};
use crate::error::AppError;
use crate::tries::{keys_from, keys_of};
use crate::viewer::Viewer;

impl App {
    /// Cancels the guest order `id` if `key` is the current one for it (contract section 3.3).
    ///
    /// The key is used up in the same transaction, so it works once. Wrong ones are counted, for the order and for the
    /// address.
    pub async fn confirm_guest_cancellation(
        &self,
        viewer: &Viewer,
        id: OrderId,
        key: &str,
    ) -> Result<CancelOutcome, AppError> {
        let (of_order, from_address) = (keys_of(id), keys_from(&viewer.origin));
        // One try, however often others are faster.
        let counted = OnceCell::new();
        self.retry_on_conflict(|| async {
            let Some((loaded, kept)) = self.store().order_with_guest_key(id).await? else {
                return Ok(Err(RefusedCancellation {
                    refusal: CancellationRefusal::NotFound,
                    order: None,
                }));
            };
            if let Some(refusal) = self.refusal_before_key(&loaded) {
                let mut refused = self.refused(loaded, refusal, Actor::Guest);
                if !has_key(kept.as_ref(), key) {
                    refused.order = refused.order.map(|order| Box::new(order.for_strangers()));
                }
                return Ok(Err(refused));
            }
            let limits = [from_address.clone(), of_order.clone()];
            let reason = match counted.get_or_try_init(|| self.count_try(&limits)).await {
                Ok(()) => self.confirmed_reason(kept.as_ref(), key),
                // Whoever tried too often learns nothing more, not even that.
                Err(AppError::RateLimited { .. }) => Err(CancellationRefusal::NotConfirmed),
                Err(problem) => return Err(problem),
            };
            let reason = match reason {
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
            change.taken_back_tries = limits.map(|limit| limit.name).into();
            self.store().apply(&change).await?;
            Ok(Ok(self.view(after, loaded.catalog, Actor::Guest)))
        })
        .await
    }

    /// First the order, then the key (contract section 3.3, rows 5 to 8).
    fn refusal_before_key(&self, loaded: &Loaded) -> Option<CancellationRefusal> {
        let policy = loaded.catalog.cancellation_policy(loaded.order.id.store());
        let terms = loaded
            .order
            .cancellation_terms(&policy, &Actor::Guest, self.now());
        terms.refusal
    }

    /// The reason kept with the key; one answer for every bad key (contract section 3.3, row 9).
    fn confirmed_reason(&self, kept: Option<&GuestKey>, key: &str) -> Result<String, CancellationRefusal> {
        let matches = has_key(kept, key);
        let kept = kept.ok_or(CancellationRefusal::NotConfirmed)?;
        kept.check(matches, self.now())
            .map_err(|_| CancellationRefusal::NotConfirmed)?;
        Ok(kept.reason.clone())
    }
}

/// Whether `key` is the one that was mailed last, used or not. The contract shows the order beside some refusals
/// (section 3.3, rows 7 and 8): whole only to whoever had its mail.
fn has_key(kept: Option<&GuestKey>, key: &str) -> bool {
    let hash = hash_token(key);
    // Without a key there is still something to compare with, so that both take the same time.
    let nothing = [0_u8; 32];
    bool::from(kept.map_or(nothing.as_slice(), |kept| &kept.hash).ct_eq(&hash))
}
