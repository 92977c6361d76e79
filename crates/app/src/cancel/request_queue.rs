//! Staff's list of the requests that wait: those that were made in the shop, and those of buyers at sales channels.

use chrono::{DateTime, Utc};
use countermand_domain::channel::ChannelRecord;
use countermand_domain::{NO_CHANNEL, Order, OrderId, RequestStatus};
pub use countermand_persistence::{ChannelRequestPlace, RequestPlace, RequestSearch};
use countermand_persistence::{ChannelRequestSearch, ReversalSeries, ReversalsOfOrders};

use crate::App;
use crate::error::AppError;
use crate::orders::order_view::OrderView;
use crate::rights::StaffOperation;
use crate::viewer::Viewer;

/// The code of the reason of each request that a buyer made at a sales channel; the buyer's words are its comment.
pub const ASKED_AT_CHANNEL: &str = "asked_at_channel";

/// The requests that staff looks for.
#[derive(Debug, Clone, Default)]
pub struct QueueSearch {
    /// What holds for requests of the shop and of channels. Requests at channels are listed while they are open. Their
    /// store view is that of the imported order, and their reason is [`ASKED_AT_CHANNEL`].
    pub requests: RequestSearch,
    /// Only requests at the sales channel with this name; those of the shop for [`NO_CHANNEL`].
    pub channel: Option<String>,
    /// The last request of the page before.
    pub after: Option<QueuePlace>,
}

/// The place of a request in staff's list. At the same moment, requests of the shop come first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum QueuePlace {
    /// The place of a request that was made in the shop.
    AtShop(RequestPlace),
    /// The place of a request that a buyer made at a sales channel.
    AtChannel(ChannelRequestPlace),
}

/// A request in staff's list.
#[derive(Debug, Clone)]
pub enum QueuedRequest {
    /// A request that was made in the shop.
    AtShop(Box<FoundRequest>),
    /// The requests of a buyer at a sales channel for items of one order.
    AtChannel(Box<FoundChannelRequest>),
}

/// A request that was made in the shop.
#[derive(Debug, Clone)]
pub struct FoundRequest {
    /// The request.
    pub request: countermand_domain::CancellationRequest,
    /// The order as it is now.
    pub order: OrderView,
}

/// A buyer's requests at a sales channel.
#[derive(Debug, Clone)]
pub struct FoundChannelRequest {
    /// The order of the channel, some of whose items are requested.
    pub record: ChannelRecord,
    /// When the first of the requests became known.
    pub requested_at: DateTime<Utc>,
    /// The order that was imported from it; none where none was.
    pub order: Option<OrderView>,
    /// When the list was read.
    pub seen_at: DateTime<Utc>,
}

/// A page of requests, oldest first.
#[derive(Debug, Clone)]
pub struct FoundRequests {
    /// The requests.
    pub requests: Vec<QueuedRequest>,
    /// Whether newer requests follow.
    pub has_more: bool,
}

