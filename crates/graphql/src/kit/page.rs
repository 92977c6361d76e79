//! The position of a page among the pages of a list.

use async_graphql::SimpleObject;

/// The largest page size: the default of Adobe's own limit.
pub(crate) const MAX_PAGE_SIZE: u64 = 300;

/// Position of a page among the pages of a list.
#[derive(SimpleObject)]
#[graphql(serial, rename_fields = "snake_case")]
pub(crate) struct SearchResultPageInfo {
    /// Number of this page, 1 for the first. Never null.
    current_page: Option<i32>,
    /// Largest number of entries on one page. Never null.
    page_size: Option<i32>,
    /// Number of pages; 0 when the list is empty. Never null.
    total_pages: Option<i32>,
}

impl SearchResultPageInfo {
    /// Page `page` of a list of `total` entries, with `page_size` entries on a page.
    pub(crate) fn new(page: u64, page_size: u64, total: u64) -> Self {
        Self {
            current_page: Some(count(page)),
            page_size: Some(count(page_size)),
            total_pages: Some(count(total.div_ceil(page_size.max(1)))),
        }
    }
}

/// A count as the schema's `Int`, which has 32 bits; a larger count is shown as the largest `Int`.
pub(crate) fn count(number: u64) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}
