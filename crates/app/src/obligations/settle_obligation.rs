//! Staff says that an obligation is met by hand: money was moved, or a canceled order was looked at. Each obligation is
//! settled once.

use countermand_domain::{Money, Order, SettledMatter, Settlement};
use countermand_persistence::{
    Ending, HeldObligation, ListedObligation, MET, OwedReversal, SettledObligation,
};
use uuid::Uuid;

use super::ObligationKind;
use super::lease::LEASE;
use super::owed::{OwedObligation, OwedState, state_of};
use crate::App;
use crate::error::{AppError, UserError, UserErrorCode};
use crate::failure::Failure;
use crate::order_command::{Decision, OrderCommand};
use crate::rights::StaffOperation;
use crate::viewer::Viewer;

/// The longest note of staff, in characters.
const LONGEST_NOTE: usize = 1000;
/// The longest reference, in characters.
const LONGEST_REFERENCE: usize = 255;

/// What staff says about an obligation that a person has met.
#[derive(Debug, Clone)]
pub struct SettleObligation {
    /// The id of the obligation.
    pub id: String,
    /// What staff did: 1 to 1,000 characters.
    pub note: String,
    /// The reference of the bank or the payment provider: at most 255 characters.
    pub reference: Option<String>,
}

impl App {
    /// Settles an obligation. Of several requests for the same obligation, one settles it.
    pub async fn settle_obligation(
        &self,
        viewer: &Viewer,
        asked: &SettleObligation,
    ) -> Result<OwedObligation, Failure<UserError>> {
        let command = OrderCommand::of_staff(viewer, StaffOperation::SettleObligation)?;
        let (note, reference) = (note(&asked.note)?, reference(asked.reference.as_deref())?);
        let operation = StaffOperation::SettleObligation;
        if viewer.is_carried_out() {
            return self.obligation_now(viewer, operation, &asked.id).await;
        }
        let row = self.open_obligation(viewer, operation, &asked.id).await?;
        if row.kind == ObligationKind::ChannelProblem.code() {
            return self.settle_channel_problem(viewer, row, &note, reference).await;
        }
        if is_about_account(&row) {
            return self.settle_account_problem(viewer, row, &note, reference).await;
        }
        let order = row.order.ok_or_else(not_found)?;
        let (row, held) = self.held_obligation(viewer, operation, row).await?;
        let settled = SettledObligation {
            id: row.id.clone(),
            receipt: reference.clone().unwrap_or_default(),
            at: self.now(),
            ending: Ending::Met,
        };
        let done = self
            .change_order(&command, order, |subject| {
                let (row, settled, actor) = (&row, settled.clone(), &command.actor);
                let (note, reference) = (note.clone(), reference.clone());
                async move {
                    // A worker whose lease is over may have booked it meanwhile.
                    self.check_open(&row.id).await?;
                    let settlement = Settlement {
                        matter: matter(row, &subject.order)?,
                        note,
                        reference,
                    };
                    let change = subject.order.settle(settlement, actor, settled.at);
                    let transition = change.map_err(|problem| AppError::Internal(problem.to_string()))?;
                    Ok(Decision {
                        settles: Some(settled),
                        ..Decision::from(transition)
                    })
                }
            })
            .await;
        match done {
            Ok(view) => {
                let row = settled_by_hand(row, settled);
                let order = (*view.order).clone();
                Ok(self.owed_with_steps(viewer, row, Some(order)).await?)
            }
            Err(failure) => {
                self.database().release_obligation(&held).await?;
                Err(failure)
            }
        }
    }

    /// The obligation, held so that no worker begins to meet it, if no payment provider has it.
    pub(super) async fn held_obligation(
        &self,
        viewer: &Viewer,
        operation: StaffOperation,
        row: ListedObligation,
    ) -> Result<(ListedObligation, HeldObligation), Failure<UserError>> {
        let Some(held) = self.database().hold_obligation(&row.id, LEASE).await? else {
            // It ended since it was read, or it is held at this moment.
            self.open_obligation(viewer, operation, &row.id).await?;
            let message = "the obligation is being met or settled at the moment: try again";
            return Err(UserError::about("id", UserErrorCode::InProgress, message).into());
        };
        match self.row_to_end(viewer, operation, &row.id).await {
            Ok(row) => Ok((row, held)),
            Err(refusal) => {
                self.database().release_obligation(&held).await?;
                Err(refusal)
            }
        }
    }

