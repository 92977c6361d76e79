//! What a document must not do: checked before it may run, from the cheapest to the dearest, each in a file.
//!
//! The engine's parser and rules walk a document on the stack and follow fragments wherever they lead: a few
//! kilobytes can end the process or keep every worker busy. What passes here is parsed once and run as it is.

mod cost;
mod lexer;
mod mutation;
mod operations;
mod page_size;
mod roots;
mod size;

use async_graphql::ServerError;
use async_graphql::parser::parse_query;
use async_graphql::parser::types::ExecutableDocument;
use serde_json::Value;

pub(crate) use roots::root_fields;

use crate::error::{Category, about_request, refused};
use crate::validation_message::unreadable;

/// The document of `text`, if it may run with `variables`.
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

/// Whether a document without variables may run, as far as that can be told without the schema.
#[must_use]
pub fn is_acceptable(document: &str) -> bool {
    admit(document, &Value::Null).is_ok()
}

/// The answer to a document that may not run.
fn refusal(code: &'static str, message: impl Into<String>) -> ServerError {
    about_request(refused(Category::Input, code, message))
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::*;

    /// `{ ...F0 }` and so many fragments, each with the next one in it so often.
    fn unfolding(fragments: usize, often: usize) -> String {
        let link = |n: usize| {
            let spreads = format!("...F{} ", n + 1).repeat(often);
            format!("fragment F{n} on Query {{ {spreads} }} ")
        };
        let links: String = (0..fragments).map(link).collect();
        format!("{{ ...F0 }} {links} fragment F{fragments} on Query {{ __typename }}")
    }

    // Measured on the bare engine: the first two end the process, the others keep a worker for minutes.
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
            // Others use the machine too: the best of three counts.
            let tries = (0..3).map(|_| {
                let began = Instant::now();
                assert!(!is_acceptable(&killer), "{killer}");
                began.elapsed()
            });
            assert!(tries.min() < Some(Duration::from_millis(100)), "{killer}");
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
