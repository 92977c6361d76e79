//! The adapter of Buy with Prime with a simulated API, and what goes wrong there.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use countermand_app::Clock;
use countermand_app::ports::{ChannelError, SalesChannel};
use countermand_domain::ChannelCodes;
use countermand_domain::channel::{
    ChannelAnswer, ChannelOrder, ChannelOrderNumber, ChannelStatus, SentCancellation,
};
use countermand_integrations::channels::buy_with_prime::{
    BuyWithPrimeChannel, BuyWithPrimeCredentials, BuyWithPrimeSettings, Secret, WatchedOrders,
};
use countermand_tests::buy_with_prime_simulator::{BuyWithPrimeSimulator, PrimeOrder, TARGET_ID};
use countermand_tests::channel_contract::{ContractCase, cancellation_of, keeps_the_contract, pulled};
use countermand_tests::fixed_clock::FixedClock;

const CUPS: &str = "322-ABC1-AAAAAA";
const PLATES: &str = "322-ABC1-BBBBBB";
/// The time that the adapter waits for an answer, with room for a busy machine.
const PATIENT: Duration = Duration::from_secs(60);
/// The time that an adapter waits whose answer comes much later.
const IMPATIENT: Duration = Duration::from_secs(5);

/// The orders that the merchant knows.
struct Known(Vec<ChannelOrderNumber>);

#[async_trait]
impl WatchedOrders for Known {
    async fn numbers_after(
        &self,
        after: Option<&ChannelOrderNumber>,
        most: usize,
    ) -> Result<Vec<ChannelOrderNumber>, ChannelError> {
        let later = self.0.iter().filter(|it| after.is_none_or(|after| *it > after));
        Ok(later.take(most).cloned().collect())
    }
}

struct Merchant {
    prime: BuyWithPrimeSimulator,
    channel: BuyWithPrimeChannel,
    clock: Arc<FixedClock>,
}

fn number(text: &str) -> ChannelOrderNumber {
    ChannelOrderNumber::parse(text).expect("a number")
}

impl Merchant {
    /// A merchant with an order that can be canceled, who knows these orders.
    async fn knowing(orders: &[&str]) -> Self {
        Self::waiting(orders, PATIENT).await
    }

    /// The same with an adapter that waits for an answer as long as `patience`.
    async fn waiting(orders: &[&str], patience: Duration) -> Self {
        countermand_integrations::tls::install();
        let noon = DateTime::from_timestamp(1_788_000_000, 0).expect("an instant");
        let clock = Arc::new(FixedClock::at(noon));
        let prime = BuyWithPrimeSimulator::start(clock.clone()).await;
        prime.place(PrimeOrder::pending(CUPS));
        let settings = BuyWithPrimeSettings {
            api: prime.address.parse().expect("an address"),
            token: prime.token_address.parse().expect("an address"),
            credentials: BuyWithPrimeCredentials {
                client_id: "client".into(),
                client_secret: Secret::new("hush"),
                target_id: TARGET_ID.into(),
            },
            patience,
        };
        assert!(!format!("{settings:?}").contains("hush"), "secrets are not shown");
        let known = Arc::new(Known(orders.iter().map(|order| number(order)).collect()));
        let channel = BuyWithPrimeChannel::new(settings, clock.clone(), known).expect("settings");
        Self {
            prime,
            channel,
            clock,
        }
    }

    async fn open() -> Self {
        Self::knowing(&[CUPS]).await
    }

    fn wait(&self, seconds: i64) {
        self.clock.advance(TimeDelta::seconds(seconds));
    }

    async fn order(&self) -> ChannelOrder {
        let order = self.channel.order(&number(CUPS)).await;
        order.expect("an answer").expect("the order")
    }

    async fn sent(&self) -> SentCancellation {
        cancellation_of(&self.order().await, "OUT_OF_STOCK")
    }

    async fn cancel(&self, sent: &SentCancellation) -> ChannelAnswer {
        let answers = self.channel.cancel(std::slice::from_ref(sent)).await;
        answers.expect("an answer").pop().expect("one answer")
    }

