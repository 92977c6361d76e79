//! What every adapter of a sales channel keeps, whichever channel it speaks to.

use std::hash::{DefaultHasher, Hash, Hasher};

use chrono::{DateTime, Utc};
use countermand_app::ports::{ChannelError, SalesChannel};
use countermand_domain::Quantity;
use countermand_domain::channel::{
    ChannelAnswer, ChannelOrder, ChannelOrderNumber, ChannelRefusal, ChannelStatus, FulfilledBy,
    SentCancellation,
};
use uuid::Uuid;

/// The most pages that are read of a channel.
const MOST_PAGES: usize = 100;
/// How often a channel may ask for patience, and how often its decision is asked for.
const MOST_TRIES: usize = 20;

/// All orders that changed since `since`, each once, as its newest page shows it.
///
/// # Panics
/// When a page cannot be read, or when there is no end.
pub async fn pulled(channel: &dyn SalesChannel, since: DateTime<Utc>) -> Vec<ChannelOrder> {
    let mut orders: Vec<ChannelOrder> = Vec::new();
    let mut token: Option<String> = None;
    for _ in 0..MOST_PAGES {
        let page = channel
            .changed_orders(since, token.as_deref())
            .await
            .expect("a page");
        assert_eq!(page.unreadable, [], "every order can be read");
        for order in page.orders {
            orders.retain(|known| known.number != order.number);
            orders.push(order);
        }
        match page.next {
            Some(next) => token = Some(next),
            None => return orders,
        }
    }
    panic!("the pages do not end");
}

/// The cancellation of all open items of `order`, under an id that belongs to the order.
#[must_use]
pub fn cancellation_of(order: &ChannelOrder, reason_code: &str) -> SentCancellation {
    let open = order.items.iter().filter(|item| item.canceled.is_none());
    SentCancellation {
        id: id_of(&order.number),
        number: order.number.clone(),
        market: order.market.clone(),
        reason_code: reason_code.into(),
        comment: None,
        items: open
            .map(|item| (item.id.clone(), item.quantity.minus(item.shipped)))
            .collect(),
    }
}

/// A UUID that belongs to the number: the same at each call.
fn id_of(number: &ChannelOrderNumber) -> String {
    let mut hasher = DefaultHasher::new();
    number.hash(&mut hasher);
    Uuid::from_u64_pair(hasher.finish(), 1).to_string()
}

/// What a channel has when the contract begins.
#[derive(Debug, Clone)]
pub struct ContractCase {
    /// An order of the merchant of which nothing is shipped.
    pub open: ChannelOrderNumber,
    /// An order that is shipped.
    pub shipped: ChannelOrderNumber,
    /// A number that the channel does not know.
    pub absent: ChannelOrderNumber,
    /// A code of the channel for a reason that needs no fact.
    pub reason_code: &'static str,
}

/// The contract that each adapter keeps. `settle` lets happen what the channel needs to decide: time passes, or the
/// channel accepts what it was asked.
///
/// # Panics
/// When the adapter breaks the contract.
pub async fn keeps_the_contract(channel: &dyn SalesChannel, case: &ContractCase, settle: impl AsyncFn()) {
    let can = channel.capabilities();
    assert!(can.largest_batch >= 1 && !can.way.is_empty(), "{can:?}");
    assert_eq!(
        channel.cancel(&[]).await,
        Ok(Vec::new()),
        "nothing to cancel is nothing to answer"
    );
    let order = reads_orders(channel, case).await;
    cancels_once(channel, &order, case, &settle).await;
    refuses(channel, case, &settle).await;
    if !can.declines_requests {
        let declined = channel.decline_request(&case.shipped, "1", "It is packed.").await;
        assert_eq!(declined, Ok(Err(ChannelRefusal::NotOffered)));
    }
}

/// An order is read, and a list shows the same as a look; the order that can be canceled is the result.
async fn reads_orders(channel: &dyn SalesChannel, case: &ContractCase) -> ChannelOrder {
    assert_eq!(
        channel.order(&case.absent).await,
        Ok(None),
        "an order that the channel does not know is none"
    );
    let shipped = looked_at(channel, &case.shipped).await;
    assert_eq!(shipped.status, ChannelStatus::Shipped);
    assert!(shipped.items.iter().all(|item| item.shipped == item.quantity));
    let order = looked_at(channel, &case.open).await;
    assert_eq!(
        (&order.number, &order.status, order.fulfilled_by),
        (&case.open, &ChannelStatus::Unshipped, FulfilledBy::Merchant)
    );
    assert!(!order.items.is_empty() && order.items.iter().all(|item| item.quantity.is_positive()));
    assert!(
        order
            .items
            .iter()
            .all(|item| item.shipped == Quantity::ZERO && item.canceled.is_none())
    );
    let listed = pulled(channel, DateTime::UNIX_EPOCH).await;
    for expected in [&order, &shipped] {
        let found: Vec<_> = listed.iter().filter(|it| it.number == expected.number).collect();
        assert_eq!(found, [expected], "a list and a look show the same order");
    }
    order
}

