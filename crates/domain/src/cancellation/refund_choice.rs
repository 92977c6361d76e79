//! How much of the money staff pays back when it cancels an order. The shop keeps the rest as a fee. How much comes
//! back as money, and how much as credits, stands in `payment/money_before_credits.rs`.

use thiserror::Error;

use crate::cancellation::plan::CancellationPlan;
use crate::cancellation::{Cancel, CancellationRefusal, FeeRule};
use crate::money::{Money, MoneyError};
use crate::order::{Actor, FreeTextProblem, Order, free_text};

/// The most characters of the note on a refund.
pub const LONGEST_REFUND_NOTE: usize = 1_000;

/// What staff decides about the refund of a cancellation. Buyers decide nothing: the rules do.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RefundChoice {
    /// How much is paid back.
    pub share: RefundShare,
    /// Why, in the words of staff, as typed: at most 1,000 characters. It is needed where nothing is paid back.
    pub note: Option<String>,
}

/// How much of the money that comes back is paid back.
///
/// An amount is text in major units of the order's currency, such as `5.00`, because only the order knows the currency.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum RefundShare {
    /// All of it, or what the rules leave of it.
    #[default]
    Full,
    /// Nothing.
    Nothing,
    /// Exactly this amount: more than zero, and at most all of it.
    Amount(String),
    /// All but this amount: more than zero, and less than all of it.
    AllBut(String),
}

/// Why staff's decision about a refund is not taken.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum RefundRefusal {
    /// A buyer does not decide how much is paid back.
    #[error("only staff decides how much is paid back")]
    NotStaff,
    /// Nothing is paid back, and no note says why.
    #[error("a cancellation without a refund needs a note")]
    NoteMissing,
    /// The note is too long, or has characters that are not shown.
    #[error("the note cannot be kept: {0}")]
    InvalidNote(FreeTextProblem),
    /// The text is no amount of the order's currency.
    #[error("the amount cannot be read: {0}")]
    InvalidAmount(MoneyError),
    /// The amount is zero or negative.
    #[error("the amount must be more than zero; the mode `NONE` pays nothing back")]
    NotPositive,
    /// The amount is more than the money that comes back.
    #[error("{0} come back, and no more than that is paid back")]
    TooMuch(Money),
    /// The fee takes all of the money.
    #[error("the fee must be less than the {0} that come back; the mode `NONE` pays nothing back")]
    TakesAll(Money),
}

impl RefundChoice {
    /// The note to keep, empty where there is none; none where the rules decide about the refund.
    pub(crate) fn kept_note(&self) -> Result<Option<String>, RefundRefusal> {
        if self.share == RefundShare::Full {
            return Ok(None);
        }
        let typed = self.note.as_deref().unwrap_or_default();
        let note = free_text(typed, LONGEST_REFUND_NOTE).map_err(RefundRefusal::InvalidNote)?;
        if note.is_empty() && self.share == RefundShare::Nothing {
            return Err(RefundRefusal::NoteMissing);
        }
        Ok(Some(note.to_owned()))
    }
}

impl RefundShare {
    /// The part of `total` that the shop keeps; none where all of it is paid back.
    fn kept_of(&self, total: Money) -> Result<Option<Money>, CancellationRefusal> {
        let positive = |text: &str| {
            let amount = Money::parse(text, total.currency()).map_err(RefundRefusal::InvalidAmount)?;
            let is_positive = amount.is_positive();
            is_positive.then_some(amount).ok_or(RefundRefusal::NotPositive)
        };
        let kept = match self {
            Self::Full => return Ok(None),
            Self::Nothing => total,
            Self::Amount(text) => {
                let kept = total.checked_sub(positive(text)?)?;
                if kept.minor() < 0 {
                    return Err(RefundRefusal::TooMuch(total).into());
                }
                kept
            }
            Self::AllBut(text) => {
                let kept = positive(text)?;
                if !total.checked_sub(kept)?.is_positive() {
                    return Err(RefundRefusal::TakesAll(total).into());
                }
                kept
            }
        };
        Ok(Some(kept))
    }
}

impl CancellationPlan {
    /// The plan of `command` with what the shop keeps: the fee of `rule`, or what staff decided.
    pub(crate) fn paying_back(
        self,
        order: &Order,
        command: &Cancel,
        rule: FeeRule,
    ) -> Result<Self, CancellationRefusal> {
        let share = &command.refund.share;
        if *share == RefundShare::Full {
            return Ok(self.keeping_fee(order, rule)?);
        }
        match command.actor {
            Actor::Staff { .. } => {}
            Actor::Customer(_) | Actor::Guest | Actor::System => return Err(RefundRefusal::NotStaff.into()),
        }
        let kept = share.kept_of(self.refund_total())?;
        Ok(match kept {
            Some(kept) => self.keeping(kept)?,
            None => self,
        })
    }
}
