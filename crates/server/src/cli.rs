//! The command line. The doc comments in this module are the manual that `--help` prints.

mod cancel;
mod channels;
mod customer;
mod database;
mod environment;
mod identity;
mod jobs;
mod limits;
mod listen_address;
mod mail;
mod nats;
mod report;
mod secrets;
mod webhooks;

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use clap::builder::BoolishValueParser;
use clap::{ArgAction, Args, CommandFactory, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use countermand_app::{CUSTOMER_TOKEN_HOURS, STAFF_TOKEN_DAYS};
use countermand_domain::Currency;
use countermand_graphql::DEADLINE_SECONDS;

use crate::http::{CONNECTIONS_PER_ADDRESS, CorsOrigins};

pub(crate) use cancel::CancelArgs;
pub(crate) use channels::{ChannelAction, ChannelArgs, ChannelCommandArgs, ChannelCommonArgs};
pub(crate) use customer::{CustomerAction, CustomerArgs, PersonArgs};
pub(crate) use database::{DatabaseArgs, Pooler};
pub(crate) use identity::IdentityArgs;
pub(crate) use jobs::JobArgs;
pub(crate) use limits::LimitArgs;
pub(crate) use listen_address::ListenAddress;
pub(crate) use mail::{MailAction, MailCommandArgs};
pub(crate) use nats::{NatsAction, NatsArgs, NatsCommandArgs};
pub(crate) use report::ReportArgs;
pub(crate) use secrets::{SecretArgs, SecretsAction, SecretsArgs, SecretsTarget};
pub(crate) use webhooks::{WebhookAction, WebhookArgs, WebhookCommandArgs, WebhookTarget};

/// Cancels the orders of headless shops through the GraphQL operations of Adobe Commerce.
#[derive(Debug, Parser)]
#[command(name = "countermand", version, max_term_width = 100)]
pub(crate) struct Cli {
    /// Format of the log lines; `RUST_LOG` sets which lines are logged (default: info for `serve`, `demo` and `worker`,
    /// warn otherwise).
    #[arg(long, global = true, env = "LOG_FORMAT", value_enum, default_value_t = LogFormat::Text)]
    pub(crate) log_format: LogFormat,

    #[command(subcommand)]
    pub(crate) command: Command,
}

/// The command line, for which an empty variable is one that is not set.
pub(crate) fn command() -> clap::Command {
    environment::without_empty_variables(Cli::command())
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogFormat {
    /// Text for people.
    Text,
    /// One JSON object per line.
    Json,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Serves GraphQL at /graphql, GraphiQL at /graphiql, /healthz, /readyz and /metrics, and runs jobs.
    Serve(ServeArgs),
    /// Serves a temporary shop with customers and 200 orders, and prints requests to try.
    Demo(DemoArgs),
    /// Makes the first store view the shop's own: its name, language, currency and time zone.
    Init(InitArgs),
    /// Updates the schema of the database.
    Migrate(DatabaseArgs),
    /// Imports orders from the JSON of Adobe Commerce's `GET /V1/orders`: plain, gzip or zstd files.
    Import(ImportArgs),
    /// Cancels many orders with one job, or tells what would become of them.
    Cancel(CancelArgs),
    /// Lists sales channels, and reads the orders of one.
    Channel(ChannelCommandArgs),
    /// Prints the GraphQL schema.
    Schema,
    /// Creates, lists and revokes bearer tokens of staff.
    Token(TokenArgs),
    /// Makes, lists, changes and tries endpoints that are told of events.
    Webhook(WebhookCommandArgs),
    /// Checks the secrets that the database keeps sealed, and seals them with the newest key.
    Secrets(SecretsArgs),
    /// Writes previews of the mails.
    Mail(MailCommandArgs),
    /// Ends the publication of events to NATS.
    Nats(NatsCommandArgs),
    /// Runs jobs, and serves nothing but health checks and metrics at --admin-listen.
    Worker(WorkerArgs),
    /// Exports or erases what the shop holds about a person.
    Customer(CustomerArgs),
    /// Counts the orders that were canceled in a span of days, with their money.
    Report(ReportArgs),
    /// Prints each setting of `serve` with its value and where the value comes from, without secrets.
    Config(ServeArgs),
    /// Prints a script with which a shell completes the words of this command line.
    Completions {
        /// The shell.
        #[arg(value_enum)]
        shell: Shell,
    },
    /// Checks that all data is consistent; exits with 1 when a check fails.
    Doctor(DatabaseArgs),
}

#[derive(Clone, Args)]
pub(crate) struct MailArgs {
    /// SMTP server: `smtp://USER:PASSWORD@HOST:PORT?tls=required` or `smtps://...`; without one, mails are written to
    /// files.
    #[arg(long, env = "SMTP_URL", hide_env_values = true)]
    pub(crate) smtp_url: Option<String>,
    /// Sender of the mails.
    #[arg(long, env = "MAIL_FROM", default_value = "Countermand <no-reply@localhost>")]
    pub(crate) mail_from: String,
    /// Folder to which mails are written when there is no SMTP server.
    #[arg(long, env = "MAIL_DIR", default_value = "mail")]
    pub(crate) mail_dir: PathBuf,
    #[command(flatten)]
    pub(crate) style: MailStyleArgs,
}

/// Options for templates and certificates, which all commands that send mails share.
#[derive(Debug, Clone, Args)]
pub(crate) struct MailStyleArgs {
    /// Folder with mail templates that replace the built-in ones: `nl/order_canceled.txt`, `nl_BE/...`.
    #[arg(long, env = "MAIL_TEMPLATES", value_name = "DIR")]
    pub(crate) mail_templates: Option<PathBuf>,
    /// PEM file with certificate authorities that the SMTP server's certificate may come from, in addition to those
    /// that browsers trust.
    #[arg(long, env = "SMTP_CA", value_name = "FILE")]
    pub(crate) smtp_ca: Option<PathBuf>,
}

#[derive(Debug, Clone, Args)]
pub(crate) struct ListenArgs {
    /// Address and port on which the server listens, such as `localhost:8080`; port 0 stands for any free port.
    #[arg(
        long,
        env = "LISTEN",
        value_name = "HOST:PORT",
        default_value = "127.0.0.1:8080"
    )]
    pub(crate) listen: ListenAddress,
    /// Address and port for /healthz, /readyz and /metrics, which are then no longer at the address of the shop.
    #[arg(long, env = "ADMIN_LISTEN", value_name = "HOST:PORT")]
    pub(crate) admin_listen: Option<ListenAddress>,
    /// Longest time of a request in seconds, from its first byte to its answer; the database stops its work then, too.
    #[arg(long, env = "REQUEST_TIMEOUT", default_value_t = DEADLINE_SECONDS, value_parser = clap::value_parser!(u64).range(1..=300))]
    pub(crate) request_timeout: u64,
    /// Largest number of open connections from one network address; a proxy that forwards all requests needs more.
    #[arg(long, env = "CONNECTIONS_PER_ADDRESS", default_value_t = CONNECTIONS_PER_ADDRESS, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub(crate) connections_per_address: u32,
    /// Origins whose pages may send requests, such as `https://shop.example,http://localhost:3000`; `*` allows all
    /// origins, without credentials.
    #[arg(long, env = "CORS_ORIGINS", value_name = "ORIGINS")]
    pub(crate) cors_origins: Option<CorsOrigins>,
    /// Whether clients may query the schema; some storefronts query it when they are built.
    #[arg(long, env = "INTROSPECTION", default_value_t = true, action = ArgAction::Set, value_name = "true|false", value_parser = BoolishValueParser::new())]
    pub(crate) introspection: bool,
    /// Whether the server has the page /graphiql for trying queries.
    #[arg(long, env = "GRAPHIQL", default_value_t = true, action = ArgAction::Set, value_name = "true|false", value_parser = BoolishValueParser::new())]
    pub(crate) graphiql: bool,
}

