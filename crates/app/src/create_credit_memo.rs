//! Staff gives money back.

use countermand_domain::{CreditMemoRequest, EventKind, Money, OrderId, Quantity, StaffRole};

use crate::App;
use crate::error::{Asked, UserError, UserErrorCode};
use crate::order_view::OrderView;
use crate::viewer::Viewer;
use crate::work_on_order::{Work, Worked, document_error};

/// What staff asks for; the adjustment is text in major units, because only the order knows the currency.
#[derive(Debug, Clone, Default)]
pub struct CreditMemoInput {
    /// Quantities of top-level rows; empty for all that is left.
    pub lines: Vec<(i32, Quantity)>,
    /// Whether the shipping is refunded too.
    pub refund_shipping: bool,
    /// Given on top, or kept when negative: `"2.50"`.
    pub adjustment: Option<String>,
}

impl App {
    /// Refunds what `input` names, or everything left.
    pub async fn create_credit_memo(
        &self,
        viewer: &Viewer,
        id: OrderId,
        input: &CreditMemoInput,
    ) -> Asked<OrderView> {
        let work = Work {
            needs: StaffRole::Manager,
            action: "createCreditMemo",
            kind: EventKind::CreditMemoCreated,
        };
        self.work_on_order(viewer, id, work, |order| {
            let adjustment = Money::parse(input.adjustment.as_deref().unwrap_or("0"), order.currency());
            let adjustment = adjustment
                .map_err(|it| UserError::about("adjustment", UserErrorCode::Invalid, it.to_string()))?;
            let lines = input.lines.clone();
            let request = CreditMemoRequest {
                lines,
                refund_shipping: input.refund_shipping,
                adjustment,
            };
            let (after, reversals) = order
                .credit(&request, self.now())
                .map_err(|refusal| document_error(&refusal))?;
            let note = after
                .credit_memos
                .last()
                .map_or_else(String::new, |it| format!("{}, {}", it.number, it.grand_total));
            Ok(Worked {
                after,
                reversals,
                note: format!("credit memo {note}"),
            })
        })
        .await
    }
}
