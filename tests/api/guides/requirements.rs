//! The page of requirements has each of them once, with a test that exists or with a decision.

use std::path::{Path, PathBuf};

use super::add_files_below;

/// The letter of each source document, and how many requirements it has.
const REQUIREMENTS: [(char, usize); 5] = [('A', 28), ('B', 16), ('C', 22), ('D', 4), ('E', 20)];
/// The words with which the page says why a requirement has no test.
const DECISIONS: [&str; 3] = ["Not built yet: ", "Decision: ", "Background: "];

#[test]
fn the_page_has_each_requirement_once_with_a_test_or_a_decision() {
    let page = page();
    let rows: Vec<_> = page.lines().filter_map(row).collect();
    let ids: Vec<_> = rows.iter().map(|row| row[0].to_owned()).collect();
    let ids_of =
        |(letter, count): (char, usize)| (1..=count).map(move |number| format!("{letter}-{number:02}"));
    let expected: Vec<String> = REQUIREMENTS.into_iter().flat_map(ids_of).collect();
    assert_eq!(ids, expected);
    for [id, requirement, proof] in rows {
        assert!(!requirement.is_empty(), "{id} says what is required");
        let is_decided = DECISIONS.iter().any(|it| proof.contains(*it));
        assert!(is_decided || tests_in(proof).next().is_some(), "{id}: {proof}");
    }
}

#[test]
fn each_test_that_the_page_of_requirements_names_exists() {
    let sources = test_sources();
    let page = page();
    let (mut named, mut missing) = (0, Vec::new());
    for test in tests_in(&page) {
        named += 1;
        let (module, function) = test.rsplit_once("::").expect("a module and a function");
        let path = module.replace("::", "/");
        let mut files = sources.iter().filter(|(file, _)| file.ends_with(&path));
        if !files.any(|(_, text)| declares(text, function)) {
            missing.push(test);
        }
    }
    assert!(named > 80, "only {named} tests were found");
    assert_eq!(missing, Vec::<&str>::new());
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn page() -> String {
    std::fs::read_to_string(root().join("docs/requirements.md")).expect("the page")
}

/// The cells of a row of the page's tables, if the line is one: id, requirement, tests or decision.
fn row(line: &str) -> Option<[&str; 3]> {
    let cells = line.strip_prefix("| ")?.strip_suffix(" |")?.split(" | ");
    let cells: [&str; 3] = cells.collect::<Vec<_>>().try_into().ok()?;
    cells[0].contains('-').then_some(cells)
}

/// The names of tests in a text: `module::function` as code.
fn tests_in(text: &str) -> impl Iterator<Item = &str> {
    let code = text.split('`').skip(1).step_by(2);
    code.filter(|it| it.contains("::"))
}

/// Each source file of tests, by its path without the extension.
fn test_sources() -> Vec<(PathBuf, String)> {
    let mut files = Vec::new();
    let crates = std::fs::read_dir(root().join("crates")).expect("the crates");
    let tests_of_crates = crates.map(|it| it.expect("an entry").path().join("tests"));
    let folders = [root().join("tests/api"), root().join("tests/node")];
    for folder in tests_of_crates.chain(folders).filter(|it| it.is_dir()) {
        add_files_below(&folder, &mut files);
    }
    files.retain(|file| file.extension().is_some_and(|it| it == "rs" || it == "mjs"));
    let read = |file: PathBuf| {
        let text = std::fs::read_to_string(&file).expect("a source file");
        (file.with_extension(""), text)
    };
    files.into_iter().map(read).collect()
}

/// Whether the text declares the function: as one, by a macro that makes a test, or as a row of such a macro.
fn declares(text: &str, function: &str) -> bool {
    text.match_indices(function).any(|(at, _)| {
        let (before, after) = (&text[..at], &text[at + function.len()..]);
        let word = before.trim_end();
        let is_function = before.ends_with("fn ") || before.ends_with("function ");
        (is_function && after.starts_with('('))
            || (word.ends_with("!(") && after.starts_with(','))
            || (before.ends_with("\n    ") && after.starts_with(':'))
    })
}
