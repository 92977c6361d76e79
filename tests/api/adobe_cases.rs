//! What Adobe's own tests and code say, as rows: what was sold, what is asked, what comes back.

mod cancel_order;
mod case;
mod guest_orders;
mod lists;
mod sold;

/// One test a row and database: `name: what was sold, what is asked => what comes back;`
macro_rules! cases {
    ($($(#[$about:meta])* $name:ident: $sold:expr, $asked:expr => $outcome:expr;)+) => {
        $(countermand_tests::on_every_database!($(#[$about])* $name, |shop| {
            crate::adobe_cases::case::check(shop, $sold, $asked, $outcome)
        });)+
    };
}
use cases;
