//! The program as a process of its own, which tests start, use and kill.

use std::fs::File;
use std::io::Write;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;

use reqwest::Client;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, ChildStdout};

use crate::ask::{Ask, client};
use crate::secret_keys::SECRET_KEYS;
use crate::time_limit::LONGEST_WAIT;

/// The time that a program may take to end. The longest import takes about two minutes on a busy machine.
const LONGEST_RUN: Duration = Duration::from_secs(900);
/// The variable for the time that a request may take, in seconds, and its value unless a test sets it: with the eight
/// seconds of an installation, a busy machine would answer some requests with an error.
const REQUEST_TIMEOUT: (&str, &str) = ("REQUEST_TIMEOUT", "25");
/// The file of the log lines, in the folder of the process.
const LOG: &str = "log.txt";

/// A process that serves pages: a server, or a worker with an address for the operator.
#[derive(Debug)]
pub struct ServerProcess {
    child: Child,
    /// The address, for example `http://127.0.0.1:8080`.
    pub address: String,
    /// The first line of the output, which names the addresses.
    pub first_line: String,
    /// The output after the first line.
    pub output: BufReader<ChildStdout>,
    client: Client,
    folder: TempDir,
}

/// How the system runs the program.
#[derive(Debug, Clone, Default)]
pub struct Surroundings {
    /// More environment variables. `SECRET_KEYS`, and `REQUEST_TIMEOUT` of a server, are those of all tests unless they
    /// are among them.
    pub variables: Vec<(&'static str, String)>,
    /// The user that runs the program; none for the user of the test.
    pub user: Option<u32>,
    /// The mask of new files, in octal digits; none for that of the test.
    pub umask: Option<&'static str>,
}

impl Surroundings {
    /// The command that runs `program` with `arguments`.
    fn command(&self, program: &str, arguments: &[&str]) -> Command {
        let mut command = if let Some(umask) = self.umask {
            let mut shell = Command::new("sh");
            shell.args(["-c", &format!("umask {umask}; exec \"$0\" \"$@\""), program]);
            shell
        } else {
            Command::new(program)
        };
        command
            .args(arguments)
            .env_remove("DATABASE_URL")
            .env_remove("SMTP_URL")
            .env("SECRET_KEYS", SECRET_KEYS)
            .envs(self.variables.iter().map(|(name, value)| (name, value)));
        if let Some(user) = self.user {
            command.uid(user);
        }
        command
    }
}

/// The result of a run of the program.
#[derive(Debug)]
pub struct Run {
    /// The exit code; -1 when a signal ended the program.
    pub code: i32,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
}

impl ServerProcess {
    /// Starts `program serve` on a free port with `database_url`, and waits until it listens.
    ///
    /// # Panics
    /// When the program does not listen.
    pub async fn start(program: &str, database_url: &str, more: &[&str]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let arguments = ["serve", "--database-url", database_url];
        Self::begin(
            program,
            &[&arguments, more].concat(),
            folder,
            &Surroundings::default(),
        )
        .await
    }

    /// Starts `program` with `arguments` in `surroundings`, and waits until it listens.
    ///
    /// # Panics
    /// When the program does not listen.
    pub async fn start_in(program: &str, arguments: &[&str], surroundings: &Surroundings) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        if let Some(user) = surroundings.user {
            std::os::unix::fs::chown(folder.path(), Some(user), None).expect("a folder of the user");
        }
        Self::begin(program, arguments, folder, surroundings).await
    }

    /// Starts `program demo` on a free port without `SECRET_KEYS`, and waits until it listens.
    ///
    /// # Panics
    /// When the program does not listen.
    pub async fn demo(program: &str, more: &[&str]) -> Self {
        let surroundings = Surroundings {
            variables: vec![("SECRET_KEYS", String::new())],
            ..Surroundings::default()
        };
        Self::start_in(program, &[&["demo"], more].concat(), &surroundings).await
    }

    /// Starts `program worker` with `database_url` and the pages of the operator on a free port, and waits until it runs
    /// jobs.
    ///
    /// # Panics
    /// When the program does not listen.
    pub async fn worker(program: &str, database_url: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let arguments = [
            "worker",
            "--database-url",
            database_url,
            "--admin-listen",
            "127.0.0.1:0",
        ];
        Self::begin(program, &arguments, folder, &Surroundings::default()).await
    }

    async fn begin(program: &str, arguments: &[&str], folder: TempDir, surroundings: &Surroundings) -> Self {
        let mut command = surroundings.command(program, arguments);
        let (name, seconds) = REQUEST_TIMEOUT;
        if !surroundings.variables.iter().any(|(set, _)| *set == name) {
            command.env(name, seconds);
        }
        let is_worker = arguments.first() == Some(&"worker");
        if !is_worker && !arguments.contains(&"--listen") {
            command.args(["--listen", "127.0.0.1:0"]);
        }
        let log = File::create(folder.path().join(LOG)).expect("a file");
        let mut child = tokio::process::Command::from(command)
            // A killed program leaves its temporary files behind. This folder removes them when it is dropped.
            .env("TMPDIR", folder.path())
            .env("MAIL_DIR", folder.path().join("mail"))
            .stdout(Stdio::piped())
            .stderr(log)
            .kill_on_drop(true)
            .spawn()
            .expect("the program starts");
        let mut output = BufReader::new(child.stdout.take().expect("its output"));
        let mut line = String::new();
        let first = tokio::time::timeout(LONGEST_WAIT, output.read_line(&mut line)).await;
        first.expect("the program says something").expect("readable");
        let address = if is_worker {
            line.trim_end().split(" health checks and metrics at ").nth(1)
        } else {
            line.strip_prefix("listening on ")
                .and_then(|rest| rest.split("/graphql").next())
        };
        let address = address
            .unwrap_or_else(|| panic!("unexpected first line: {line}"))
            .to_owned();
        Self {
            child,
            address,
            first_line: line,
            output,
            client: client(),
            folder,
        }
    }

