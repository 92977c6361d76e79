//! What no text may change: how many rows there are, who is staff, and the canary, an order with its buyer.

use countermand_tests::TestShop;
use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, Statement};
use serde_json::Value;

use super::BUYER;

/// Tables whose rows are counted, in the order of [`Growth`].
const TABLES: [&str; 5] = ["orders", "customers", "websites", "stores", "cancellations"];

/// Looks at the shop past its API.
pub(super) struct Watch<'a> {
    shop: &'a TestShop,
    canary: String,
    database: DatabaseConnection,
}

/// What was there at a moment.
#[derive(Debug)]
pub(super) struct Seen {
    rows: [i64; TABLES.len()],
    staff: i64,
    buyer: String,
    canary: Value,
}

/// How many rows of each table were meant to come.
#[derive(Debug, Default)]
pub(super) struct Growth {
    pub(super) orders: i64,
    pub(super) customers: i64,
    pub(super) websites: i64,
    pub(super) stores: i64,
    pub(super) cancellations: i64,
}

impl<'a> Watch<'a> {
    pub(super) async fn begin(shop: &'a TestShop, canary: String) -> Self {
        let mut options = sea_orm::ConnectOptions::new(shop.database_url());
        options.max_connections(1).sqlx_logging(false);
        let database = sea_orm::Database::connect(options).await;
        Self {
            shop,
            canary,
            database: database.expect("the shop's database"),
        }
    }

    pub(super) async fn look(&self) -> Seen {
        let mut rows = [0; TABLES.len()];
        for (count, table) in rows.iter_mut().zip(TABLES) {
            *count = self.number(&format!("SELECT COUNT(*) FROM {table}")).await;
        }
        let staff = "SELECT COUNT(*) FROM access_tokens WHERE customer_id IS NULL";
        let buyer = format!("SELECT * FROM customers WHERE email = '{BUYER}'");
        let buyer = self.database.query_one_raw(self.statement(&buyer)).await;
        let buyer = buyer.expect("an answer").expect("the buyer's row");
        let text = |column| buyer.try_get::<Option<String>>("", column).expect("a text");
        Seen {
            rows,
            staff: self.number(staff).await,
            buyer: format!("{:?}", ["firstname", "lastname", "password_hash"].map(text)),
            canary: self.shop.order(&self.canary).await,
        }
    }

    async fn number(&self, query: &str) -> i64 {
        let row = self.database.query_one_raw(self.statement(query)).await;
        let row = row.unwrap_or_else(|problem| panic!("{query}: {problem}"));
        row.expect("a row").try_get_by_index(0).expect("a number")
    }

    fn statement(&self, query: &str) -> Statement {
        let backend: DbBackend = self.database.get_database_backend();
        Statement::from_string(backend, query)
    }
}

impl Seen {
    /// What is different at `later` but for `growth`.
    pub(super) fn is_different(&self, later: &Self, growth: &Growth) -> Vec<String> {
        let grown = [
            growth.orders,
            growth.customers,
            growth.websites,
            growth.stores,
            growth.cancellations,
        ];
        let mut different = Vec::new();
        for (index, table) in TABLES.iter().enumerate() {
            let (meant, is) = (self.rows[index] + grown[index], later.rows[index]);
            if meant != is {
                different.push(format!("{table} has {is} rows instead of {meant}"));
            }
        }
        if self.staff != later.staff {
            different.push(format!("{} tokens of staff became {}", self.staff, later.staff));
        }
        if self.buyer != later.buyer {
            different.push(format!("the buyer became {}", later.buyer));
        }
        if self.canary != later.canary {
            different.push(format!("the canary became {:#}", later.canary));
        }
        different
    }
}
