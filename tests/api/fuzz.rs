//! The kept inputs of the fuzz targets, unchanged and changed at random: no input may cause a panic or take long.
//!
//! `FUZZ_SECONDS` sets the time for each target (2 by default), and `FUZZ_SEED` repeats a run.

mod mutation;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{RecvTimeoutError, SyncSender, sync_channel};
use std::time::{Duration, Instant};

use countermand_tests::fuzzing;

use mutation::Mutator;

/// The time that one input may take.
const PATIENCE: Duration = Duration::from_secs(1);
/// The time after which an input is taken for one that never ends.
const FOREVER: Duration = Duration::from_secs(120);
/// How often an input is tried that takes too long. Other programs use the machine too: what is slow by itself is slow each
/// time.
const TRIES: u32 = 10;
/// The size of the stack that a worker of the server has.
const STACK: usize = 2 * 1024 * 1024;

#[test]
fn no_document_makes_the_guard_panic() {
    fuzz("guard", fuzzing::guard);
}

#[test]
fn no_file_makes_the_import_panic() {
    fuzz("import", fuzzing::import);
}

fn fuzz(name: &str, target: fn(&[u8])) {
    let corpus = corpus(name);
    assert!(
        corpus.len() >= 10,
        "{name}: only {} inputs are kept",
        corpus.len()
    );
    let seed = std::env::var("FUZZ_SEED").ok().and_then(|seed| seed.parse().ok());
    let seed = seed.unwrap_or_else(rand::random::<u64>);
    // Printed past the captured output, because an exhausted stack ends the process and loses what was captured.
    let _ = writeln!(std::io::stderr(), "fuzzing {name} with FUZZ_SEED={seed}");
    let seconds = std::env::var("FUZZ_SECONDS").ok().and_then(|it| it.parse().ok());
    let time = Duration::from_secs(seconds.unwrap_or(2));

    let mut runner = Runner::start(target);
    for (path, input) in &corpus {
        runner.run(input, &path.display().to_string());
    }
    let began = Instant::now();
    let inputs = corpus.into_iter().map(|(_, input)| input).collect();
    let mut mutator = Mutator::new(seed, inputs);
    let mut count = 0_u64;
    while began.elapsed() < time {
        runner.run(&mutator.next(), &format!("input {count} of FUZZ_SEED={seed}"));
        count += 1;
    }
    println!("{name}: {count} inputs");
    assert!(count > seconds.unwrap_or(2), "only {count} inputs in {time:?}");
}

/// The kept inputs of a target, each with its path.
fn corpus(name: &str) -> Vec<(PathBuf, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fuzz/corpus")
        .join(name);
    let entries = std::fs::read_dir(&folder).expect("a corpus");
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.expect("a file").path()).collect();
    files.sort();
    let read = |path: PathBuf| {
        let input = std::fs::read(&path).expect("a readable file");
        (path, input)
    };
    files.into_iter().map(read).collect()
}

/// Runs inputs on a thread of its own, so that an input that never ends is noticed.
struct Runner {
    inputs: SyncSender<Vec<u8>>,
    done: std::sync::mpsc::Receiver<()>,
}

impl Runner {
    fn start(target: fn(&[u8])) -> Self {
        let (inputs, waiting) = sync_channel::<Vec<u8>>(1);
        let (ended, done) = sync_channel(1);
        let work = move || {
            for input in waiting {
                target(&input);
                if ended.send(()).is_err() {
                    return;
                }
            }
        };
        let thread = std::thread::Builder::new().stack_size(STACK);
        thread.spawn(work).expect("a thread");
        Self { inputs, done }
    }

    fn run(&mut self, input: &[u8], name: &str) {
        for _ in 0..TRIES {
            let began = Instant::now();
            let sent = self.inputs.send(input.to_vec());
            let problem = match sent.map(|()| self.done.recv_timeout(FOREVER)) {
                Ok(Ok(())) if began.elapsed() < PATIENCE => return,
                Ok(Ok(())) => continue,
                Ok(Err(RecvTimeoutError::Timeout)) => "does not end",
                Ok(Err(RecvTimeoutError::Disconnected)) | Err(_) => "panics",
            };
            panic!("{name} {problem}: {}", input.escape_ascii());
        }
        panic!("{name} takes too long: {}", input.escape_ascii());
    }
}
