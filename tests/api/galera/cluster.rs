//! A cluster with a shop on it and the program as a process on each node.

use countermand_app::AppSettings;
use countermand_tests::database::Scratch;
use countermand_tests::process::ServerProcess;
use countermand_tests::{DatabaseKind, OwnServers, TestShop};
use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, QueryResult, Statement};
use serde_json::json;

use crate::program::PROGRAM;

/// Who buys every order.
pub(super) const BUYER: &str = "anna@example.com";
/// The mails stay in the database, and each racer may ask as often as it likes.
const SETTINGS: &[&str] = &[
    "--no-worker",
    "--rate-limit-per-minute",
    "0",
    "--rate-limit-mutations-per-minute",
    "0",
];

/// The cluster; gone when it is dropped.
pub(super) struct Cluster {
    /// The shop through a server of the test's own process at node 1: to prepare things.
    pub(super) shop: TestShop,
    /// The program at node 1, 2 and 3.
    pub(super) servers: Vec<ServerProcess>,
    /// The buyer's token.
    pub(super) customer: String,
    urls: Vec<String>,
    _nodes: OwnServers,
}

impl Cluster {
    /// Starts everything, cancellation switched on; none when the cluster is not to be tested.
    pub(super) async fn start(retries: &str) -> Option<Self> {
        let nodes = OwnServers::start("COUNTERMAND_GALERA", "galera.sh", &[retries])?;
        let scratch = Scratch::on(&nodes.urls()[0]).await;
        let urls: Vec<String> = nodes.urls().iter().map(|url| scratch.through(url)).collect();
        let shop = TestShop::open_on(DatabaseKind::MariaDb, scratch, AppSettings::default()).await;
        shop.leave_jobs();
        shop.enable_cancellation().await;
        shop.customer(BUYER).await;
        wait_for_each_other(&urls).await;
        let mut servers = Vec::new();
        for url in &urls {
            servers.push(ServerProcess::start(PROGRAM, url, SETTINGS).await);
        }
        let sign_in = "mutation($email: String!) { generateCustomerToken(email: $email, password: \"Secret-123\") { token } }";
        let signed_in = servers[0].ask(sign_in).variables(json!({ "email": BUYER }));
        let signed_in = signed_in.send().await;
        let customer = signed_in.data("/generateCustomerToken/token").as_str();
        let customer = customer.expect("a token").to_owned();
        let cluster = Self {
            shop,
            servers,
            customer,
            urls,
            _nodes: nodes,
        };
        cluster.wait_for_each_other().await;
        Some(cluster)
    }

    /// The shop's database through a node, counted from 0.
    pub(super) fn url(&self, node: usize) -> &str {
        &self.urls[node]
    }

    /// Returns when every node has applied what another one committed before.
    pub(super) async fn wait_for_each_other(&self) {
        wait_for_each_other(&self.urls).await;
    }

    /// How many transactions the nodes rolled back because another node's came first.
    pub(super) async fn clashes(&self) -> i64 {
        let mut clashes = 0;
        for url in &self.urls {
            let rows = rows(
                url,
                "SELECT SUM(CAST(VARIABLE_VALUE AS SIGNED)) AS clashes FROM information_schema.GLOBAL_STATUS \
                 WHERE VARIABLE_NAME IN ('wsrep_local_cert_failures', 'wsrep_local_bf_aborts')",
            );
            let clash: sea_orm::prelude::Decimal = rows.await[0].try_get("", "clashes").expect("a sum");
            clashes += i64::try_from(clash).expect("a count");
        }
        clashes
    }

    /// What the servers wrote of errors into their logs.
    pub(super) fn errors(&self) -> String {
        let logs = self.servers.iter().map(ServerProcess::log);
        let mut errors = String::new();
        for line in logs.collect::<String>().lines() {
            if line.contains("ERROR") {
                errors.push_str(line);
                errors.push('\n');
            }
        }
        errors
    }

    pub(super) async fn stop(self) {
        for server in self.servers {
            server.kill().await;
        }
        self.shop.close().await;
    }
}

async fn wait_for_each_other(urls: &[String]) {
    for url in urls {
        let node = connect(url).await;
        for statement in ["SET SESSION wsrep_sync_wait = 1", "SELECT COUNT(*) FROM orders"] {
            node.execute_unprepared(statement).await.expect("a node in step");
        }
        node.close().await.expect("closed");
    }
}

/// What a query answers at `url`, which shows everything that was committed anywhere before.
pub(super) async fn rows(url: &str, query: &str) -> Vec<QueryResult> {
    let database = connect(url).await;
    let wait = database
        .execute_unprepared("SET SESSION wsrep_sync_wait = 1")
        .await;
    wait.expect("a node in step");
    let query = Statement::from_string(DbBackend::MySql, query);
    let rows = database
        .query_all_raw(query.clone())
        .await
        .unwrap_or_else(|problem| panic!("{query}: {problem}"));
    database.close().await.expect("closed");
    rows
}

async fn connect(url: &str) -> DatabaseConnection {
    let mut options = sea_orm::ConnectOptions::new(url);
    options.max_connections(1).sqlx_logging(false);
    sea_orm::Database::connect(options)
        .await
        .unwrap_or_else(|problem| panic!("{url}: {problem}"))
}