    /// The obligation as it is while it is held, if no payment provider has it.
    async fn row_to_end(
        &self,
        viewer: &Viewer,
        operation: StaffOperation,
        id: &str,
    ) -> Result<ListedObligation, Failure<UserError>> {
        let row = self.open_obligation(viewer, operation, id).await?;
        if let Some(ObligationKind::Refund | ObligationKind::Void) = ObligationKind::from_code(&row.kind) {
            let owed = owed_reversal(&row)?;
            self.check_not_at_provider(&row, owed).await?;
        }
        Ok(row)
    }

    /// Refuses an obligation that has ended already.
    pub(crate) async fn check_open(&self, id: &str) -> Result<(), Failure<UserError>> {
        match self.database().obligation(id).await? {
            Some(row) => Ok(check_not_ended(&row)?),
            None => Ok(()),
        }
    }

    /// The obligation with `id`, open or not, if this member of staff, whose role allows `operation`, reaches it.
    pub(super) async fn reached_obligation(
        &self,
        viewer: &Viewer,
        operation: StaffOperation,
        id: &str,
    ) -> Result<ListedObligation, Failure<UserError>> {
        let staff = viewer.staff(operation)?;
        let id = Uuid::parse_str(id).map_err(|_| not_found())?.to_string();
        let row = self.database().obligation(&id).await?;
        let is_reached = |row: &ListedObligation| match row.order {
            Some(order) => staff.covers(order.store()),
            None => staff.store.is_none(),
        };
        Ok(row.filter(is_reached).ok_or_else(not_found)?)
    }

    /// The obligation with `id` as it is now, for a request that has changed it before.
    pub(crate) async fn obligation_now(
        &self,
        viewer: &Viewer,
        operation: StaffOperation,
        id: &str,
    ) -> Result<OwedObligation, Failure<UserError>> {
        let row = self.reached_obligation(viewer, operation, id).await?;
        self.seen_obligation(viewer, row).await
    }

    /// The obligation in `row` as staff sees it, with its order.
    pub(crate) async fn seen_obligation(
        &self,
        viewer: &Viewer,
        row: ListedObligation,
    ) -> Result<OwedObligation, Failure<UserError>> {
        let order = match row.order {
            Some(order) => self.database().order(order).await?,
            None => None,
        };
        let order = order.map(|loaded| (*loaded.order).clone());
        Ok(self.owed_with_steps(viewer, row, order).await?)
    }

    /// The obligation with `id`, if it can be settled by this member of staff, whose role allows `operation`.
    pub(crate) async fn open_obligation(
        &self,
        viewer: &Viewer,
        operation: StaffOperation,
        id: &str,
    ) -> Result<ListedObligation, Failure<UserError>> {
        let row = self.reached_obligation(viewer, operation, id).await?;
        check_settled_by_hand(&row)?;
        Ok(row)
    }
}

/// The obligation as staff reads it once it is `settled` by hand.
pub(crate) fn settled_by_hand(row: ListedObligation, settled: SettledObligation) -> ListedObligation {
    tracing::info!(id = row.id, kind = row.kind, "an obligation was settled by hand");
    ListedObligation {
        state: MET.into(),
        last_error: String::new(),
        receipt: settled.receipt,
        met_at: Some(settled.at),
        ..row
    }
}

/// How the obligation in `row` ends whose effect has happened: one that staff abandoned is adopted. Refused where it is
/// settled already.
pub(crate) fn ending_of_met(row: Option<&ListedObligation>) -> Result<Ending, UserError> {
    match row.map(state_of) {
        Some(OwedState::Settled) => Err(already_settled()),
        Some(OwedState::Abandoned) => Ok(Ending::Adopted),
        Some(OwedState::Open) | None => Ok(Ending::Met),
    }
}

