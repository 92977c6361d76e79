//! Generates arbitrary orders and arbitrary sequences of steps on them.

mod channel;
mod draft;
mod pick;
mod staff_money;
mod subscription;

use chrono::{DateTime, Utc};
use countermand_domain::{
    Actor, ApproveRequest, Cancel, CancellationIntent, CancellationPolicy, CreditMemoRequest, DeliveryKind,
    DeliveryRequest, InvoiceRequest, ItemPosition, Money, NoteRequest, OpenInvoiceRequest, Order, Quantity,
    RefundOrder, RequestCancellation, Selection, ShipmentRequest, Transition, UpstreamChange,
};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;

pub(crate) use channel::{ChannelStep, Told, channel_stories};
pub(crate) use draft::{Draft, drafts, quantities, row_moneys};
pub(crate) use pick::{Pick, picks, selection, selection_by_part};

use self::pick::lines;
pub(crate) use self::staff_money::{HowSettled, PaidBack};
use self::staff_money::{how_settled, paid_back, settled};
use self::subscription::{SubscriptionChange, subscription_changes};
use crate::shop::{at, buyer_of, policy, policy_by_part, request, staff};

/// An order and the steps that are tried on it. A story is small to print, so that a failure can be read.
#[derive(Debug, Clone)]
pub(crate) struct Story {
    pub(crate) draft: Draft,
    steps: Vec<Step>,
}

#[derive(Debug, Clone)]
pub(crate) enum Step {
    Invoice {
        picks: Vec<Pick>,
        unpaid: bool,
    },
    /// The money of an open invoice arrives: of one of them, or of all.
    PayInvoice {
        pick: Option<Index>,
    },
    /// Open invoices are withdrawn: one of them, or all.
    CancelInvoice {
        pick: Option<Index>,
    },
    Ship {
        picks: Vec<Pick>,
        overrides_request: bool,
    },
    /// The buyer or staff asks for a cancellation.
    Request {
        picks: Option<Vec<Pick>>,
        by_staff: bool,
    },
    /// Staff approves the open request, or a part of it.
    Approve {
        picks: Option<Vec<Pick>>,
    },
    Decline,
    Withdraw,
    StartFulfilment {
        picks: Vec<Pick>,
    },
    ReleaseFulfilment {
        picks: Vec<Pick>,
    },
    /// Units are delivered or used without a shipment.
    Deliver {
        picks: Vec<Pick>,
        kind: DeliveryKind,
    },
    /// The buyer or staff ends a subscription of the order, or resumes it.
    ChangeSubscription {
        pick: Index,
        change: SubscriptionChange,
    },
    /// Credits what is picked, or every item that is left.
    Credit {
        picks: Option<Vec<Pick>>,
        shipping: bool,
        adjustment: i64,
    },
    Hold,
    Unhold,
    /// Staff ends what one transaction owes: by moving the money, or without that. Or what was ended without has moved.
    Settle {
        pick: Index,
        how: HowSettled,
    },
    /// Others pay money back at the payment provider: a share of the grand total, in per mille.
    RefundOutside {
        share: i64,
    },
    /// The shop that the order came from ships it.
    ShipUpstream,
    Note,
    EraseBuyer,
    /// Cancels what is picked, or everything that is left.
    Cancel {
        picks: Option<Vec<Pick>>,
    },
    /// Staff cancels what is picked, and decides how much is paid back.
    CancelAsStaff {
        picks: Option<Vec<Pick>>,
        back: PaidBack,
    },
    /// Cancels what is picked, of which parts of bundles may be.
    CancelByPart {
        picks: Vec<Pick>,
    },
    /// The buyer asks for a cancellation of what is picked, of which parts of bundles may be.
    RequestByPart {
        picks: Vec<Pick>,
    },
}

impl Story {
    /// The order as it was placed, and the order after each step that was not refused.
    pub(crate) fn told(&self) -> Vec<Order> {
        self.told_of(self.draft.order())
    }

    /// `fresh`, and the order after each step that was not refused.
    pub(crate) fn told_of(&self, fresh: Order) -> Vec<Order> {
        let changes = self.changes_of(&fresh);
        let later = changes.into_iter().map(|change| change.after);
        std::iter::once(fresh).chain(later).collect()
    }

    /// Every step that was not refused.
    pub(crate) fn changes(&self) -> Vec<Transition> {
        self.changes_of(&self.draft.order())
    }

    /// Every step on `fresh` that was not refused.
    pub(crate) fn changes_of(&self, fresh: &Order) -> Vec<Transition> {
        let mut changes: Vec<Transition> = Vec::new();
        for (minute, step) in (1..).zip(&self.steps) {
            let order = changes.last().map_or(fresh, |change| &change.after);
            let change = step.taken(order, minute);
            changes.extend(change);
        }
        changes
    }
}

