//! Staff makes a credit memo, which gives money back.

use countermand_domain::{CreditMemoRequest, ItemPosition, Money, OrderId, Quantity};

use crate::App;
use crate::error::{UserError, UserErrorCode};
use crate::failure::Failure;
use crate::order_command::OrderCommand;
use crate::orders::order_view::OrderView;
use crate::rights::StaffOperation;
use crate::viewer::Viewer;

/// The credit memo that staff asks for. The adjustment is text in
/// major units, because only the order knows the currency.
#[derive(Debug, Clone, Default)]
pub struct CreditMemoInput {
    /// Quantities of top-level items; none for all that is left, and an empty list for no item.
    pub lines: Option<Vec<(ItemPosition, Quantity)>>,
    /// Whether the shipping is refunded too.
    pub refund_shipping: bool,
    /// The amount that staff gives on top, or keeps when it is negative: `"2.50"`.
    pub adjustment: Option<String>,
}

impl App {
    /// Refunds what `input` names: items, the shipping alone or an amount alone; every item that is left if it names
    /// none.
    pub async fn create_credit_memo(
        &self,
        viewer: &Viewer,
        id: OrderId,
        input: &CreditMemoInput,
    ) -> Result<OrderView, Failure<UserError>> {
        let command = OrderCommand::of_staff(viewer, StaffOperation::CreateCreditMemo)?;
        self.change_order_as_staff(&command, id, |subject, now| {
            let order = &subject.order;
            let adjustment = Money::parse(input.adjustment.as_deref().unwrap_or("0"), order.currency());
            let request = CreditMemoRequest {
                lines: input.lines.clone(),
                refund_shipping: input.refund_shipping,
                adjustment: adjustment
                    .map_err(|it| UserError::about("adjustment", UserErrorCode::Invalid, it.to_string()))?,
                refund_order: subject.policy().rules.refund_order,
            };
            order
                .credit(&request, &command.actor, now)
                .map_err(UserError::from)
        })
        .await
    }
}
