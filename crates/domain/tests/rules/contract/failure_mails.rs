//! Who is told by mail that a refund failed at its payment provider.

use countermand_domain::{Effect, FailedReversal, FailureAudience, Notice, Order, ReversalFailure};

use super::{canceled, invoiced, order_of, usd};
use crate::shop::{at, staff};

/// The mails about the failure of the refund of `order`.
fn mails(order: &Order, audience: FailureAudience) -> Vec<Effect> {
    let failed = FailedReversal {
        obligation: "o-1".into(),
        is_refund: true,
        tender: 0,
        account: "main".into(),
        amount: usd(1500),
        reason: ReversalFailure::Failed,
        was_refunded: audience == FailureAudience::ShopAndBuyer,
        is_by_others: false,
        audience,
    };
    let told = order.fail_reversal(0, failed, at(7));
    told.expect("it adds up").effects
}

#[test]
fn the_shop_is_told_of_each_failure_and_a_buyer_to_whom_the_refund_counted_as_paid_as_well() {
    let order = canceled(&invoiced(&order_of(&[1]), &[]));
    let to_shop = Effect::Notify(Notice::MerchantReversalFailed { transaction: 0 });
    let to_buyer = Effect::Notify(Notice::RefundFailed { transaction: 0 });
    let both = [to_shop.clone(), to_buyer];
    assert_eq!(mails(&order, FailureAudience::ShopAndBuyer), both);
    let to_shop = [to_shop];
    assert_eq!(mails(&order, FailureAudience::Shop), to_shop);
    let erased = order.erase_buyer(&staff(), at(6)).after;
    assert_eq!(mails(&erased, FailureAudience::ShopAndBuyer), to_shop);
}
