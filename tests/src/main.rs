//! The program as the tests start and kill it: the same as the binary `countermand`.

use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    countermand_server::run().await
}
