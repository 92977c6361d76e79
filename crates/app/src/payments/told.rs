//! What staff is told of a payment: each matter once, as an obligation to look at the payment. A refund of others that was
//! told and that is not booked is told once more where it fails.

use std::future::ready;

use countermand_domain::{Actor, Money, SettledMatter, Settlement};
use countermand_persistence::{Ending, NewObligation, SettledObligation};

use super::check::PaymentCheckError;
use super::check_case::CheckCase;
use super::difference::{booked, check_unchanged};
use super::refunds_of_others::{RefundOfOthers, told_end};
use crate::App;
use crate::error::{AppError, UserError};
use crate::failure::Failure;
use crate::obligations::{PaymentMatter, PaymentProblem};
use crate::order_command::{Decision, OrderCommand, Subject};
use crate::viewer::Viewer;

/// What ends where staff is told that a refund of others failed, and what follows.
struct ToldFailure {
    /// The obligation to look at the money that left, if it is open.
    open: Option<String>,
    /// The obligation to look at the failure; none where staff was told of it before.
    owed: Option<NewObligation>,
    /// The failure in words.
    note: String,
}

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
        match (matter, amount.and_then(|it| case.in_books(it))) {
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

    /// Whether staff was told of a refund of others that is not booked, and was not told that it failed.
    pub(super) async fn has_told_refund(&self, case: &CheckCase) -> Result<bool, PaymentCheckError> {
        let told = self.problems_of(case).await?;
        let mut refunds = told.iter().filter_map(PaymentProblem::told_refund);
        Ok(refunds.any(|id| !told.iter().any(|it| it.tells_failure_of(id))))
    }

    /// Tells staff that a refund of others failed which was told and is not booked, as far as one change of the order does
    /// it; false where no such refund is left. What staff was told before ends with it, because that money did not leave.
    pub(super) async fn tell_failed_of_others(
        &self,
        case: &CheckCase,
        of_others: &[RefundOfOthers],
    ) -> Result<bool, PaymentCheckError> {
        let told = self.problems_of(case).await?;
        for before in &told {
            let Some(reference) = before.told_refund() else {
                continue;
            };
            // Where it was booked after that, its money is owed here, and that is told.
            if case
                .reversals
                .iter()
                .any(|it| it.failed_of_others() == Some(reference))
            {
                continue;
            }
            let mut of_others = of_others.iter();
            let failed = of_others.find(|it| it.refund.reference == reference && !it.counts());
            let Some(RefundOfOthers { refund, .. }) = failed else {
                continue;
            };
            let problem = PaymentProblem {
                amount: refund.amount.to_string(),
                has_failed: true,
                problem: told_end(refund),
                ..before.clone()
            };
            let owed = self.owed_look(case, &problem)?;
            let is_told = told.iter().any(|it| it.tells_failure_of(reference));
            let Some(viewer) = Viewer::of_system(&case.shop, case.id) else {
                // The orders of a store view that is gone change no more.
                self.insert_once(&owed).await?;
                continue;
            };
            let key = before.key(case.id);
            let failure = ToldFailure {
                open: self.database().open_obligation_with_key(&key).await?,
                owed: Some(owed).filter(|_| !is_told),
                note: problem.text(),
            };
            if failure.open.is_none() && failure.owed.is_none() {
                continue;
            }
            let command = OrderCommand::of_system(&viewer, "paymentProvider");
            let changed = self.change_order::<UserError, _, _, _>(&command, case.id, |subject| {
                ready(self.failure_told(case, &subject, &failure))
            });
            booked(changed.await)?;
            return Ok(true);
        }
        Ok(false)
    }

    /// The change that tells the failure in the history, and owes staff a look at it.
    fn failure_told(
        &self,
        case: &CheckCase,
        subject: &Subject,
        failure: &ToldFailure,
    ) -> Result<Decision, Failure<UserError>> {
        check_unchanged(case, subject)?;
        let settlement = Settlement {
            matter: SettledMatter::PaymentProblem,
            note: failure.note.clone(),
            reference: Some(case.payment.clone()),
        };
        let change = subject.order.settle(settlement, &Actor::System, self.now());
        let transition = change.map_err(|problem| AppError::Internal(problem.to_string()))?;
        let at = transition.event.at;
        let ended = |id: &String| SettledObligation {
            id: id.clone(),
            receipt: case.payment.clone(),
            at,
            ending: Ending::Met,
        };
        Ok(Decision {
            settles: failure.open.as_ref().map(ended),
            owes: failure.owed.iter().cloned().collect(),
            ..Decision::from(transition)
        })
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

/// What the history says about money that others paid back.
pub(super) fn paid_back_there(case: &CheckCase, amount: Money) -> String {
    let (payment, account) = (&case.payment, &case.account.name);
    format!("payment {payment} at {account}: {amount} were paid back there by others")
}
