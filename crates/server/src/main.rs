//! The binary `countermand`.

use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    countermand_server::run().await
}
