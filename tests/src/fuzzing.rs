//! The functions that are fuzzed. Strangers may send their inputs, so no bytes may make them panic. The targets in
//! `tests/fuzz` and the plain tests over its corpus call them.

use countermand_domain::{CustomerId, Order, OrderId, RowMoney, StoreNumber, WebsiteNumber};
use countermand_graphql::is_acceptable;
use countermand_import::{OrderDocuments, read_order};

/// Runs the guard in front of the GraphQL engine on a document.
pub fn guard(input: &[u8]) {
    // A request's text is UTF-8 before the guard sees it. The guard may accept or refuse it.
    let _ = is_acceptable(&String::from_utf8_lossy(input));
}

/// Runs the reader of the import on a file.
///
/// # Panics
/// When the reader accepts an order whose amounts do not add up.
pub fn import(input: &[u8]) {
    for document in OrderDocuments::new(input) {
        let Ok(raw) = document else { continue };
        let Ok(read) = read_order(&raw.json) else { continue };
        let id = OrderId::new(StoreNumber(1), 1).expect("an id");
        let buyer = CustomerId::new(WebsiteNumber(1), 1).expect("an id");
        let customer = read.customer.as_ref().map(|_| buyer);
        assert!(adds_up(&read.into_order(id, customer)), "{}", raw.json);
    }
}

/// Whether items, shipping, other charges and credits add up to the grand total.
fn adds_up(order: &Order) -> bool {
    let rows = order.items_money();
    let all = rows.and_then(|rows| rows.checked_add(order.shipping.ordered));
    let payable = all.and_then(RowMoney::payable);
    let payable = payable.and_then(|payable| payable.checked_add(order.charged()?));
    let totals = &order.totals;
    payable.is_ok_and(|payable| payable.minor() - totals.credits.minor() == totals.grand_total.minor())
}