/// The cancellation counts only once the order says so, and under the same id it happens once.
async fn cancels_once(
    channel: &dyn SalesChannel,
    order: &ChannelOrder,
    case: &ContractCase,
    settle: &impl AsyncFn(),
) {
    let sent = cancellation_of(order, case.reason_code);
    let first = sent_once(channel, &sent, settle).await;
    if matches!(first, ChannelAnswer::Accepted { .. }) {
        let status = looked_at(channel, &order.number).await.status;
        let is_possible = matches!(status, ChannelStatus::Unshipped | ChannelStatus::Canceled);
        assert!(is_possible, "the channel decides: {status:?}");
    }
    let answer = settled(channel, &sent, first, settle).await;
    assert_eq!(answer, ChannelAnswer::Canceled);
    let canceled = looked_at(channel, &order.number).await;
    assert_eq!(
        canceled.status,
        ChannelStatus::Canceled,
        "the order itself says so"
    );
    assert!(canceled.items.iter().all(|item| item.canceled.is_some()));
    let listed = pulled(channel, order.updated_at).await;
    assert!(listed.contains(&canceled), "a canceled order is a changed order");

    let again = channel.cancel(std::slice::from_ref(&sent)).await;
    let is_double = matches!(
        again.as_deref(),
        Ok([ChannelAnswer::Accepted { .. } | ChannelAnswer::Canceled]) | Err(_)
    );
    assert!(
        is_double,
        "a repetition under the same id changes nothing: {again:?}"
    );
    assert_eq!(looked_at(channel, &order.number).await, canceled);
}

/// A shipped order is too late, and an unknown one is rejected with a code.
async fn refuses(channel: &dyn SalesChannel, case: &ContractCase, settle: &impl AsyncFn()) {
    let shipped = looked_at(channel, &case.shipped).await;
    let items = shipped.items.iter().map(|item| (item.id.clone(), item.quantity));
    let late = SentCancellation {
        items: items.collect(),
        ..cancellation_of(&shipped, case.reason_code)
    };
    let first = sent_once(channel, &late, settle).await;
    assert_eq!(
        settled(channel, &late, first, settle).await,
        ChannelAnswer::TooLate
    );
    assert_eq!(looked_at(channel, &case.shipped).await, shipped);

    let unknown = SentCancellation {
        id: id_of(&case.absent),
        number: case.absent.clone(),
        ..late
    };
    let first = sent_once(channel, &unknown, settle).await;
    let answer = settled(channel, &unknown, first, settle).await;
    assert!(
        matches!(&answer, ChannelAnswer::Rejected { code, .. } if !code.is_empty()),
        "{answer:?}"
    );
}

async fn looked_at(channel: &dyn SalesChannel, number: &ChannelOrderNumber) -> ChannelOrder {
    channel
        .order(number)
        .await
        .expect("an answer")
        .expect("the order")
}

/// The first answer of a channel that may ask for patience.
async fn sent_once(
    channel: &dyn SalesChannel,
    sent: &SentCancellation,
    settle: &impl AsyncFn(),
) -> ChannelAnswer {
    for _ in 0..MOST_TRIES {
        match channel.cancel(std::slice::from_ref(sent)).await {
            Ok(mut answers) => {
                assert_eq!(answers.len(), 1, "one answer for each cancellation");
                return answers.remove(0);
            }
            Err(ChannelError::Throttled { .. }) => settle().await,
            Err(error) => panic!("{error}"),
        }
    }
    panic!("the channel asks for patience without end");
}

/// The answer once the channel has decided.
async fn settled(
    channel: &dyn SalesChannel,
    sent: &SentCancellation,
    first: ChannelAnswer,
    settle: &impl AsyncFn(),
) -> ChannelAnswer {
    let mut answer = first;
    for _ in 0..MOST_TRIES {
        let ChannelAnswer::Accepted { reference } = &answer else {
            break;
        };
        let reference = reference.clone();
        settle().await;
        let mut answers = channel
            .outcome(&reference, std::slice::from_ref(sent))
            .await
            .expect("answers");
        assert_eq!(answers.len(), 1, "one answer for each cancellation");
        answer = answers.remove(0);
    }
    answer
}
