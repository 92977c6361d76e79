//! What staff is told of a payment: each matter once, as an obligation to look at the payment.

use countermand_domain::{Money, SettledMatter, Settlement};
use countermand_persistence::NewObligation;

use super::check::PaymentCheckError;
use super::check_case::CheckCase;
use crate::App;
use crate::error::AppError;
use crate::obligations::{PaymentMatter, PaymentProblem};
use crate::viewer::Viewer;

impl App {
    /// Owes staff a look at the payment, once for each amount, and for each refund of others that it is `about`. Money that
    /// others paid back and that the books cannot take is also told in the history, in the same transaction.
    pub(super) async fn tell(
        &self,
        case: &CheckCase,
        matter: PaymentMatter,
        amount: Option<Money>,
        about: Option<String>,
    ) -> Result<(), PaymentCheckError> {
        let problem = PaymentProblem {
            about,
            ..problem_of(case, matter, amount)
        };
        let owed = self.owed_look(case, &problem)?;
        if self.database().has_obligation(&owed.unique_key).await? {
            return Ok(());
        }
        let has_history = Viewer::of_system(&case.shop, case.id).is_some();
        match (matter, amount) {
            (PaymentMatter::RefundedOutside, Some(amount)) if has_history => {
                let settlement = Settlement {
                    matter: SettledMatter::RefundedOutside { amount },
                    note: problem.text(),
                    reference: Some(case.payment.clone()),
                };
                self.note(case, settlement, None, vec![owed]).await
            }
            _ => Ok(self.insert_once(&owed).await?),
        }
    }

    /// The obligation of staff to look at `problem`.
    pub(super) fn owed_look(
        &self,
        case: &CheckCase,
        problem: &PaymentProblem,
    ) -> Result<NewObligation, AppError> {
        Ok(NewObligation {
            unique_key: problem.key(case.id),
            ..self.owe(problem, self.env().next_id(), Some(case.id), self.now())?
        })
    }
}

/// The problem of the payment, which is in no credit memo.
pub(super) fn problem_of(case: &CheckCase, matter: PaymentMatter, amount: Option<Money>) -> PaymentProblem {
    PaymentProblem {
        account: case.account.name.clone(),
        payment: case.payment.clone(),
        matter,
        amount: amount.map_or_else(String::new, |amount| amount.to_string()),
        credit_memo: None,
        refund: None,
        settles: None,
        about: None,
        has_failed: false,
        problem: String::new(),
    }
}
