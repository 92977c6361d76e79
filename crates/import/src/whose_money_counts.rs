//! Finds whose money counts: that of a bundle or configurable item, or that of its parts.

use countermand_domain::ProductType;

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
