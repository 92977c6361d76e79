//! The limits of a document (`limits.rs`), checked before it runs: one file per check, the cheapest check first.
//!
//! The engine's parser and validation rules recurse on the stack and follow every fragment. A document of a few
//! kilobytes can therefore end the process or keep every thread busy. A document that passes all checks is parsed once
//! and runs unchanged.

mod cost;
mod lexer;
mod limits;
mod list_length;
mod mutation;
mod operations;
mod roots;
mod size;

use async_graphql::ServerError;
use async_graphql::parser::parse_query;
use async_graphql::parser::types::ExecutableDocument;
use serde_json::Value;

use super::validation_message::unreadable;
use crate::kit::error::{Category, about_request, refused};

/// The parsed document of `text`, if it may run with `variables`; a refusal otherwise.
pub(crate) fn admit(text: &str, variables: &Value) -> Result<ExecutableDocument, ServerError> {
    size::check(text)?;
    lexer::check(text)?;
    let document = parse_query(text).map_err(|problem| unreadable(problem.into()))?;
    operations::check(&document)?;
    cost::check(&document, variables)?;
    roots::check(&document)?;
    mutation::check(&document)?;
    Ok(document)
}

/// Checks a document again that was admitted before with other variables.
pub(crate) fn check_again(document: &ExecutableDocument, variables: &Value) -> Result<(), ServerError> {
    cost::check(document, variables)
}

/// Whether `document` passes all checks without variables. The checks do not know the schema.
#[must_use]
pub fn is_acceptable(document: &str) -> bool {
    admit(document, &Value::Null).is_ok()
}

/// The error for a document that may not run.
fn refusal(code: &'static str, message: impl Into<String>) -> ServerError {
    about_request(refused(Category::Input, code, message))
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::*;

    /// A document with `fragments` fragments in a chain; each one spreads the next one `often` times.
    fn unfolding(fragments: usize, often: usize) -> String {
        let link = |n: usize| {
            let spreads = format!("...F{} ", n + 1).repeat(often);
            format!("fragment F{n} on Query {{ {spreads} }} ")
        };
        let links: String = (0..fragments).map(link).collect();
        format!("{{ ...F0 }} {links} fragment F{fragments} on Query {{ __typename }}")
    }

    // Measured without the guard: the first two documents end the process, the others keep a thread busy for minutes.
    #[test]
    fn what_takes_a_server_down_is_refused_at_once() {
        let chain = |n: usize| {
            let (open, close) = ("... { ".repeat(60), "} ".repeat(60));
            format!("fragment F{n} on Query {{ {open} ...F{} {close} }} ", n + 1)
        };
        let chained: String = (0..20).fold(String::new(), |text, n| text + &chain(n));
        let killers = [
            format!("{{ ...F0 }} {chained} fragment F20 on Query {{ __typename }}"),
            format!("{{__typename(a:{}", "[".repeat(1_500)),
            format!("{{__typename(a:{}", "{a:".repeat(1_500)),
            unfolding(27, 2),
            unfolding(5, 40),
            unfolding(3, 300),
            unfolding(150, 2),
            unfolding(150, 1),
        ];
        for killer in killers {
            // Other processes use the machine too, so the shortest of fifty runs counts.
            let mut tries = (0..50).map(|_| {
                let began = Instant::now();
                assert!(!is_acceptable(&killer), "{killer}");
                began.elapsed()
            });
            assert!(tries.any(|took| took < Duration::from_millis(100)), "{killer}");
        }
        assert!(is_acceptable(&unfolding(4, 2)));
        assert!(is_acceptable(&unfolding(29, 1)));
    }

    #[test]
    fn what_is_no_document_is_not_acceptable() {
        for text in [
            "",
            "{",
            "{ }",
            "nonsense",
            "\"",
            "\"\\",
            "\u{0}",
            "fragment A on B { c }",
        ] {
            assert!(!is_acceptable(text), "{text}");
        }
    }
}