impl Step {
    fn taken(&self, order: &Order, minute: i64) -> Option<Transition> {
        let now = at(minute);
        match self {
            Self::Invoice { picks, unpaid } => {
                let (lines, unpaid) = (lines(picks, order), *unpaid);
                let invoice = InvoiceRequest {
                    lines,
                    unpaid,
                    ..InvoiceRequest::default()
                };
                order.invoice(&invoice, &staff(), now).ok()
            }
            Self::PayInvoice { pick } => order
                .pay_invoice(&open_invoice(order, pick.as_ref()), &staff(), now)
                .ok(),
            Self::CancelInvoice { pick } => order
                .cancel_invoice(&open_invoice(order, pick.as_ref()), &staff(), now)
                .ok(),
            Self::Ship {
                picks,
                overrides_request,
            } => {
                let shipment = ShipmentRequest {
                    lines: lines(picks, order),
                    tracking: Vec::new(),
                    overrides_request: *overrides_request,
                };
                order.ship(&shipment, &staff(), now).ok()
            }
            Self::StartFulfilment { picks } => {
                order.start_fulfilment(&lines(picks, order), &staff(), now).ok()
            }
            Self::ReleaseFulfilment { picks } => {
                order.release_fulfilment(&lines(picks, order), &staff(), now).ok()
            }
            Self::Deliver { picks, kind } => {
                let delivery = DeliveryRequest {
                    items: lines(picks, order),
                    kind: *kind,
                    delivered_at: None,
                };
                order.record_delivery(&delivery, &staff(), now).ok()
            }
            Self::ChangeSubscription { pick, change } => change.made(order, *pick, now),
            Self::Credit {
                picks,
                shipping,
                adjustment,
            } => {
                let adjustment = permille(order.totals.grand_total.minor(), *adjustment);
                let request = CreditMemoRequest {
                    lines: picks.as_ref().map(|picks| lines(picks, order)),
                    refund_shipping: *shipping,
                    adjustment: Money::new(adjustment, order.currency()),
                    refund_order: RefundOrder::default(),
                };
                order.credit(&request, &staff(), now).ok()
            }
            Self::Hold => order.hold(&staff(), now).ok(),
            Self::Unhold => order.unhold(&staff(), now).ok(),
            Self::Settle { pick, how } => settled(order, *pick, *how, now),
            Self::RefundOutside { share } => staff_money::refunded_outside(order, *share, now),
            Self::CancelAsStaff { picks, back } => staff_money::canceled(order, picks.as_deref(), *back, now),
            Self::ShipUpstream => Some(ship_upstream(order, now)),
            Self::Note => {
                let note = NoteRequest {
                    text: "called".into(),
                    is_for_buyer: false,
                };
                order.add_note(&note, &staff(), now).ok()
            }
            Self::Request { picks, by_staff } => {
                let actor = if *by_staff { staff() } else { buyer_of(order) };
                let selected = picks.as_ref().map_or(Selection::All, |it| selection(it, order));
                request_of(selected, actor, &policy(true), order, now)
            }
            Self::RequestByPart { picks } => {
                let selected = selection_by_part(picks, order);
                request_of(selected, buyer_of(order), &policy_by_part(), order, now)
            }
            Self::Approve { picks } => approved(order, picks.as_ref().map(|picks| lines(picks, order)), now),
            Self::Decline => order.decline_cancellation_request("Packed", &staff(), now).ok(),
            Self::Withdraw => withdraw(order, now),
            Self::EraseBuyer => Some(order.erase_buyer(&staff(), now)),
            Self::Cancel { picks } => {
                let command = Cancel {
                    selection: picks
                        .as_ref()
                        .map_or(Selection::All, |picks| selection(picks, order)),
                    ..request(buyer_of(order), "Other")
                };
                order.cancel(&command, &policy(true), now).ok()
            }
            Self::CancelByPart { picks } => {
                let command = Cancel {
                    selection: selection_by_part(picks, order),
                    ..request(buyer_of(order), "Other")
                };
                order.cancel(&command, &policy_by_part(), now).ok()
            }
        }
    }
}

/// Approves these units of the open request, or all of them.
fn approved(
    order: &Order,
    items: Option<Vec<(ItemPosition, Quantity)>>,
    now: DateTime<Utc>,
) -> Option<Transition> {
    let command = ApproveRequest {
        actor: staff(),
        items,
        reason: None,
        notifies_customer: None,
        refund: None,
    };
    order
        .approve_cancellation_request(&command, &policy(true), now)
        .ok()
}

