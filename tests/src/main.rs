//! The program that the tests start and kill. It is the same as the binary `countermand`.

use std::process::ExitCode;

fn main() -> ExitCode {
    countermand_server::main()
}
