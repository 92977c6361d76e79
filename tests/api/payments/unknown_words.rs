//! A payment provider names a state that is not known: the refund is waited for, and the log has the word.

use countermand_tests::payment_contract::{ContractProvider, Fault};
use countermand_tests::process::ServerProcess;
use countermand_tests::time_limit::until;
use countermand_tests::{TestShop, on_every_database};

use super::contract::{PAID_BACK, begin, delivered, paid_and_canceled};
use super::{refunds, states};
use crate::program::PROGRAM;

contract!(a_refund_in_a_state_that_is_not_known_is_waited_for_and_the_word_is_logged);

const MESSAGE: &str = "a payment provider names a state that is not known";
/// The first 40 characters of the word that the example servers say.
const WORD: &str = "reviewed_by_a_person_who_decides_within_";

async fn a_refund_in_a_state_that_is_not_known_is_waited_for_and_the_word_is_logged<P: ContractProvider>(
    shop: &TestShop,
) {
    let Some(provider) = begin::<P>(shop).await else {
        return;
    };
    paid_and_canceled(shop, &provider).await;
    provider.faults(&[Fault::UnknownWord]).await;
    let server = ServerProcess::start(PROGRAM, shop.database_url(), &["--log-format", "json"]).await;
    until("the word is logged", async || server.log().contains(MESSAGE)).await;
    let log = server.log();
    server.signal("TERM");
    assert_eq!(server.ended().await, 0);
    let line = log.lines().find(|line| line.contains(MESSAGE)).expect("the line");
    let adapter = P::ADAPTER.to_lowercase();
    for part in [
        "\"WARN\"".to_owned(),
        format!("\"adapter\":\"{adapter}\""),
        format!("\"word\":\"{WORD}\""),
    ] {
        assert!(line.contains(&part), "{part}: {line}");
    }
    assert_eq!(states(&refunds(shop, "OPEN").await[0]), ["REQUESTED", "PENDING"]);
    // It ends as any other refund does.
    provider.ends("pi_1", true).await;
    delivered(shop, &provider).await;
    assert_eq!(refunds(shop, "SETTLED").await.len(), 1);
    assert_eq!(provider.line("pi_1").await, PAID_BACK);
}
