//! A guest confirms a cancellation with the key from the mail, and the order is canceled.

use countermand_domain::{ConfirmationRefusal, GuestKey, OrderId};
use countermand_persistence::RateLimit;
use subtle::ConstantTimeEq;
use tokio::sync::OnceCell;

use crate::App;
use crate::accounts::access_token::hash_token;
use crate::accounts::network::network_of;
use crate::accounts::tries::hourly;
use crate::cancel::cancel_order::NotCanceled;
use crate::failure::Failure;
use crate::order_command::OrderCommand;
use crate::orders::order_view::OrderView;
use crate::viewer::Viewer;

/// The most wrong keys that a network may send in an hour. The right key is accepted after any number of them.
const MOST_WRONG_GUEST_KEYS: i64 = 10;

impl App {
    /// Cancels the guest order `id` if `key` is the current one for it (`docs/contract.md` section 3.3).
    ///
    /// The key is used up in the same transaction, so a key works once. Wrong keys count for the network that sends
    /// them, and for no order: a key cannot be guessed, so the right one is accepted after any number of wrong ones.
    /// Fails with [`AppError::RateLimited`](crate::AppError::RateLimited) after too many wrong keys.
    pub async fn confirm_guest_cancellation(
        &self,
        viewer: &Viewer,
        id: OrderId,
        key: &str,
    ) -> Result<OrderView, Failure<NotCanceled>> {
        let command = &OrderCommand::of_guest(viewer, "confirmCancelOrder").reading_guest_key();
        // A wrong key is counted once, even if a conflict runs the decision again.
        let counted = &OnceCell::new();
        self.change_order(command, id, |subject| async move {
            let (order, policy, now) = (&subject.order, subject.policy(), self.now());
            let kept = subject.guest_key.as_ref();
            let matches = has_key(kept, key);
            match order.confirm_cancellation(kept, matches, &policy, now) {
                Ok(transition) => Ok(transition),
                Err(ConfirmationRefusal::Order(refusal)) => {
                    let refused = self.not_canceled(command, &subject, refusal);
                    Err(if matches { refused } else { refused.for_strangers() }.into())
                }
                // Every bad key gets the same answer (`docs/contract.md` section 3.3, row 9).
                Err(ConfirmationRefusal::Key(_)) => {
                    let limits = &[wrong_keys_from(&viewer.origin)];
                    counted.get_or_try_init(|| self.count_try(limits)).await?;
                    Err(NotCanceled::NotConfirmed.into())
                }
            }
        })
        .await
    }
}

impl NotCanceled {
    /// The same refusal, with the order shown as a person may see it who knows only its id.
    ///
    /// The contract shows the order beside some refusals (section 3.3, rows 7 and
    /// 8). Only a caller who has the key from the mail sees the whole order.
    fn for_strangers(self) -> Self {
        match self {
            Self::Refused { refusal, order } => Self::Refused {
                refusal,
                order: order.map(|order| Box::new(order.for_strangers())),
            },
            Self::NoSuchOrder | Self::NotConfirmed => self,
        }
    }
}

/// Whether `key` is the one that was mailed last, used or not.
pub(super) fn has_key(kept: Option<&GuestKey>, key: &str) -> bool {
    let hash = hash_token(key);
    // Without a key, the code compares with zeros, so that both cases take the same time.
    let nothing = [0_u8; 32];
    bool::from(kept.map_or(nothing.as_slice(), |kept| &kept.hash).ct_eq(&hash))
}

/// The limit of wrong confirmation keys from a network.
pub(super) fn wrong_keys_from(origin: &str) -> RateLimit {
    hourly(
        format!("guest_key_from:{}", network_of(origin)),
        MOST_WRONG_GUEST_KEYS,
    )
}
