//! `countermand demo`: the shop works as the printed text says.

use std::collections::HashMap;

use countermand_tests::process::{ServerProcess, run};
use serde_json::{Value, json};
use tokio::io::AsyncBufReadExt;

use crate::program::PROGRAM;

/// The output of the demo, up to the end of its last request.
async fn printed(demo: &mut ServerProcess) -> String {
    let mut text = String::new();
    while text.matches("curl ").count() < 3 || !text.ends_with("'\n") {
        let read = demo.output.read_line(&mut text).await.expect("readable");
        assert!(read > 0, "the demo stopped after: {text}");
    }
    text
}

/// A request as a shell would send it.
struct Curl {
    url: String,
    headers: HashMap<String, String>,
    body: String,
}

/// The `curl` commands in `text`: a URL, and `-H` and `-d` with values in single quotes, read like a shell does.
fn curls(text: &str) -> Vec<Curl> {
    let joined = text.replace("\\\n", " ");
    let commands = joined.lines().filter_map(|line| line.strip_prefix("curl "));
    commands.map(curl).collect()
}

fn curl(command: &str) -> Curl {
    // Every second part stands between single quotes.
    let parts: Vec<&str> = command.split('\'').collect();
    let url = parts[0]
        .split_whitespace()
        .find(|word| word.starts_with("http"))
        .expect("a URL");
    let (mut headers, mut body) = (HashMap::new(), String::new());
    for pair in parts.chunks_exact(2) {
        let (option, value) = (pair[0].split_whitespace().last(), pair[1]);
        match option {
            Some("-H") => {
                let (name, value) = value.split_once(": ").expect("a header");
                headers.insert(name.to_owned(), value.to_owned());
            }
            Some("-d") => value.clone_into(&mut body),
            other => panic!("an option that no test knows: {other:?}"),
        }
    }
    let url = url.to_owned();
    Curl { url, headers, body }
}

async fn send(client: &reqwest::Client, curl: &Curl) -> Value {
    let mut request = client.post(&curl.url).body(curl.body.clone());
    for (name, value) in &curl.headers {
        request = request.header(name, value);
    }
    let text = request
        .send()
        .await
        .expect("an answer")
        .text()
        .await
        .expect("a body");
    let answer: Value = serde_json::from_str(&text).unwrap_or_else(|_| panic!("no JSON: {text}"));
    assert!(answer.get("errors").is_none(), "{}: {answer:#}", curl.body);
    answer["data"].clone()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_requests_that_the_demo_prints_work() {
    let folder = tempfile::tempdir().expect("a folder");
    let database = format!("sqlite:{}", folder.path().join("demo.db").display());
    let mut demo = ServerProcess::demo(PROGRAM, &["--database-url", &database]).await;
    let text = printed(&mut demo).await;
    let requests = curls(&text);
    let [list, cancel, switch] = requests.as_slice() else {
        panic!("not three requests: {text}")
    };
    let client = countermand_tests::ask::client();

    let orders = send(&client, list).await;
    let items = orders["customer"]["orders"]["items"]
        .as_array()
        .expect("orders")
        .clone();
    let may_cancel = |it: &&Value| {
        it["available_actions"]
            .as_array()
            .is_some_and(|it| it.contains(&json!("CANCEL")))
    };
    assert!(
        items.iter().any(|it| may_cancel(&it)) && !items.iter().all(|it| may_cancel(&it)),
        "{items:#?}"
    );

    let canceled = send(&client, cancel).await;
    assert!(canceled["cancelOrder"]["errorV2"].is_null(), "{canceled:#}");
    let order = &canceled["cancelOrder"]["order"];
    assert_eq!(order["status"], "Closed");
    assert_eq!(order["credit_memos"].as_array().map(Vec::len), Some(1));
    let again = send(&client, cancel).await;
    assert_eq!(again["cancelOrder"]["errorV2"]["code"], "INVALID_ORDER_STATUS");

    let switched = send(&client, switch).await;
    assert_eq!(
        switched["updateCancellationConfig"]["config"]["enabled"]["value"],
        false
    );
    let after = send(&client, list).await;
    let items = after["customer"]["orders"]["items"]
        .as_array()
        .expect("orders")
        .clone();
    assert!(!items.iter().any(|it| may_cancel(&it)), "{items:#?}");

    let doctor = run(PROGRAM, &["doctor", "--database-url", &database]);
    assert_eq!(doctor.code, 0, "{}", doctor.out);
    assert!(doctor.out.contains("200 orders checked"), "{}", doctor.out);
    demo.kill().await;

    let second = run(
        PROGRAM,
        &["demo", "--listen", "127.0.0.1:0", "--database-url", &database],
    );
    assert_eq!(second.code, 1);
    assert!(second.err.contains("is not empty"), "{second:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_demo_uses_its_own_database_and_serves_graphiql() {
    let mut demo = ServerProcess::demo(PROGRAM, &[]).await;
    let text = printed(&mut demo).await;
    assert!(
        text.contains("two websites, four store views") && text.contains("200 orders"),
        "{text}"
    );
    let page = |path: &str| {
        countermand_tests::ask::client()
            .get(format!("{}{path}", demo.address))
            .send()
    };
    let graphiql = page("/graphiql").await.expect("a page");
    assert_eq!(graphiql.status(), 200);
    assert!(
        graphiql.text().await.expect("a page").contains("cancelOrder"),
        "example tabs are there"
    );
    for path in ["/", "/healthz", "/readyz", "/metrics"] {
        assert_eq!(page(path).await.expect("a page").status(), 200, "{path}");
    }
    let stores = demo.ask("{ availableStores { store_code } }").send().await;
    assert!(stores.body["errors"].is_null(), "{:#}", stores.body);
    demo.kill().await;
}

// A page of another site can point a name of its own to this machine, and its requests then hold that name.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_demo_answers_to_no_name_that_another_site_made() {
    let demo = ServerProcess::demo(PROGRAM, &[]).await;
    let (_, port) = demo.address.rsplit_once(':').expect("a port");
    let status = async |path: &str, host: &str| {
        let url = format!("{}{path}", demo.address);
        let asked = countermand_tests::ask::client().get(url).header("Host", host);
        asked.send().await.expect("an answer").status().as_u16()
    };
    for path in ["/graphiql", "/graphql?query=%7B__typename%7D", "/readyz"] {
        for own in ["localhost", "127.0.0.1", "[::1]"] {
            assert_eq!(status(path, &format!("{own}:{port}")).await, 200, "{own}{path}");
        }
        for other in ["shop.example", "127.0.0.1.shop.example", "192.0.2.7"] {
            assert_eq!(
                status(path, &format!("{other}:{port}")).await,
                421,
                "{other}{path}"
            );
        }
    }
    demo.kill().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_demo_answers_to_the_name_that_the_operator_chose() {
    // A resolver takes `127.1` for the loopback address; for the program it is a name as any other.
    let demo = ServerProcess::demo(PROGRAM, &["--listen", "127.1:0"]).await;
    let url = format!("{}/readyz", demo.address);
    for (host, status) in [("127.1", 200), ("127.1:8080", 200), ("127.2", 421)] {
        let asked = countermand_tests::ask::client().get(&url).header("Host", host);
        assert_eq!(asked.send().await.expect("an answer").status(), status, "{host}");
    }
    demo.kill().await;
}
