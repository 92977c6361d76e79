//! The guides for developers name files, and each of these files exists.

mod requirements;

use std::path::{Path, PathBuf};

#[test]
fn every_source_file_that_a_guide_names_exists() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut sources = Vec::new();
    for folder in ["crates", "migrations", "tests", "examples"] {
        add_files_below(&root.join(folder), &mut sources);
    }
    let mut guides = vec![
        root.join("README.md"),
        root.join("ARCHITECTURE.md"),
        root.join("crates/README.md"),
    ];
    add_files_below(&root.join("docs"), &mut guides);
    let (mut named, mut missing) = (0, Vec::new());
    for guide in guides
        .iter()
        .filter(|it| it.extension().is_some_and(|it| it == "md"))
    {
        let text = std::fs::read_to_string(guide).expect("a guide");
        let quoted = text.split('`').skip(1).step_by(2);
        let files =
            quoted.filter(|it| Path::new(it).extension().is_some_and(|it| it == "rs") && !it.contains('*'));
        for file in files {
            named += 1;
            if !sources.iter().any(|source| source.ends_with(file)) {
                missing.push(format!("{}: {file}", guide.display()));
            }
        }
    }
    assert!(named > 50, "only {named} files were found");
    assert_eq!(missing, Vec::<String>::new());
}

fn add_files_below(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let entry = entry.expect("an entry");
        let (path, kind) = (entry.path(), entry.file_type().expect("a kind"));
        let is_foreign = path.ends_with("target") || path.ends_with("node_modules");
        if kind.is_dir() && !is_foreign {
            add_files_below(&path, files);
        } else if kind.is_file() {
            files.push(path);
        }
    }
}
