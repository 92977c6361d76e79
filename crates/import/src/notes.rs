//! Notes: sentences that say what the import changed in an order. Each begins with the field, as a refusal does.

use std::fmt::Display;

use countermand_domain::OrderState;

use super::refusal::OrderRefusal;

/// Reads a section of the order. Fields that `read` names in its refusal or in notes get their path from the order.
pub(super) fn within<T>(
    section: impl Display,
    notes: &mut Vec<String>,
    read: impl FnOnce(&mut Vec<String>) -> Result<T, OrderRefusal>,
) -> Result<T, OrderRefusal> {
    let mut own = Vec::new();
    let value = read(&mut own).map_err(|refusal| refusal.within(&section))?;
    notes.extend(own.into_iter().map(|note| format!("{section}.{note}")));
    Ok(value)
}

/// Refuses an order whose parts contradict each other, or makes a note of it if the order is history.
///
/// A later cancellation would refund a wrong amount. An order that is history is not canceled
/// any more, so it enters: the caller takes each value as far as the others allow.
pub(super) fn contradiction(
    refusal: OrderRefusal,
    state: OrderState,
    notes: &mut Vec<String>,
) -> Result<(), OrderRefusal> {
    if state.is_history() {
        notes.push(refusal.to_string());
        Ok(())
    } else {
        Err(refusal)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_and_a_refusal_name_the_same_path() {
        let mut notes = vec!["grand_total was rounded".to_owned()];
        let read = within("items[3]", &mut notes, |notes| {
            notes.push("name is odd".into());
            Ok(5)
        });
        assert_eq!(read, Ok(5));
        assert_eq!(notes, ["grand_total was rounded", "items[3].name is odd"]);
        let refused = within("items[3]", &mut notes, |_| {
            Err::<(), _>(OrderRefusal::missing("sku"))
        });
        assert_eq!(refused.map_err(|it| it.field), Err("items[3].sku".into()));
    }
}
