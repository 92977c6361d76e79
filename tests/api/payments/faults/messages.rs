//! Messages of providers that come before the answer, late, twice or in another sequence: each order is settled once, within
//! a minute. Where only messages tell outcomes, the minute begins when the late ones come; elsewhere they come hours after
//! all is settled, and change nothing.

use chrono::TimeDelta;
use countermand_tests::payment_contract::{ContractProvider, Fault};
use countermand_tests::{TestShop, on_sqlite};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use serde_json::Value;

use super::super::{cancel, work};
use super::{
    A_MINUTE, SEED, SHARE, STEP, assert_settled, begin_quickly, faults_of, order, owed, reference, total,
};

/// The number of canceled orders: five with each fate.
const ORDERS: i64 = 20;
/// How often the worker tries while messages go wrong, and the time between two of these rounds.
const ROUNDS: usize = 3;
const BETWEEN: TimeDelta = TimeDelta::seconds(10);
const ALL: [Mishap; 4] = [Mishap::Early, Mishap::Late, Mishap::Doubled, Mishap::Reordered];

at_each_provider!(
    messages_come_before_the_answer = messages_go_wrong(&[Mishap::Early], false),
    messages_come_late = messages_go_wrong(&[Mishap::Late], false),
    messages_come_twice = messages_go_wrong(&[Mishap::Doubled], false),
    messages_come_in_another_sequence = messages_go_wrong(&[Mishap::Reordered], false),
    calls_and_messages_go_wrong_in_each_way = messages_go_wrong(&ALL, true),
);

/// What becomes of a message on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mishap {
    /// It comes before the answer to the request that it is about.
    Early,
    /// It comes hours later. Where only messages tell outcomes, it comes once all is well again.
    Late,
    /// It comes twice.
    Doubled,
    /// It changes places with another one.
    Reordered,
}

/// What becomes of the money of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    /// It is reserved, and released.
    Released,
    /// It is captured, and paid back.
    PaidBack,
    /// It is captured, and the provider works on its refund when the trouble begins.
    UnderWay,
    /// It is reserved, captured by others before the cancellation, and paid back.
    CapturedMeanwhile,
}

impl Fate {
    fn of(number: i64) -> Self {
        match number % 4 {
            0 => Self::Released,
            1 => Self::PaidBack,
            2 => Self::UnderWay,
            _ => Self::CapturedMeanwhile,
        }
    }

    fn is_authorized(self) -> bool {
        matches!(self, Self::Released | Self::CapturedMeanwhile)
    }
}

/// The way of the provider's messages to the shop.
struct Post<'a, P> {
    shop: &'a TestShop,
    provider: &'a P,
    mishaps: &'static [Mishap],
    dice: StdRng,
    /// How many messages there were at the last look.
    seen: usize,
    late: Vec<Value>,
    /// The mishaps so far.
    met: Vec<Mishap>,
}

impl<P: ContractProvider> Post<'_, P> {
    /// Brings the messages that are new. Some of them meet a mishap.
    async fn carry(&mut self) {
        let new = self.new_messages().await;
        let mut sent = Vec::new();
        for message in new {
            if self.strikes(Mishap::Late) {
                self.late.push(message);
                continue;
            }
            if self.strikes(Mishap::Doubled) {
                sent.push(message.clone());
            }
            sent.push(message);
        }
        for place in 0..sent.len() {
            if self.is_drawn(Mishap::Reordered) {
                let other = self.dice.random_range(0..sent.len());
                sent.swap(place, other);
                if other != place {
                    self.met.push(Mishap::Reordered);
                }
            }
        }
        self.bring(&sent).await;
    }

    /// Brings all that did not come yet.
    async fn carry_the_rest(&mut self) {
        let new = self.new_messages().await;
        let mut rest = std::mem::take(&mut self.late);
        rest.extend(new);
        self.bring(&rest).await;
    }

    /// The messages since the last look, without those that came before an answer.
    async fn new_messages(&mut self) -> Vec<Value> {
        let early = self.provider.early_messages().await;
        let all = self.provider.messages().await;
        let seen = std::mem::replace(&mut self.seen, all.len());
        let new = all.into_iter().skip(seen);
        new.filter(|message| !early.contains(message)).collect()
    }

    async fn bring(&self, messages: &[Value]) {
        let at = self.shop.now().timestamp();
        let statuses = self.provider.delivers_these(messages, at).await;
        assert_eq!(
            statuses,
            vec![P::TAKEN; messages.len()],
            "seed {SEED}: {messages:?}"
        );
    }

    /// Whether this mishap meets the next message.
    fn strikes(&mut self, mishap: Mishap) -> bool {
        let is_met = self.is_drawn(mishap);
        if is_met {
            self.met.push(mishap);
        }
        is_met
    }

    /// Whether the dice choose this mishap for the next message.
    fn is_drawn(&mut self, mishap: Mishap) -> bool {
        self.mishaps.contains(&mishap) && self.dice.random_range(0..100_u32) < SHARE
    }
}

