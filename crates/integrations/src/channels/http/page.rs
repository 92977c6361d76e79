//! A page of changed orders as the protocol writes it.

use chrono::{DateTime, Utc};
use countermand_app::ports::ChannelPage;
use serde::Deserialize;
use serde_json::Value;

use super::order::WireOrder;
use crate::http::cut;

/// The largest number of orders on a page.
const LARGEST_PAGE: usize = 500;
/// The largest number of characters in the token of a page.
const LONGEST_TOKEN: usize = 1024;

/// A page. Its orders are read one by one, so that one order of another shape does not hide the others.
#[derive(Deserialize)]
pub(super) struct WirePage {
    orders: Vec<Value>,
    #[serde(default)]
    next_page: Option<String>,
    #[serde(default)]
    reaches_to: Option<DateTime<Utc>>,
}

impl WirePage {
    /// The page, or why it breaks the limits.
    pub(super) fn page(self) -> Result<ChannelPage, String> {
        if self.orders.len() > LARGEST_PAGE {
            return Err(format!("a page has more than {LARGEST_PAGE} orders"));
        }
        if self
            .next_page
            .as_ref()
            .is_some_and(|token| token.len() > LONGEST_TOKEN)
        {
            return Err(format!(
                "the token of the next page has more than {LONGEST_TOKEN} characters"
            ));
        }
        let mut page = ChannelPage {
            orders: Vec::with_capacity(self.orders.len()),
            unreadable: Vec::new(),
            next: self.next_page.filter(|token| !token.is_empty()),
            reaches_to: self.reaches_to,
        };
        for order in self.orders {
            let number = order["number"]
                .as_str()
                .map_or_else(String::new, |number| cut(number, 64));
            let read =
                serde_json::from_value::<WireOrder>(order).map_err(|problem| cut(&problem.to_string(), 250));
            match read.and_then(WireOrder::order) {
                Ok(order) => page.orders.push(order),
                Err(why) => page.unreadable.push((number, why)),
            }
        }
        Ok(page)
    }
}
