//! The cases of Adobe's own tests and code as rows: the order that was sold, the operation, the expected answer.

mod cancel_order;
mod case;
mod guest_orders;
mod lists;
mod sold;

/// Makes one test for each row and database: `name: the order, the operation => the answer;`
macro_rules! cases {
    ($($(#[$about:meta])* $name:ident: $sold:expr, $asked:expr => $outcome:expr;)+) => {
        $(countermand_tests::on_every_database!($(#[$about])* $name, |shop| {
            crate::adobe_cases::case::check(shop, $sold, $asked, $outcome)
        });)+
    };
}
use cases;
