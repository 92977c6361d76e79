//! A proxy that is not trusted yet: the log says so once.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;

use countermand_tests::process::ServerProcess;

use crate::program::PROGRAM;

#[tokio::test(flavor = "multi_thread")]
async fn the_log_names_a_proxy_that_is_not_trusted_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let (script, log) = (folder.path().join("serve.sh"), folder.path().join("log"));
    let text = format!("#!/bin/sh\nexec '{PROGRAM}' \"$@\" 2>'{}'\n", log.display());
    std::fs::write(&script, text).expect("written");
    std::fs::set_permissions(&script, Permissions::from_mode(0o700)).expect("executable");
    let script = script.to_str().expect("a path");
    let database = format!("sqlite:{}", folder.path().join("shop.db").display());
    for (proxies, warnings) in [("192.0.2.7", 1), ("127.0.0.1", 0)] {
        let server = ServerProcess::start(script, &database, &["--trusted-proxies", proxies]).await;
        let asked = || server.ask("{ storeConfig { store_code } }");
        asked().send().await;
        for address in ["198.51.100.1", "198.51.100.2"] {
            asked().header("X-Forwarded-For", address).send().await;
        }
        server.kill().await;
        let log = std::fs::read_to_string(&log).expect("a log");
        let lines: Vec<_> = log
            .lines()
            .filter(|line| line.contains("--trusted-proxies"))
            .collect();
        assert_eq!(lines.len(), warnings, "{log}");
        assert!(lines.iter().all(|line| line.contains("127.0.0.1")), "{log}");
    }
}
