//! One year of a real wholesaler: all orders are imported twice, and all cancellations are repeated: those of whole
//! orders at once, and, in a copy of the shop, each part by itself. A second test compares orders that are canceled
//! line by line with the same orders that are canceled at once.
//!
//! The refund of an item is compared with the price of the order times the canceled quantity. Not compared are 1,860
//! lines of the wholesaler's cancellations, which no earlier order of the customer explains. In 316 others, the price
//! of the line is not the price of the order; the shop refunds what was paid. One paid order of several lines,
//! 000548813, has four charges and no goods: once one of them is refunded, nothing is left to ship, so the order is
//! complete. It is canceled at once only.
//!
//! `ORDERS_DATA` names the folder with the data, which is not part of the repository. Without it the test is skipped.

mod parts;
mod records;

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use countermand_domain::Money;
use countermand_persistence::{ConnectOptions, Database};
use countermand_tests::customers::session_of_imported;
use countermand_tests::process::{Run, ServerProcess, run};
use countermand_tests::staff::CANCEL_ORDER;
use futures_util::{StreamExt, stream};
use serde_json::{Value, json};

use crate::program::PROGRAM;
use parts::Part;
use records::{Record, WholeOrder, money, records, whole_order_cancellations};

const ORDERS: u64 = 19_880;
const WHOLE_ORDERS: usize = 131;
/// The paid orders of which the records cancel several lines, and the number of these lines.
const ORDERS_OF_SEVERAL_LINES: (usize, usize) = (608, 2_439);
const LARGEST_MEMORY_KIB: u64 = 200 * 1024;
const CLIENTS: usize = 4;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_year_of_orders_is_imported_and_its_cancellations_agree_to_the_cent() {
    let Some(data) = std::env::var_os("ORDERS_DATA").map(PathBuf::from) else {
        println!("ORDERS_DATA is not set: the real orders were not tried");
        return;
    };
    let folder = tempfile::tempdir().expect("a folder");
    let database = format!("sqlite:{}", folder.path().join("shop.db").display());
    assert_eq!(run(PROGRAM, &["migrate", "--database-url", &database]).code, 0);
    for expected in [[ORDERS, 0, 0, 0, 0], [0, 0, ORDERS, 0, 0]] {
        let import = import(&data, &database);
        println!(
            "imported in {:.1} s with {} MiB",
            import.took.as_secs_f64(),
            import.peak_kib / 1024
        );
        assert_eq!(counts(&import.run), expected, "{:?}", import.run);
        assert_eq!(import.run.code, 0);
        assert!(import.peak_kib < LARGEST_MEMORY_KIB, "{} KiB", import.peak_kib);
        let notes = import
            .run
            .out
            .lines()
            .filter(|line| line.starts_with("note: "))
            .count();
        // One note is about the currency of all orders.
        assert_eq!(notes, if expected[0] == 0 { 0 } else { 5 }, "{}", import.run.out);
    }
    assert_healthy(&database, ORDERS);

    let cancellations = whole_order_cancellations(&data);
    assert_eq!(cancellations.len(), WHOLE_ORDERS);
    let copy = folder.path().join("parts.db");
    std::fs::copy(folder.path().join("shop.db"), &copy).expect("a copy of the closed database");
    let (buyers, amounts) = (by_buyer(cancellations, |it| &it.email), whole_amounts(&data));
    replay(
        &database,
        buyers,
        async |server, _, customer, orders: &[WholeOrder]| {
            for order in orders {
                cancel(server, customer, order).await;
            }
            BTreeMap::new()
        },
    )
    .await;
    assert_healthy(&database, ORDERS);

    let parts = format!("sqlite:{}", copy.display());
    let records = records(&data);
    records::assert_counted(&data, &records);
    let buyers = by_buyer(parts::parts(records), |it| &it.email);
    let refunded = replay(&parts, buyers, parts::cancel).await;
    assert_healthy(&parts, ORDERS);
    for (number, at_once) in amounts {
        assert_eq!(refunded.get(&number), Some(&at_once), "{number}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn orders_canceled_line_by_line_refund_to_the_cent_what_they_refund_at_once() {
    let Some(data) = std::env::var_os("ORDERS_DATA").map(PathBuf::from) else {
        println!("ORDERS_DATA is not set: the real orders were not tried");
        return;
    };
    let orders = parts::paid_orders_of_several_lines(&data);
    let lines: Vec<_> = orders.iter().flatten().cloned().collect();
    assert_eq!((orders.len(), lines.len()), ORDERS_OF_SEVERAL_LINES);
    let folder = tempfile::tempdir().expect("a folder");
    let (text, at_once) = (
        folder.path().join("orders.jsonl"),
        folder.path().join("at-once.db"),
    );
    let numbers = lines.iter().map(|it| it.order.as_str()).collect();
    unpack(&data, &numbers, &text);
    let url = |file: &Path| format!("sqlite:{}", file.display());
    let shop = url(&at_once);
    assert_eq!(run(PROGRAM, &["migrate", "--database-url", &shop]).code, 0);
    let text = text.display().to_string();
    let import = run(PROGRAM, &["import", "--database-url", &shop, &text]);
    assert_eq!(import.code, 0, "{import:?}");
    let by_line = folder.path().join("by-line.db");
    std::fs::copy(&at_once, &by_line).expect("a copy of the closed database");

    let whole = orders.iter().cloned().map(|lines| {
        let is_last = lines.iter().any(|it| it.is_last);
        Part::of(lines, is_last)
    });
    let at_once = replay(&shop, by_buyer(whole.collect(), |it| &it.email), parts::cancel).await;
    let by_line = url(&by_line);
    let single = orders.into_iter().flat_map(one_by_one).collect();
    let refunded = replay(&by_line, by_buyer(single, |it| &it.email), parts::cancel).await;
    assert_eq!(refunded, at_once);
    for database in [shop, by_line] {
        assert_healthy(&database, ORDERS_OF_SEVERAL_LINES.0 as u64);
    }
}

/// Each line of an order as a cancellation of its own. The last one takes the last units where the records cancel all.
fn one_by_one(lines: Vec<Record>) -> Vec<Part> {
    let (is_whole, last) = (lines.iter().any(|it| it.is_last), lines.len() - 1);
    let part = |(at, line): (usize, Record)| Part::of(vec![line], is_whole && at == last);
    lines.into_iter().enumerate().map(part).collect()
}

/// Writes the orders with these numbers into a file.
fn unpack(data: &Path, numbers: &BTreeSet<&str>, file: &Path) {
    let mut xz = Command::new("xz")
        .arg("-dc")
        .arg(data.join("orders.jsonl.xz"))
        .stdout(Stdio::piped())
        .spawn()
        .expect("xz starts");
    let mut file = File::create(file).expect("a file");
    let text = BufReader::new(xz.stdout.take().expect("its output"));
    for line in text.lines() {
        let line = line.expect("a line");
        let number = line
            .split_once("\"increment_id\":\"")
            .and_then(|(_, rest)| rest.get(..9));
        if number.is_some_and(|number| numbers.contains(number)) {
            writeln!(file, "{line}").expect("a written line");
        }
    }
    assert!(xz.wait().expect("xz ends").success());
}

/// The paid orders that the records cancel completely, with what each refunds at once.
fn whole_amounts(data: &Path) -> Vec<(String, Money)> {
    let paid = whole_order_cancellations(data)
        .into_iter()
        .filter(|it| it.is_paid);
    paid.map(|it| (it.number, it.canceled)).collect()
}

/// The work of each buyer, in the order in which it happened.
fn by_buyer<T>(work: Vec<T>, email: impl Fn(&T) -> &str) -> BTreeMap<String, Vec<T>> {
    let mut buyers: BTreeMap<String, Vec<T>> = BTreeMap::new();
    for it in work {
        buyers.entry(email(&it).to_owned()).or_default().push(it);
    }
    buyers
}

struct Import {
    run: Run,
    took: Duration,
    /// The most memory that the import held, in KiB; 0 where the system does not tell.
    peak_kib: u64,
}

/// Imports all orders through a pipe, like on a command line.
fn import(data: &Path, database: &str) -> Import {
    let began = Instant::now();
    let mut xz = Command::new("xz")
        .arg("-dc")
        .arg(data.join("orders.jsonl.xz"))
        .stdout(Stdio::piped())
        .spawn()
        .expect("xz starts");
    let child = Command::new(PROGRAM)
        .args(["import", "--database-url", database, "-"])
        .stdin(xz.stdout.take().expect("its output"))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let process = child.id();
    let measuring = std::thread::spawn(move || peak_kib(process));
    let output = child.wait_with_output().expect("its output");
    let peak_kib = measuring.join().expect("a number");
    assert!(xz.wait().expect("xz ends").success());
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let run = Run {
        code: output.status.code().unwrap_or(-1),
        out: text(&output.stdout),
        err: text(&output.stderr),
    };
    Import {
        run,
        took: began.elapsed(),
        peak_kib,
    }
}

/// Waits for the end of a process, and gives the most memory that it held, in KiB, where Linux tells.
fn peak_kib(process: u32) -> u64 {
    let mut peak = 0;
    loop {
        let held = high_water_mark(process);
        if held == 0 {
            return peak;
        }
        peak = held;
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// The most memory that a process held so far, in KiB, where Linux tells; zero after its end.
fn high_water_mark(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = line.and_then(|rest| rest.split_whitespace().next());
    kib.and_then(|kib| kib.parse().ok()).unwrap_or(0)
}

/// The numbers of imported, updated, skipped and refused orders, and of those that need attention.
fn counts(run: &Run) -> Vec<u64> {
    let row = run.out.lines().last().unwrap_or_default();
    row.split_whitespace()
        .filter_map(|word| word.parse().ok())
        .collect()
}

fn assert_healthy(database: &str, orders: u64) {
    let doctor = run(PROGRAM, &["doctor", "--database-url", database]);
    assert_eq!(doctor.code, 0, "{}{}", doctor.out, doctor.err);
    assert!(
        doctor.out.contains(&format!("{orders} orders checked")),
        "{}",
        doctor.out
    );
}

/// Each buyer signs in and cancels with `cancel`. Gives what `cancel` gave for all buyers.
async fn replay<T: Send + Sync + 'static>(
    database: &str,
    buyers: BTreeMap<String, Vec<T>>,
    cancel: impl AsyncFn(&ServerProcess, &Database, &str, &[T]) -> BTreeMap<String, Money>,
) -> BTreeMap<String, Money> {
    let token = run(
        PROGRAM,
        &["token", "create", "--role", "owner", "--database-url", database],
    );
    let staff = token.out.trim().to_owned();
    // All buyers share one address here, and a fast machine sends more requests in a minute than one address may.
    let unlimited = [
        "--rate-limit-per-minute",
        "0",
        "--rate-limit-mutations-per-minute",
        "0",
    ];
    let server = ServerProcess::start(PROGRAM, database, &unlimited).await;
    let on = "mutation { updateCancellationConfig(input: { scope: DEFAULT, enabled: true }) { config { enabled { value } } } }";
    let config = server.ask(on).token(&staff).send().await;
    assert_eq!(
        config.data("/updateCancellationConfig/config/enabled/value"),
        true
    );
    let shop = Database::connect(&ConnectOptions::new(database))
        .await
        .expect("the database");
    let clients = stream::iter(&buyers).map(async |(email, work)| {
        let customer = session_of_imported(&shop, "base", email).await;
        cancel(&server, &shop, &customer.expect("an imported customer"), work).await
    });
    let results: Vec<_> = clients.buffer_unordered(CLIENTS).collect().await;
    results.into_iter().flatten().collect()
}

/// The id of the customer's order with this number.
async fn order_id(server: &ServerProcess, customer: &str, number: &str) -> Value {
    let find = "query($number: String!) { customer { orders(filter: { number: { eq: $number } }) { items { id } } } }";
    let found = server
        .ask(find)
        .variables(json!({ "number": number }))
        .token(customer)
        .send()
        .await;
    found.data("/customer/orders/items/0/id").clone()
}

async fn cancel(server: &ServerProcess, customer: &str, order: &WholeOrder) {
    let id = order_id(server, customer, &order.number).await;
    let variables = json!({ "id": id, "reason": "Other" });
    let answer = server
        .ask(CANCEL_ORDER)
        .variables(variables)
        .token(customer)
        .send()
        .await;
    let payload = answer.data("/cancelOrder");
    assert!(payload["errorV2"].is_null(), "{order:?}: {payload:#}");
    let canceled = &payload["order"];
    let memos = canceled["credit_memos"].as_array().expect("a list");
    if order.is_paid {
        assert_eq!(
            (canceled["status"].as_str(), memos.len()),
            (Some("Closed"), 1),
            "{order:?}"
        );
        let refunded = money(&memos[0]["total"]["grand_total"]["value"]);
        assert_eq!(refunded, order.canceled, "{order:?}");
        assert_eq!(
            refunded,
            money(&canceled["total"]["grand_total"]["value"]),
            "{order:?}"
        );
    } else {
        assert_eq!(
            (canceled["status"].as_str(), memos.len()),
            (Some("Canceled"), 0),
            "{order:?}"
        );
    }
}
