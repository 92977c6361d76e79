//! `obligations`, `needsAttention` and `settleObligation`: staff sees what is owed, and says what was done by hand.

use async_graphql::{Context, Enum, ID, InputObject, Object, Result, SimpleObject};
use countermand_app::Viewer;
use countermand_app::obligations::{FindObligations, OwedObligation, OwedPage};
use countermand_domain::StoreNumber;

use super::admin_order::AdminOrder;
use super::attention_item::AttentionItem;
use super::cursor::{entry_cursor, read_entry_cursor, rfc3339};
use super::page::page_size;
use super::provider_state::ProviderState;
use super::staff;
use super::user_error::{UserError, done_or_user_errors};
use crate::kit::Money;
use crate::kit::RepeatInput;
use crate::kit::context::app;
use crate::kit::error::{Category, internal, refused};
use crate::types::OrderTender;

/// Staff's queries for what is owed.
#[derive(Default)]
pub(crate) struct AdminObligationQuery;

#[Object]
impl AdminObligationQuery {
    /// Lists what the shop owes outside the program, such as refunds to be paid out, oldest first. Mails are listed by
    /// `jobs`. The caller needs the role `viewer`. A token for one store view lists what concerns its orders only.
    async fn obligations(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The conditions that an obligation must meet; null for all that are open.")]
        filter: Option<ObligationsFilterInput>,
        #[graphql(
            desc = "The largest number of obligations on the page, 1 to 100; null means 20.",
            default_with = "Some(20)"
        )]
        first: Option<i32>,
        #[graphql(desc = "The `end_cursor` of the previous page; null for the first page.")] after: Option<
            String,
        >,
    ) -> Result<Obligations> {
        let viewer = staff(context)?;
        let filter = filter.unwrap_or_default();
        let find = FindObligations {
            kind: filter.kind.map(Into::into),
            state: filter.state.map(Into::into).unwrap_or_default(),
            ..page(viewer, filter.store_code.as_deref(), first, after.as_deref())?
        };
        let page = app(context)?.obligations(viewer, find).await.map_err(internal)?;
        Ok(Obligations {
            end_cursor: end_cursor(&page),
            has_next_page: page.has_more,
            items: page.obligations.into_iter().filter_map(Obligation::of).collect(),
        })
    }

    /// Lists everything that needs a person, oldest first: money that must be moved by hand, money that a payment
    /// provider has not moved for a while, jobs that failed, requests for a cancellation that were not decided by their
    /// deadline, and orders that were changed or canceled here and that the shop they came from went on with. The caller
    /// needs the role `viewer`. A token for one store view lists what concerns its orders only.
    async fn needs_attention(
        &self,
        context: &Context<'_>,
        #[graphql(
            name = "store_code",
            desc = "The code of the store view whose orders are meant; null for all store views."
        )]
        store_code: Option<String>,
        #[graphql(
            desc = "The largest number of entries on the page, 1 to 100; null means 20.",
            default_with = "Some(20)"
        )]
        first: Option<i32>,
        #[graphql(desc = "The `end_cursor` of the previous page; null for the first page.")] after: Option<
            String,
        >,
    ) -> Result<AttentionItems> {
        let viewer = staff(context)?;
        let find = page(viewer, store_code.as_deref(), first, after.as_deref())?;
        let page = app(context)?
            .needs_attention(viewer, find)
            .await
            .map_err(internal)?;
        Ok(AttentionItems {
            end_cursor: end_cursor(&page),
            has_next_page: page.has_more,
            items: page.obligations.into_iter().map(AttentionItem::from).collect(),
        })
    }
}

/// Staff's mutation of what is owed.
#[derive(Default)]
pub(crate) struct AdminObligationMutation;

#[Object]
impl AdminObligationMutation {
    /// Says that staff met an obligation by hand: the refund was paid out, the authorization was released, or the order
    /// was looked at. The history of the order and the audit log say so. An obligation is settled once. The caller
    /// needs the role `manager`.
    async fn settle_obligation(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The obligation, and what staff did.")] input: SettleObligationInput,
    ) -> Result<SettleObligationPayload> {
        let viewer = staff(context)?;
        let asked = countermand_app::obligations::SettleObligation {
            id: input.id.to_string(),
            note: input.note,
            reference: input.reference,
        };
        let done = app(context)?.settle_obligation(viewer, &asked).await;
        let (obligation, user_errors) = done_or_user_errors(done)?;
        Ok(SettleObligationPayload {
            obligation: obligation.and_then(Obligation::of),
            user_errors,
        })
    }
}

