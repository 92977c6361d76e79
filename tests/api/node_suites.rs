//! Test suites of other projects for GraphQL over HTTP, run by Node.js.

use countermand_tests::node::node;
use countermand_tests::process::ServerProcess;

use crate::program::PROGRAM;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn graphql_over_http_follows_the_specification() {
    let folder = tempfile::tempdir().expect("a folder");
    let database = format!("sqlite:{}", folder.path().join("shop.db").display());
    let server = ServerProcess::start(PROGRAM, &database, &[]).await;
    node("audits.mjs", &[&server.address]).await;
    server.kill().await;
}
