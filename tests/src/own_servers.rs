//! Database servers of a test's own, started and stopped by the scripts of `tests/cluster`.

use std::process::{Command, Output};

use tempfile::TempDir;

/// Where the scripts are.
const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/cluster");

/// The servers that a script started; they end with this value, and their data goes with them.
#[derive(Debug)]
pub struct OwnServers {
    script: &'static str,
    folder: TempDir,
    urls: Vec<String>,
}

impl OwnServers {
    /// Runs `SCRIPT start FOLDER ARGUMENTS...` if `variable` is 1; none, and that is said, when it is not.
    ///
    /// # Panics
    /// When the script fails.
    #[must_use]
    pub fn start(variable: &str, script: &'static str, arguments: &[&str]) -> Option<Self> {
        if std::env::var(variable).is_ok_and(|it| it == "1") {
            Some(Self::begin(script, arguments))
        } else {
            eprintln!("{script} was left out: {variable} is not 1");
            None
        }
    }

    fn begin(script: &'static str, arguments: &[&str]) -> Self {
        let mut servers = Self {
            script,
            folder: tempfile::tempdir().expect("a folder"),
            urls: Vec::new(),
        };
        let run = servers.run("start", arguments);
        let (out, err) = (
            String::from_utf8_lossy(&run.stdout),
            String::from_utf8_lossy(&run.stderr),
        );
        assert!(run.status.success(), "{script}: {}\n{out}{err}", run.status);
        servers.urls = out.lines().map(str::to_owned).collect();
        servers
    }

    /// The URL of each server, with the name of a database that is always there.
    #[must_use]
    pub fn urls(&self) -> &[String] {
        &self.urls
    }

    fn run(&self, action: &str, arguments: &[&str]) -> Output {
        let script = format!("{FOLDER}/{}", self.script);
        let running = Command::new(&script)
            .arg(action)
            .arg(self.folder.path())
            .args(arguments)
            .output();
        running.unwrap_or_else(|problem| panic!("{script} cannot be run: {problem}"))
    }
}

impl Drop for OwnServers {
    fn drop(&mut self) {
        let run = self.run("stop", &[]);
        if !run.status.success() {
            eprintln!("{}: {}", self.script, String::from_utf8_lossy(&run.stderr));
        }
    }
}
