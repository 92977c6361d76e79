//! `countermand import`: files of every kind, standard input, and the report at the end.

use std::io::{BufRead, BufReader, Read, Write};
use std::path::PathBuf;
use std::process::{Command, Stdio};

use countermand_tests::OrderJson;
use countermand_tests::process::{Run, run, run_with_input};
use tempfile::TempDir;

use crate::program::PROGRAM;

/// A folder with a database and with files to import.
struct Desk {
    folder: TempDir,
    database: String,
}

impl Desk {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let database = format!("sqlite:{}", folder.path().join("shop.db").display());
        assert_eq!(run(PROGRAM, &["migrate", "--database-url", &database]).code, 0);
        Self { folder, database }
    }

    fn file(&self, name: &str, content: &[u8]) -> String {
        let path: PathBuf = self.folder.path().join(name);
        std::fs::write(&path, content).expect("written");
        path.display().to_string()
    }

    fn import(&self, arguments: &[&str]) -> Run {
        run(
            PROGRAM,
            &[&["import", "--database-url", &self.database], arguments].concat(),
        )
    }
}

fn order(number: &str) -> String {
    OrderJson::new(number).line("A", 1000, 1, 0, 0).json().to_string()
}

/// The last row of the report without the file's name: imported, updated, skipped, refused. No order needs attention.
fn counts(run: &Run) -> Vec<u64> {
    let row = run.out.lines().last().unwrap_or_default();
    let words = row.split_whitespace();
    let mut counts: Vec<u64> = words.filter_map(|word| word.parse().ok()).collect();
    if counts.len() == 5 {
        assert_eq!(counts.pop(), Some(0), "{run:?}");
    }
    counts
}

fn gzipped(content: &str) -> Vec<u8> {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packer.write_all(content.as_bytes()).expect("packed");
    packer.finish().expect("packed")
}

fn zstd_packed(content: &str) -> Vec<u8> {
    zstd::encode_all(content.as_bytes(), 3).expect("packed")
}

#[test]
fn a_file_that_is_imported_twice_changes_no_order_again() {
    let desk = Desk::new();
    let file = desk.file(
        "orders.json",
        format!("[{},{}]", order("1"), order("2")).as_bytes(),
    );
    let first = desk.import(&[&file]);
    assert_eq!((first.code, counts(&first)), (0, vec![2, 0, 0, 0]), "{first:?}");
    for column in [
        "imported",
        "updated",
        "skipped",
        "refused",
        "need attention",
        "orders.json",
    ] {
        assert!(first.out.contains(column), "{first:?}");
    }
    let second = desk.import(&[&file]);
    assert_eq!(
        (second.code, counts(&second)),
        (0, vec![0, 0, 2, 0]),
        "{second:?}"
    );
    assert_eq!(second.err, "");
}

#[test]
fn compressed_files_are_recognized_by_their_content() {
    let desk = Desk::new();
    let lines = |from: u32| {
        (from..from + 3)
            .map(|number| order(&number.to_string()) + "\n")
            .collect::<String>()
    };
    let gzip = desk.file("orders.jsonl.gz", &gzipped(&lines(1)));
    let zstd = desk.file("orders.txt", &zstd_packed(&lines(4)));
    let run = desk.import(&[&gzip, &zstd]);
    assert_eq!((run.code, counts(&run)), (0, vec![3, 0, 0, 0]), "{run:?}");
    assert_eq!(
        run.out.matches("imported").count(),
        2,
        "a table for each file: {run:?}"
    );
}

