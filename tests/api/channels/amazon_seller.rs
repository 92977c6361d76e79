//! A seller with an account at the simulated Amazon.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use countermand_app::Clock;
use countermand_app::channels::{Channels, ConfiguredChannel};
use countermand_app::ports::SalesChannel;
use countermand_domain::channel::{
    ChannelAnswer, ChannelOrder, ChannelOrderNumber, ChannelStatus, SentCancellation,
};
use countermand_integrations::channels::amazon::{
    AmazonChannel, AmazonCredentials, AmazonSettings, CancelBy, Secret,
};
use countermand_tests::amazon_simulator::{AmazonSimulator, SimulatedOrder};
use countermand_tests::channel_contract::cancellation_of;
use countermand_tests::fixed_clock::FixedClock;
use countermand_tests::seeded_env::seeded_env;

pub(super) const LAMP: &str = "303-1234567-1234567";
pub(super) const CHAIR: &str = "028-7654321-7654321";
/// The time that an adapter waits for an answer, with room for a busy machine.
pub(super) const PATIENT: Duration = Duration::from_secs(60);
/// The time that an adapter waits whose answer comes much later.
pub(super) const IMPATIENT: Duration = Duration::from_secs(5);

pub(super) struct Seller {
    pub(super) amazon: AmazonSimulator,
    pub(super) channel: AmazonChannel,
    pub(super) clock: Arc<FixedClock>,
}

impl Seller {
    /// A seller who cancels by feeds, with an unshipped order.
    pub(super) async fn open() -> Self {
        Self::canceling_by(CancelBy::Feed).await
    }

    pub(super) async fn canceling_by(way: CancelBy) -> Self {
        Self::waiting(way, PATIENT).await
    }

    /// The same with an adapter that waits for an answer as long as `patience`.
    pub(super) async fn waiting(way: CancelBy, patience: Duration) -> Self {
        let noon = DateTime::from_timestamp(1_788_000_000, 0).expect("an instant");
        let clock = Arc::new(FixedClock::at(noon));
        let amazon = AmazonSimulator::start(clock.clone()).await;
        amazon.place(SimulatedOrder::unshipped(LAMP));
        let channel = waiting_adapter(&amazon, way, &clock, patience);
        Self {
            amazon,
            channel,
            clock,
        }
    }

    pub(super) fn wait(&self, seconds: i64) {
        self.clock.advance(TimeDelta::seconds(seconds));
    }

    pub(super) fn an_hour_ago(&self) -> DateTime<Utc> {
        self.clock.now() - TimeDelta::hours(1)
    }

    pub(super) async fn order(&self, order: &str) -> ChannelOrder {
        let order = self.channel.order(&number(order)).await;
        order.expect("an answer").expect("the order")
    }

    pub(super) async fn status(&self, order: &str) -> ChannelStatus {
        self.order(order).await.status
    }

    pub(super) async fn cancellation(&self, order: &str) -> SentCancellation {
        cancellation_of(&self.order(order).await, "NoInventory")
    }

    /// Sends the cancellations, waits for a minute and a half, and asks what became of them.
    pub(super) async fn cancel_and_ask(
        &self,
        sent: &[SentCancellation],
        meanwhile: impl FnOnce(&AmazonSimulator),
    ) -> Vec<ChannelAnswer> {
        let reference = self.accepted(sent).await;
        meanwhile(&self.amazon);
        self.wait(90);
        self.channel.outcome(&reference, sent).await.expect("answers")
    }

    /// Sends the cancellations, which the channel accepts.
    pub(super) async fn accepted(&self, sent: &[SentCancellation]) -> String {
        let answers = self.channel.cancel(sent).await.expect("answers");
        assert_eq!(answers.len(), sent.len());
        match &answers[0] {
            ChannelAnswer::Accepted { reference } => reference.clone(),
            other => panic!("not accepted: {other:?}"),
        }
    }
}

/// One channel called `amazon`, whose orders are read every five minutes.
pub(crate) fn one_channel(adapter: impl SalesChannel + 'static) -> Channels {
    Channels::new(vec![ConfiguredChannel {
        name: "amazon".into(),
        kind: "amazon",
        adapter: Arc::new(adapter),
        reads_every: TimeDelta::minutes(5),
        first_reading: TimeDelta::days(1),
    }])
}

pub(super) fn number(text: &str) -> ChannelOrderNumber {
    ChannelOrderNumber::parse(text).expect("a number")
}

/// An adapter for the account at `address`.
pub(crate) fn adapter(
    address: &str,
    token_address: &str,
    way: CancelBy,
    clock: &Arc<FixedClock>,
) -> AmazonChannel {
    made([address, token_address], way, clock, PATIENT)
}

/// An adapter for the account at `amazon`, which waits for an answer as long as `patience`.
pub(super) fn waiting_adapter(
    amazon: &AmazonSimulator,
    way: CancelBy,
    clock: &Arc<FixedClock>,
    patience: Duration,
) -> AmazonChannel {
    made([&amazon.address, &amazon.token_address], way, clock, patience)
}

fn made(
    [address, token_address]: [&str; 2],
    way: CancelBy,
    clock: &Arc<FixedClock>,
    patience: Duration,
) -> AmazonChannel {
    countermand_integrations::tls::install();
    let settings = AmazonSettings {
        api: address.parse().expect("an address"),
        token: token_address.parse().expect("an address"),
        credentials: AmazonCredentials {
            seller_id: "SELLER & SONS".into(),
            client_id: "amzn1.application".into(),
            client_secret: Secret::new("hush"),
            refresh_token: Secret::new("Atzr|hush"),
        },
        marketplaces: vec!["A1PA6795UKMFR9".into()],
        cancel_by: way,
        patience,
    };
    assert!(!format!("{settings:?}").contains("hush"), "secrets are not shown");
    AmazonChannel::new(settings, seeded_env(8, clock.clone())).expect("settings")
}