/// Refuses what is not settled by hand, and what has ended already.
pub(super) fn check_settled_by_hand(row: &ListedObligation) -> Result<(), UserError> {
    if ObligationKind::from_code(&row.kind).is_none_or(ObligationKind::is_job) {
        let message = "a job such as a mail is not settled by hand: `retryJob` runs it again";
        return Err(UserError::about("id", UserErrorCode::Invalid, message));
    }
    if row.kind == ObligationKind::RequestDeadline.code() {
        let message = "`approveCancellationRequest` or `declineCancellationRequest` decides the request";
        return Err(UserError::about("id", UserErrorCode::Invalid, message));
    }
    check_not_ended(row)
}

/// Whether the obligation in `row` is about an account at a payment provider as a whole.
pub(super) fn is_about_account(row: &ListedObligation) -> bool {
    row.kind == ObligationKind::PaymentProblem.code() && row.order.is_none()
}

/// Refuses an obligation that has ended already.
pub(super) fn check_not_ended(row: &ListedObligation) -> Result<(), UserError> {
    match state_of(row) {
        OwedState::Open => Ok(()),
        OwedState::Settled => Err(already_settled()),
        OwedState::Abandoned => {
            let message = "the obligation was abandoned already";
            Err(UserError::about("id", UserErrorCode::AlreadySettled, message))
        }
    }
}

/// What the obligation in `row` is about.
fn matter(row: &ListedObligation, order: &Order) -> Result<SettledMatter, AppError> {
    let reversal = || {
        let owed = owed_reversal(row)?;
        Ok::<_, AppError>((owed.transaction, Money::new(owed.amount, order.currency())))
    };
    Ok(match ObligationKind::from_code(&row.kind) {
        Some(ObligationKind::Refund) => {
            let (transaction, amount) = reversal()?;
            SettledMatter::Refund { transaction, amount }
        }
        Some(ObligationKind::Void) => {
            let (transaction, amount) = reversal()?;
            SettledMatter::Void { transaction, amount }
        }
        Some(ObligationKind::UpstreamChange) => SettledMatter::UpstreamChange,
        Some(ObligationKind::PaymentProblem) => SettledMatter::PaymentProblem,
        Some(
            ObligationKind::Mail
            | ObligationKind::PasswordReset
            | ObligationKind::RuledRequest
            | ObligationKind::RequestDeadline
            | ObligationKind::ChannelCanceled
            | ObligationKind::PaymentCheck
            | ObligationKind::ChannelProblem
            | ObligationKind::WebhookDelivery
            | ObligationKind::EventPublication,
        )
        | None => {
            return Err(AppError::Internal(format!(
                "{} {} cannot be settled",
                row.kind, row.id
            )));
        }
    })
}

/// The void or the refund that is owed by `row`.
pub(super) fn owed_reversal(row: &ListedObligation) -> Result<OwedReversal, AppError> {
    serde_json::from_str(&row.payload)
        .map_err(|problem| AppError::Internal(format!("{} {}: {problem}", row.kind, row.id)))
}

fn already_settled() -> UserError {
    let message = "the obligation is settled already";
    UserError::about("id", UserErrorCode::AlreadySettled, message)
}

pub(super) fn not_found() -> UserError {
    UserError::about("id", UserErrorCode::NotFound, "there is no such obligation")
}

/// The note of staff, which cannot be empty.
pub(super) fn note(text: &str) -> Result<String, UserError> {
    let note = text.trim();
    let fits = !note.is_empty() && note.chars().count() <= LONGEST_NOTE && is_readable(note);
    let message = "must say what was done, in 1 to 1,000 characters without control characters";
    fits.then(|| note.to_owned())
        .ok_or_else(|| UserError::about("note", UserErrorCode::Invalid, message))
}

/// The reference; none where it is empty.
pub(crate) fn reference(text: Option<&str>) -> Result<Option<String>, UserError> {
    let reference = text.map(str::trim).filter(|text| !text.is_empty());
    let fits = |text: &&str| text.chars().count() <= LONGEST_REFERENCE && is_readable(text);
    let message = "must have at most 255 characters and no control characters";
    match reference {
        Some(text) if fits(&text) => Ok(Some(text.to_owned())),
        Some(_) => Err(UserError::about("reference", UserErrorCode::Invalid, message)),
        None => Ok(None),
    }
}

fn is_readable(text: &str) -> bool {
    !text.chars().any(|it| it.is_control() && it != '\n')
}
