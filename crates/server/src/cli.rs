//! The command line; the comments here are its manual.

mod identity;
mod limits;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::builder::BoolishValueParser;
use clap::{ArgAction, Args, Parser, Subcommand, ValueEnum};

use crate::http::CorsOrigins;

pub(crate) use identity::IdentityArgs;
pub(crate) use limits::LimitArgs;

/// Cancels orders of headless shops, through the GraphQL operations that Adobe Commerce offers.
#[derive(Debug, Parser)]
#[command(name = "countermand", version, max_term_width = 100)]
pub(crate) struct Cli {
    /// How log lines look; what is logged follows `RUST_LOG` (default: info).
    #[arg(long, global = true, env = "LOG_FORMAT", value_enum, default_value_t = LogFormat::Text)]
    pub(crate) log_format: LogFormat,

    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Serves GraphQL at /graphql, GraphiQL at /graphiql, /healthz, /readyz and /metrics, and runs jobs.
    Serve(ServeArgs),
    /// Serves a temporary shop with customers and 200 orders, and prints what to try.
    Demo(DemoArgs),
    /// Brings the database's schema up to date.
    Migrate(DatabaseArgs),
    /// Takes orders in: the JSON of Adobe Commerce's `GET /V1/orders`, plain, gzip or zstd; `-` is standard input.
    Import(ImportArgs),
    /// Prints the GraphQL schema.
    Schema,
    /// Makes, lists and revokes bearer tokens of staff.
    Token(TokenArgs),
    /// Shows mails.
    Mail(MailCommandArgs),
    /// Runs jobs only.
    Worker(WorkerArgs),
    /// Checks every promise that the data can show; exits 1 when one is broken.
    Doctor(DatabaseArgs),
}

#[derive(Debug, Clone, Args)]
pub(crate) struct DatabaseArgs {
    /// `sqlite:FILE`, `postgres://USER:PASSWORD@HOST/NAME` or `mysql://USER:PASSWORD@HOST/NAME`.
    #[arg(
        long,
        env = "DATABASE_URL",
        default_value = "sqlite:countermand.db",
        hide_env_values = true
    )]
    pub(crate) database_url: String,
    /// Connections kept at most.
    #[arg(long, env = "DATABASE_CONNECTIONS", default_value_t = 12, value_parser = clap::value_parser!(u32).range(2..=500))]
    pub(crate) database_connections: u32,
}

#[derive(Debug, Clone, Args)]
pub(crate) struct MailArgs {
    /// `smtp://USER:PASSWORD@HOST:PORT?tls=required` or `smtps://...`; without it mails are written to files.
    #[arg(long, env = "SMTP_URL", hide_env_values = true)]
    pub(crate) smtp_url: Option<String>,
    /// Sender of mails.
    #[arg(long, env = "MAIL_FROM", default_value = "Countermand <no-reply@localhost>")]
    pub(crate) mail_from: String,
    /// Folder for mails when there is no SMTP server.
    #[arg(long, env = "MAIL_DIR", default_value = "mail")]
    pub(crate) mail_dir: PathBuf,
    #[command(flatten)]
    pub(crate) style: MailStyleArgs,
}

/// How mails are written and whom they are handed to; the same for every command that sends some.
#[derive(Debug, Clone, Args)]
pub(crate) struct MailStyleArgs {
    /// Folder whose files take the place of delivered templates: `nl/order_canceled.txt`, `nl_BE/...`.
    #[arg(long, env = "MAIL_TEMPLATES", value_name = "DIR")]
    pub(crate) mail_templates: Option<PathBuf>,
    /// File of certificates (PEM) that the SMTP server's may be signed by, beside those that browsers trust.
    #[arg(long, env = "SMTP_CA", value_name = "FILE")]
    pub(crate) smtp_ca: Option<PathBuf>,
}

#[derive(Debug, Clone, Args)]
pub(crate) struct ListenArgs {
    /// Address and port to listen on; port 0 takes a free one.
    #[arg(long, env = "LISTEN", default_value = "127.0.0.1:8080")]
    pub(crate) listen: SocketAddr,
    /// Seconds that a request may take, from its first byte to its answer; the database ends its work then too.
    #[arg(long, env = "REQUEST_TIMEOUT", default_value_t = 8, value_parser = clap::value_parser!(u64).range(1..=300))]
    pub(crate) request_timeout: u64,
    /// Connections that one address may hold at a time; more for a proxy that passes everybody's requests.
    #[arg(long, env = "CONNECTIONS_PER_ADDRESS", default_value_t = 256, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub(crate) connections_per_address: u32,
    /// Origins whose pages may ask, as `https://shop.example,http://localhost:3000`; `*` is any, without credentials.
    #[arg(long, env = "CORS_ORIGINS", value_name = "ORIGINS")]
    pub(crate) cors_origins: Option<CorsOrigins>,
    /// Whether the schema can be asked for; some storefronts ask when they are built.
    #[arg(long, env = "INTROSPECTION", default_value_t = true, action = ArgAction::Set, value_name = "true|false", value_parser = BoolishValueParser::new())]
    pub(crate) introspection: bool,
    /// Whether there is a page at /graphiql to try queries on.
    #[arg(long, env = "GRAPHIQL", default_value_t = true, action = ArgAction::Set, value_name = "true|false", value_parser = BoolishValueParser::new())]
    pub(crate) graphiql: bool,
}

