//! The mutants of `tests/mutants`, which `tests/mutants.sh` tries one by one, fit the code as it is.

use std::fs;
use std::path::Path;
use std::process::Command;

/// The fewest mutants that there must be.
const FEWEST: usize = 20;

#[test]
fn each_mutant_still_applies() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut mutants: Vec<_> = fs::read_dir(root.join("tests/mutants"))
        .expect("the mutants")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|it| it == "patch"))
        .collect();
    mutants.sort();
    assert!(mutants.len() >= FEWEST, "only {} mutants", mutants.len());
    for mutant in mutants {
        let text = fs::read_to_string(&mutant).expect("a patch");
        let mut lines = text.lines();
        let says = |line: Option<&str>, beginning: &str| line.is_some_and(|line| line.starts_with(beginning));
        let name = mutant.display();
        assert!(says(lines.next(), "Breaks: "), "{name}: what does it break?");
        assert!(
            says(lines.next(), "Caught by: cargo test "),
            "{name}: what catches it?"
        );
        let mut check = Command::new("git");
        check.args(["apply", "--check"]).arg(&mutant);
        let checked = check.current_dir(&root).output().expect("git");
        let problem = String::from_utf8_lossy(&checked.stderr);
        assert!(
            checked.status.success(),
            "{name} does not apply any more, make it anew: {problem}"
        );
    }
}
