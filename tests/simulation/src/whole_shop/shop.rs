//! The shop that histories are run in, and the seam for faults of its database.

use std::cell::Cell;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use countermand_app::payments::account::ConnectPaymentProvider;
use countermand_app::shop::shop_settings::SettingChange;
use countermand_app::webhooks::endpoint::CreateWebhookEndpoint;
use countermand_app::{App, AppSettings, Clock, Staff, Viewer};
use countermand_domain::{ConfigScope, StaffRole};
use countermand_persistence::{ConnectOptions, Database};
use sea_orm::{ConnectionTrait, DatabaseConnection, Statement};
use tempfile::TempDir;

use super::moments::Calls;
use super::provider::{ADAPTER, SECRET, SimulatedProviders};
use super::receiver::{self, SimulatedReceiver};
use crate::fixed_clock::FixedClock;
use crate::ledger::{FIRST_KEY, Ledger, Profile};
use crate::secret_keys::{SECRET_KEYS, secret_keys};
use crate::seeded_env::seeded_env;

/// The network address of every request.
pub(super) const ORIGIN: &str = "127.0.0.1";
/// A file system in memory, where a commit waits for no disk. Not each machine has one.
const MEMORY: &str = "/dev/shm";

/// A place at which the database fails: the write of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FaultyTable {
    /// An event is not written. The order was written before it in the same transaction.
    Events,
    /// An obligation is neither written nor changed.
    Obligations,
    /// A state of a void or a refund at its provider is not written.
    ReversalEntries,
    /// An entry of the audit log, the last of a change of staff, is not written.
    Audit,
}

/// A database with a shop in it. Many histories share it.
#[derive(Debug)]
pub(super) struct SimulatedShop {
    database: Database,
    /// A connection beside the program's, for faults and for plain SQL.
    beside: DatabaseConnection,
    /// The bearer token of an owner.
    pub(super) owner: String,
    /// The order in which tenders are paid back; none before the first choice.
    refund_order: Cell<Option<&'static str>>,
    _folder: TempDir,
}

impl FaultyTable {
    pub(super) const ALL: [Self; 4] = [
        Self::Events,
        Self::Obligations,
        Self::ReversalEntries,
        Self::Audit,
    ];

    fn name(self) -> &'static str {
        match self {
            Self::Events => "order_events",
            Self::Obligations => "obligations",
            Self::ReversalEntries => "reversal_entries",
            Self::Audit => "audit_entries",
        }
    }
}

/// The instant at which each history begins.
pub(super) fn start_of_time() -> DateTime<Utc> {
    DateTime::from_timestamp(1_772_884_800, 0).expect("an instant")
}

/// `database`, in which `clock` stands for the database's clock.
pub(super) fn in_time_of(database: &Database, clock: &Arc<FixedClock>) -> Database {
    let clock = Arc::clone(clock);
    database.clone().with_told_time(move || clock.now())
}

impl SimulatedShop {
    /// A shop in a database of its own, which cancels orders and knows an account of each kind of provider.
    pub(super) async fn open() -> Self {
        let folder = tempfile::tempdir_in(MEMORY).or_else(|_| tempfile::tempdir());
        let folder = folder.expect("a folder for the database");
        let url = format!("sqlite:{}", folder.path().join("shop.db").display());
        let database = Database::connect(&ConnectOptions::new(&url))
            .await
            .expect("a database");
        database.migrate().await.expect("migrated");
        let owner = set_up(&database).await;
        let mut options = sea_orm::ConnectOptions::new(&url);
        options.max_connections(1).sqlx_logging(false);
        let beside = sea_orm::Database::connect(options).await.expect("connected");
        let shop = Self {
            database,
            beside,
            owner,
            refund_order: Cell::new(None),
            _folder: folder,
        };
        shop.make_seam_for_faults().await;
        shop
    }

    pub(super) fn database(&self) -> &Database {
        &self.database
    }

    pub(super) async fn close(self) {
        self.database.close().await;
        self.beside.close().await.expect("closed");
    }

