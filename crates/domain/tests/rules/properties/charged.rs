//! What a payment provider charged in another currency: the parts add up to it, in any steps.

use countermand_domain::{Charged, Money};
use proptest::prelude::*;

use super::config;
use crate::shop::currency;

fn eur(cents: i64) -> Money {
    Money::new(cents, currency("EUR"))
}

fn sek(minor: i64) -> Money {
    Money::new(minor, currency("SEK"))
}

/// What each of `parts` of `whole` is at the provider, which charged `charged` for it.
fn parts_there(whole: i64, charged: i64, parts: &[i64]) -> Vec<i64> {
    let (mut rate, mut done) = (Charged::new(sek(charged)), 0);
    let mut there = Vec::new();
    for part in parts {
        let of_part = rate.part(eur(whole), eur(done), eur(*part));
        done += part;
        rate.used = rate.used.checked_add(of_part).expect("one currency");
        there.push(of_part.minor());
    }
    there
}

#[test]
fn a_third_of_an_amount_is_rounded_and_the_last_third_gets_the_rest() {
    assert_eq!(parts_there(10_000, 108_537, &[10_000]), [108_537]);
    assert_eq!(parts_there(10_000, 108_537, &[4_500, 5_500]), [48_842, 59_695]);
    assert_eq!(parts_there(3, 100, &[1, 1, 1]), [33, 34, 33]);
    assert_eq!(
        parts_there(3, 1, &[1, 1, 1]),
        [0, 1, 0],
        "some parts are less than the smallest amount"
    );
}

#[test]
fn an_amount_at_the_provider_becomes_the_nearest_amount_in_the_books() {
    let rate = Charged::new(sek(108_537));
    let in_books = |there: i64| rate.in_books(eur(10_000), eur(0), sek(there)).minor();
    assert_eq!(in_books(50_000), 4_607);
    assert_eq!(in_books(108_537), 10_000);
    assert_eq!(in_books(200_000), 10_000, "never more than the transaction holds");
    assert_eq!(in_books(0), 0);
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn parts_add_up_to_what_was_charged(
        parts in prop::collection::vec(0_i64..5_000_000_000, 1..8),
        charged in 1_i64..5_000_000_000_000,
    ) {
        let whole: i64 = parts.iter().sum();
        prop_assume!(whole > 0);
        let there = parts_there(whole, charged, &parts);
        prop_assert!(there.iter().all(|it| *it >= 0), "{there:?}");
        prop_assert_eq!(there.iter().sum::<i64>(), charged);
    }

    #[test]
    fn some_of_the_parts_are_never_more_than_what_was_charged(
        whole in 1_i64..1_000_000,
        charged in 1_i64..100_000_000,
        parts in prop::collection::vec(0_i64..500_000, 1..8),
    ) {
        let there = parts_there(whole, charged, &parts);
        prop_assert!(there.iter().all(|it| *it >= 0), "{there:?}");
        prop_assert!(there.iter().sum::<i64>() <= charged, "{there:?}");
    }

    #[test]
    fn refunds_at_the_provider_add_up_in_the_books(
        whole in 1_i64..1_000_000,
        refunds in prop::collection::vec(1_i64..1_000_000, 1..8),
    ) {
        let mut rate = Charged::new(sek(refunds.iter().sum()));
        let mut done = 0;
        for refund in refunds {
            let in_books = rate.in_books(eur(whole), eur(done), sek(refund)).minor();
            prop_assert!(in_books >= 0 && done + in_books <= whole, "{in_books} after {done}");
            done += in_books;
            rate.used = rate.used.checked_add(sek(refund)).expect("one currency");
        }
        prop_assert_eq!(done, whole);
        prop_assert!(rate.left().is_zero());
    }

    /// What is given back at the provider for an amount in the books is that amount in the books again, where the
    /// currency there has the smaller unit.
    #[test]
    fn a_part_goes_there_and_back(whole in 1_i64..1_000_000, rate in 1_i64..100, part in 0_i64..1_000_000) {
        let part = part.min(whole);
        let charged = Charged::new(sek(whole * rate));
        let there = charged.part(eur(whole), eur(0), eur(part));
        prop_assert_eq!(charged.in_books(eur(whole), eur(0), there), eur(part));
    }
}
