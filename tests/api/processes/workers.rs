//! Jobs run in the server, or in a worker of their own.

use std::path::Path;
use std::time::Duration;

use countermand_tests::mail_folder::MailFolder;
use countermand_tests::process::ServerProcess;
use countermand_tests::staff::CANCEL_ORDER;
use countermand_tests::time_limit::until;
use countermand_tests::{OrderJson, TestShop, on_every_database};
use tokio::process::Command;

use super::{BUYER, cancel, prepare, sign_in};
use crate::program::PROGRAM;

on_every_database!(
    a_server_sends_mails_unless_it_runs_without_a_worker,
    |shop| async move {
        prepare(&shop).await;
        let order = |number: &str| OrderJson::new(number).by(BUYER).line("A", 1000, 1, 0, 0).json();
        let ids = shop.import(&[order("1"), order("2")]).await;
        let folder = tempfile::tempdir().expect("a folder");
        let (servers, workers) = (folder.path().join("server"), folder.path().join("worker"));

        let server = cancel_at_server(&shop, &ids[0], &servers, &["--no-worker"]).await;
        // Time enough for a worker, if there were one.
        tokio::time::sleep(Duration::from_secs(1)).await;
        server.kill().await;
        assert!(
            MailFolder::new(&servers).mails().is_empty(),
            "a server without a worker mails nothing"
        );
        let mut worker = Command::new(PROGRAM)
            .args(["worker", "--database-url", shop.database_url(), "--mail-dir"])
            .arg(&workers)
            .kill_on_drop(true)
            .spawn()
            .expect("the program starts");
        assert!(first_mail(&workers).await.contains("Order 1 was canceled"));
        worker.kill().await.expect("killed");

        let server = cancel_at_server(&shop, &ids[1], &servers, &[]).await;
        assert!(first_mail(&servers).await.contains("Order 2 was canceled"));
        server.kill().await;
        assert_eq!(MailFolder::new(&workers).mails().len(), 1, "no mail twice");
    }
);

/// Cancels with a server of its own, which goes on.
async fn cancel_at_server(shop: &TestShop, id: &str, mail: &Path, more: &[&str]) -> ServerProcess {
    let mail = mail.display().to_string();
    let arguments = [&["--mail-dir", &mail], more].concat();
    let server = ServerProcess::start(PROGRAM, shop.database_url(), &arguments).await;
    let token = sign_in(&server).await;
    let answer = cancel(server.ask(CANCEL_ORDER), &token, id).send().await;
    assert!(answer.data("/cancelOrder/errorV2").is_null(), "{:#}", answer.body);
    server
}

async fn first_mail(folder: &Path) -> String {
    let mut mails = Vec::new();
    until("a mail comes", async || {
        mails = MailFolder::new(folder).mails();
        !mails.is_empty()
    })
    .await;
    mails.remove(0)
}