/// Imports the orders, which were paid at the provider. Gives the number and the id of each.
async fn sold<P: ContractProvider>(shop: &TestShop, provider: &P) -> Vec<(i64, String)> {
    let orders: Vec<_> = (1..=ORDERS)
        .map(|number| order(number, Fate::of(number).is_authorized()))
        .collect();
    let ids = shop.import(&orders).await;
    for number in 1..=ORDERS {
        let is_authorized = Fate::of(number).is_authorized();
        let captured = if is_authorized { 0 } else { total(number) };
        provider
            .pays(&reference(number), "USD", total(number), captured)
            .await;
    }
    (1..=ORDERS).zip(ids).collect()
}

/// Cancels the orders, of which some refunds are under way before the calls begin to go wrong.
async fn canceled<P: ContractProvider>(
    shop: &TestShop,
    provider: &P,
    orders: &[(i64, String)],
    kinds: &[Fault],
) {
    let (under_way, others): (Vec<_>, Vec<_>) = orders
        .iter()
        .partition(|(number, _)| Fate::of(*number) == Fate::UnderWay);
    for (_, id) in &under_way {
        cancel(shop, id).await;
    }
    provider.faults(&vec![Fault::Pending; under_way.len()]).await;
    work(shop).await;
    for (number, id) in others {
        if Fate::of(*number) == Fate::CapturedMeanwhile {
            provider.captures(&reference(*number)).await;
        }
        cancel(shop, id).await;
    }
    if !kinds.is_empty() {
        let at = shop.now().timestamp();
        provider.fails_at_random_at(at, SHARE, SEED, kinds).await;
    }
}

async fn messages_go_wrong<P: ContractProvider>(
    shop: &TestShop,
    mishaps: &'static [Mishap],
    also_calls: bool,
) {
    let Some(provider) = begin_quickly::<P>(shop).await else {
        return;
    };
    let mut kinds = if also_calls { faults_of::<P>() } else { Vec::new() };
    if mishaps.contains(&Mishap::Early) {
        // Only some calls can meet this one, so it is drawn more often than each other one.
        kinds.extend([Fault::Early; 4]);
    }
    let about = format!(
        "{SHARE} % of the messages of {} meet {mishaps:?}, and as many calls {kinds:?}, seed {SEED}",
        P::ADAPTER
    );
    let orders = sold(shop, &provider).await;
    canceled(shop, &provider, &orders, &kinds).await;
    let mut post = Post {
        shop,
        provider: &provider,
        mishaps,
        dice: StdRng::seed_from_u64(SEED),
        seen: 0,
        late: Vec::new(),
        met: Vec::new(),
    };
    for round in 0..ROUNDS {
        if round == 1 {
            for number in (1..=ORDERS).filter(|number| Fate::of(*number) == Fate::UnderWay) {
                provider.ends(&reference(number), true).await;
            }
        }
        work(shop).await;
        post.carry().await;
        work(shop).await;
        shop.wait(BETWEEN);
    }
    let drawn = provider.stops_failing().await;
    assert!(kinds.is_empty() || drawn > 0, "{about}: no call went wrong");
    provider.works_off().await;

    let waits_for_messages = !provider.capabilities().answers_at_once;
    let healed = shop.now();
    while shop.now() < healed + A_MINUTE {
        if waits_for_messages {
            post.carry_the_rest().await;
        }
        work(shop).await;
        shop.wait(STEP);
    }
    if waits_for_messages {
        post.carry_the_rest().await;
    }
    work(shop).await;
    let owed: Vec<_> = (1..=ORDERS)
        .map(|number| {
            (
                reference(number),
                owed(number, Fate::of(number) == Fate::Released),
            )
        })
        .collect();
    assert_settled(shop, &provider, &owed, &about).await;
    shop.wait(TimeDelta::hours(5));
    post.carry_the_rest().await;
    work(shop).await;
    assert_settled(shop, &provider, &owed, &about).await;
    assert!(
        shop.app().doctor(|_| {}).await.expect("a report").is_healthy(),
        "{about}"
    );
    let has_early = !provider.early_messages().await.is_empty();
    for mishap in mishaps {
        let is_met = post.met.contains(mishap) || (*mishap == Mishap::Early && has_early);
        assert!(is_met, "{about}: no message was {mishap:?}");
    }
}
