//! Tells the keeper of a balance, such as that of a gift card, that money is due to it.

use chrono::{DateTime, Utc};

use crate::event::{EventData, OrderEvent};
use crate::money::Money;
use crate::order::{Actor, Order};
use crate::payment::tender::TenderKind;
use crate::transition::Transition;

/// Money that is due to a balance which another system keeps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreditDue {
    /// The id of the obligation: the keeper credits it once, and staff or the keeper settles it.
    pub refund: String,
    /// The position of the tender, from 0.
    pub tender: usize,
    /// Whether it is a gift card or store credit.
    pub kind: TenderKind,
    /// The method code of the tender.
    pub method: String,
    /// How much is due.
    pub amount: Money,
    /// The keeper's reference of what was taken from the balance; none where it is not known.
    pub reference: Option<String>,
}

impl Order {
    /// Tells that `amount` of the capture at index `transaction` is due to a balance; none where its tender is none.
    /// `refund` is the id of the obligation.
    #[must_use]
    pub fn tell_credit_due(
        &self,
        refund: &str,
        transaction: usize,
        amount: Money,
        now: DateTime<Utc>,
    ) -> Option<Transition> {
        let tender = self.payment.tender_of(transaction)?;
        let capture = self.payment.transactions.get(transaction)?;
        let due = CreditDue {
            refund: refund.to_owned(),
            tender: tender.position,
            kind: tender.kind,
            method: tender.method.to_owned(),
            amount,
            reference: capture.reference.clone(),
        };
        let event = OrderEvent {
            actor: Actor::System,
            at: now,
            data: EventData::CreditDue(due),
        };
        tender
            .kind
            .is_balance()
            .then(|| Transition::new(self.clone(), event))
    }
}
