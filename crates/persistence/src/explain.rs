//! Tests with `EXPLAIN` that no frequent statement reads all rows of a large table.

use countermand_domain::StoreNumber;
use sea_orm::{ConnectionTrait, DbErr, QueryResult, Statement};

use crate::orders::load::{OrderIds, add_children, by_id, by_number};
use crate::sql::script::Script;
use crate::{AccountKey, ConnectOptions, CustomerOrdersQuery, Database, OrderRange, OrderSearch, OrderSort};
use database::{DatabaseKind, FreshDatabase};
use rows::{TOKEN, customer_of, fill};
use shop::{at, order_id};

#[path = "../tests/store/database.rs"]
pub(crate) mod database;
mod rows;
#[expect(
    dead_code,
    reason = "shared with the tests of the database, which use the rest"
)]
#[path = "../tests/store/shop.rs"]
mod shop;

/// The tables that grow with the shop. Small tables such as the settings are read as a whole.
const LARGE: [&str; 13] = [
    "access_tokens",
    "cancellations",
    "credit_memos",
    "customers",
    "guest_keys",
    "invoices",
    "obligations",
    "order_comments",
    "order_events",
    "order_items",
    "orders",
    "payment_transactions",
    "shipments",
];

#[tokio::test(flavor = "multi_thread")]
async fn no_hot_statement_walks_through_a_large_table() -> anyhow::Result<()> {
    for kind in DatabaseKind::available() {
        let fresh = FreshDatabase::create(kind).await?;
        let database = Database::connect(&ConnectOptions::new(&fresh.url)).await?;
        database.migrate().await?;
        fill(&database).await?;
        let mut walks = Vec::new();
        for (request, script) in hot_scripts(&database) {
            for statement in &script.statements() {
                let plan = plan(&database, kind, statement).await?;
                if plan.iter().any(|line| walks_through_all(kind, statement, line)) {
                    walks.push(format!("{request} on {kind}: {statement}\n{}", plan.join("\n")));
                }
            }
        }
        database.close().await;
        fresh.remove().await?;
        eprintln!("ran on {kind}");
        assert!(walks.is_empty(), "{}", walks.join("\n\n"));
    }
    Ok(())
}

/// All reads of the requests of storefronts and staff, and of workers.
fn hot_scripts(database: &Database) -> Vec<(&'static str, Script<'_>)> {
    let mut children = Script::read(database);
    let page = (1..=20).map(|index| order_id(1, index * 99).number()).collect();
    add_children(&mut children, &OrderIds::These(page));
    let numbers: Vec<_> = (0..200).map(|index| format!("{index:09}")).collect();
    let by_address = AccountKey::Email("buyer7@example.com".into());
    let mut scripts = vec![
        (
            "order by id",
            database.order_script(by_id(order_id(1, 9)), true).0,
        ),
        (
            "order by number",
            database
                .order_script(by_number(StoreNumber(1), "000000009"), true)
                .0,
        ),
        ("children of a page", children),
        ("session", database.session_script(&TOKEN).0),
        (
            "session by address",
            database.session_of_account_script(&by_address).0,
        ),
        ("due obligations", database.due_script("mail")),
        ("expired tokens", database.expired_tokens_script(at(0), 500).0),
        (
            "known orders",
            database.known_orders_script(StoreNumber(1), &numbers).0,
        ),
    ];
    for descending in [false, true] {
        for sort in [
            OrderSort::PlacedAt { descending },
            OrderSort::Number { descending },
            OrderSort::Id,
        ] {
            scripts.push((
                "a customer's orders",
                database.customer_orders_script(&customer_orders(sort), 1).0,
            ));
        }
    }
    let by_text = CustomerOrdersQuery {
        text: Some("Thing".into()),
        ..customer_orders(OrderSort::Id)
    };
    scripts.push((
        "a customer's search",
        database.customer_orders_script(&by_text, 1).0,
    ));
    for (filter, search) in searches() {
        scripts.push((filter, database.search_script(&search).0));
        let next_page = OrderSearch {
            after: Some((at(2_400), order_id(1, 2_400).number())),
            ..search
        };
        scripts.push((filter, database.search_script(&next_page).0));
    }
    scripts
}

