//! The binary `countermand`.

// The futures of one command are deeper than the compiler follows by default; each command's future is boxed.
#![recursion_limit = "512"]

use std::process::ExitCode;

/// The figures that decided for this allocator are beside the release profile in `Cargo.toml`.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> ExitCode {
    countermand_server::main()
}