    /// A request to the server.
    #[must_use]
    pub fn ask(&self, query: &str) -> Ask {
        Ask::new(&self.client, &self.address, query)
    }

    /// The log lines so far.
    ///
    /// # Panics
    /// When they cannot be read.
    #[must_use]
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join(LOG)).expect("a log")
    }

    /// The folder of the process: its mails are in `mail`, and its temporary files are here.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The status and the text of a page of the server.
    ///
    /// # Panics
    /// When the server does not answer.
    pub async fn page(&self, path: &str) -> (u16, String) {
        let response = self.client.get(format!("{}{path}", self.address)).send().await;
        let response = response.expect("an answer");
        (response.status().as_u16(), response.text().await.expect("a body"))
    }

    /// The memory that the process holds, in KiB; none after its end.
    #[must_use]
    pub fn resident_kib(&self) -> Option<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()?)).ok()?;
        let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
        resident.split_whitespace().next()?.parse().ok()
    }

    /// Sends the process a signal by name, `INT` or `TERM`.
    ///
    /// # Panics
    /// When it is gone already.
    pub fn signal(&self, name: &str) {
        let id = self.child.id().expect("a running process").to_string();
        let sent = Command::new("sh")
            .args(["-c", "kill -s \"$0\" \"$1\"", name, &id])
            .status();
        assert!(sent.expect("a shell").success(), "SIG{name} cannot be sent");
    }

    /// Waits until the process has ended by itself; the exit code, -1 when a signal ended it.
    ///
    /// # Panics
    /// When it does not end within two minutes.
    pub async fn ended(self) -> i32 {
        self.ended_with_log().await.0
    }

    /// The same with all log lines.
    ///
    /// # Panics
    /// As [`ServerProcess::ended`] does.
    pub async fn ended_with_log(mut self) -> (i32, String) {
        let ended = tokio::time::timeout(LONGEST_WAIT, self.child.wait()).await;
        let status = ended.expect("the program ends").expect("a status");
        (status.code().unwrap_or(-1), self.log())
    }

    /// Kills the process with SIGKILL and waits for its end.
    ///
    /// # Panics
    /// When the process cannot be killed.
    pub async fn kill(mut self) {
        self.child.kill().await.expect("killed");
    }
}

/// Runs `program` with `arguments` and waits for its end.
///
/// # Panics
/// When the program cannot be started.
#[must_use]
pub fn run(program: &str, arguments: &[&str]) -> Run {
    run_with_input(program, arguments, b"")
}

/// Runs `program` with `arguments` and with `input` on its standard input, and waits for its end.
///
/// # Panics
/// When the program cannot be started.
#[must_use]
pub fn run_with_input(program: &str, arguments: &[&str], input: &[u8]) -> Run {
    run_in(program, arguments, input, &Surroundings::default())
}

/// Runs `program` in `surroundings` as [`run_with_input`] does.
///
/// # Panics
/// When the program cannot be started.
#[must_use]
pub fn run_in(program: &str, arguments: &[&str], input: &[u8], surroundings: &Surroundings) -> Run {
    ended(surroundings.command(program, arguments), input, Stdio::piped())
}

/// Runs `program` with `arguments`, with `out` as its standard output, and waits for its end.
///
/// # Panics
/// When the program cannot be started.
#[must_use]
pub fn run_into(program: &str, arguments: &[&str], out: impl Into<Stdio>) -> Run {
    ended(
        Surroundings::default().command(program, arguments),
        b"",
        out.into(),
    )
}

/// Runs `command` until its end, with `input` on its standard input and with `out` as its standard output. A program
/// that does not end is killed.
fn ended(mut command: Command, input: &[u8], out: Stdio) -> Run {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(out)
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut stdin = child.stdin.take().expect("its input");
    let input = input.to_vec();
    // A program that ends early closes its input, which is not an error.
    let feeding = std::thread::spawn(move || drop(stdin.write_all(&input)));
    let process = child.id().to_string();
    let (over, when_over) = mpsc::channel::<()>();
    let watching = std::thread::spawn(move || {
        if when_over.recv_timeout(LONGEST_RUN) == Err(RecvTimeoutError::Timeout) {
            let killed = Command::new("kill").args(["-s", "KILL", &process]).status();
            killed.expect("a signal");
        }
    });
    let output = child.wait_with_output().expect("the program ends");
    drop(over);
    watching.join().expect("the program was watched");
    feeding.join().expect("its input was offered");
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    Run {
        code: output.status.code().unwrap_or(-1),
        out: text(output.stdout),
        err: text(output.stderr),
    }
}
