//! Which histories are run: by environment variables, so that a failure is repeated.

use std::env;
use std::fmt::Display;
use std::str::FromStr;
use std::thread;

/// The seed of the first history where none is set.
const SEED: u64 = 20_261_128;

/// The histories of one run. Each has a seed of its own: those from `seed` on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Plan {
    /// The seed of the first history.
    pub seed: u64,
    /// How many histories are run.
    pub histories: u64,
    /// How many threads share the histories.
    pub workers: u64,
}

/// A history in which something was wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The seed of the history.
    pub seed: u64,
    /// What happened, one line for each step.
    pub story: Vec<String>,
    /// What was wrong after the last step.
    pub broken: Vec<String>,
}

impl Plan {
    /// The run that `SIMULATE_SEED`, `SIMULATE_HISTORIES` and `SIMULATE_WORKERS` ask for; without them `histories`
    /// histories on two threads.
    ///
    /// # Panics
    /// When a variable holds no number.
    #[must_use]
    pub fn of_env(histories: u64) -> Self {
        let histories = number("SIMULATE_HISTORIES").unwrap_or(histories);
        Self {
            seed: number("SIMULATE_SEED").unwrap_or(SEED),
            histories,
            workers: number("SIMULATE_WORKERS").unwrap_or(2).clamp(1, histories.max(1)),
        }
    }

    /// Runs all histories, and prints the first failure of each thread. `work` gets the seeds of one thread, and ends at
    /// its first failure.
    ///
    /// # Panics
    /// When a history fails.
    pub fn run(self, test: &str, work: impl Fn(&[u64]) -> Result<(), Failure> + Sync) {
        let failures: Vec<Failure> = thread::scope(|scope| {
            let threads: Vec<_> = (0..self.workers)
                .map(|worker| {
                    let indices =
                        (worker..self.histories).step_by(usize::try_from(self.workers).unwrap_or(1));
                    let seeds: Vec<u64> = indices.map(|index| self.seed.wrapping_add(index)).collect();
                    let work = &work;
                    scope.spawn(move || work(&seeds))
                })
                .collect();
            let ended = threads.into_iter().map(|it| it.join().expect("a thread"));
            ended.filter_map(Result::err).collect()
        });
        let report: Vec<String> = failures.iter().map(|failure| failure.report(test)).collect();
        assert!(report.is_empty(), "{}", report.join("\n\n"));
    }
}

impl Failure {
    /// The failure in lines that people read, with the command that repeats it.
    fn report(&self, test: &str) -> String {
        let steps = (1..).zip(&self.story);
        let story: Vec<_> = steps
            .map(|(number, line)| format!("{number:4}. {line}\n"))
            .collect();
        format!(
            "The history with the seed {seed} broke:\n  - {broken}\nWhat happened:\n{}Repeat it: SIMULATE_SEED={seed} \
             SIMULATE_HISTORIES=1 cargo test -p countermand-simulation --test histories {test}",
            story.concat(),
            seed = self.seed,
            broken = self.broken.join("\n  - "),
        )
    }
}

fn number<T: FromStr<Err: Display>>(variable: &str) -> Option<T> {
    let text = env::var(variable).ok().filter(|text| !text.is_empty())?;
    let read = text.replace('_', "").parse();
    Some(read.unwrap_or_else(|problem| panic!("{variable}={text}: {problem}")))
}
