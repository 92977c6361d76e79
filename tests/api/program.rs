//! The path of the program, for tests that start it as a process.

/// The path of the built program.
pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_countermand-under-test");
