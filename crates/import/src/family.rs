//! Finds which item belongs to which other item, and whose money counts.

use std::collections::HashMap;

use countermand_domain::ProductType;

use super::refusal::OrderRefusal;
use super::shape::{ItemShape, ParentShape};

/// For each item the index of the bundle or configurable item that it is a part of; items come in any order.
pub(super) fn parents(items: &[ItemShape<'_>]) -> Result<Vec<Option<usize>>, OrderRefusal> {
    let mut by_id = HashMap::with_capacity(items.len());
    for (index, item) in items.iter().enumerate() {
        let at_item = |refusal: OrderRefusal| refusal.within(format_args!("items[{index}]"));
        if let Some(id) = item.item_id.id("item_id").map_err(at_item)?
            && by_id.insert(id, index).is_some()
        {
            let refusal = OrderRefusal::new("item_id", &id.to_string(), "is the id of an earlier item too");
            return Err(at_item(refusal));
        }
    }
    let mut parents = Vec::with_capacity(items.len());
    for (index, item) in items.iter().enumerate() {
        let parent =
            parent(item, &by_id).map_err(|refusal| refusal.within(format_args!("items[{index}]")))?;
        parents.push(parent);
    }
    match parents
        .iter()
        .position(|it| it.is_some_and(|parent| parents[parent].is_some()))
    {
        None => Ok(parents),
        Some(index) => {
            let field = format!("items[{index}].parent_item_id");
            Err(OrderRefusal::new(
                &field,
                "",
                "names an item that is itself a part of another item",
            ))
        }
    }
}

fn parent(item: &ItemShape<'_>, by_id: &HashMap<i64, usize>) -> Result<Option<usize>, OrderRefusal> {
    let nested = |shape: ParentShape<'_>| shape.item_id.id("parent_item.item_id");
    let id = match item.parent_item_id.id("parent_item_id")? {
        Some(id) => Some(id),
        None => item.parent_item.object("parent_item")?.map_or(Ok(None), nested)?,
    };
    match id {
        None => Ok(None),
        Some(id) => by_id.get(&id).map(|parent| Some(*parent)).ok_or_else(|| {
            OrderRefusal::new("parent_item_id", &id.to_string(), "names no item of this order")
        }),
    }
}

/// Whether each item counts. The parts of a configurable do not count. The parts of a
/// bundle count when one of them has a price of its own; otherwise the bundle counts.
pub(super) fn counting(types: &[ProductType], parents: &[Option<usize>], row_totals: &[i64]) -> Vec<bool> {
    let mut has_priced_part = vec![false; types.len()];
    for (parent, row_total) in parents.iter().zip(row_totals) {
        if let Some(parent) = parent
            && *row_total > 0
        {
            has_priced_part[*parent] = true;
        }
    }
    let parts_count = |index: usize| types[index] == ProductType::Bundle && has_priced_part[index];
    parents
        .iter()
        .enumerate()
        .map(|(index, parent)| parent.map_or(!parts_count(index), parts_count))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_bundle_either_the_parts_count_or_the_whole() {
        use ProductType::{Bundle, Configurable, Simple};
        let types = [Bundle, Simple, Simple, Configurable, Simple, Simple];
        let parents = [None, Some(0), Some(0), None, Some(3), None];
        assert_eq!(
            counting(&types, &parents, &[100, 60, 0, 100, 100, 5]),
            [false, true, true, true, false, true]
        );
        assert_eq!(
            counting(&types, &parents, &[100, 0, 0, 100, 0, 5]),
            [true, false, false, true, false, true]
        );
    }
}
