//! All limits of a document. `docs/http.md` lists them for clients.
//!
//! Four of them limit a depth: the nesting of brackets, of fields, of all selections, and of lists in an introspection
//! query.

use crate::kit::page::MAX_PAGE_SIZE;

/// The longest document, in bytes. The longest document of known storefronts has about 6 KB.
pub(super) const MOST_BYTES: usize = 32 * 1024;

/// The deepest nesting of brackets of all kinds. The documents of known storefronts have about 15 levels.
pub(super) const DEEPEST_NESTING: usize = 64;

/// The largest number of tokens: names, numbers, strings and punctuators. The order page of a storefront has about
/// 1,000.
pub(super) const MOST_TOKENS: usize = 4_000;

/// The longest name, in bytes.
pub(super) const LONGEST_NAME: usize = 256;

/// The largest number of operations. A request runs one of them.
pub(super) const MOST_OPERATIONS: usize = 10;

/// The largest number of fragments. A longer chain of fragments could overflow the stack.
pub(super) const MOST_FRAGMENTS: usize = 200;

/// The deepest nesting of fields. The order page of Adobe's storefronts has 12 levels.
pub(super) const MOST_DEPTH: u64 = 20;

/// The deepest nesting of selections of all kinds: fields, inline fragments and fragment spreads. The engine recurses
/// on the stack for each of them.
pub(super) const MOST_LEVELS: u64 = 32;

/// The deepest nesting of lists of types and fields in an introspection query, as in graphql-js. The types of the
/// schema refer to each other in circles, so a query could go round without an end.
pub(super) const MOST_SCHEMA_LISTS: u64 = 2;

/// The largest number of selections. The order page of Adobe's storefronts has 741.
pub(super) const MOST_SELECTIONS: u64 = 5_000;

/// The largest number of values in an answer, if every page is full: the order page of Adobe's storefronts for 130
/// orders.
pub(super) const MOST_VALUES: u64 = 100_000;

/// The largest number of aliases.
pub(super) const MOST_ALIASES: u64 = 30;

/// The largest number of directives.
pub(super) const MOST_DIRECTIVES: u64 = 50;

/// The largest page that counts. Resolvers refuse larger pages with messages of their own.
pub(super) const LARGEST_PAGE: u64 = MAX_PAGE_SIZE;

/// The largest number of fields at the root of a query. Each of them needs its own queries to the database.
pub(super) const MOST_ROOTS: usize = 30;

/// The largest number of fields at the root of a mutation.
pub(super) const MOST_CHANGES: usize = 5;