#[test]
fn standard_input_can_be_imported() {
    let desk = Desk::new();
    let answer = format!(r#"{{ "items": [{}], "total_count": 1 }}"#, order("1"));
    let arguments = ["import", "--database-url", &desk.database, "-"];
    let run = run_with_input(PROGRAM, &arguments, answer.as_bytes());
    assert_eq!((run.code, counts(&run)), (0, vec![1, 0, 0, 0]), "{run:?}");
    let again = run_with_input(PROGRAM, &arguments, &gzipped(&answer));
    assert_eq!((again.code, counts(&again)), (0, vec![0, 0, 1, 0]), "{again:?}");
}

#[test]
fn a_refused_order_is_reported_with_file_line_field_and_value() {
    let desk = Desk::new();
    let negative = order("2").replace(r#""qty_ordered":1"#, r#""qty_ordered":-1"#);
    let lines = [order("1"), negative, "{ broken".into(), order("3")].join("\n");
    let file = desk.file("orders.jsonl", lines.as_bytes());
    let run = desk.import(&[&file]);
    assert_eq!((run.code, counts(&run)), (1, vec![2, 0, 0, 2]), "{run:?}");
    let told: Vec<&str> = run.err.lines().collect();
    let of_line = |line: u32| {
        let start = format!("{file}:{line}:");
        let found = told.iter().find(|it| it.starts_with(&start));
        found
            .unwrap_or_else(|| panic!("nothing about line {line}: {run:?}"))
            .to_string()
    };
    let second = of_line(2);
    for part in ["order 2", "items[0].qty_ordered", "must not be below zero", "-1"] {
        assert!(second.contains(part), "{second}");
    }
    of_line(3);
    assert_eq!(told.len(), 2, "{run:?}");
}

#[test]
fn orders_go_to_the_named_store_view() {
    let desk = Desk::new();
    let foreign = OrderJson::new("1")
        .line("A", 1000, 1, 0, 0)
        .in_store(7)
        .json()
        .to_string();
    let file = desk.file("orders.json", foreign.as_bytes());
    let refused = desk.import(&[&file]);
    assert_eq!(
        (refused.code, counts(&refused)),
        (1, vec![0, 0, 0, 1]),
        "{refused:?}"
    );
    assert!(
        refused.err.contains("store_id numbers no store view here"),
        "{refused:?}"
    );
    let named = desk.import(&["--store", "default", &file]);
    assert_eq!((named.code, counts(&named)), (0, vec![1, 0, 0, 0]), "{named:?}");
    let unknown = desk.import(&["--store", "nowhere", &file]);
    assert_eq!(unknown.code, 1);
    assert!(
        unknown.err.contains("there is no store view `nowhere`"),
        "{unknown:?}"
    );
}

#[test]
fn a_file_that_cannot_be_read_is_reported_by_name() {
    let desk = Desk::new();
    let missing = desk.import(&["no-such-file.json"]);
    assert_eq!(missing.code, 1);
    assert!(
        missing
            .err
            .starts_with("countermand: cannot open no-such-file.json"),
        "{missing:?}"
    );
    let mut broken = gzipped(&order("1"));
    broken.truncate(broken.len() / 2);
    let broken = desk.file("broken.gz", &broken);
    let run = desk.import(&[&broken]);
    assert_eq!((run.code, counts(&run)), (1, vec![0, 0, 0, 1]), "{run:?}");
    assert!(
        run.err.contains("broken.gz") && run.err.contains("cannot be read"),
        "{run:?}"
    );
    assert!(!run.err.contains("panicked"), "{run:?}");
}

#[test]
fn a_file_that_holds_no_orders_is_refused() {
    let desk = Desk::new();
    for (name, content) in [
        ("text", &b"hello\nworld\n"[..]),
        ("bytes", &[0xff, 0x00, 0xfe, b'\n'][..]),
    ] {
        let file = desk.file(name, content);
        let run = desk.import(&[&file]);
        assert_eq!(run.code, 1, "{run:?}");
        assert!(run.err.contains(&format!("{file}:1:")), "{run:?}");
        assert_eq!(counts(&run)[..3], [0, 0, 0], "{run:?}");
    }
    for (name, content) in [
        ("empty", &b""[..]),
        ("answer", &br#"{ "items": [], "total_count": 0 }"#[..]),
    ] {
        let file = desk.file(name, content);
        let run = desk.import(&[&file]);
        assert_eq!((run.code, counts(&run)), (1, vec![0, 0, 0, 0]), "{run:?}");
        assert_eq!(run.err, format!("{file}: holds no orders\n"));
    }
}

#[test]
fn a_packed_file_that_is_not_read_is_refused_with_the_command_that_unpacks_it() {
    let desk = Desk::new();
    for (name, content) in [
        ("xz", &b"\xfd7zXZ\x00\x00\x04"[..]),
        ("bzip2", &b"BZh91AY&SY"[..]),
        ("zip", &b"PK\x03\x04\x14\x00"[..]),
    ] {
        let file = desk.file(&format!("orders.{name}"), content);
        let run = desk.import(&[&file]);
        assert_eq!(run.code, 1, "{run:?}");
        assert!(
            run.err.contains(&format!("{name} is not supported: use `")),
            "{run:?}"
        );
        assert!(run.err.contains("FILE | countermand import -"), "{run:?}");
    }
}

#[test]
fn ctrl_c_ends_an_import_after_the_orders_that_are_written() {
    let desk = Desk::new();
    let mut import = Command::new(PROGRAM)
        .args(["import", "--database-url", &desk.database, "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut input = import.stdin.take().expect("its input");
    // The first 250 are written together; the last orders wait for more, which does not come.
    let orders: String = (1..=260)
        .map(|number| order(&number.to_string()) + "\n")
        .collect();
    input
        .write_all(("{ broken\n".to_owned() + &orders).as_bytes())
        .expect("read");
    let mut told = BufReader::new(import.stderr.take().expect("its errors"));
    let mut refusal = String::new();
    told.read_line(&mut refusal)
        .expect("a refusal while the import runs");
    assert!(refusal.starts_with("-:1:"), "{refusal}");
    let stop = Command::new("kill")
        .args(["-s", "INT", &import.id().to_string()])
        .status();
    assert!(stop.expect("a signal").success());
    let mut out = String::new();
    import
        .stdout
        .take()
        .expect("its output")
        .read_to_string(&mut out)
        .expect("a text");
    let code = import.wait().expect("the program ends").code();
    let run = Run {
        code: code.unwrap_or(-1),
        out,
        err: refusal,
    };
    assert_eq!((run.code, counts(&run)), (130, vec![249, 0, 0, 1]), "{run:?}");
    drop(input);
    let again = run_with_input(
        PROGRAM,
        &["import", "--database-url", &desk.database, "-"],
        orders.as_bytes(),
    );
    assert_eq!(
        (again.code, counts(&again)),
        (0, vec![11, 0, 249, 0]),
        "{again:?}"
    );
}