    /// Triggers that stop a write while a row asks for it. The whole transaction of the program is rolled back then.
    async fn make_seam_for_faults(&self) {
        self.run("CREATE TABLE simulated_faults (name TEXT PRIMARY KEY)")
            .await;
        for table in FaultyTable::ALL {
            let name = table.name();
            for event in ["INSERT", "UPDATE"] {
                let trigger = format!(
                    "CREATE TRIGGER simulated_{event}_{name} BEFORE {event} ON {name} \
                     WHEN EXISTS (SELECT 1 FROM simulated_faults WHERE name = '{name}') \
                     BEGIN SELECT RAISE(ABORT, 'a simulated fault'); END"
                );
                self.run(&trigger).await;
            }
        }
    }

    /// Lets every write of `table` fail.
    pub(super) async fn break_table(&self, table: FaultyTable) {
        let name = table.name();
        self.run(&format!("INSERT INTO simulated_faults VALUES ('{name}')"))
            .await;
    }

    /// Ends all faults of the database.
    pub(super) async fn mend(&self) {
        self.run("DELETE FROM simulated_faults").await;
    }

    async fn run(&self, statement: &str) {
        let done = self.beside.execute_unprepared(statement).await;
        done.unwrap_or_else(|problem| panic!("{statement}: {problem}"));
    }

    /// The numbers in the one row that `query` answers.
    pub(super) async fn numbers<const COUNT: usize>(&self, query: &str) -> [i64; COUNT] {
        let query = Statement::from_string(self.beside.get_database_backend(), query);
        let row = self.beside.query_one_raw(query).await;
        let row = row.expect("an answer").expect("a row");
        std::array::from_fn(|at| row.try_get_by_index(at).expect("a number"))
    }

    /// Chooses in which order the tenders of an order are paid back. Each change of a setting is read anew, so the
    /// choice of the history before is not written again.
    pub(super) async fn set_refund_order(&self, app: &App, staff: &Viewer, order: &'static str) {
        if self.refund_order.replace(Some(order)) == Some(order) {
            return;
        }
        let change = SettingChange {
            key: "payment/refund_order".to_owned(),
            value: Some(order.to_owned()),
        };
        let set = app.update_settings(staff, ConfigScope::Default, &[change]).await;
        set.expect("a setting");
    }
}

/// Connects the accounts and an endpoint of webhooks, and switches cancellation on; gives the token of an owner.
async fn set_up(database: &Database) -> String {
    let clock = Arc::new(FixedClock::at(start_of_time()));
    let ledger = Ledger::new(0, Profile::Certain);
    let providers = SimulatedProviders::new(ledger, clock.clone(), Calls::default());
    let env = seeded_env(0, clock.clone());
    let app = App::new(in_time_of(database, &clock), env, AppSettings::default()).await;
    let app = app
        .expect("an app")
        .with_payment_providers(Arc::new(providers))
        .with_webhook_sender(Arc::new(SimulatedReceiver::new(0, Calls::default())));
    let app = app.with_secret_keys(&secret_keys(SECRET_KEYS)).expect("keys");
    let owner = Staff::new("owner", StaffRole::Owner);
    let owner = app.create_staff_token(owner, TimeDelta::days(3650));
    let owner = owner.await.expect("a token");
    let viewer = app.viewer(None, Some(&owner), ORIGIN).await.expect("an owner");
    let mut served = Vec::new();
    for profile in Profile::ALL {
        let account = ConnectPaymentProvider {
            name: profile.code().to_owned(),
            adapter: ADAPTER.to_owned(),
            address: Some(profile.code().to_owned()),
            secret: FIRST_KEY.to_owned(),
            webhook_secret: Some(SECRET.to_owned()),
            merchant_account: None,
            requests_per_second: None,
        };
        let connected = app.connect_payment_provider(&viewer, &account).await;
        connected.expect("a connected account");
        for method in [profile.method(), profile.gift_card_method()] {
            served.push(format!("{method} = {}", profile.code()));
        }
    }
    let changes = [
        ("sales/cancellation/enabled", "true".to_owned()),
        ("sales/cancellation/unshipped_rest", "true".to_owned()),
        ("payment/providers", served.join("; ")),
    ]
    .map(|(key, value)| SettingChange {
        key: key.to_owned(),
        value: Some(value),
    });
    let set = app.update_settings(&viewer, ConfigScope::Default, &changes).await;
    set.expect("settings");
    let endpoint = CreateWebhookEndpoint {
        address: receiver::ADDRESS.to_owned(),
        event_kinds: Vec::new(),
    };
    let created = app.create_webhook_endpoint(&viewer, &endpoint).await;
    created.expect("an endpoint");
    owner
}
