//! Finds which item belongs to which other item.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use super::notes::{Notes, within};
use super::refused_field::OrderRefusal;
use super::shape::{ItemShape, ParentShape};

/// How many items are above an item at most; a longer chain is taken for a circle.
const DEEPEST_FAMILY: usize = 16;

/// For each item the index of the bundle or configurable item that it is a part of; items come in any order.
///
/// In an order that is history, an item whose parent is missing stands for itself, and a part of a part belongs to the
/// whole.
pub(super) fn parents(
    items: &[ItemShape<'_>],
    notes: &mut Notes,
) -> Result<Vec<Option<usize>>, OrderRefusal> {
    let mut by_id = HashMap::with_capacity(items.len());
    for (index, item) in items.iter().enumerate() {
        within(format_args!("items[{index}]"), notes, |notes| {
            let Some(id) = item.item_id.id("item_id")? else {
                return Ok(());
            };
            match by_id.entry(id) {
                Entry::Vacant(place) => {
                    place.insert(index);
                    Ok(())
                }
                Entry::Occupied(_) => {
                    let problem = "is the id of an earlier item too";
                    notes.tolerate(OrderRefusal::new("item_id", &id.to_string(), problem))
                }
            }
        })?;
    }
    let mut parents = Vec::with_capacity(items.len());
    for (index, item) in items.iter().enumerate() {
        parents.push(within(format_args!("items[{index}]"), notes, |notes| {
            parent(item, &by_id, notes)
        })?);
    }
    let mut roots = Vec::with_capacity(items.len());
    for (index, parent) in parents.iter().enumerate() {
        let root = parent.and_then(|parent| root(&parents, parent));
        if root != *parent {
            let field = format!("items[{index}].parent_item_id");
            let problem = "names an item that is itself a part of another item";
            notes.tolerate(OrderRefusal::new(&field, "", problem))?;
        }
        roots.push(root);
    }
    Ok(roots)
}

/// The item above `parent`, or `parent` itself, that is no part of another one; none where the items form a circle.
fn root(parents: &[Option<usize>], parent: usize) -> Option<usize> {
    let mut root = parent;
    for _ in 0..DEEPEST_FAMILY {
        match parents[root] {
            None => return Some(root),
            Some(above) => root = above,
        }
    }
    None
}

fn parent(
    item: &ItemShape<'_>,
    by_id: &HashMap<i64, usize>,
    notes: &mut Notes,
) -> Result<Option<usize>, OrderRefusal> {
    let nested = |shape: ParentShape<'_>| shape.item_id.id("parent_item.item_id");
    let id = match item.parent_item_id.id("parent_item_id")? {
        Some(id) => Some(id),
        None => item.parent_item.object("parent_item")?.map_or(Ok(None), nested)?,
    };
    let parent = id.and_then(|id| by_id.get(&id).copied());
    if let (Some(id), None) = (id, parent) {
        let problem = "names no item of this order";
        notes.tolerate(OrderRefusal::new("parent_item_id", &id.to_string(), problem))?;
    }
    Ok(parent)
}
