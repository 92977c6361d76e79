//! Pauses an account whose key the provider refuses, and tells staff of it until the account is resumed.

use countermand_persistence::{
    DatabaseError, Ending, ListedObligation, NewObligation, PaymentAccount, SettledByPrefix,
    SettledObligation,
};

use crate::App;
use crate::error::{AppError, UserError, UserErrorCode};
use crate::failure::Failure;
use crate::obligations::{ObligationKind, OwedObligation, PaymentMatter, PaymentProblem, settled_by_hand};
use crate::rights::StaffOperation;
use crate::viewer::Viewer;

impl App {
    /// Pauses an account whose key the provider refuses, so that staff changes the key first. Staff is told once each
    /// time the account is paused so.
    pub(super) async fn pause_refused_account(
        &self,
        account: &PaymentAccount,
        problem: &str,
    ) -> Result<(), AppError> {
        let after = PaymentAccount {
            is_paused: true,
            problem: problem.to_owned(),
            version: account.version + 1,
            ..account.clone()
        };
        let look = PaymentProblem {
            account: account.name.clone(),
            payment: String::new(),
            matter: PaymentMatter::AccountRefused,
            amount: String::new(),
            credit_memo: None,
            refund: None,
            settles: None,
            about: None,
            has_failed: false,
            problem: problem.to_owned(),
        };
        let owed = NewObligation {
            unique_key: format!("{}{}", prefix_of(&account.name), after.version),
            ..self.owe(&look, self.env().next_id(), None, self.now())?
        };
        let audit = self.system_trail("pausePaymentProvider", &account.name, problem);
        match self.database().pause_payment_account(&after, &audit, &owed).await {
            // Staff or another server changed the account meanwhile: the next attempt reads it again.
            Ok(()) | Err(DatabaseError::Conflict) => Ok(()),
            Err(failed) => Err(failed.into()),
        }
    }

    /// What staff need not look at any more when the account with `name` is resumed.
    pub(super) fn settled_by_resuming(&self, name: &str) -> SettledByPrefix {
        SettledByPrefix {
            kind: ObligationKind::PaymentProblem.code().into(),
            prefix: prefix_of(name),
            receipt: "the account was resumed".into(),
            at: self.now(),
        }
    }

    /// Settles what staff was told of an account. The account stays as it is.
    pub(crate) async fn settle_account_problem(
        &self,
        viewer: &Viewer,
        row: ListedObligation,
        note: &str,
        reference: Option<String>,
    ) -> Result<OwedObligation, Failure<UserError>> {
        let problem: PaymentProblem = serde_json::from_str(&row.payload)
            .map_err(|problem| AppError::Internal(format!("{} {}: {problem}", row.kind, row.id)))?;
        let settled = SettledObligation {
            id: row.id.clone(),
            receipt: reference.unwrap_or_default(),
            at: self.now(),
            ending: Ending::Met,
        };
        let operation = StaffOperation::SettleObligation;
        let details = format!("{}: {note}", problem.text());
        let audit = self.trail_of(viewer, operation.name(), &row.id, &details);
        if !self.database().settle_by_hand(&settled, &audit).await? {
            // It ended since it was read, or it is held at this moment.
            self.open_obligation(viewer, operation, &row.id).await?;
            let message = "the obligation is being met or settled at the moment: try again";
            return Err(UserError::about("id", UserErrorCode::InProgress, message).into());
        }
        let row = settled_by_hand(row, settled);
        Ok(self.owed(viewer, row, None, Vec::new())?)
    }
}

/// The beginning of the unique keys of what staff is told when the account with `name` is refused. The name has only
/// lower-case letters, digits and hyphens.
fn prefix_of(name: &str) -> String {
    format!("refused-account:{name}:")
}
