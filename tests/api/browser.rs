//! What shoppers and staff see in a browser: the example storefront, mails, and GraphiQL.

use countermand_tests::node::browser;
use countermand_tests::process::{self, ServerProcess};
use tokio::io::AsyncBufReadExt;

use crate::program::PROGRAM;

/// The line that the demo prints after `label`.
pub(crate) async fn printed(demo: &mut ServerProcess, label: &str) -> String {
    loop {
        let mut line = String::new();
        let read = demo.output.read_line(&mut line).await.expect("readable");
        assert!(read > 0, "the demo printed no line with {label}");
        if let Some(rest) = line.strip_prefix(label) {
            return rest.trim().to_owned();
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_example_storefront_cancels_orders_of_customers_and_guests() {
    let mut demo = ServerProcess::demo(PROGRAM, &[]).await;
    let mails = printed(&mut demo, "Mails go to ").await;
    let staff = printed(&mut demo, "an owner's token ").await;
    browser("storefront.mjs", &[&demo.address, &mails, &staff]).await;
    demo.kill().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn graphiql_runs_its_examples() {
    let mut demo = ServerProcess::demo(PROGRAM, &[]).await;
    let staff = printed(&mut demo, "an owner's token ").await;
    browser("graphiql.mjs", &[&demo.address, &staff]).await;
    demo.kill().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mails_fit_every_screen_and_load_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().display().to_string();
    let run = process::run(PROGRAM, &["mail", "preview", "--out", &out]);
    assert_eq!(run.code, 0, "{run:?}");
    browser("mail_pages.mjs", &[&out]).await;
}
