//! Measures how long requests take, by the name of their root field.
//!
//! The names are those of the schema, so a client cannot make new ones: its own name of an operation is never used.

use std::collections::HashMap;
use std::sync::OnceLock;
use std::time::Duration;

use async_graphql::parser::types::ExecutableDocument;
use metrics::Histogram;

use super::document::{operation, root_fields};

/// The histogram of requests, by operation and outcome.
const HISTOGRAM: &str = "countermand_operation_duration_seconds";

/// The histograms of all operations.
pub(super) struct OperationTimes {
    by_field: HashMap<String, OperationTime>,
    /// Requests with several different root fields.
    several: OperationTime,
    /// Requests whose document was refused, and those for the schema itself.
    other: OperationTime,
}

/// The histograms of one operation. They are made when the operation is measured first.
pub(super) struct OperationTime {
    name: String,
    ok: OnceLock<Histogram>,
    errors: OnceLock<Histogram>,
}

impl OperationTimes {
    /// The histograms for operations with these root fields.
    pub(super) fn of(root_fields: &[String]) -> Self {
        let named = |name: &String| (name.clone(), OperationTime::of(name.clone()));
        let by_field = root_fields.iter().map(named).collect();
        Self {
            by_field,
            several: OperationTime::of("several".into()),
            other: OperationTime::of("other".into()),
        }
    }

    /// The histograms for the operation `wanted` of `document`.
    pub(super) fn time_of(&self, document: &ExecutableDocument, wanted: Option<&str>) -> &OperationTime {
        let Some(operation) = operation(document, wanted) else {
            return &self.other;
        };
        let mut names = root_fields(document, operation)
            .into_iter()
            .map(|field| field.name.node.as_str());
        let Some(first) = names.next() else {
            return &self.other;
        };
        if names.all(|name| name == first) {
            self.by_field.get(first).unwrap_or(&self.other)
        } else {
            &self.several
        }
    }

    /// The histograms for a request whose document was refused.
    pub(super) fn other(&self) -> &OperationTime {
        &self.other
    }
}

impl OperationTime {
    fn of(name: String) -> Self {
        Self {
            name,
            ok: OnceLock::new(),
            errors: OnceLock::new(),
        }
    }

    /// Notes that a request took `time`.
    pub(super) fn note(&self, has_errors: bool, time: Duration) {
        let (histogram, outcome) = if has_errors {
            (&self.errors, "errors")
        } else {
            (&self.ok, "ok")
        };
        let make = || metrics::histogram!(HISTOGRAM, "operation" => self.name.clone(), "outcome" => outcome);
        histogram.get_or_init(make).record(time.as_secs_f64());
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;

    use super::*;
    use crate::request::known_schema::KnownSchema;

    #[test]
    fn a_request_is_named_after_the_schema_and_never_by_the_client() {
        let times = OperationTimes::of(&KnownSchema::get(true).root_fields);
        for (text, name) in [
            ("query Evil123 { storeConfig { store_code } }", "storeConfig"),
            (
                "{ a: storeConfig { store_code } b: storeConfig { locale } }",
                "storeConfig",
            ),
            (
                "mutation M { revokeCustomerToken { result } }",
                "revokeCustomerToken",
            ),
            (
                "{ storeConfig { store_code } currency { base_currency_code } }",
                "several",
            ),
            ("{ __schema { types { name } } }", "other"),
            ("{ nothing }", "other"),
            ("{ ...A } fragment A on Query { countries { id } }", "countries"),
        ] {
            let document = parse_query(text).expect(text);
            assert_eq!(times.time_of(&document, None).name, name, "{text}");
        }
    }
}
