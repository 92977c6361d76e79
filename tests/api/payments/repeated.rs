//! A void or a refund that is sent again has the bytes of its first attempt, also after an update of the program.

use chrono::TimeDelta;
use countermand_tests::payment_contract::{ContractProvider, Fault};
use countermand_tests::{TestShop, on_every_database};
use sea_orm::ConnectionTrait;

use super::contract::{begin, carried_out, paid_and_canceled};
use super::work;
use crate::event_stream::{raw, texts};

const KEPT: &str = "SELECT request_body FROM reversal_entries WHERE state = 'requested'";

contract!(
    after_a_lost_answer_the_same_bytes_are_sent_again,
    after_an_update_the_bytes_that_the_old_version_kept_are_sent_again,
);

/// The same request as another version of the program may write it.
fn as_another_version_writes_it(body: &str) -> String {
    match body.strip_prefix('{') {
        Some(rest) => format!("{{ {rest}"),
        None => format!("{body}&metadata%5Bversion%5D=1"),
    }
}

/// A refund of `pi_1` whose first attempt meets this fault. Gives the body that was sent.
async fn sent_once<P: ContractProvider>(shop: &TestShop, provider: &P, fault: Fault) -> String {
    paid_and_canceled(shop, provider).await;
    provider.faults(&[fault]).await;
    work(shop).await;
    let mut sent = provider.bodies().await;
    assert_eq!(sent.len(), 1, "{sent:?}");
    sent.remove(0)
}

/// The worker sends the refund of `pi_1` again, and money goes back once. Gives the body that was sent.
async fn sent_again<P: ContractProvider>(shop: &TestShop, provider: &P) -> String {
    shop.wait(TimeDelta::minutes(2));
    carried_out(shop, provider, "").await;
    let line = provider.line("pi_1").await;
    assert_eq!((line.refunded, line.refunds), (1500, 1));
    let mut sent = provider.bodies().await;
    assert_eq!(sent.len(), 2, "{sent:?}");
    sent.remove(1)
}

/// Changes one row with plain SQL.
pub(super) async fn changed(shop: &TestShop, statement: &str) {
    let database = raw(shop).await;
    let done = database.execute_unprepared(statement).await.expect(statement);
    assert_eq!(done.rows_affected(), 1, "{statement}");
    database.close().await.expect("closed");
}

async fn after_a_lost_answer_the_same_bytes_are_sent_again<P: ContractProvider>(shop: &TestShop) {
    let Some(provider) = begin::<P>(shop).await else {
        return;
    };
    let first = sent_once(shop, &provider, Fault::LoseAnswer).await;
    assert!(!first.contains(provider.key()), "{first}");
    let database = raw(shop).await;
    assert_eq!(texts(&database, KEPT).await, [first.as_str()]);
    database.close().await.expect("closed");
    assert_eq!(sent_again(shop, &provider).await, first);
}

async fn after_an_update_the_bytes_that_the_old_version_kept_are_sent_again<P: ContractProvider>(
    shop: &TestShop,
) {
    let Some(provider) = begin::<P>(shop).await else {
        return;
    };
    let first = sent_once(shop, &provider, Fault::LoseRequest).await;
    let of_old_version = as_another_version_writes_it(&first);
    changed(
        shop,
        &format!("UPDATE reversal_entries SET request_body = '{of_old_version}'"),
    )
    .await;
    assert_eq!(sent_again(shop, &provider).await, of_old_version);
}

on_every_database!(
    after_an_update_from_a_version_that_kept_no_bytes_they_are_formed_anew,
    |shop| async move {
        let Some(provider) = begin::<countermand_tests::stripe_server::StripeServer>(&shop).await else {
            return;
        };
        let first = sent_once(&shop, &provider, Fault::LoseAnswer).await;
        changed(&shop, "UPDATE reversal_entries SET request_body = NULL").await;
        assert_eq!(sent_again(&shop, &provider).await, first);
    }
);
