//! Makes new inputs from kept ones. The same seed gives the same inputs.

use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

/// The length to which larger inputs are cut, because many inputs find more than long ones.
const LONGEST: usize = 64 * 1024;
/// Words that readers of GraphQL and of orders understand.
const WORDS: [&str; 40] = [
    "{",
    "}",
    "[",
    "]",
    "(",
    ")",
    "\"",
    "\"\"\"",
    "\\",
    "\\\"",
    "\\u0000",
    "\\uD800",
    "#",
    "\n",
    "\r",
    ",",
    ":",
    "$",
    "@",
    "!",
    "...",
    "... on ",
    "query ",
    "mutation ",
    "fragment F on Query ",
    "__typename ",
    "null",
    "true",
    "-1",
    "0",
    "9223372036854775808",
    "1e999999",
    "0.00005",
    "\u{feff}",
    "\u{0}",
    "\u{1f4a5}",
    "\"items\":",
    "\"grand_total\":",
    "\"qty_ordered\":",
    "{\"increment_id\":\"1\"}",
];

/// An endless source of inputs.
pub(super) struct Mutator {
    dice: StdRng,
    corpus: Vec<Vec<u8>>,
}

impl Mutator {
    pub(super) fn new(seed: u64, corpus: Vec<Vec<u8>>) -> Self {
        Self {
            dice: StdRng::seed_from_u64(seed),
            corpus,
        }
    }

    /// A kept input with one to eight random changes.
    pub(super) fn next(&mut self) -> Vec<u8> {
        let mut input = self.kept();
        for _ in 0..self.dice.random_range(1..=8) {
            self.change(&mut input);
        }
        input.truncate(LONGEST);
        input
    }

    fn kept(&mut self) -> Vec<u8> {
        let at = self.dice.random_range(0..self.corpus.len());
        self.corpus[at].clone()
    }

    fn change(&mut self, input: &mut Vec<u8>) {
        let at = self.dice.random_range(0..=input.len());
        let end = (at + self.dice.random_range(0..64)).min(input.len());
        match self.dice.random_range(0..7) {
            0 => {
                input.drain(at..end);
            }
            1 => {
                for byte in &mut input[at..end] {
                    *byte ^= 1 << self.dice.random_range(0..8);
                }
            }
            2 | 3 => {
                let word = WORDS[self.dice.random_range(0..WORDS.len())];
                input.splice(at..end.min(at + 4), word.bytes());
            }
            4 => {
                // The number is large enough to exhaust a stack or to fill a list.
                let part = input[at..end].to_vec();
                let times = self.dice.random_range(1..=2_000);
                let room = LONGEST / part.len().max(1);
                input.splice(at..at, part.repeat(times.min(room)));
            }
            5 => {
                let other = self.kept();
                let from = self.dice.random_range(0..=other.len());
                input.splice(at..end, other[from..].iter().copied());
            }
            _ => {
                let word = WORDS[self.dice.random_range(0..WORDS.len())];
                let times = self.dice.random_range(1..=2_000);
                input.splice(at..at, word.repeat(times).into_bytes());
            }
        }
    }
}
