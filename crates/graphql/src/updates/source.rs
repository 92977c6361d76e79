//! The stream of one subscription: who subscribes, what comes next, and how it ends.

use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};

use async_graphql::{Context, Error, ID, Result};
use countermand_app::Failure;
use countermand_app::updates::{FollowRefusal, FollowRequest, FollowedOrder, ResumePoint};
use futures_util::Stream;
use futures_util::stream;

use crate::kit::AnswerBudget;
use crate::kit::error::{Category, answered, refused};
use crate::kit::id::parse_order_id;

/// The updates of a subscription.
pub(super) type Updates<T> = Pin<Box<dyn Stream<Item = Result<T>> + Send>>;

/// The caller of a subscription, whose rights are looked at again before each update.
#[derive(Debug, Clone)]
pub(crate) struct Subscriber {
    /// The code of the requested store view; none for the default store view.
    pub(crate) store: Option<String>,
    /// The bearer token; none for a guest.
    pub(crate) bearer: Option<String>,
    /// The network address.
    pub(crate) origin: String,
    /// The cursor of the header `Last-Event-ID`, which counts more than the argument `after`: a browser sends the same
    /// request again with it.
    pub(crate) resumed_at: Option<String>,
}

/// The cursor of the update that is made at the moment, whether it was selected or not.
#[derive(Debug, Clone, Default)]
pub(crate) struct LastCursor(Arc<Mutex<Option<String>>>);

impl LastCursor {
    /// The cursor, which is taken out.
    pub(crate) fn take(&self) -> Option<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    fn set(&self, cursor: &str) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(cursor.to_owned());
    }
}

/// What the stream of a subscription needs of its request.
pub(super) struct Source {
    subscriber: Subscriber,
    cursor: LastCursor,
    resume_point: ResumePoint,
    budget: Arc<AnswerBudget>,
}

impl Source {
    pub(super) fn of(context: &Context<'_>) -> Result<Self> {
        Ok(Self {
            subscriber: context.data::<Subscriber>()?.clone(),
            cursor: context.data::<LastCursor>()?.clone(),
            resume_point: context.data::<ResumePoint>()?.clone(),
            budget: context.data::<Arc<AnswerBudget>>()?.clone(),
        })
    }

    /// The request of the subscriber for the order that the arguments name, or for all orders.
    pub(super) fn request(
        &self,
        order_id: Option<ID>,
        token: Option<String>,
        store_code: Option<String>,
        after: Option<ID>,
    ) -> Result<FollowRequest> {
        let order = match (order_id, token, store_code) {
            (Some(id), None, None) => {
                let id = parse_order_id(&id);
                FollowedOrder::Id(id.map_err(|_| ended(FollowRefusal::OrderNotFound))?)
            }
            (None, Some(token), None) => FollowedOrder::Token(token),
            (None, None, store) => FollowedOrder::All { store },
            _ => {
                let message = "Give at most one of `order_id`, `token` and `store_code`.";
                return Err(refused(Category::Input, "BAD_PARAMETER", message));
            }
        };
        let Subscriber {
            store,
            bearer,
            origin,
            resumed_at,
        } = self.subscriber.clone();
        Ok(FollowRequest {
            store,
            bearer,
            origin,
            order,
            after: resumed_at.or(after.map(|after| after.0)),
            resume_point: self.resume_point.clone(),
        })
    }
}

/// An update that has a cursor.
pub(super) trait Followed: Sized + Send + 'static {
    /// What gives the updates.
    type From: Send + 'static;

    /// The next update, as soon as there is one.
    fn next(from: &mut Self::From) -> impl Future<Output = Result<Self, Failure<FollowRefusal>>> + Send;

    /// The cursor with which a subscription goes on after this update.
    fn cursor(&self) -> &str;
}

/// The updates that `from` gives, until an error, which is the last one.
pub(super) fn follow<T: Followed>(source: Source, from: T::From) -> Updates<T> {
    let Source { cursor, budget, .. } = source;
    let next = move |from: Option<T::From>| {
        let (cursor, budget) = (cursor.clone(), budget.clone());
        async move {
            let mut from = from?;
            match answered(T::next(&mut from).await) {
                Ok(Ok(update)) => {
                    budget.renew();
                    cursor.set(update.cursor());
                    Some((Ok(update), Some(from)))
                }
                Ok(Err(refusal)) => Some((Err(ended(refusal)), None)),
                Err(problem) => Some((Err(problem), None)),
            }
        }
    };
    Box::pin(stream::unfold(Some(from), next))
}

/// The error with which a subscription ends, or does not begin.
pub(super) fn ended(refusal: FollowRefusal) -> Error {
    let (category, code) = match refusal {
        FollowRefusal::OrderNotFound => (Category::NoSuchEntity, "ORDER_NOT_FOUND"),
        FollowRefusal::BelongsToAccount => (Category::Authorization, "FORBIDDEN"),
        FollowRefusal::OrderUnnamed => (Category::Input, "BAD_PARAMETER"),
        FollowRefusal::StoreNotFound => (Category::Input, "STORE_NOT_FOUND"),
        FollowRefusal::Unauthenticated => (Category::Authentication, "UNAUTHENTICATED"),
        FollowRefusal::CursorUnknown => (Category::Input, "CURSOR_UNKNOWN"),
    };
    refused(category, code, refusal.to_string())
}