impl ListenArgs {
    /// How long a request may take.
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
    /// Leave jobs to `countermand worker`.
    #[arg(long, env = "NO_WORKER", value_parser = BoolishValueParser::new())]
    pub(crate) no_worker: bool,
    /// Hours that a customer stays signed in.
    #[arg(long, env = "CUSTOMER_TOKEN_HOURS", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=8760))]
    pub(crate) customer_token_hours: u32,
    #[command(flatten)]
    pub(crate) limits: LimitArgs,
    #[command(flatten)]
    pub(crate) identity: IdentityArgs,
}

#[derive(Debug, Args)]
pub(crate) struct DemoArgs {
    #[command(flatten)]
    pub(crate) listen: ListenArgs,
    /// A database to fill instead of a temporary one; it must be empty.
    #[arg(long, env = "DATABASE_URL", hide_env_values = true)]
    pub(crate) database_url: Option<String>,
    /// `smtp://...` or `smtps://...`; without it mails are written to files in the demo's folder.
    #[arg(long, env = "SMTP_URL", hide_env_values = true)]
    pub(crate) smtp_url: Option<String>,
    /// Sender of mails.
    #[arg(long, env = "MAIL_FROM", default_value = "Countermand <no-reply@localhost>")]
    pub(crate) mail_from: String,
    #[command(flatten)]
    pub(crate) style: MailStyleArgs,
    /// Another number makes another 200 orders.
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
}

#[derive(Debug, Args)]
pub(crate) struct WorkerArgs {
    #[command(flatten)]
    pub(crate) database: DatabaseArgs,
    #[command(flatten)]
    pub(crate) mail: MailArgs,
}

#[derive(Debug, Args)]
pub(crate) struct MailCommandArgs {
    #[command(subcommand)]
    pub(crate) action: MailAction,
}

#[derive(Debug, Subcommand)]
pub(crate) enum MailAction {
    /// Writes every mail in every language into files, with made-up values.
    Preview {
        /// Folder to write to; it is made if it is missing.
        #[arg(long, value_name = "DIR", default_value = "mail-preview")]
        out: PathBuf,
        /// For readers of this locale only; may be given more than once.
        #[arg(long, value_name = "LOCALE")]
        locale: Vec<String>,
        /// Folder whose files take the place of delivered templates.
        #[arg(long, env = "MAIL_TEMPLATES", value_name = "DIR")]
        templates: Option<PathBuf>,
        /// Sender of mails.
        #[arg(long, env = "MAIL_FROM", default_value = "Countermand <no-reply@localhost>")]
        mail_from: String,
    },
}

#[derive(Debug, Args)]
pub(crate) struct ImportArgs {
    /// Files to read; `-` is standard input.
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// Store view that all orders go to; without it each goes to the one that its `store_id` numbers.
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
    /// Makes a token and prints it; it is not shown again.
    Create {
        /// What the token may do.
        #[arg(long, value_enum)]
        role: Role,
        /// Who uses it: stands in the trail.
        #[arg(long, default_value = "staff", value_parser = token_name)]
        name: String,
        /// The one store view it is for.
        #[arg(long, value_name = "CODE")]
        store: Option<String>,
        /// Days until it expires.
        #[arg(long, default_value_t = 90, value_parser = clap::value_parser!(u32).range(1..=3650))]
        days: u32,
        #[command(flatten)]
        database: DatabaseArgs,
    },
    /// Lists tokens: names, roles, expiry; never the tokens themselves.
    List {
        #[command(flatten)]
        database: DatabaseArgs,
    },
    /// Revokes every token of this name.
    Revoke {
        /// The name given when it was made.
        name: String,
        #[command(flatten)]
        database: DatabaseArgs,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Role {
    /// Everything.
    Owner,
    /// Settings, refunds, imports, customers, and what support may.
    Manager,
    /// Orders: invoices, shipments, holds, cancellations.
    Support,
    /// Reads.
    Viewer,
}

fn token_name(text: &str) -> Result<String, String> {
    let plain = text
        .chars()
        .all(|it| it.is_alphanumeric() || matches!(it, '-' | '_' | '.' | '@' | ' '));
    if plain && (1..=100).contains(&text.chars().count()) && text.trim() == text {
        Ok(text.into())
    } else {
        Err("use 1 to 100 letters, digits, spaces and - _ . @".into())
    }
}
