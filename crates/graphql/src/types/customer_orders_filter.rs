//! Reads the filter of a customer's orders (`docs/contract.md` section 9).

use async_graphql::Error;
use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use countermand_app::orders::customer_orders::OrderRange;
use countermand_domain::{Currency, Money, OrderNumber};

use super::customer_orders_search_input::{CustomerOrdersFilterInput, FilterRangeTypeInput};
use crate::kit::error::{Category, refused};

/// The longest text of a search, in characters: the limit that storefronts give to shoppers.
const LONGEST_TEXT: usize = 100;

/// The filter as the use case takes it.
pub(super) struct Filter {
    pub(super) numbers: Option<Vec<OrderNumber>>,
    pub(super) number_part: Option<String>,
    pub(super) text: Option<String>,
    pub(super) statuses: Option<Vec<String>>,
    pub(super) placed: OrderRange<DateTime<Utc>>,
    pub(super) base_grand_total: OrderRange<i64>,
}

impl CustomerOrdersFilterInput {
    /// Reads the filter; amounts are in `currency`.
    pub(super) fn read(self, currency: Currency) -> Result<Filter, Error> {
        let number = self.number;
        let part = number.as_ref().and_then(|number| number.part.as_deref());
        // The contract removes `%` from the part of a number (`docs/contract.md` section 9).
        let part = part.unwrap_or_default().replace('%', "");
        let numbers = number.and_then(|number| one_of(number.eq, number.among));
        Ok(Filter {
            numbers: numbers.map(|numbers| numbers.into_iter().map(OrderNumber::from).collect()),
            number_part: looked_for(&part, "match")?,
            text: looked_for(self.search.unwrap_or_default().trim(), "search")?,
            statuses: self.status.and_then(|status| one_of(status.eq, status.among)),
            placed: range(self.order_date, "order_date", "is not a date", moment)?,
            base_grand_total: range(self.grand_total, "grand_total", "is not an amount", |text| {
                Money::parse(text, currency).ok().map(Money::minor)
            })?,
        })
    }
}

/// The values that match: those of `among`, the one of `eq`, or, if both are given, those of `among` that equal `eq`.
fn one_of(eq: Option<String>, among: Option<Vec<Option<String>>>) -> Option<Vec<String>> {
    let among = among.map(|among| among.into_iter().flatten().collect::<Vec<_>>());
    match (eq, among) {
        (None, among) => among,
        (Some(eq), None) => Some(vec![eq]),
        (Some(eq), Some(among)) => Some(among.into_iter().filter(|it| *it == eq).collect()),
    }
}

/// The text that must be contained; none if the text is empty, which matches everything.
fn looked_for(text: &str, filter: &str) -> Result<Option<String>, Error> {
    if text.chars().count() > LONGEST_TEXT || text.chars().any(char::is_control) {
        let message = format!("Invalid {filter} filter");
        return Err(refused(Category::Input, "BAD_PARAMETER", message));
    }
    Ok(Some(text.to_owned()).filter(|text| !text.is_empty()))
}

fn range<T>(
    given: Option<FilterRangeTypeInput>,
    field: &str,
    problem: &str,
    read: impl Fn(&str) -> Option<T>,
) -> Result<OrderRange<T>, Error> {
    let end = |name: &str, text: Option<String>| match text {
        None => Ok(None),
        Some(text) => read(text.trim()).map(Some).ok_or_else(|| {
            let message = format!("\"{field}.{name}\" {problem}.");
            refused(Category::Input, "BAD_PARAMETER", message)
        }),
    };
    let (from, to) = given.map_or((None, None), |given| (given.from, given.to));
    Ok(OrderRange {
        from: end("from", from)?,
        to: end("to", to)?,
    })
}

/// The instant that `text` means. A day means its first instant, as the start and as the end of a range, as with
/// Adobe.
fn moment(text: &str) -> Option<DateTime<Utc>> {
    let at = NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S").ok();
    let at = at.or_else(|| {
        NaiveDate::parse_from_str(text, "%Y-%m-%d")
            .ok()?
            .and_hms_opt(0, 0, 0)
    });
    at.map(|at| at.and_utc())
}