/// A request for the cancellation of what is selected.
fn request_of(
    selection: Selection,
    actor: Actor,
    policy: &CancellationPolicy,
    order: &Order,
    now: DateTime<Utc>,
) -> Option<Transition> {
    let command = RequestCancellation {
        actor,
        intent: CancellationIntent {
            selection,
            ..CancellationIntent::all("Other")
        },
        is_confirmed: true,
    };
    order.request_cancellation(&command, policy, now).ok()
}

/// The buyer, who has the key of a mail, takes the open request back.
fn withdraw(order: &Order, now: DateTime<Utc>) -> Option<Transition> {
    let withdrawn = order.withdraw_cancellation_request(&buyer_of(order), true, now);
    withdrawn.ok()
}

/// The shop that the order came from ships a unit.
fn ship_upstream(order: &Order, now: DateTime<Utc>) -> Transition {
    let zero = Money::zero(order.currency());
    let change = UpstreamChange {
        shipped: Quantity::whole(1),
        canceled: Quantity::ZERO,
        paid: zero,
        refunded: zero,
    };
    order.note_upstream_change(change, &staff(), now)
}

/// A request about one of the order's invoices, or about all that are open.
fn open_invoice(order: &Order, pick: Option<&Index>) -> OpenInvoiceRequest {
    let one = pick.and_then(|pick| order.invoices.get(pick.index(order.invoices.len().max(1))));
    OpenInvoiceRequest {
        number: one.map(|invoice| invoice.number.clone()),
        reference: None,
    }
}

/// Orders with up to nine steps each.
pub(crate) fn stories() -> impl Strategy<Value = Story> {
    (drafts(), vec(steps(), 0..10)).prop_map(|(draft, steps)| Story { draft, steps })
}

fn steps() -> impl Strategy<Value = Step> {
    let adjustment = prop_oneof![4 => Just(0), 1 => -200..=200_i64];
    let credited = prop_oneof![2 => Just(None), 3 => picks().prop_map(Some)];
    prop_oneof![
        20 => (picks(), prop::bool::weighted(0.2)).prop_map(|(picks, unpaid)| Step::Invoice { picks, unpaid }),
        4 => any::<Option<Index>>().prop_map(|pick| Step::PayInvoice { pick }),
        4 => any::<Option<Index>>().prop_map(|pick| Step::CancelInvoice { pick }),
        12 => (picks(), any::<bool>()).prop_map(|(picks, overrides_request)| Step::Ship {
            picks,
            overrides_request,
        }),
        6 => (requested(), any::<bool>()).prop_map(|(picks, by_staff)| Step::Request { picks, by_staff }),
        6 => requested().prop_map(|picks| Step::Approve { picks }),
        2 => Just(Step::Decline),
        2 => Just(Step::Withdraw),
        4 => picks().prop_map(|picks| Step::StartFulfilment { picks }),
        4 => picks().prop_map(|picks| Step::ReleaseFulfilment { picks }),
        6 => (picks(), proptest::sample::select(DeliveryKind::ALL)).prop_map(|(picks, kind)| Step::Deliver { picks, kind }),
        4 => (any::<Index>(), subscription_changes()).prop_map(|(pick, change)| Step::ChangeSubscription { pick, change }),
        20 => (credited, any::<bool>(), adjustment).prop_map(|(picks, shipping, adjustment)| Step::Credit {
            picks,
            shipping,
            adjustment,
        }),
        4 => Just(Step::Hold),
        4 => Just(Step::Unhold),
        6 => (any::<Index>(), how_settled()).prop_map(|(pick, how)| Step::Settle { pick, how }),
        4 => (1..=700_i64).prop_map(|share| Step::RefundOutside { share }),
        4 => Just(Step::ShipUpstream),
        1 => Just(Step::Note),
        1 => Just(Step::EraseBuyer),
        4 => Just(Step::Cancel { picks: None }),
        16 => picks().prop_map(|picks| Step::Cancel { picks: Some(picks) }),
        6 => (requested(), paid_back()).prop_map(|(picks, back)| Step::CancelAsStaff { picks, back }),
        16 => picks().prop_map(|picks| Step::CancelByPart { picks }),
        4 => picks().prop_map(|picks| Step::RequestByPart { picks }),
    ]
}

/// All of an order, or some of it.
fn requested() -> impl Strategy<Value = Option<Vec<Pick>>> {
    prop_oneof![1 => Just(None), 2 => picks().prop_map(Some)]
}

fn permille(of: i64, share: i64) -> i64 {
    let share = i128::from(of) * i128::from(share) / 1000;
    i64::try_from(share).expect("amounts are small")
}
