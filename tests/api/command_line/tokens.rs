//! The commands that make, list and revoke tokens of staff.

use countermand_tests::process::{self, ServerProcess};
use serde_json::json;

use super::{assert_fails, migrated};
use crate::program::PROGRAM;

#[test]
fn tokens_are_created_listed_without_their_secret_and_revoked() {
    let (_folder, url) = migrated();
    let token = |arguments: &[&str]| {
        process::run(
            PROGRAM,
            &[&["token"], arguments, &["--database-url", &url]].concat(),
        )
    };
    let made = token(&[
        "create", "--role", "support", "--name", "anna", "--store", "default", "--days", "7",
    ]);
    let secret = made.out.trim().to_owned();
    assert_eq!(made.code, 0, "{made:?}");
    assert!(secret.starts_with("cms_") && secret.len() > 40, "{made:?}");
    token(&["create", "--role", "owner", "--name", "boss"]);
    token(&["create", "--role", "warehouse", "--name", "picker"]);
    let permission = "--may-withhold-refunds";
    token(&["create", "--role", "support", "--name", "kim", permission]);
    assert_fails(&token(&["create", "--role", "viewer", permission]), &[permission]);

    let list = token(&["list"]);
    assert_eq!(list.code, 0, "{list:?}");
    assert!(!list.out.contains(&secret), "{list:?}");
    let line = |name: &str| {
        let is_of = |line: &&str| line.split_whitespace().nth(1) == Some(name);
        let found = list.out.lines().find(is_of);
        found
            .unwrap_or_else(|| panic!("no {name} in {}", list.out))
            .to_owned()
    };
    let anna = line("anna");
    let [id, _, role, store, withholds, used, expires] = anna.split_whitespace().collect::<Vec<_>>()[..]
    else {
        panic!("{anna}")
    };
    let expected = ["support", "default", "no", "never"];
    assert_eq!([role, store, withholds, used], expected, "{list:?}");
    assert!(id.len() == 12 && expires.ends_with('Z'), "{list:?}");
    assert!(
        line("boss").contains("owner") && line("boss").contains("all"),
        "{list:?}"
    );
    assert!(line("picker").contains("warehouse"), "{list:?}");
    for (name, withholds) in [("boss", "yes"), ("picker", "no"), ("kim", "yes")] {
        let line = line(name);
        assert_eq!(line.split_whitespace().nth(4), Some(withholds), "{line}");
    }

    let second = token(&["create", "--role", "viewer", "--name", "anna"]);
    assert_eq!(second.code, 0, "{second:?}");
    assert_eq!(token(&["revoke", id]).out, format!("revoked {id} of `anna`\n"));
    assert_fails(&token(&["revoke", id]), &["is revoked already"]);
    assert_eq!(token(&["revoke", "anna"]).out, "revoked 1 of `anna`\n");
    assert_eq!(
        token(&["create", "--role", "viewer", "--name", "0123456789ab"]).code,
        2,
        "such a name could be an id"
    );
    assert_fails(&token(&["revoke", "anna"]), &["no valid token called `anna`"]);
    assert_fails(
        &token(&["create", "--role", "viewer", "--store", "nowhere"]),
        &["no store view `nowhere`"],
    );
    assert_eq!(
        token(&["create", "--role", "emperor"]).code,
        2,
        "a mistake in the command itself"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_of_the_command_line_is_valid_until_it_is_revoked() {
    let (_folder, url) = migrated();
    let made = process::run(
        PROGRAM,
        &[
            "token",
            "create",
            "--role",
            "viewer",
            "--name",
            "v",
            "--database-url",
            &url,
        ],
    );
    let server = ServerProcess::start(PROGRAM, &url, &[]).await;
    let ask = || {
        server
            .ask("{ orders { items { version } } }")
            .token(made.out.trim())
    };
    assert_eq!(ask().send().await.data("/orders/items"), &json!([]));
    let revoked = process::run(PROGRAM, &["token", "revoke", "v", "--database-url", &url]);
    assert_eq!(revoked.code, 0, "{revoked:?}");
    assert_eq!(ask().send().await.category(), "graphql-authentication");
    server.kill().await;
}