impl ListenArgs {
    /// The longest time that a request may take.
    pub(crate) fn deadline(&self) -> Duration {
        Duration::from_secs(self.request_timeout)
    }
}

#[derive(Debug, Args)]
pub(crate) struct ServeArgs {
    #[command(flatten)]
    pub(crate) listen: ListenArgs,
    #[command(flatten)]
    pub(crate) database: DatabaseArgs,
    #[command(flatten)]
    pub(crate) mail: MailArgs,
    #[command(flatten)]
    pub(crate) jobs: JobArgs,
    /// Do not run jobs, because `countermand worker` runs them.
    #[arg(long, env = "NO_WORKER", value_parser = BoolishValueParser::new())]
    pub(crate) no_worker: bool,
    /// Hours after which the sign-in of a customer expires.
    #[arg(long, env = "CUSTOMER_TOKEN_HOURS", default_value_t = CUSTOMER_TOKEN_HOURS, value_parser = clap::value_parser!(u32).range(1..=8760))]
    pub(crate) customer_token_hours: u32,
    #[command(flatten)]
    pub(crate) limits: LimitArgs,
    #[command(flatten)]
    pub(crate) identity: IdentityArgs,
    #[command(flatten)]
    pub(crate) channels: ChannelArgs,
    #[command(flatten)]
    pub(crate) webhooks: WebhookArgs,
    #[command(flatten)]
    pub(crate) secrets: SecretArgs,
    #[command(flatten)]
    pub(crate) nats: NatsArgs,
}

#[derive(Args)]
pub(crate) struct DemoArgs {
    #[command(flatten)]
    pub(crate) listen: ListenArgs,
    /// Database to fill instead of a temporary one; it must be empty.
    #[arg(long, env = "DATABASE_URL", hide_env_values = true)]
    pub(crate) database_url: Option<String>,
    /// SMTP server: `smtp://...` or `smtps://...`; without one, mails are written to files in the demo's folder.
    #[arg(long, env = "SMTP_URL", hide_env_values = true)]
    pub(crate) smtp_url: Option<String>,
    /// Sender of the mails.
    #[arg(long, env = "MAIL_FROM", default_value = "Countermand <no-reply@localhost>")]
    pub(crate) mail_from: String,
    #[command(flatten)]
    pub(crate) style: MailStyleArgs,
    #[command(flatten)]
    pub(crate) channels: ChannelArgs,
    #[command(flatten)]
    pub(crate) secrets: SecretArgs,
    /// Seed of the generated orders; another seed gives another 200 orders.
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
}

