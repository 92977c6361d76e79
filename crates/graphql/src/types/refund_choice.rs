//! What staff decides about the refund of a cancellation.

use async_graphql::{Enum, InputObject};
use countermand_domain::{RefundChoice, RefundShare};

/// How much of the money that comes back is paid back.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CancellationRefundMode {
    /// All of the money is paid back.
    Full,
    /// No money is paid back: the shop keeps all of it as a fee. A note is needed.
    None,
    /// Exactly `amount` is paid back, and the shop keeps the rest as a fee.
    Amount,
    /// The shop keeps exactly `amount` as a fee, and the rest is paid back.
    Fee,
}

/// What staff decides about the refund. Gift cards and store credit are no part of it, and authorized money is released.
#[derive(InputObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct CancellationRefundInput {
    /// How much is paid back. `AMOUNT` and `FEE` need the role `manager`. `NONE` needs the role `owner`, or the role
    /// `support` and a token that was made with the permission to withhold refunds.
    mode: CancellationRefundMode,
    /// The amount in the order's currency, more than zero: with `AMOUNT` at most the money that comes back, with `FEE`
    /// less than it. Null with the other modes.
    amount: Option<f64>,
    /// Why, for staff, in the history and the audit log: at most 1,000 characters. `NONE` needs it.
    note: Option<String>,
}

impl CancellationRefundInput {
    /// The decision; the error says what is wrong with the amount.
    pub(crate) fn read(self) -> Result<RefundChoice, &'static str> {
        let share = match (self.mode, self.amount) {
            (CancellationRefundMode::Full, None) => RefundShare::Full,
            (CancellationRefundMode::None, None) => RefundShare::Nothing,
            (CancellationRefundMode::Amount, Some(amount)) => RefundShare::Amount(text(amount)?),
            (CancellationRefundMode::Fee, Some(amount)) => RefundShare::AllBut(text(amount)?),
            (CancellationRefundMode::Full | CancellationRefundMode::None, Some(_)) => {
                return Err("only the modes `AMOUNT` and `FEE` have an amount");
            }
            (CancellationRefundMode::Amount | CancellationRefundMode::Fee, None) => {
                return Err("the modes `AMOUNT` and `FEE` need an amount");
            }
        };
        Ok(RefundChoice {
            share,
            note: self.note,
        })
    }
}

/// The shortest decimal text that means `amount`: the rules calculate with it, never with a float.
fn text(amount: f64) -> Result<String, &'static str> {
    let text = amount.is_finite().then(|| amount.to_string());
    text.ok_or("the amount is not a number")
}
