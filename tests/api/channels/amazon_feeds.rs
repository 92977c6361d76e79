//! Cancellations by feed, with each trouble that a feed can have.

use countermand_app::ports::{ChannelError, SalesChannel};
use countermand_domain::channel::{ChannelAnswer, ChannelStatus};
use countermand_integrations::channels::amazon::CancelBy;
use countermand_tests::amazon_simulator::SimulatedOrder;

use super::amazon_seller::{CHAIR, IMPATIENT, LAMP, Seller, number};

#[tokio::test]
async fn a_feed_cancels_many_orders_with_all_of_their_items() {
    let seller = Seller::open().await;
    seller.amazon.place(SimulatedOrder::unshipped(CHAIR));
    let sent = [seller.cancellation(LAMP).await, seller.cancellation(CHAIR).await];
    let reference = seller.accepted(&sent).await;
    let pending = ChannelAnswer::Accepted {
        reference: reference.clone(),
    };
    for _ in 0..2 {
        assert_eq!(
            seller.channel.outcome(&reference, &sent).await,
            Ok(vec![pending.clone(); 2])
        );
        assert_eq!(
            seller.amazon.status(LAMP),
            "UNSHIPPED",
            "nothing is canceled before Amazon says so"
        );
        seller.wait(29);
    }
    seller.wait(10);
    assert_eq!(
        seller.channel.outcome(&reference, &sent).await,
        Ok(vec![ChannelAnswer::Canceled; 2])
    );
    assert_eq!(seller.status(LAMP).await, ChannelStatus::Canceled);
    let order = seller.order(CHAIR).await;
    let canceled = order.items[1].canceled.as_ref().expect("a canceled item");
    assert_eq!(
        (canceled.by.as_str(), canceled.reason.as_deref()),
        ("MERCHANT", Some("NoInventory"))
    );
    let feeds = seller.amazon.feeds();
    assert_eq!(feeds.len(), 1, "one feed for both orders");
    assert_eq!(feeds[0].matches("<AmazonOrderItemCode>").count(), 4);
    let seller_id = "<MerchantIdentifier>SELLER &amp; SONS</MerchantIdentifier>";
    assert!(feeds[0].contains(seller_id), "{}", feeds[0]);
}

#[tokio::test]
async fn answers_belong_to_their_orders_in_any_order_and_for_a_part_of_them() {
    let seller = Seller::open().await;
    seller.amazon.place(SimulatedOrder::unshipped(CHAIR));
    let (lamp, chair) = (seller.cancellation(LAMP).await, seller.cancellation(CHAIR).await);
    let reference = seller.accepted(&[lamp.clone(), chair.clone()]).await;
    seller.amazon.ship(CHAIR);
    seller.wait(90);
    let both = seller.channel.outcome(&reference, &[chair.clone(), lamp]).await;
    assert_eq!(both, Ok(vec![ChannelAnswer::TooLate, ChannelAnswer::Canceled]));
    assert_eq!(
        seller.channel.outcome(&reference, &[chair]).await,
        Ok(vec![ChannelAnswer::TooLate])
    );
}

#[tokio::test]
async fn a_packed_report_is_read() {
    let seller = Seller::open().await;
    seller.amazon.trouble(|troubles| troubles.packs_reports = true);
    let sent = [seller.cancellation(LAMP).await];
    assert_eq!(
        seller.cancel_and_ask(&sent, |_| ()).await,
        [ChannelAnswer::Canceled]
    );
}

#[tokio::test]
async fn a_message_that_amazon_refuses_comes_back_with_code_and_text() {
    let seller = Seller::open().await;
    let mut unknown = seller.cancellation(LAMP).await;
    unknown.number = number("999-0000000-0000001");
    let answers = seller.cancel_and_ask(&[unknown], |_| ()).await;
    let text = "The order <is> not known & not yours.".to_owned();
    assert_eq!(
        answers,
        [ChannelAnswer::Rejected {
            code: "18000".into(),
            text
        }]
    );
}

#[tokio::test]
async fn a_feed_that_breaks_off_leaves_each_order_unknown() {
    let seller = Seller::open().await;
    seller.amazon.place(SimulatedOrder::unshipped(CHAIR));
    seller.amazon.trouble(|troubles| troubles.feeds_break_off = true);
    let sent = [seller.cancellation(LAMP).await, seller.cancellation(CHAIR).await];
    let answers = seller.cancel_and_ask(&sent, |_| ()).await;
    assert!(
        answers
            .iter()
            .all(|it| matches!(it, ChannelAnswer::Unknown { .. })),
        "{answers:?}"
    );
    assert_eq!(seller.status(LAMP).await, ChannelStatus::Canceled);
    assert_eq!(seller.status(CHAIR).await, ChannelStatus::Unshipped);
}

#[tokio::test]
async fn a_report_that_cannot_be_read_leaves_the_order_unknown() {
    let seller = Seller::open().await;
    seller
        .amazon
        .trouble(|troubles| troubles.reports_are_rubbish = true);
    let sent = [seller.cancellation(LAMP).await];
    let answers = seller.cancel_and_ask(&sent, |_| ()).await;
    assert!(
        matches!(answers.as_slice(), [ChannelAnswer::Unknown { .. }]),
        "{answers:?}"
    );
}

