//! How many entries a page of staff's lists has. `kit/page.rs` says it for the lists of customers.

use async_graphql::Result;

use crate::kit::error::{Category, refused};

/// The most entries that a page may have.
const MAX_PAGE: i32 = 100;

/// The number of entries on a page: `first`, or `otherwise` if `first` is null.
pub(crate) fn page_size(first: Option<i32>, otherwise: i32) -> Result<u64> {
    let first = first.unwrap_or(otherwise);
    let size = u64::try_from(first)
        .ok()
        .filter(|_| (1..=MAX_PAGE).contains(&first));
    size.ok_or_else(|| {
        refused(
            Category::Input,
            "INVALID",
            format!("first must be 1 to {MAX_PAGE}"),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_has_one_to_a_hundred_entries() {
        assert_eq!(page_size(None, 20).expect("in range"), 20);
        assert_eq!(page_size(Some(100), 20).expect("in range"), 100);
        for first in [i32::MIN, -1, 0, 101] {
            assert!(page_size(Some(first), 20).is_err());
        }
    }
}
