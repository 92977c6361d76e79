//! Jobs run in the server, or in a worker of their own.

use std::path::Path;
use std::time::Duration;

use countermand_tests::mail_folder::MailFolder;
use countermand_tests::process::ServerProcess;
use countermand_tests::staff::CANCEL_ORDER;
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

        cancel_at_server(&shop, &ids[0], &servers, &["--no-worker"]).await;
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

        cancel_at_server(&shop, &ids[1], &servers, &[]).await;
        assert!(MailFolder::new(&servers).mails()[0].contains("Order 2 was canceled"));
        assert_eq!(MailFolder::new(&workers).mails().len(), 1, "no mail twice");
    }
);

/// Cancels with a server of its own, and gives its jobs a second.
async fn cancel_at_server(shop: &TestShop, id: &str, mail: &Path, more: &[&str]) {
    let mail = mail.display().to_string();
    let arguments = [&["--mail-dir", &mail], more].concat();
    let server = ServerProcess::start(PROGRAM, shop.database_url(), &arguments).await;
    let token = sign_in(&server).await;
    let answer = cancel(server.ask(CANCEL_ORDER), &token, id).send().await;
    assert!(answer.data("/cancelOrder/errorV2").is_null(), "{:#}", answer.body);
    tokio::time::sleep(Duration::from_secs(1)).await;
    server.kill().await;
}

async fn first_mail(folder: &Path) -> String {
    for _ in 0..100 {
        if let Some(mail) = MailFolder::new(folder).mails().pop() {
            return mail;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("no mail in ten seconds");
}