    async fn outcome(&self, reference: &str, sent: &SentCancellation) -> ChannelAnswer {
        let answers = self.channel.outcome(reference, std::slice::from_ref(sent)).await;
        answers.expect("an answer").pop().expect("one answer")
    }

    /// Sends a cancellation that the channel accepts.
    async fn accepted(&self, sent: &SentCancellation) -> String {
        match self.cancel(sent).await {
            ChannelAnswer::Accepted { reference } => reference,
            other => panic!("not accepted: {other:?}"),
        }
    }
}

#[tokio::test]
async fn the_adapter_keeps_the_contract() {
    let merchant = Merchant::knowing(&[CUPS, PLATES]).await;
    merchant.prime.place(PrimeOrder::pending(PLATES));
    merchant.prime.set_package(PLATES, 0, "IN_TRANSIT");
    let case = ContractCase {
        open: number(CUPS),
        shipped: number(PLATES),
        absent: number("322-ABC1-ZZZZZZ"),
        reason_code: "OUT_OF_STOCK",
    };
    keeps_the_contract(&merchant.channel, &case, async || merchant.wait(45)).await;
    assert_eq!(merchant.prime.cancellations(CUPS).len(), 1);
    assert_eq!(merchant.prime.cancellations(PLATES), []);
}

#[tokio::test]
async fn a_cancellation_carries_our_id_the_reason_and_the_comment() {
    let merchant = Merchant::open().await;
    let sent = SentCancellation {
        comment: Some("The last one broke.".into()),
        ..merchant.sent().await
    };
    merchant.accepted(&sent).await;
    let arrived = merchant.prime.cancellations(CUPS).remove(0);
    assert_eq!(arrived.alias, sent.id);
    assert_eq!(
        (arrived.reason.as_str(), arrived.comments.as_str()),
        ("OUT_OF_STOCK", "The last one broke.")
    );
    merchant.wait(61);
    let order = merchant.order().await;
    let canceled = order.items[0].canceled.as_ref().expect("a canceled item");
    assert_eq!(
        (canceled.by.as_str(), canceled.reason.as_deref()),
        ("MERCHANT", Some("OUT_OF_STOCK"))
    );
    assert_eq!(order.items[0].name, "Cup 1");
}

#[tokio::test]
async fn the_same_id_is_one_cancellation_also_where_orders_do_not_show_it() {
    let merchant = Merchant::open().await;
    let sent = merchant.sent().await;
    merchant.accepted(&sent).await;
    merchant.accepted(&sent).await;
    assert_eq!(
        merchant.prime.answered("cancelOrder", "OK"),
        1,
        "the order shows it, so it is not sent again"
    );
    merchant
        .prime
        .trouble(|troubles| troubles.cancellations_are_hidden = true);
    let reference = merchant.accepted(&sent).await;
    assert_eq!(merchant.prime.answered("cancelOrder", "OK"), 2);
    assert_eq!(merchant.prime.cancellations(CUPS).len(), 1);
    assert_eq!(merchant.accepted(&sent).await, reference);
    merchant.wait(61);
    assert_eq!(merchant.outcome(&reference, &sent).await, ChannelAnswer::Canceled);
}

#[tokio::test]
async fn a_cancellation_of_some_items_is_not_sent() {
    let merchant = Merchant::open().await;
    let mut sent = merchant.sent().await;
    sent.items.pop();
    let ChannelAnswer::Rejected { code, .. } = merchant.cancel(&sent).await else {
        panic!("a part is rejected")
    };
    assert_eq!(code, "ALL_ITEMS_ONLY");
    assert_eq!(merchant.prime.cancellations(CUPS), []);
}

#[tokio::test]
async fn an_order_that_leaves_before_the_decision_is_too_late() {
    let merchant = Merchant::open().await;
    let sent = merchant.sent().await;
    let reference = merchant.accepted(&sent).await;
    merchant.prime.set_package(CUPS, 0, "IN_TRANSIT");
    merchant.wait(61);
    assert_eq!(merchant.outcome(&reference, &sent).await, ChannelAnswer::TooLate);
    assert_eq!(merchant.prime.cancellations(CUPS)[0].state, "REJECTED");
}

