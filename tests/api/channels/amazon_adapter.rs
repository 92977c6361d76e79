//! Orders, tokens and rates of Amazon, with what goes wrong there.

use chrono::TimeDelta;
use countermand_app::Clock;
use countermand_app::ports::{ChannelError, SalesChannel};
use countermand_domain::Quantity;
use countermand_domain::channel::{ChannelAnswer, ChannelStatus, FulfilledBy};
use countermand_integrations::channels::amazon::CancelBy;
use countermand_tests::amazon_simulator::SimulatedOrder;
use countermand_tests::channel_contract::{ContractCase, keeps_the_contract, pulled};

use super::amazon_seller::{CHAIR, IMPATIENT, LAMP, Seller, number};

#[tokio::test]
async fn the_adapter_keeps_the_contract_by_feed_and_by_operation() {
    for (way, reason_code) in [
        (CancelBy::Feed, "NoInventory"),
        (CancelBy::Operation, "NO_INVENTORY"),
    ] {
        let seller = Seller::canceling_by(way).await;
        seller.amazon.place(SimulatedOrder::unshipped(CHAIR));
        seller.amazon.ship(CHAIR);
        let case = ContractCase {
            open: number(LAMP),
            shipped: number(CHAIR),
            absent: number("999-0000000-0000001"),
            reason_code,
        };
        keeps_the_contract(&seller.channel, &case, async || seller.wait(45)).await;
        assert_eq!(seller.amazon.status(LAMP), "CANCELLED");
    }
}

#[tokio::test]
async fn an_order_is_read_as_amazon_shows_it() {
    let seller = Seller::open().await;
    seller
        .amazon
        .place(SimulatedOrder::unshipped(CHAIR).shipped_by_amazon());
    let order = seller.order(LAMP).await;
    assert_eq!(order.market.as_deref(), Some("DE"));
    assert_eq!(order.total, Some(("49.90".into(), "EUR".into())));
    assert_eq!(order.items.len(), 2);
    assert_eq!(order.items[0].quantity, Quantity::whole(3));
    assert_eq!(order.items[0].name, "A lamp & its bulb");
    assert_eq!(order.items[0].sku.as_deref(), Some("LAMP-1"));
    assert_eq!(seller.order(CHAIR).await.fulfilled_by, FulfilledBy::Channel);
}

#[tokio::test]
async fn a_buyers_request_between_two_pulls_comes_with_the_second_one() {
    let seller = Seller::open().await;
    let first = seller
        .channel
        .changed_orders(seller.an_hour_ago(), None)
        .await
        .expect("a page");
    assert_eq!(first.orders[0].items[0].request, None);
    seller.wait(600);
    seller
        .amazon
        .ask_to_cancel(LAMP, 0, "Found cheaper somewhere else.");
    let reaches_to = first.reaches_to.expect("the end of the pull");
    assert_eq!(
        reaches_to,
        seller.clock.now() - TimeDelta::seconds(720),
        "the watermark is Amazon's own"
    );
    let second = seller
        .channel
        .changed_orders(reaches_to, None)
        .await
        .expect("a page");
    let items = &second.orders[0].items;
    let request = items[0].request.as_ref().expect("a request");
    assert_eq!(request.reason.as_deref(), Some("Found cheaper somewhere else."));
    assert_eq!(items[1].request, None, "a request is for an item");
}

#[tokio::test]
async fn an_empty_page_with_a_next_one_is_not_the_end() {
    let seller = Seller::open().await;
    seller
        .amazon
        .trouble(|troubles| troubles.first_page_is_empty = true);
    let first = seller
        .channel
        .changed_orders(seller.an_hour_ago(), None)
        .await
        .expect("a page");
    assert_eq!((first.orders.len(), first.next.is_some()), (0, true));
    assert_eq!(pulled(&seller.channel, seller.an_hour_ago()).await.len(), 1);
}

#[tokio::test]
async fn an_order_on_two_pages_is_told_twice_and_known_once() {
    let seller = Seller::open().await;
    seller.amazon.place(SimulatedOrder::unshipped(CHAIR));
    seller.amazon.trouble(|troubles| {
        troubles.page_size = Some(1);
        troubles.pages_overlap = true;
    });
    let since = seller.an_hour_ago();
    let first = seller.channel.changed_orders(since, None).await.expect("a page");
    let second = seller
        .channel
        .changed_orders(since, first.next.as_deref())
        .await
        .expect("a page");
    assert_eq!(second.orders[0], first.orders[0]);
    assert_eq!(pulled(&seller.channel, since).await.len(), 2);
}

#[tokio::test]
async fn an_unknown_status_is_kept_as_text_and_spoils_no_other_order() {
    let seller = Seller::open().await;
    seller.amazon.place(SimulatedOrder::unshipped(CHAIR));
    seller.amazon.set_status(CHAIR, "ON_THE_MOON");
    let page = seller
        .channel
        .changed_orders(seller.an_hour_ago(), None)
        .await
        .expect("a page");
    let statuses: Vec<_> = page.orders.iter().map(|order| order.status.clone()).collect();
    assert_eq!(
        statuses,
        [
            ChannelStatus::Unshipped,
            ChannelStatus::Other("ON_THE_MOON".into())
        ]
    );
    assert_eq!(page.unreadable, []);
}

