//! Gives the items of a bundle or configurable item quantities that agree.
//!
//! In a family, some items carry a quantity and the others only describe. Adobe leaves the
//! quantities of the latter at zero, or beyond what was ordered, so they follow the former:
//!
//! * Invoiced, refunded and canceled units are those of the items whose money counts (`whose_money_counts.rs`).
//! * Shipped units are those of the whole, or those of the parts where these are shipped one by one.

use countermand_domain::{ItemQuantities, Quantity};

use super::items::Row;
use super::options::ships_separately;

/// Makes the quantities of all families agree.
pub(super) fn settle_families(rows: &mut [Row<'_>]) {
    let mut families = vec![Vec::new(); rows.len()];
    for (index, row) in rows.iter().enumerate() {
        if let Some(whole) = row.parent {
            families[whole].push(index);
        }
    }
    for (whole, parts) in families.iter().enumerate() {
        if !parts.is_empty() {
            settle_billing(rows, whole, parts);
            settle_shipping(rows, whole, parts);
            trim_canceled(rows, whole, parts);
        }
    }
}

/// Settles what is invoiced, refunded and canceled.
///
/// A part whose money counts has its own quantities. It follows the whole only where its own
/// make no sense: Adobe forgets how many units of a part one bundle has, when it invoices all of them.
fn settle_billing(rows: &mut [Row<'_>], whole: usize, parts: &[usize]) {
    let told = rows[whole].quantities;
    if rows[whole].counts {
        for part in parts {
            follow(&mut rows[*part].quantities, told);
        }
        return;
    }
    let nothing_told = !parts.iter().any(|part| is_billed(rows[*part].quantities));
    for part in parts {
        let quantities = &mut rows[*part].quantities;
        if is_billed(told) && (nothing_told || !is_possible(*quantities)) {
            follow(quantities, told);
        }
    }
    let least = |of: fn(ItemQuantities) -> Quantity| {
        let wholes = parts.iter().map(|part| rows[*part].quantities);
        let wholes = wholes.map(|part| told.ordered.part(of(part), part.ordered));
        wholes.min().unwrap_or_default()
    };
    let (invoiced, refunded) = (least(|it| it.invoiced), least(|it| it.refunded));
    let canceled = least(|it| it.canceled);
    rows[whole].quantities = ItemQuantities {
        invoiced,
        refunded,
        canceled,
        ..told
    };
}

/// Settles what is shipped. Services are not shipped.
///
/// A whole of which nothing is shipped tells nothing about a part that is shipped, so the part tells about the whole.
fn settle_shipping(rows: &mut [Row<'_>], whole: usize, parts: &[usize]) {
    let told = rows[whole].quantities;
    let parts = parts.iter().copied().filter(|part| !rows[*part].is_virtual);
    let parts: Vec<_> = parts.collect();
    let is_shipped = |part: &usize| rows[*part].quantities.shipped.is_positive();
    let tells_nothing = !told.shipped.is_positive() || ships_separately(&rows[whole].shape) == Some(true);
    if parts.iter().any(is_shipped) && tells_nothing {
        let parts = parts.iter().map(|part| rows[*part].quantities);
        let wholes = parts.map(|part| told.ordered.part(part.shipped, part.ordered));
        rows[whole].quantities.shipped = wholes.min().unwrap_or_default();
    } else {
        for part in parts {
            let quantities = &mut rows[part].quantities;
            quantities.shipped = quantities.ordered.part(told.shipped, told.ordered);
        }
    }
}

/// Keeps the canceled units of the items that only describe within what the other quantities leave.
fn trim_canceled(rows: &mut [Row<'_>], whole: usize, parts: &[usize]) {
    for index in parts.iter().chain([&whole]) {
        if !rows[*index].counts {
            let q = &mut rows[*index].quantities;
            q.canceled = q.canceled.min(q.ordered.minus(q.invoiced.max(q.shipped)));
        }
    }
}

/// Gives `part` the invoiced, refunded and canceled share of the whole.
fn follow(part: &mut ItemQuantities, whole: ItemQuantities) {
    let share = |of: Quantity| part.ordered.part(of, whole.ordered);
    *part = ItemQuantities {
        invoiced: share(whole.invoiced),
        refunded: share(whole.refunded),
        canceled: share(whole.canceled),
        ..*part
    };
}

fn is_billed(q: ItemQuantities) -> bool {
    q.invoiced.is_positive() || q.refunded.is_positive() || q.canceled.is_positive()
}

fn is_possible(q: ItemQuantities) -> bool {
    q.canceled.plus(q.invoiced) <= q.ordered && q.refunded <= q.invoiced
}
