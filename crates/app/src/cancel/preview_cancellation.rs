//! A buyer or staff asks what canceling would do, and gets a binding quote.

use countermand_domain::{
    Actor, Cancel, CancellationIntent, CancellationPreview, CancellationRefusal, OrderId,
};
use uuid::Uuid;

use crate::App;
use crate::cancel::cancel_order::NotCanceled;
use crate::error::AppError;
use crate::failure::Failure;
use crate::orders::order_view::OrderView;
use crate::rights::StaffOperation;
use crate::viewer::{Caller, Viewer};

/// A quote under its id, and the order that it is for.
#[derive(Debug, Clone)]
pub struct QuotedCancellation {
    /// The id with which the quote is accepted.
    pub id: Uuid,
    /// What the cancellation would do.
    pub preview: CancellationPreview,
    /// The order as it is now.
    pub order: OrderView,
    /// Whether staff asked, which alone reads what other systems would give back.
    pub is_for_staff: bool,
}

impl App {
    /// Quotes what canceling `intent` of the order `id` would do. `proves_guest` says that the caller showed the
    /// order's token; without it, a customer asks about an own order, or staff about any. `overrides_switch` quotes a
    /// cancellation although the switch is off, for a manager; so does a decision of staff about the refund.
    pub async fn preview_cancellation(
        &self,
        viewer: &Viewer,
        id: OrderId,
        intent: &CancellationIntent,
        proves_guest: bool,
        overrides_switch: bool,
    ) -> Result<QuotedCancellation, Failure<NotCanceled>> {
        if overrides_switch {
            viewer.staff(StaffOperation::CancelAlthoughSwitchedOff)?;
        }
        viewer.check_refund_right(&intent.refund)?;
        let actor = match &viewer.caller {
            _ if proves_guest => Actor::Guest,
            Caller::Customer(customer) => Actor::Customer(customer.id),
            Caller::Staff(_) => {
                let staff = viewer.staff(StaffOperation::CancelOrderAsAdmin)?;
                if staff.store.is_some_and(|store| store != id.store()) {
                    return Err(NotCanceled::NoSuchOrder.into());
                }
                viewer.actor()
            }
            Caller::Anonymous => return Err(AppError::Forbidden.into()),
        };
        if actor.is_buyer() {
            self.admit_cancellation(viewer)?;
        }
        let loaded = self.database().order(id).await?;
        let loaded = loaded.ok_or(NotCanceled::NoSuchOrder)?;
        let policy = loaded.shop.cancellation_policy(id.store());
        let command = Cancel {
            overrides_switch,
            ..intent.by(actor.clone())
        };
        let preview = loaded.order.preview_cancellation(&command, &policy, self.now());
        let preview = preview.map_err(|refusal| NotCanceled::Refused { refusal, order: None })?;
        let quote = self.env().next_id();
        self.database().keep_quote(quote, &preview.quote).await?;
        Ok(QuotedCancellation {
            id: quote,
            preview,
            is_for_staff: !actor.is_buyer(),
            order: self.view_of(loaded, actor),
        })
    }

    /// The intent with the quote that it accepts; refused as stale where there is no such quote.
    pub(crate) async fn accepting<R: From<CancellationRefusal>>(
        &self,
        intent: &CancellationIntent,
        quote: Option<&str>,
    ) -> Result<CancellationIntent, Failure<R>> {
        let Some(id) = quote else {
            return Ok(intent.clone());
        };
        let kept = match Uuid::parse_str(id) {
            Ok(id) => self.database().quote(id).await?,
            Err(_) => None,
        };
        let stale = || Failure::Refused(R::from(CancellationRefusal::QuoteStale));
        Ok(CancellationIntent {
            quote: Some(kept.ok_or_else(stale)?),
            ..intent.clone()
        })
    }
}