#[tokio::test]
async fn a_token_is_read_once_and_again_before_it_ends() {
    let seller = Seller::open().await;
    let number = number(LAMP);
    let (one, other) = tokio::join!(seller.channel.order(&number), seller.channel.order(&number));
    assert!(one.is_ok() && other.is_ok());
    assert_eq!(seller.amazon.answered("token", 200), 1);
    seller.wait(3_600 - 5 * 60);
    seller.order(LAMP).await;
    assert_eq!(seller.amazon.answered("token", 200), 2);
    assert_eq!(seller.amazon.answered("getOrder", 403), 0);
}

#[tokio::test]
async fn a_refused_token_is_read_again_once() {
    let seller = Seller::open().await;
    seller.order(LAMP).await;
    seller.amazon.end_tokens();
    seller.order(LAMP).await;
    assert_eq!(seller.amazon.answered("getOrder", 403), 1);
    seller
        .amazon
        .trouble(|troubles| troubles.every_token_is_refused = true);
    let refused = seller.channel.order(&number(LAMP)).await;
    assert!(
        matches!(refused, Err(ChannelError::Unauthorized(_))),
        "{refused:?}"
    );
    assert_eq!(seller.amazon.answered("getOrder", 403), 3);
}

#[tokio::test]
async fn a_consent_that_was_withdrawn_needs_a_person() {
    let seller = Seller::open().await;
    seller
        .amazon
        .trouble(|troubles| troubles.consent_is_withdrawn = true);
    let refused = seller.channel.order(&number(LAMP)).await;
    let Err(ChannelError::Unauthorized(why)) = refused else {
        panic!("{refused:?}")
    };
    assert!(why.contains("invalid_grant") && !why.contains("hush"), "{why}");
    seller.amazon.trouble(|troubles| {
        troubles.consent_is_withdrawn = false;
        troubles.token_service_is_down = true;
    });
    let failed = seller.channel.order(&number(LAMP)).await;
    assert!(matches!(failed, Err(ChannelError::Unavailable(_))), "{failed:?}");
}

#[tokio::test]
async fn calls_keep_to_the_rates_of_amazon() {
    let seller = Seller::open().await;
    for _ in 0..20 {
        seller
            .channel
            .changed_orders(seller.an_hour_ago(), None)
            .await
            .expect("a page");
    }
    let refused = seller.channel.changed_orders(seller.an_hour_ago(), None).await;
    let Err(ChannelError::Throttled { until }) = refused else {
        panic!("{refused:?}")
    };
    assert_eq!(
        seller.amazon.answered("searchOrders", 429),
        0,
        "the adapter does not even ask"
    );
    let wait = until - seller.clock.now();
    assert!(
        wait > TimeDelta::seconds(170) && wait < TimeDelta::seconds(190),
        "{wait}"
    );
    seller.clock.advance(wait);
    assert!(
        seller
            .channel
            .changed_orders(seller.an_hour_ago(), None)
            .await
            .is_ok()
    );
}

#[tokio::test]
async fn calls_that_others_used_up_are_waited_for() {
    let seller = Seller::open().await;
    seller.amazon.use_up("getOrder");
    let refused = seller.channel.order(&number(LAMP)).await;
    let until = seller.clock.now() + TimeDelta::seconds(2);
    assert_eq!(refused, Err(ChannelError::Throttled { until }));
    seller.wait(2);
    assert!(seller.channel.order(&number(LAMP)).await.is_ok());
}

#[tokio::test]
async fn a_rate_that_is_rubbish_or_absent_changes_nothing() {
    let seller = Seller::open().await;
    for rate in ["string", "", "-3", "1e400"] {
        seller
            .amazon
            .trouble(|troubles| troubles.rate_header = Some(rate.into()));
        seller.order(LAMP).await;
    }
}

#[tokio::test]
async fn the_operation_refuses_an_unknown_reason_and_is_too_late_for_a_shipped_order() {
    let seller = Seller::canceling_by(CancelBy::Operation).await;
    let mut sent = seller.cancellation(LAMP).await;
    let answers = seller
        .channel
        .cancel(std::slice::from_ref(&sent))
        .await
        .expect("answers");
    let [ChannelAnswer::Rejected { code, .. }] = answers.as_slice() else {
        panic!("{answers:?}")
    };
    assert_eq!(
        code, "InvalidInput",
        "the code of a feed is none of the operation"
    );
    seller.amazon.ship(LAMP);
    sent.reason_code = "NO_INVENTORY".into();
    assert_eq!(
        seller.channel.cancel(&[sent]).await,
        Ok(vec![ChannelAnswer::TooLate])
    );
}

#[tokio::test]
async fn an_operation_without_an_answer_is_unknown_and_the_order_tells() {
    let seller = Seller::waiting(CancelBy::Operation, IMPATIENT).await;
    let mut sent = seller.cancellation(LAMP).await;
    sent.reason_code = "NO_INVENTORY".into();
    seller
        .amazon
        .trouble(|troubles| troubles.silent = Some("cancelOrder"));
    let answers = seller.channel.cancel(&[sent]).await.expect("answers");
    assert!(
        matches!(answers.as_slice(), [ChannelAnswer::Unknown { .. }]),
        "{answers:?}"
    );
    assert_eq!(seller.status(LAMP).await, ChannelStatus::Canceled);
}
