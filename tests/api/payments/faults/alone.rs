//! Each fault of a call alone, at each provider that can play it.

use chrono::TimeDelta;
use countermand_tests::adyen_server::AdyenServer;
use countermand_tests::hyperswitch_server::HyperswitchServer;
use countermand_tests::payment_contract::{ContractProvider, Fault};
use countermand_tests::payment_server::PaymentServer;
use countermand_tests::stripe_server::StripeServer;
use countermand_tests::{TestShop, on_sqlite};

use super::{A_MINUTE, FAULTS, LEFT_OUT, SHARE, Trouble, each_order_is_settled_once};

/// The number of canceled orders.
const ORDERS: i64 = 12;

/// A test for each fault at each provider, and the list of what is tried.
macro_rules! alone {
    ($($provider:ident: $server:ty => { $($case:ident = $fault:ident),+ $(,)? })+) => {
        const TRIED: &[(&str, Fault)] = &[
            $($((<$server as ContractProvider>::ADAPTER, Fault::$fault)),+),+
        ];
        $(mod $provider {
            use super::*;
            $(on_sqlite!($case, |shop| async move {
                each_order_is_settled::<$server>(&shop, Fault::$fault).await;
            });)+
        })+
    };
}

alone! {
    adyen: AdyenServer => {
        request_is_lost = LoseRequest,
        answer_is_lost = LoseAnswer,
        error_before_it_acts = ErrorBefore,
        error_after_it_acts = ErrorAfter,
        kept_error_after_it_acts = StoredErrorAfter,
        patience_is_asked_for = Throttle,
        answer_comes_twice = AnswerTwice,
    }
    http: PaymentServer => {
        request_is_lost = LoseRequest,
        answer_is_lost = LoseAnswer,
        error_before_it_acts = ErrorBefore,
        error_after_it_acts = ErrorAfter,
        kept_error_before_it_acts = StoredErrorBefore,
        kept_error_after_it_acts = StoredErrorAfter,
        patience_is_asked_for = Throttle,
        answer_comes_twice = AnswerTwice,
    }
    hyperswitch: HyperswitchServer => {
        request_is_lost = LoseRequest,
        answer_is_lost = LoseAnswer,
        error_before_it_acts = ErrorBefore,
        error_after_it_acts = ErrorAfter,
        patience_is_asked_for = Throttle,
        answer_comes_twice = AnswerTwice,
    }
    stripe: StripeServer => {
        request_is_lost = LoseRequest,
        answer_is_lost = LoseAnswer,
        error_before_it_acts = ErrorBefore,
        error_after_it_acts = ErrorAfter,
        kept_error_before_it_acts = StoredErrorBefore,
        kept_error_after_it_acts = StoredErrorAfter,
        patience_is_asked_for = Throttle,
        answer_comes_twice = AnswerTwice,
    }
}

async fn each_order_is_settled<P: ContractProvider>(shop: &TestShop, fault: Fault) {
    let trouble = Trouble {
        orders: ORDERS,
        share: SHARE,
        kinds: vec![fault],
        rounds: 2,
        away: TimeDelta::seconds(15),
        settled_within: A_MINUTE,
    };
    each_order_is_settled_once::<P>(shop, trouble).await;
}

#[test]
fn each_fault_is_tried_at_each_provider_or_left_out_for_a_reason() {
    for adapter in ["ADYEN", "HTTP", "HYPERSWITCH", "STRIPE"] {
        for fault in FAULTS {
            let is_tried = TRIED.contains(&(adapter, fault));
            let mut left_out = LEFT_OUT.iter();
            let is_left_out =
                left_out.any(|(of, which, why)| *of == adapter && *which == fault && !why.is_empty());
            assert_ne!(is_tried, is_left_out, "{fault:?} at {adapter}");
        }
    }
}