fn customer_orders(sort: OrderSort) -> CustomerOrdersQuery {
    CustomerOrdersQuery {
        customer: customer_of(7),
        stores: vec![StoreNumber(1), StoreNumber(2)],
        numbers: None,
        number_part: None,
        text: None,
        statuses: None,
        placed: OrderRange { from: None, to: None },
        base_grand_total: OrderRange { from: None, to: None },
        sort,
        page: 1,
        page_size: 20,
        counts_all: true,
        finds_first: true,
    }
}

/// The staff search with each filter alone.
fn searches() -> [(&'static str, OrderSearch); 7] {
    let any = OrderSearch {
        store: None,
        status: None,
        number: None,
        email: None,
        placed: OrderRange { from: None, to: None },
        after: None,
        limit: 20,
    };
    let some = |change: fn(&mut OrderSearch)| {
        let mut search = any.clone();
        change(&mut search);
        search
    };
    [
        ("search", any.clone()),
        ("search by store", some(|it| it.store = Some(StoreNumber(2)))),
        ("search by status", some(|it| it.status = Some("closed".into()))),
        (
            "search by number",
            some(|it| it.number = Some("000000009".into())),
        ),
        (
            "search by email",
            some(|it| it.email = Some("Buyer7@example.com".into())),
        ),
        ("search by date", some(|it| it.placed.from = Some(at(1_500)))),
        (
            "search by store and status",
            some(|it| (it.store, it.status) = (Some(StoreNumber(1)), Some("closed".into()))),
        ),
    ]
}

async fn plan(database: &Database, kind: DatabaseKind, statement: &str) -> anyhow::Result<Vec<String>> {
    let explain = match kind {
        DatabaseKind::Sqlite => "EXPLAIN QUERY PLAN",
        DatabaseKind::Postgres | DatabaseKind::MariaDb => "EXPLAIN",
    };
    let explain = Statement::from_string(database.backend(), format!("{explain} {statement}"));
    let rows = database.db.query_all_raw(explain).await?;
    Ok(rows.iter().map(|row| line(kind, row)).collect::<Result<_, _>>()?)
}

fn line(kind: DatabaseKind, row: &QueryResult) -> Result<String, DbErr> {
    match kind {
        DatabaseKind::Sqlite => row.try_get("", "detail"),
        DatabaseKind::Postgres => row.try_get_by_index(0),
        DatabaseKind::MariaDb => {
            let text =
                |column| Ok::<_, DbErr>(row.try_get::<Option<String>>("", column)?.unwrap_or_default());
            Ok(format!(
                "{} {} {} {}",
                text("table")?,
                text("type")?,
                text("key")?,
                text("Extra")?
            ))
        }
    }
}

/// Whether the plan reads a whole large table. Reading along an
/// index is allowed only if the statement ends after a page.
fn walks_through_all(kind: DatabaseKind, statement: &str, line: &str) -> bool {
    let ends_after_a_page = statement.contains(" LIMIT ");
    LARGE.iter().any(|table| match kind {
        DatabaseKind::Sqlite => match line.strip_prefix(&format!("SCAN {table}")) {
            Some(how) => !(ends_after_a_page && how.contains("USING INDEX")),
            None => false,
        },
        // PostgreSQL is right to read a small table of short rows as a whole, so only `orders` is checked.
        DatabaseKind::Postgres => *table == "orders" && line.contains("Seq Scan on orders"),
        DatabaseKind::MariaDb => {
            line.starts_with(&format!("{table} ALL "))
                || (!ends_after_a_page && line.starts_with(&format!("{table} index ")))
        }
    })
}
