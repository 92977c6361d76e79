//! Amounts as a provider writes them: the minor units of some currencies differ from those of ISO 4217.

use countermand_app::ports::ProviderError;
use countermand_domain::{Currency, Money};

use super::connection::cut;

/// How an amount in minor units of ISO 4217 becomes one of a provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Scale {
    /// The provider's amount is ours times this number.
    pub(super) times: i64,
    /// The provider's amount is ours divided by this number, without a rest.
    pub(super) divided_by: i64,
    /// The provider takes only multiples of this number.
    pub(super) step: i64,
}

/// A provider's amount in the currency that it names, as `convert` reads it.
pub(super) fn money(
    amount: i64,
    currency: &str,
    convert: fn(i64, Currency) -> Option<Money>,
) -> Result<Money, ProviderError> {
    let known: Option<Currency> = currency.to_uppercase().parse().ok();
    known
        .and_then(|known| convert(amount, known))
        .ok_or_else(|| ProviderError::Unknown(format!("`{amount} {}` is no amount", cut(currency))))
}

impl Scale {
    /// The provider counts as ISO 4217 does.
    pub(super) const SAME: Self = Self {
        times: 1,
        divided_by: 1,
        step: 1,
    };

    /// The amount in the provider's minor units; none when the provider cannot express it.
    pub(super) fn to_provider(self, amount: Money) -> Option<i64> {
        let scaled = amount.minor().checked_mul(self.times)?;
        let is_whole = scaled % self.divided_by == 0;
        let there = scaled / self.divided_by;
        (is_whole && there % self.step == 0).then_some(there)
    }

    /// The provider's amount as money; none when it is not whole in the minor units of ISO 4217.
    pub(super) fn to_money(self, amount: i64, currency: Currency) -> Option<Money> {
        let scaled = amount.checked_mul(self.divided_by)?;
        (scaled % self.times == 0).then(|| Money::new(scaled / self.times, currency))
    }
}
