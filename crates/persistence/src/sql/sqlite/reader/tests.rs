//! The threads that read, on a file of its own.

use tempfile::TempDir;

use super::*;
use crate::sql::answers::Answer;
use crate::sql::columns::Columns;
use crate::sql::script::Output;

/// Counts so far that it takes seconds.
const SLOW_COUNT: &str = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000000) \
                          SELECT COUNT(*) FROM n";

struct Counter {
    _folder: TempDir,
    readers: Arc<Readers>,
    writer: Connection,
}

impl Counter {
    fn new(cores: usize) -> Self {
        let folder = TempDir::new().expect("a folder");
        let file = folder.path().join("counter.db");
        let writer = Connection::open(&file, None).expect("a database");
        for text in [
            "CREATE TABLE counter (value INTEGER)",
            "INSERT INTO counter VALUES (0)",
        ] {
            writer.execute(text).expect("it is written");
        }
        Self {
            readers: Arc::new(Readers::new(&file, cores, 8, None)),
            writer,
            _folder: folder,
        }
    }

    fn increase(&self) {
        let text = "UPDATE counter SET value = value + 1";
        self.writer.execute(text).expect("it is written");
    }
}

async fn number(readers: &Readers, text: &str) -> i64 {
    let statement = Statement {
        text: text.into(),
        values: Vec::new(),
        output: Output::Rows,
    };
    let answers = readers.read([statement].into()).await.expect("an answer");
    match &answers[..] {
        [Answer::Rows(rows)] => rows[0].integer(0).expect("a number"),
        other => panic!("one answer with rows, not {other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_read_sees_all_that_was_written_before_it_was_sent() {
    let counter = Counter::new(2);
    let mut reads = Vec::new();
    for written in 1..=300_i64 {
        counter.increase();
        for _ in 0..8 {
            let readers = counter.readers.clone();
            reads.push(tokio::spawn(async move {
                (written, number(&readers, "SELECT value FROM counter").await)
            }));
        }
        tokio::task::yield_now().await;
    }
    for read in reads {
        let (written, seen) = read.await.expect("it ends");
        assert!(seen >= written, "{seen} after {written} writes");
    }
    let connections = counter.readers.connections();
    assert!(
        connections.busy + connections.idle <= connections.most,
        "{connections:?}"
    );
}

#[tokio::test]
async fn a_fast_read_does_not_wait_for_a_slow_one() {
    let counter = Counter::new(1);
    let readers = counter.readers.clone();
    let slow = tokio::spawn(async move { number(&readers, SLOW_COUNT).await });
    tokio::task::yield_now().await;
    assert_eq!(number(&counter.readers, "SELECT value FROM counter").await, 0);
    assert!(!slow.is_finished());
    assert_eq!(slow.await.expect("it ends"), 20_000_000);
}

#[tokio::test]
async fn a_closed_reader_has_no_connection_and_refuses_to_read() {
    let counter = Counter::new(1);
    assert_eq!(number(&counter.readers, "SELECT value FROM counter").await, 0);
    let opened = |readers: &Readers| readers.connections().busy + readers.connections().idle;
    assert_eq!(opened(&counter.readers), 1);
    counter.readers.close().await;
    assert_eq!(opened(&counter.readers), 0);
    let statement = Statement {
        text: "SELECT value FROM counter".into(),
        values: Vec::new(),
        output: Output::Rows,
    };
    assert!(counter.readers.read([statement].into()).await.is_err());
}
