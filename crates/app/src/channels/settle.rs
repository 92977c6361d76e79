//! Staff has looked at a problem of a sales channel. A cancellation whose answer got lost counts as refused afterwards,
//! so that the order can be canceled again.

use countermand_domain::channel::{ChannelCancellationState, ChannelOrderNumber, ChannelRecord};
use countermand_persistence::{ChannelChange, Ending, ListedObligation, SettledObligation};

use crate::App;
use crate::error::{AppError, UserError, UserErrorCode};
use crate::failure::Failure;
use crate::obligations::{ChannelMatter, ChannelProblem, LEASE, OwedObligation, settled_by_hand};
use crate::rights::StaffOperation;
use crate::viewer::Viewer;

impl App {
    pub(crate) async fn settle_channel_problem(
        &self,
        viewer: &Viewer,
        row: ListedObligation,
        note: &str,
        reference: Option<String>,
    ) -> Result<OwedObligation, Failure<UserError>> {
        let problem: ChannelProblem = serde_json::from_str(&row.payload)
            .map_err(|problem| AppError::Internal(format!("{} {}: {problem}", row.kind, row.id)))?;
        let Some(held) = self.database().hold_obligation(&row.id, LEASE).await? else {
            let message = "the obligation is being settled at the moment: try again";
            return Err(UserError::about("id", UserErrorCode::InProgress, message).into());
        };
        let settled = SettledObligation {
            id: row.id.clone(),
            receipt: reference.unwrap_or_default(),
            at: self.now(),
            ending: Ending::Met,
        };
        let operation = StaffOperation::SettleObligation.name();
        let details = format!("{}: {note}", problem.text());
        let audit = self.trail_of(viewer, operation, &row.id, &details);
        let written = self.retry_on_conflict::<_, UserError, _>(AppError::OrderContended, || async {
            let change = self.ended_doubt(viewer, &problem, note).await?;
            let settle = self
                .database()
                .settle_channel_obligation(&settled, change.as_ref(), &audit);
            Ok(settle.await?)
        });
        if let Err(failure) = written.await {
            self.database().release_obligation(&held).await?;
            return Err(failure);
        }
        let row = settled_by_hand(row, settled);
        Ok(self.owed(viewer, row, None, Vec::new())?)
    }

    /// The change of an order whose cancellation has no known answer; none for other problems.
    async fn ended_doubt(
        &self,
        viewer: &Viewer,
        problem: &ChannelProblem,
        note: &str,
    ) -> Result<Option<ChannelChange>, AppError> {
        let number = problem.number.as_deref().and_then(ChannelOrderNumber::parse);
        let Some(number) = number else { return Ok(None) };
        let record = self.database().channel_record(&problem.channel, &number).await?;
        let in_doubt = |record: &ChannelRecord| {
            let state = record.cancellation.as_ref().map(|it| it.state);
            problem.matter == ChannelMatter::Uncertain && state == Some(ChannelCancellationState::Unknown)
        };
        Ok(record.filter(in_doubt).map(|record| {
            let why = format!("{}: {note}", viewer.actor().label());
            let rejected = ChannelCancellationState::Rejected;
            ChannelChange {
                after: record.with_cancellation(rejected, Some(why), self.now()),
                at: self.now(),
                owed: Vec::new(),
                settles: Vec::new(),
            }
        }))
    }
}
