//! The program, for tests that start it as a process.

/// Where it was built.
pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_countermand-under-test");
