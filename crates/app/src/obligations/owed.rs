//! Staff's list of what is owed, such as the money that must go back.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use countermand_domain::{Money, Order, ReversalEntry, StoreNumber};
use countermand_persistence::{
    ABANDONED, KeptReversalEntry, ListedObligation, MET, NEEDS_ATTENTION, ObligationPage, OwedReversal,
    PENDING, WantedObligations,
};

use super::attention::{AttentionReason, reasons};
use super::attention_action::{AttentionAction, actions};
use super::{ObligationKind, PaymentProblem};
use crate::App;
use crate::error::AppError;
use crate::orders::order_view::OrderView;
use crate::rights::StaffOperation;
use crate::viewer::{Staff, Viewer};

/// Which obligations staff asks for.
#[derive(Debug, Clone, Default)]
pub struct FindObligations {
    /// Only obligations of this kind.
    pub kind: Option<ObligationKind>,
    /// Only obligations in this state; the open ones where none is named.
    pub state: OwedState,
    /// Only obligations for orders of this store view.
    pub store: Option<StoreNumber>,
    /// The id of the last obligation of the page before.
    pub after: Option<String>,
    /// The most obligations on a page.
    pub limit: u64,
}

/// Whether an obligation is open, and how it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum OwedState {
    /// It is not met.
    #[default]
    Open,
    /// It is met.
    Settled,
    /// Staff ended it, although it is not met.
    Abandoned,
}

/// An obligation as staff sees it.
#[derive(Debug, Clone)]
pub struct OwedObligation {
    /// The id of the obligation.
    pub id: String,
    /// The kind of the obligation.
    pub kind: ObligationKind,
    /// Whether the obligation is open, and how it ended.
    pub state: OwedState,
    /// The money that must go back; none where the obligation is not about money.
    pub amount: Option<Money>,
    /// The same at the payment provider, where it charged the buyer in another currency.
    pub amount_at_provider: Option<Money>,
    /// The payment provider's reference of the capture or the authorization; none where it is not known.
    pub transaction_reference: Option<String>,
    /// The position of the tender by which money goes back, from 0; none where the obligation is not about money.
    pub tender: Option<usize>,
    /// Why a person is needed, one or more reasons.
    pub reasons: Vec<AttentionReason>,
    /// What the member of staff who asks may do about it.
    pub actions: Vec<AttentionAction>,
    /// The name of the account at a payment provider that it is about, or that got its requests; none where there is none.
    pub account: Option<String>,
    /// The problem in words; empty where the obligation was not tried yet.
    pub problem: String,
    /// The states of a void or a refund at its payment provider, oldest first; none where staff moves the money.
    pub steps: Vec<ReversalStep>,
    /// The reference with which the obligation was settled; empty before, and where there is none.
    pub receipt: String,
    /// The order that the obligation is about; none where it is about none.
    pub order: Option<OrderView>,
    /// The time of the change that caused the obligation.
    pub created_at: DateTime<Utc>,
    /// When the obligation was settled or abandoned; none before.
    pub settled_at: Option<DateTime<Utc>>,
    /// When the obligation was read.
    pub seen_at: DateTime<Utc>,
}

/// A state of a void or a refund at its payment provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReversalStep {
    /// The name of the account at the provider.
    pub account: String,
    /// The key under which the request was sent.
    pub key: String,
    /// The state.
    pub entry: ReversalEntry,
}

/// A page of obligations, oldest first.
#[derive(Debug, Clone)]
pub struct OwedPage {
    /// The obligations.
    pub obligations: Vec<OwedObligation>,
    /// Whether newer obligations follow.
    pub has_more: bool,
}

impl OwedObligation {
    /// The age in seconds; of a settled obligation, how long it was open.
    #[must_use]
    pub fn age_seconds(&self) -> i32 {
        let until = self.settled_at.unwrap_or(self.seen_at);
        i32::try_from((until - self.created_at).num_seconds()).unwrap_or(i32::MAX)
    }
}

impl App {
    /// Obligations that belong to the books of an order, oldest first.
    pub async fn obligations(&self, viewer: &Viewer, find: FindObligations) -> Result<OwedPage, AppError> {
        let staff = viewer.staff(StaffOperation::Obligations)?;
        let kinds = ObligationKind::ALL.iter().filter(|kind| !kind.is_job());
        let kinds = kinds.filter(|kind| find.kind.is_none_or(|only| only == **kind));
        let states: &[&str] = match find.state {
            OwedState::Open => &[PENDING, NEEDS_ATTENTION],
            OwedState::Settled => &[MET],
            OwedState::Abandoned => &[ABANDONED],
        };
        let wanted: Vec<_> = kinds
            .flat_map(|kind| {
                states
                    .iter()
                    .map(|state| WantedObligations::all(kind.code(), state))
            })
            .collect();
        self.listed(viewer, staff, &wanted, &find).await
    }