#[tokio::test]
async fn a_package_that_is_not_pending_refuses_the_cancellation() {
    let merchant = Merchant::knowing(&[CUPS, PLATES]).await;
    merchant
        .prime
        .place(PrimeOrder::pending(PLATES).in_two_packages());
    merchant.prime.set_package(PLATES, 1, "WAITS_FOR_A_DRONE");
    let order = merchant.channel.order(&number(PLATES)).await;
    let order = order.expect("an answer").expect("the order");
    assert_eq!(
        order.status,
        ChannelStatus::Other("WAITS_FOR_A_DRONE".into()),
        "an unknown word is kept"
    );
    let sent = cancellation_of(&order, "OTHER");
    let text = "A package is not in the state PENDING.".to_owned();
    let code = "OrderNotCancellable".to_owned();
    assert_eq!(
        merchant.cancel(&sent).await,
        ChannelAnswer::Rejected { code, text }
    );
}

#[tokio::test]
async fn a_reason_that_the_channel_does_not_know_is_rejected() {
    let merchant = Merchant::open().await;
    let sent = SentCancellation {
        reason_code: "NoInventory".into(),
        ..merchant.sent().await
    };
    let answer = merchant.cancel(&sent).await;
    assert!(matches!(answer, ChannelAnswer::Rejected { .. }), "{answer:?}");
    assert_eq!(merchant.prime.cancellations(CUPS), []);
}

#[tokio::test]
async fn each_built_in_code_is_a_reason_of_the_channel() {
    let merchant = Merchant::open().await;
    let mappings = ChannelCodes::built_in().mappings().iter();
    let mappings = mappings.filter(|it| it.place.channel == "buy_with_prime");
    let codes: BTreeSet<&str> = mappings
        .filter_map(|it| Some(it.code.as_ref()?.code.as_str()))
        .collect();
    assert_eq!(codes.len(), 6, "{codes:?}");
    for code in codes {
        let id = format!("322-{code}");
        merchant.prime.place(PrimeOrder::pending(&id));
        let order = merchant.channel.order(&number(&id)).await;
        let order = order.expect("an answer").expect("the order");
        merchant.accepted(&cancellation_of(&order, code)).await;
        assert_eq!(merchant.prime.cancellations(&id)[0].reason, code);
    }
}

#[tokio::test]
async fn a_cancellation_that_succeeded_counts_only_once_the_order_says_so() {
    let merchant = Merchant::open().await;
    let sent = merchant.sent().await;
    let reference = merchant.accepted(&sent).await;
    merchant.prime.trouble(|troubles| troubles.packages_stay = true);
    merchant.wait(61);
    let answer = merchant.outcome(&reference, &sent).await;
    assert_eq!(answer, ChannelAnswer::Accepted { reference });
    assert_eq!(merchant.prime.cancellations(CUPS)[0].state, "SUCCESS");
}

#[tokio::test]
async fn a_state_that_is_not_known_leaves_the_cancellation_unknown_with_its_word() {
    let merchant = Merchant::open().await;
    let sent = merchant.sent().await;
    let reference = merchant.accepted(&sent).await;
    for (state, is_rejected) in [("REJECTED", true), ("UNDER_REVIEW", false)] {
        merchant.prime.trouble(|troubles| troubles.state = Some(state));
        match merchant.outcome(&reference, &sent).await {
            ChannelAnswer::Rejected { code, .. } => assert_eq!((code.as_str(), is_rejected), (state, true)),
            ChannelAnswer::Unknown { why } => assert!(why.contains(state) && !is_rejected, "{why}"),
            other => panic!("{state}: {other:?}"),
        }
    }
}

#[tokio::test]
async fn a_cancellation_without_an_answer_is_unknown_and_the_order_tells() {
    for broken in [false, true] {
        let merchant = Merchant::waiting(&[CUPS], if broken { PATIENT } else { IMPATIENT }).await;
        let sent = merchant.sent().await;
        merchant.prime.trouble(|troubles| {
            troubles.silent = (!broken).then_some("cancelOrder");
            troubles.broken = broken.then_some("cancelOrder");
        });
        let answer = merchant.cancel(&sent).await;
        assert!(matches!(answer, ChannelAnswer::Unknown { .. }), "{answer:?}");
        merchant.wait(61);
        let status = if broken {
            ChannelStatus::Unshipped
        } else {
            ChannelStatus::Canceled
        };
        assert_eq!(merchant.order().await.status, status);
    }
}