impl App {
    /// The requests that `search` finds, oldest first. A token for one store view finds those of its orders, and none
    /// at a sales channel.
    pub async fn cancellation_requests(
        &self,
        viewer: &Viewer,
        search: &QueueSearch,
    ) -> Result<FoundRequests, AppError> {
        let staff = viewer.staff(StaffOperation::CancellationRequests)?;
        if search.requests.store.is_some_and(|store| !staff.covers(store)) {
            return Err(AppError::Forbidden);
        }
        let mut requests = Vec::new();
        let mut has_more = false;
        if search.channel.as_ref().is_none_or(|name| name == NO_CHANNEL) {
            let mut at_shop = search.at_shop();
            at_shop.store = at_shop.store.or(staff.store);
            let page = self.database().cancellation_requests(&at_shop).await?;
            has_more |= page.has_more;
            requests.extend(page.requests.into_iter().map(|it| {
                let reversals = reversals_of(page.reversals.as_ref(), it.order.id);
                let order = self.view(it.order, viewer.shop.clone(), viewer.actor());
                QueuedRequest::AtShop(Box::new(FoundRequest {
                    request: it.request,
                    order: order.with_reversals(reversals),
                }))
            }));
        }
        if let Some(at_channels) = search.at_channels().filter(|_| staff.store.is_none()) {
            let page = self.database().channel_requests(&at_channels).await?;
            has_more |= page.has_more;
            requests.extend(page.requests.into_iter().map(|it| {
                let view = |order: Order| {
                    let reversals = reversals_of(page.reversals.as_ref(), order.id);
                    let view = self.view(order, viewer.shop.clone(), viewer.actor());
                    view.with_reversals(reversals)
                };
                QueuedRequest::AtChannel(Box::new(FoundChannelRequest {
                    requested_at: it.record.asked_at.unwrap_or(it.record.order.updated_at),
                    order: it.order.map(view),
                    record: it.record,
                    seen_at: self.now(),
                }))
            }));
        }
        // The sort is stable: at the same moment, requests of the shop stay first, and each list keeps its order.
        requests.sort_by_key(QueuedRequest::requested_at);
        let limit = usize::try_from(search.requests.limit).unwrap_or(usize::MAX);
        has_more |= requests.len() > limit;
        requests.truncate(limit);
        Ok(FoundRequests { requests, has_more })
    }
}

/// The voids and refunds of the order `id`, of which a page may list several requests; none where they were not read.
fn reversals_of(all: Option<&ReversalsOfOrders>, id: OrderId) -> Option<Vec<ReversalSeries>> {
    all.map(|all| all.get(&id).cloned().unwrap_or_default())
}

impl QueueSearch {
    /// The search among requests of the shop.
    fn at_shop(&self) -> RequestSearch {
        let after = self.after.as_ref().map(|place| match place {
            QueuePlace::AtShop(place) => *place,
            // All requests of the shop at that moment came before it.
            QueuePlace::AtChannel(place) => RequestPlace {
                requested_at: place.requested_at,
                order: i64::MAX,
                number: i32::MAX,
            },
        });
        RequestSearch {
            after,
            ..self.requests.clone()
        }
    }

    /// The search among requests at channels; none where no such request can be meant.
    fn at_channels(&self) -> Option<ChannelRequestSearch> {
        let it = &self.requests;
        let is_open = it.statuses.is_empty() || it.statuses.contains(&RequestStatus::Open);
        let has_reason = it
            .reason_code
            .as_ref()
            .is_none_or(|code| code == ASKED_AT_CHANNEL);
        let is_at_channel = self.channel.as_ref().is_none_or(|name| name != NO_CHANNEL);
        let after = self.after.as_ref().map(|place| match place {
            QueuePlace::AtChannel(place) => place.clone(),
            // All requests at channels at that moment come after it.
            QueuePlace::AtShop(place) => ChannelRequestPlace {
                requested_at: place.requested_at,
                channel: String::new(),
                number: String::new(),
            },
        });
        (is_open && has_reason && is_at_channel).then(|| ChannelRequestSearch {
            channel: self.channel.clone(),
            store: it.store,
            requested_from: it.requested_from,
            requested_to: it.requested_to,
            due_to: it.due_to,
            after,
            limit: it.limit,
        })
    }
}

impl QueuedRequest {
    /// When the cancellation was asked for.
    #[must_use]
    pub fn requested_at(&self) -> DateTime<Utc> {
        match self {
            Self::AtShop(it) => it.request.requested_at,
            Self::AtChannel(it) => it.requested_at,
        }
    }

    /// The place of the request in the list.
    #[must_use]
    pub fn place(&self) -> QueuePlace {
        match self {
            Self::AtShop(it) => QueuePlace::AtShop(RequestPlace {
                requested_at: it.request.requested_at,
                order: it.order.order.id.number(),
                number: it.request.number,
            }),
            Self::AtChannel(it) => QueuePlace::AtChannel(ChannelRequestPlace {
                requested_at: it.requested_at,
                channel: it.record.channel.clone(),
                number: it.record.order.number.as_str().into(),
            }),
        }
    }
}