/// The conditions of a list of obligations. An obligation must meet every condition that is not null.
#[derive(Default, InputObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct ObligationsFilterInput {
    /// The kind of the obligation; null for every kind.
    kind: Option<ObligationKind>,
    /// Whether the obligation is open, settled or abandoned; null for the open ones.
    state: Option<ObligationState>,
    /// The code of the store view of the order; null for all store views.
    store_code: Option<String>,
}

/// The obligation that staff met, and what staff did.
#[derive(InputObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct SettleObligationInput {
    /// The `Obligation.id` of an open obligation.
    id: ID,
    /// What staff did, for the history and the audit log: 1 to 1,000 characters.
    note: String,
    /// The reference of the bank or the payment provider, at most 255 characters; null when there is none.
    reference: Option<String>,
    #[graphql(flatten)]
    repeat: RepeatInput,
}

/// What must happen outside the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(crate) enum ObligationKind {
    /// Captured money must be paid back.
    Refund,
    /// Authorized money that will not be captured must be released.
    Void,
    /// A request for a cancellation must be decided at its deadline.
    RequestDeadline,
    /// Staff must look at an order that was changed or canceled here and that the shop it came from went on with.
    UpstreamChange,
    /// Staff must look at a sales channel: at a cancellation that did not succeed there, at what a buyer asked for, or
    /// at the channel itself.
    ChannelProblem,
    /// Staff must look at what happened to a payment at its payment provider, or at the account there.
    PaymentProblem,
}

/// Whether an obligation is met.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "countermand_app::obligations::OwedState")]
pub(crate) enum ObligationState {
    /// The obligation waits: the money has not moved, or staff has not looked at the order.
    Open,
    /// The obligation is met: the money has moved, or staff has looked at the order.
    Settled,
    /// Staff ended the obligation with `abandonObligation`, although the money has not moved.
    Abandoned,
}

/// One page of obligations.
#[derive(SimpleObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct Obligations {
    /// The obligations of the page, oldest first.
    items: Vec<Obligation>,
    /// The position of the last obligation of the page: the value of `after` for the next page. Null when the page is
    /// empty.
    end_cursor: Option<String>,
    /// Whether further obligations follow after this page.
    has_next_page: bool,
}

/// Something that must happen outside the program because of a change of an order, such as a refund.
#[derive(SimpleObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct Obligation {
    /// The id of the obligation, a UUID: the input of `settleObligation`.
    id: ID,
    /// What must happen to meet the obligation.
    kind: ObligationKind,
    /// Whether the obligation is open, settled or abandoned.
    state: ObligationState,
    /// The amount that must go back, in the currency of the order; null when the obligation is not about money.
    amount: Option<Money>,
    /// The amount that goes back at the payment provider, in the currency in which it charged the buyer; null when that is
    /// the currency of the order.
    amount_at_payment_provider: Option<Money>,
    /// The code of the payment method by which the money goes back, or of the order, such as `checkmo`; null when the
    /// order no longer exists.
    payment_method: Option<String>,
    /// The tender by which the money goes back; null when the obligation is not about money.
    tender: Option<OrderTender>,
    /// The payment provider's reference of the capture or the authorization; null when it is not known.
    transaction_reference: Option<String>,
    /// The order that the obligation is about; null when it is about none, and when the order no longer exists.
    order: Option<AdminOrder>,
    /// The time of the change that caused the obligation: RFC 3339, in UTC.
    created_at: String,
    /// The age of the obligation in seconds; of one that ended, how long it was open.
    age_seconds: i32,
    /// The problem of the last attempt to meet the obligation, in English; null when there is none.
    problem: Option<String>,
    /// The states of a void or a refund at its payment provider, oldest first. Empty until a request is about to be sent,
    /// or the authorization turns out to be released already, and where staff moves the money by hand. Where a refund of
    /// others failed, the refund that is owed in its place begins with that failure.
    provider_states: Vec<ProviderState>,
    /// The time at which the obligation was settled or abandoned: RFC 3339, in UTC. Null while it is open.
    settled_at: Option<String>,
    /// The reference with which the obligation was settled; null while it is open, and when there is none.
    settlement_reference: Option<String>,
}