#[tokio::test]
async fn a_call_that_the_channel_wants_later_has_done_nothing() {
    let merchant = Merchant::open().await;
    let sent = merchant.sent().await;
    let until = merchant.clock.now() + TimeDelta::seconds(30);
    merchant.prime.trouble(|troubles| troubles.throttled = 2);
    let refused = ChannelError::Throttled { until };
    assert_eq!(merchant.channel.order(&sent.number).await, Err(refused.clone()));
    assert_eq!(
        merchant.channel.cancel(std::slice::from_ref(&sent)).await,
        Err(refused)
    );
    assert_eq!(merchant.prime.cancellations(CUPS), []);
    merchant.accepted(&sent).await;
}

#[tokio::test]
async fn a_token_is_read_once_and_again_when_it_ends_or_is_refused() {
    let merchant = Merchant::open().await;
    for _ in 0..3 {
        merchant.order().await;
    }
    assert_eq!(merchant.prime.answered("token", "OK"), 1);
    merchant.wait(15 * 60);
    merchant.order().await;
    assert_eq!(merchant.prime.answered("token", "OK"), 2);
    assert_eq!(merchant.prime.answered("graphql", "AccessDeniedError"), 0);
    merchant.prime.end_tokens();
    merchant.order().await;
    assert_eq!(merchant.prime.answered("graphql", "AccessDeniedError"), 1);

    merchant
        .prime
        .trouble(|troubles| troubles.every_token_is_refused = true);
    let refused = merchant.channel.order(&number(CUPS)).await;
    assert!(
        matches!(refused, Err(ChannelError::Unauthorized(_))),
        "{refused:?}"
    );
    merchant.prime.trouble(|troubles| {
        troubles.every_token_is_refused = false;
        troubles.credentials_are_deleted = true;
    });
    merchant.wait(15 * 60);
    let refused = merchant.channel.order(&number(CUPS)).await;
    let Err(ChannelError::Unauthorized(why)) = refused else {
        panic!("{refused:?}")
    };
    assert!(why.contains("invalid_client") && !why.contains("hush"), "{why}");
}

#[tokio::test]
async fn a_pull_looks_at_the_watched_orders_and_tells_what_changed() {
    let ids: Vec<String> = (10..55).map(|it| format!("322-ABC1-AAAA{it}")).collect();
    let known: Vec<&str> = ids.iter().map(String::as_str).collect();
    let merchant = Merchant::knowing(&known).await;
    // The channel does not know the last one any more.
    for id in &known[..44] {
        merchant.prime.place(PrimeOrder::pending(id));
    }
    let first = merchant
        .channel
        .changed_orders(DateTime::<Utc>::UNIX_EPOCH, None)
        .await;
    let first = first.expect("a page");
    assert_eq!((first.orders.len(), first.next.is_some()), (20, true));
    let begun = merchant.clock.now() - TimeDelta::minutes(5);
    assert_eq!(first.reaches_to, Some(begun));
    merchant.wait(60);
    let second = merchant
        .channel
        .changed_orders(DateTime::<Utc>::UNIX_EPOCH, first.next.as_deref())
        .await
        .expect("a page");
    assert_eq!(second.reaches_to, Some(begun), "a pull reaches to its beginning");
    let all = pulled(&merchant.channel, DateTime::<Utc>::UNIX_EPOCH).await;
    assert_eq!(all.len(), 44);

    merchant.wait(600);
    merchant.prime.set_package(known[30], 0, "IN_TRANSIT");
    let since = merchant.clock.now() - TimeDelta::minutes(5);
    let changed = pulled(&merchant.channel, since).await;
    let changed: Vec<_> = changed.iter().map(|order| order.number.as_str()).collect();
    assert_eq!(changed, [known[30]]);
    let unknown = merchant.channel.changed_orders(since, Some("elsewhere")).await;
    assert!(matches!(unknown, Err(ChannelError::Unreadable(_))), "{unknown:?}");
}