#[derive(Debug, Args)]
pub(crate) struct WorkerArgs {
    /// Address and port for /healthz, /readyz and /metrics; without one, the worker has no port.
    #[arg(long, env = "WORKER_ADMIN_LISTEN", value_name = "HOST:PORT")]
    pub(crate) admin_listen: Option<ListenAddress>,
    #[command(flatten)]
    pub(crate) database: DatabaseArgs,
    #[command(flatten)]
    pub(crate) mail: MailArgs,
    #[command(flatten)]
    pub(crate) jobs: JobArgs,
    #[command(flatten)]
    pub(crate) channels: ChannelArgs,
    #[command(flatten)]
    pub(crate) webhooks: WebhookArgs,
    #[command(flatten)]
    pub(crate) secrets: SecretArgs,
    #[command(flatten)]
    pub(crate) nats: NatsArgs,
}

#[derive(Debug, Args)]
pub(crate) struct InitArgs {
    /// Name of the shop: of its website, its store group and its store view.
    #[arg(long)]
    pub(crate) name: Option<String>,
    /// Language and country of the shop, such as `nl_NL`.
    #[arg(long)]
    pub(crate) locale: Option<String>,
    /// Currency in which the shop sells, such as `EUR`.
    #[arg(long)]
    pub(crate) currency: Option<Currency>,
    /// Time zone of the shop, such as `Europe/Amsterdam`.
    #[arg(long)]
    pub(crate) timezone: Option<String>,
    /// Address of the storefront, with which links in mails begin.
    #[arg(long, value_name = "URL")]
    pub(crate) storefront_url: Option<String>,
    #[command(flatten)]
    pub(crate) database: DatabaseArgs,
}

#[derive(Debug, Args)]
pub(crate) struct ImportArgs {
    /// Files to read; `-` is standard input.
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// Code of the store view for all orders; without it, the `store_id` of each order is the number of its store
    /// view.
    #[arg(long, value_name = "CODE")]
    pub(crate) store: Option<String>,
    #[command(flatten)]
    pub(crate) database: DatabaseArgs,
}

#[derive(Debug, Args)]
pub(crate) struct TokenArgs {
    #[command(subcommand)]
    pub(crate) action: TokenAction,
}

#[derive(Debug, Subcommand)]
pub(crate) enum TokenAction {
    /// Creates a token and prints it; the token cannot be shown again.
    Create {
        /// What the token may do.
        #[arg(long, value_enum)]
        role: Role,
        /// Name of the token's user, which the audit log shows.
        #[arg(long, default_value = "staff", value_parser = token_name)]
        name: String,
        /// Code of the only store view that the token is for; without it, the token is for all store views.
        #[arg(long, value_name = "CODE")]
        store: Option<String>,
        /// Let the token cancel and pay nothing back, and end refunds unpaid, which an owner may in any case.
        #[arg(long)]
        may_withhold_refunds: bool,
        /// Days after which the token expires.
        #[arg(long, default_value_t = STAFF_TOKEN_DAYS, value_parser = clap::value_parser!(u32).range(1..=3650))]
        days: u32,
        #[command(flatten)]
        database: DatabaseArgs,
    },
    /// Lists the tokens with their ids, names, roles, store views, last use and expiry dates, and whether they may
    /// withhold refunds, but not the secrets.
    List {
        #[command(flatten)]
        database: DatabaseArgs,
    },
    /// Revokes one token by its id, or all tokens with a name.
    Revoke {
        /// Id that `token list` shows, or name with which the tokens were created.
        #[arg(value_name = "ID|NAME")]
        which: String,
        #[command(flatten)]
        database: DatabaseArgs,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Role {
    /// May do everything.
    Owner,
    /// May change settings, refund and import orders, create customers, and do all that support may.
    Manager,
    /// May read, invoice, ship, hold and cancel orders.
    Support,
    /// May read only.
    Viewer,
    /// May read orders, pack and ship them, and record digital deliveries.
    Warehouse,
}

// The `Debug` forms of options that hold a password leave it out.

impl fmt::Debug for MailArgs {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("MailArgs")
            .field("mail_from", &self.mail_from)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for DemoArgs {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("DemoArgs")
            .field("listen", &self.listen)
            .field("seed", &self.seed)
            .finish_non_exhaustive()
    }
}

fn token_name(text: &str) -> Result<String, String> {
    let plain = text
        .chars()
        .all(|it| it.is_alphanumeric() || matches!(it, '-' | '_' | '.' | '@' | ' '));
    let is_like_an_id = text.len() == 12 && text.bytes().all(|it| it.is_ascii_hexdigit());
    if is_like_an_id {
        Err("a name of 12 hexadecimal digits could be taken for the id of a token".into())
    } else if plain && (1..=100).contains(&text.chars().count()) && text.trim() == text {
        Ok(text.into())
    } else {
        Err("use 1 to 100 letters, digits, spaces and - _ . @".into())
    }
}