#[cfg(test)]
mod tests {
    use super::super::customer_orders_search_input::FilterStringTypeInput;
    use super::*;

    fn read(filter: CustomerOrdersFilterInput) -> Result<Filter, String> {
        filter
            .read("USD".parse().expect("a currency"))
            .map_err(|problem| problem.message)
    }

    fn dates(from: &str, to: &str) -> CustomerOrdersFilterInput {
        let range = FilterRangeTypeInput {
            from: Some(from.into()),
            to: Some(to.into()),
        };
        CustomerOrdersFilterInput {
            order_date: Some(range),
            ..CustomerOrdersFilterInput::default()
        }
    }

    fn contains(part: &str) -> CustomerOrdersFilterInput {
        let number = FilterStringTypeInput {
            eq: None,
            among: None,
            part: Some(part.into()),
        };
        CustomerOrdersFilterInput {
            number: Some(number),
            ..CustomerOrdersFilterInput::default()
        }
    }

    #[test]
    fn a_day_means_its_first_moment_and_both_ends_hold() {
        let filter = read(dates("2025-01-31", "2025-02-01 23:59:59")).expect("a range");
        let shown = |at: Option<DateTime<Utc>>| at.map(|at| at.to_rfc3339());
        assert_eq!(
            shown(filter.placed.from).as_deref(),
            Some("2025-01-31T00:00:00+00:00")
        );
        assert_eq!(
            shown(filter.placed.to).as_deref(),
            Some("2025-02-01T23:59:59+00:00")
        );
    }

    #[test]
    fn what_is_no_date_or_amount_is_named() {
        assert_eq!(
            read(dates("2025-13-01", "2025-01-01")).err().as_deref(),
            Some("\"order_date.from\" is not a date.")
        );
        let range = FilterRangeTypeInput {
            from: Some("10".into()),
            to: Some("many".into()),
        };
        let filter = CustomerOrdersFilterInput {
            grand_total: Some(range),
            ..CustomerOrdersFilterInput::default()
        };
        assert_eq!(
            read(filter).err().as_deref(),
            Some("\"grand_total.to\" is not an amount.")
        );
    }

    #[test]
    fn an_empty_match_finds_everything_and_an_unusable_one_nothing() {
        assert_eq!(read(contains("")).expect("a filter").number_part, None);
        assert_eq!(read(contains("%%")).expect("a filter").number_part, None);
        assert_eq!(
            read(contains("%0001%")).expect("a filter").number_part.as_deref(),
            Some("0001")
        );
        assert_eq!(
            read(contains("a\0b")).err().as_deref(),
            Some("Invalid match filter")
        );
    }

    #[test]
    fn a_search_stands_beside_a_part_of_the_number() {
        let filter = CustomerOrdersFilterInput {
            search: Some(" 100% wool ".into()),
            ..contains("0001")
        };
        let filter = read(filter).expect("a filter");
        assert_eq!(filter.number_part.as_deref(), Some("0001"));
        assert_eq!(filter.text.as_deref(), Some("100% wool"));

        let search = |text: &str| {
            let search = Some(text.to_owned());
            read(CustomerOrdersFilterInput {
                search,
                ..Default::default()
            })
        };
        assert_eq!(search("  ").expect("a filter").text, None);
        assert!(search(&"å".repeat(100)).is_ok());
        assert_eq!(
            search(&"å".repeat(101)).err().as_deref(),
            Some("Invalid search filter")
        );
        assert_eq!(search("a\nb").err().as_deref(), Some("Invalid search filter"));
    }

    #[test]
    fn one_and_one_of_several_hold_together() {
        let among = Some(vec![Some("a".to_owned()), None, Some("b".to_owned())]);
        assert_eq!(
            one_of(Some("b".into()), among.clone()),
            Some(vec!["b".to_owned()])
        );
        assert_eq!(one_of(Some("c".into()), among.clone()), Some(vec![]));
        assert_eq!(one_of(None, among), Some(vec!["a".to_owned(), "b".to_owned()]));
    }
}