/// One page of what needs a person.
#[derive(SimpleObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct AttentionItems {
    /// The entries of the page, oldest first.
    items: Vec<AttentionItem>,
    /// The position of the last entry of the page: the value of `after` for the next page. Null when the page is empty.
    end_cursor: Option<String>,
    /// Whether further entries follow after this page.
    has_next_page: bool,
}

/// The result of `settleObligation`.
#[derive(SimpleObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct SettleObligationPayload {
    /// The settled obligation; null when the mutation was refused.
    obligation: Option<Obligation>,
    /// The reasons why the mutation was refused; empty when it was carried out.
    user_errors: Vec<UserError>,
}

impl Obligation {
    /// The obligation for the schema; none for a job.
    pub(super) fn of(owed: OwedObligation) -> Option<Self> {
        let kind = ObligationKind::of(owed.kind)?;
        let view = owed.order.as_ref();
        let method = view.map(|view| {
            let tender = view.order.payment.tender(owed.tender.unwrap_or(0));
            tender.map_or_else(String::new, |tender| tender.method.to_owned())
        });
        let tender = view
            .zip(owed.tender)
            .map(|(view, position)| OrderTender::of(view, position));
        Some(Self {
            age_seconds: owed.age_seconds(),
            id: owed.id.into(),
            kind,
            state: owed.state.into(),
            amount: owed.amount.map(Money::from),
            amount_at_payment_provider: owed.amount_at_provider.map(Money::from),
            payment_method: method,
            tender,
            transaction_reference: owed.transaction_reference,
            order: owed.order.map(AdminOrder::new),
            created_at: rfc3339(owed.created_at),
            problem: unless_empty(owed.problem),
            settled_at: owed.settled_at.map(rfc3339),
            provider_states: owed.steps.into_iter().map(ProviderState::from).collect(),
            settlement_reference: unless_empty(owed.receipt),
        })
    }
}

impl ObligationKind {
    /// The kind for the schema; none for a job.
    pub(super) fn of(kind: countermand_app::obligations::ObligationKind) -> Option<Self> {
        use countermand_app::obligations::ObligationKind as Kind;
        Some(match kind {
            Kind::Refund => Self::Refund,
            Kind::Void => Self::Void,
            Kind::UpstreamChange => Self::UpstreamChange,
            Kind::RequestDeadline => Self::RequestDeadline,
            Kind::ChannelProblem => Self::ChannelProblem,
            Kind::PaymentProblem => Self::PaymentProblem,
            Kind::Mail
            | Kind::PasswordReset
            | Kind::RuledRequest
            | Kind::PaymentCheck
            | Kind::ChannelCanceled
            | Kind::WebhookDelivery
            | Kind::EventPublication => return None,
        })
    }
}

impl From<ObligationKind> for countermand_app::obligations::ObligationKind {
    fn from(kind: ObligationKind) -> Self {
        match kind {
            ObligationKind::Refund => Self::Refund,
            ObligationKind::Void => Self::Void,
            ObligationKind::UpstreamChange => Self::UpstreamChange,
            ObligationKind::RequestDeadline => Self::RequestDeadline,
            ObligationKind::ChannelProblem => Self::ChannelProblem,
            ObligationKind::PaymentProblem => Self::PaymentProblem,
        }
    }
}

/// The page that a query asks for.
fn page(
    viewer: &Viewer,
    store_code: Option<&str>,
    first: Option<i32>,
    after: Option<&str>,
) -> Result<FindObligations> {
    Ok(FindObligations {
        store: store_code.map(|code| store(viewer, code)).transpose()?,
        after: after.map(read_entry_cursor).transpose()?,
        limit: page_size(first, 20)?,
        ..FindObligations::default()
    })
}

fn store(viewer: &Viewer, code: &str) -> Result<StoreNumber> {
    let store = viewer.shop.store_by_code(code).map(|store| store.number);
    store.ok_or_else(|| refused(Category::NoSuchEntity, "NOT_FOUND", "no such store view"))
}

fn end_cursor(page: &OwedPage) -> Option<String> {
    page.obligations.last().map(|it| entry_cursor(&it.id))
}

pub(super) fn unless_empty(text: String) -> Option<String> {
    Some(text).filter(|text| !text.is_empty())
}
