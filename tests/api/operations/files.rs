//! Files hold what buyers told the shop, so only the user of the program may read them.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use countermand_tests::OrderJson;
use countermand_tests::process::{ServerProcess, Surroundings, run, run_in};
use countermand_tests::time_limit::until;
use serde_json::json;

use crate::program::PROGRAM;

/// Checks each file in `folder`, and each file in its folders: only the owner may read, write or enter it.
fn assert_private(folder: &Path) -> Vec<PathBuf> {
    let mut seen = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        // A file may be gone by now.
        let Ok(facts) = path.metadata() else { continue };
        let mode = facts.permissions().mode() & 0o777;
        let wanted = if facts.is_dir() { 0o700 } else { 0o600 };
        assert_eq!(mode, wanted, "{}: {mode:o}", path.display());
        if facts.is_dir() {
            seen.extend(assert_private(&path));
        }
        seen.push(path);
    }
    seen
}

fn names(paths: &[PathBuf], end: &str) -> usize {
    let ends = |it: &&PathBuf| it.to_string_lossy().ends_with(end);
    paths.iter().filter(ends).count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn databases_and_mails_are_private_with_any_umask() {
    let folder = tempfile::tempdir().expect("a folder");
    let shop = folder.path().join("shop");
    std::fs::create_dir(&shop).expect("a folder");
    std::fs::set_permissions(&shop, PermissionsExt::from_mode(0o700)).expect("a mode");
    let url = format!("sqlite:{}", shop.join("shop.db").display());
    let mails = shop.join("mail").display().to_string();
    let open = Surroundings {
        umask: Some("000"),
        ..Surroundings::default()
    };
    let arguments = ["serve", "--database-url", &url, "--mail-dir", &mails];
    let server = ServerProcess::start_in(PROGRAM, &arguments, &open).await;
    let owner = run(
        PROGRAM,
        &["token", "create", "--role", "owner", "--database-url", &url],
    );
    let order = json!([OrderJson::new("1")
        .by("anna@example.com")
        .line("A", 1000, 1, 1, 0)
        .json()]);
    let text = order.to_string();
    let imported = run_in(
        PROGRAM,
        &["import", "-", "--store", "default", "--database-url", &url],
        text.as_bytes(),
        &open,
    );
    assert_eq!(imported.code, 0, "{imported:?}");
    let found = server
        .ask("{ orders { items { order { id } } } }")
        .token(owner.out.trim())
        .send()
        .await;
    let id = found.data("/orders/items/0/order/id").clone();
    let sent = server
        .ask("mutation($id: ID!) { sendOrderConfirmation(input: { order_id: $id }) { user_errors { message } } }")
        .variables(json!({ "id": id }))
        .token(owner.out.trim())
        .send()
        .await;
    assert_eq!(sent.data("/sendOrderConfirmation/user_errors"), &json!([]));
    assert!(!server.log().contains("chmod 600"), "{}", server.log());
    let mut seen = Vec::new();
    until("the mail is written", async || {
        seen = assert_private(&shop);
        names(&seen, ".eml") == 1
    })
    .await;
    for end in ["/shop.db", "/shop.db-wal", "/shop.db-shm", ".eml"] {
        assert_eq!(names(&seen, end), 1, "{end} in {seen:?}");
    }
    server.kill().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_folder_of_the_demo_is_private() {
    let open = Surroundings {
        umask: Some("000"),
        ..Surroundings::default()
    };
    let demo = ServerProcess::start_in(PROGRAM, &["demo"], &open).await;
    let folders = std::fs::read_dir(demo.folder()).expect("a folder");
    let folder = folders
        .filter_map(Result::ok)
        .map(|entry| entry.path())
        .find(|path| path.to_string_lossy().contains("countermand-demo-"))
        .expect("the demo's folder");
    let mode = folder.metadata().expect("a folder").permissions().mode() & 0o777;
    assert_eq!(mode, 0o700);
    let seen = assert_private(&folder);
    assert_eq!(
        (names(&seen, "/demo.db"), names(&seen, "/mail")),
        (1, 1),
        "{seen:?}"
    );
    demo.kill().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_others_can_read_is_said() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("shop.db");
    std::fs::write(&file, b"").expect("a file");
    std::fs::set_permissions(&file, PermissionsExt::from_mode(0o644)).expect("a mode");
    let url = format!("sqlite:{}", file.display());
    let server = ServerProcess::start(PROGRAM, &url, &[]).await;
    assert!(server.log().contains("chmod 600"), "{}", server.log());
    server.kill().await;
}