#[tokio::test]
async fn a_report_may_say_canceled_while_the_order_does_not() {
    let seller = Seller::open().await;
    seller.amazon.trouble(|troubles| troubles.reports_lie = true);
    let sent = [seller.cancellation(LAMP).await];
    assert_eq!(
        seller.cancel_and_ask(&sent, |_| ()).await,
        [ChannelAnswer::Canceled]
    );
    assert_eq!(
        seller.status(LAMP).await,
        ChannelStatus::Unshipped,
        "the order itself must be asked, too"
    );
}

#[tokio::test]
async fn an_order_that_was_shipped_between_feed_and_report_is_too_late() {
    let seller = Seller::open().await;
    let sent = [seller.cancellation(LAMP).await];
    let answers = seller.cancel_and_ask(&sent, |amazon| amazon.ship(LAMP)).await;
    assert_eq!(answers, [ChannelAnswer::TooLate]);
}

#[tokio::test]
async fn an_address_that_ended_before_the_upload_is_asked_for_again() {
    let seller = Seller::open().await;
    let sent = [seller.cancellation(LAMP).await];
    seller.amazon.trouble(|troubles| troubles.uploads_that_end = 1);
    assert_eq!(
        seller.cancel_and_ask(&sent, |_| ()).await,
        [ChannelAnswer::Canceled]
    );
    assert_eq!(
        (
            seller.amazon.answered("upload", 403),
            seller.amazon.answered("upload", 200)
        ),
        (1, 1)
    );
    seller.wait(600);
    seller.amazon.trouble(|troubles| troubles.uploads_that_end = 2);
    let failed = seller.channel.cancel(&sent).await;
    assert!(matches!(failed, Err(ChannelError::Unavailable(_))), "{failed:?}");
    assert_eq!(seller.amazon.feeds().len(), 1, "nothing was sent");
}

#[tokio::test]
async fn a_second_feed_waits_for_two_minutes() {
    let seller = Seller::open().await;
    seller.amazon.place(SimulatedOrder::unshipped(CHAIR));
    let (lamp, chair) = (
        [seller.cancellation(LAMP).await],
        [seller.cancellation(CHAIR).await],
    );
    seller.accepted(&lamp).await;
    seller.wait(119);
    let refused = seller.channel.cancel(&chair).await;
    assert!(
        matches!(refused, Err(ChannelError::Throttled { .. })),
        "{refused:?}"
    );
    assert_eq!(
        seller.amazon.answered("createFeedDocument", 201),
        1,
        "no document is made in vain"
    );
    seller.wait(3);
    seller.accepted(&chair).await;
}

#[tokio::test]
async fn a_feed_that_amazon_wants_later_is_not_sent_and_one_without_an_answer_is_unknown() {
    let seller = Seller::waiting(CancelBy::Feed, IMPATIENT).await;
    let sent = [seller.cancellation(LAMP).await];
    seller.amazon.use_up("createFeed");
    let refused = seller.channel.cancel(&sent).await;
    assert!(
        matches!(refused, Err(ChannelError::Throttled { .. })),
        "{refused:?}"
    );
    assert_eq!(seller.amazon.feeds(), Vec::<String>::new());
    seller.wait(300);
    seller
        .amazon
        .trouble(|troubles| troubles.silent = Some("createFeed"));
    let answers = seller.channel.cancel(&sent).await.expect("answers");
    assert!(
        matches!(answers.as_slice(), [ChannelAnswer::Unknown { .. }]),
        "{answers:?}"
    );
    seller.wait(90);
    assert_eq!(
        seller.status(LAMP).await,
        ChannelStatus::Canceled,
        "Amazon had taken it"
    );
}

#[tokio::test]
async fn a_failure_before_the_feed_means_that_nothing_was_sent() {
    let seller = Seller::open().await;
    let sent = [seller.cancellation(LAMP).await];
    seller
        .amazon
        .trouble(|troubles| troubles.broken = Some("createFeedDocument"));
    let failed = seller.channel.cancel(&sent).await;
    assert!(matches!(failed, Err(ChannelError::Unavailable(_))), "{failed:?}");
    seller
        .amazon
        .trouble(|troubles| troubles.broken = Some("createFeed"));
    let answers = seller.channel.cancel(&sent).await.expect("answers");
    assert!(
        matches!(answers.as_slice(), [ChannelAnswer::Unknown { .. }]),
        "503 may hide a feed: {answers:?}"
    );
}

#[tokio::test]
async fn a_cancellation_without_items_is_not_sent() {
    let seller = Seller::open().await;
    let mut sent = seller.cancellation(LAMP).await;
    sent.items.clear();
    let answers = seller.channel.cancel(&[sent]).await.expect("answers");
    assert!(
        matches!(answers.as_slice(), [ChannelAnswer::Rejected { .. }]),
        "{answers:?}"
    );
    assert_eq!(seller.amazon.feeds(), Vec::<String>::new());
}