    pub(super) async fn listed(
        &self,
        viewer: &Viewer,
        staff: &Staff,
        wanted: &[WantedObligations<'_>],
        find: &FindObligations,
    ) -> Result<OwedPage, AppError> {
        if find.store.is_some_and(|store| !staff.covers(store)) {
            return Err(AppError::Forbidden);
        }
        let store = find.store.or(staff.store);
        let page = self
            .database()
            .obligations(wanted, store, find.after.as_deref(), find.limit);
        let ObligationPage {
            obligations,
            orders,
            reversals,
            has_more,
        } = page.await?;
        let ids: Vec<_> = obligations.iter().filter(|row| is_reversal(row)).collect();
        let ids: Vec<_> = ids.iter().map(|row| row.id.as_str()).collect();
        let mut steps: HashMap<_, Vec<_>> = HashMap::new();
        for step in self.database().reversal_entries(&ids).await? {
            let (id, step) = (step.obligation.clone(), ReversalStep::from(step));
            steps.entry(id).or_default().push(step);
        }
        let mut owed = |row: ListedObligation| {
            let order = row.order.and_then(|id| orders.get(&id)).cloned();
            let steps = steps.remove(&row.id).unwrap_or_default();
            let of_order = row.order.zip(reversals.as_ref());
            let of_order = of_order.map(|(id, all)| all.get(&id).cloned().unwrap_or_default());
            let owed = self.owed(viewer, row, order, steps)?;
            Ok::<_, AppError>(OwedObligation {
                order: owed.order.map(|view| view.with_reversals(of_order)),
                ..owed
            })
        };
        Ok(OwedPage {
            obligations: obligations.into_iter().map(&mut owed).collect::<Result<_, _>>()?,
            has_more,
        })
    }

    /// The obligation in `row`, which is about `order`, with its states at the payment provider.
    pub(crate) async fn owed_with_steps(
        &self,
        viewer: &Viewer,
        row: ListedObligation,
        order: Option<Order>,
    ) -> Result<OwedObligation, AppError> {
        let steps = self.database().reversal_entries(&[row.id.as_str()]).await?;
        let steps = steps.into_iter().map(ReversalStep::from).collect();
        self.owed(viewer, row, order, steps)
    }

    /// The obligation in `row`, which is about `order` and went through `steps` at a payment provider.
    pub(crate) fn owed(
        &self,
        viewer: &Viewer,
        row: ListedObligation,
        order: Option<Order>,
        steps: Vec<ReversalStep>,
    ) -> Result<OwedObligation, AppError> {
        let unreadable = |problem: String| AppError::Internal(format!("{} {}: {problem}", row.kind, row.id));
        let kind =
            ObligationKind::from_code(&row.kind).ok_or_else(|| unreadable("an unknown kind".into()))?;
        let reversal = match kind {
            ObligationKind::Void | ObligationKind::Refund => {
                let reversal: OwedReversal = json(&row.payload).map_err(unreadable)?;
                Some(reversal)
            }
            ObligationKind::Mail
            | ObligationKind::PasswordReset
            | ObligationKind::RuledRequest
            | ObligationKind::RequestDeadline
            | ObligationKind::ChannelCanceled
            | ObligationKind::ChannelProblem
            | ObligationKind::PaymentCheck
            | ObligationKind::PaymentProblem
            | ObligationKind::UpstreamChange
            | ObligationKind::WebhookDelivery
            | ObligationKind::EventPublication => None,
        };
        let of_order = reversal.zip(order.as_ref());
        let transaction = of_order.and_then(|(it, order)| order.payment.transactions.get(it.transaction));
        Ok(OwedObligation {
            amount: of_order.map(|(it, order)| Money::new(it.amount, order.currency())),
            amount_at_provider: reversal.and_then(|it| it.charged),
            transaction_reference: transaction.and_then(|it| it.reference.clone()),
            tender: transaction.map(|it| it.tender),
            reasons: reasons(kind, &row, !steps.is_empty()).map_err(unreadable)?,
            actions: actions(viewer, &row, &steps),
            account: account_of(kind, &row, &steps).map_err(unreadable)?,
            steps,
            kind,
            state: state_of(&row),
            problem: row.last_error,
            receipt: row.receipt,
            order: order.map(|order| self.view(order, viewer.shop.clone(), viewer.actor())),
            created_at: row.created_at,
            settled_at: row.met_at,
            seen_at: self.now(),
            id: row.id,
        })
    }
}

impl From<KeptReversalEntry> for ReversalStep {
    fn from(kept: KeptReversalEntry) -> Self {
        Self {
            key: kept.entry.call.key(&kept.obligation),
            account: kept.account,
            entry: kept.entry,
        }
    }
}

/// Whether the obligation in `row` is open, and how it ended.
pub(super) fn state_of(row: &ListedObligation) -> OwedState {
    match row.state.as_str() {
        MET => OwedState::Settled,
        ABANDONED => OwedState::Abandoned,
        _ => OwedState::Open,
    }
}

/// Whether the obligation is a void or a refund.
fn is_reversal(row: &ListedObligation) -> bool {
    [ObligationKind::Void, ObligationKind::Refund]
        .iter()
        .any(|kind| kind.code() == row.kind)
}

/// The account at a payment provider that the obligation in `row` is about, or that got its requests.
fn account_of(
    kind: ObligationKind,
    row: &ListedObligation,
    steps: &[ReversalStep],
) -> Result<Option<String>, String> {
    if kind == ObligationKind::PaymentProblem {
        let owed: PaymentProblem = json(&row.payload)?;
        return Ok(Some(owed.account));
    }
    Ok(steps.last().map(|step| step.account.clone()))
}

pub(super) fn json<T: serde::de::DeserializeOwned>(payload: &str) -> Result<T, String> {
    serde_json::from_str(payload).map_err(|problem| problem.to_string())
}
