//! The structure of the shop, its settings and its labels, kept in memory with a version.

pub(crate) mod change;
pub(crate) mod settings;
pub(crate) mod structure;
