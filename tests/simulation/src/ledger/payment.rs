//! A payment as the provider keeps it.

use countermand_domain::Money;

/// A payment in the ledger.
#[derive(Debug, Clone, Copy)]
pub(super) struct Payment {
    pub(super) authorized: Money,
    pub(super) captured: Money,
    pub(super) is_voided: bool,
    /// Whether the buyer disputes it at the bank, or did.
    pub(super) is_disputed: bool,
    /// Whether nothing of it is paid back, because the dispute is open.
    pub(super) is_frozen: bool,
}

impl Payment {
    /// The money that can still be captured: a capture of a part releases the rest.
    pub(super) fn capturable(self) -> Money {
        if self.is_voided || self.captured.is_positive() {
            Money::zero(self.authorized.currency())
        } else {
            self.authorized
        }
    }

    /// Whether the provider released the payment, or the rest of it.
    pub(super) fn is_released(self) -> bool {
        self.is_voided || (self.captured.is_positive() && self.captured.minor() < self.authorized.minor())
    }
}
