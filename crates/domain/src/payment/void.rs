//! Which authorized money is voided: all that was neither captured nor voided.

use super::{Payment, TransactionKind};
use crate::effect::Effect;
use crate::money::MoneyError;

impl Payment {
    /// Voids authorized money that was not captured.
    pub fn void_authorizations(&self) -> Result<Vec<Effect>, MoneyError> {
        let mut voids = Vec::new();
        for (transaction, authorization) in self.transactions.iter().enumerate() {
            let amount = authorization.remaining()?;
            if authorization.kind == TransactionKind::Authorization && amount.is_positive() {
                voids.push(Effect::Void { transaction, amount });
            }
        }
        Ok(voids)
    }
}
