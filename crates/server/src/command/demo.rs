//! `countermand demo`: serves a filled shop for trying the program.

use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, ensure};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::TimeDelta;
use countermand_app::accounts::create_customer::CustomerInput;
use countermand_app::error::UserError;
use countermand_app::orders::customer_orders::{CustomerOrdersRequest, OrderRange, OrderSort, OrdersScope};
use countermand_app::orders::import_orders::ImportTarget;
use countermand_app::shop::create_store::NewStore;
use countermand_app::{App, AppSettings, Clock, Failure, PasswordCost, SecretKeys, Staff, Viewer, failure};
use countermand_domain::{Actor, ConfigScope, ScopedSettings, StaffRole};
use countermand_persistence::{Database, MAX_CONNECTIONS};

use crate::cli::{DatabaseArgs, DemoArgs, ListenArgs, MailArgs, Pooler};
use crate::clock::SystemClock;
use crate::command::serve::{Listeners, log_start, mail_transport, open_site, serve};
use crate::command::{open_app, open_channels, open_database, open_database_for_requests, open_mailer};
use crate::env::system_env;
use crate::example_tabs::{DemoTokens, example_tabs};
use crate::http::{CorsOrigins, LocalHosts};

const TOKEN_HOURS: u32 = 24;

pub(super) async fn run(args: DemoArgs) -> anyhow::Result<ExitCode> {
    let keys = keys_of(&args)?;
    let folder = tempfile::Builder::new().prefix("countermand-demo-").tempdir()?;
    let database_url = args.database_url.clone().unwrap_or_else(|| {
        let file = folder.path().join("demo.db");
        format!("sqlite:{}", file.display())
    });
    let mail_dir = folder.path().join("mail");
    let mail = MailArgs {
        smtp_url: args.smtp_url.clone(),
        mail_from: args.mail_from.clone(),
        mail_dir: mail_dir.clone(),
        style: args.style.clone(),
    };
    let mailer = open_mailer(&mail)?;
    let listeners = Listeners::bind(&args.listen).await?;

    let address = DatabaseArgs {
        database_url,
        database_connections: MAX_CONNECTIONS,
        database_pooler: Pooler::None,
    };
    let database = open_empty_database(&address).await?;
    let settings = AppSettings {
        customer_token_lifetime: TimeDelta::hours(TOKEN_HOURS.into()),
        ..AppSettings::default()
    };
    // All passwords of the demo are printed, so hashing them need not cost more than it must.
    let filling = AppSettings {
        password_cost: PasswordCost::LEAST_MEMORY,
        ..settings
    };
    let app = open_app(database.clone(), filling).await?;
    let tokens = fill(&app, &database, args.seed)
        .await
        .context("cannot fill the demo shop")?;
    database.close().await;
    let database = open_database_for_requests(&address, args.listen.deadline()).await?;
    let channels = open_channels(&args.channels, &database)?;
    let app = open_app(database.clone(), settings)
        .await?
        .with_channels(channels)
        .with_secret_keys(&keys)?;

    let listening = listeners.shop.local_addr()?;
    let ready = greeting(
        &listening.to_string(),
        &listeners.admin_words()?,
        &tokens,
        args.smtp_url.is_none().then_some(mail_dir.as_path()),
        database.url(),
    );
    // The demo allows all origins, so that a storefront can be tried with it without further options.
    let listen = ListenArgs {
        cors_origins: args.listen.cors_origins.clone().or(Some(CorsOrigins::Any)),
        ..args.listen.clone()
    };
    let mut site = open_site(app, example_tabs(Some(&tokens)), &listen)?;
    // Its tokens are printed and all origins are allowed, so no page may reach it by a name of its own.
    site.settings.hosts = Some(LocalHosts::of(listening, args.listen.listen.host()));
    let mail = mail_transport(args.smtp_url.as_deref(), &mail_dir);
    log_start(&site, &listeners, &listen, &mail, 1)?;
    Box::pin(serve(site, vec![mailer], listeners, &listen, &ready)).await
}

/// The keys that seal secrets. One command is to be enough, so the demo draws a key if it gets none.
fn keys_of(args: &DemoArgs) -> anyhow::Result<SecretKeys> {
    let keys = args.secrets.keys()?;
    if !keys.is_empty() {
        return Ok(keys);
    }
    if args.database_url.is_some() {
        tracing::warn!(
            "SECRET_KEYS is not set, so the demo draws a key and keeps it in memory alone: after its end, nothing opens \
             the keys to payment providers and the secrets of webhooks that it leaves in the database"
        );
    }
    Ok(SecretKeys::drawn(&system_env()))
}

/// Opens an empty database. A database with data is refused, so that the demo never mixes with the data of a shop.
async fn open_empty_database(args: &DatabaseArgs) -> anyhow::Result<Database> {
    let options = countermand_persistence::ConnectOptions::new(&args.database_url);
    let database = Database::connect(&options).await?;
    database
        .migrate()
        .await
        .with_context(|| format!("cannot migrate {}", database.url()))?;
    database.close().await;
    let database = open_database(args).await?;
    let is_empty = database.row_counts().await?.orders == 0 && database.shop().await?.websites.len() == 1;
    ensure!(
        is_empty,
        "{} is not empty: the demo needs an empty database",
        database.url()
    );
    Ok(database)
}

/// Fills the shop through the use cases of staff and the import, as any other shop.
async fn fill(app: &App, database: &Database, seed: u64) -> anyhow::Result<DemoTokens> {
    let lifetime = TimeDelta::hours(TOKEN_HOURS.into());
    let staff = app
        .create_staff_token(Staff::new("demo", StaffRole::Owner), lifetime)
        .await?;
    let owner = app.viewer(None, Some(&staff), "demo").await?;

    done(
        app.create_website(
            &owner,
            countermand_demo::EUROPE_CODE,
            countermand_demo::EUROPE_NAME,
        )
        .await,
    )?;
    for view in countermand_demo::stores() {
        let new = NewStore {
            code: view.code.into(),
            name: view.name.into(),
            website_code: view.website.into(),
            group_code: Some(view.group.into()),
            group_name: Some(view.group_name.into()),
            locale: view.locale.into(),
            timezone: view.timezone.into(),
            currency: view.currency.parse()?,
            sort_order: 0,
        };
        done(app.create_store(&owner, &new).await)?;
    }
    name_things(app, database, &owner).await?;
    for person in countermand_demo::customers() {
        let input = CustomerInput {
            website_code: person.website.into(),
            email: person.email.into(),
            password: person.password.into(),
            firstname: person.firstname.into(),
            lastname: person.lastname.into(),
        };
        done(app.create_customer(&owner, input).await)?;
    }
    let orders = countermand_demo::orders(seed, SystemClock.now());
    let text = serde_json::Value::from(orders).to_string();
    let target = ImportTarget {
        store: None,
        only: None,
        actor: Actor::System,
        origin: String::new(),
        send_confirmation: false,
    };
    let summary = app
        .import_orders(
            std::io::Cursor::new(text),
            &target,
            |_| {},
            std::future::pending(),
        )
        .await?;
    ensure!(
        summary.refused_count == 0,
        "the demo's own orders were refused: {:?}",
        summary.refused
    );

    let (customer, order_id) = sign_in(app).await?;
    Ok(DemoTokens {
        customer,
        staff,
        order_id,
    })
}

/// Translates statuses into three languages, and switches cancellation on in all store views except the Swedish one.
async fn name_things(app: &App, database: &Database, owner: &Viewer) -> anyhow::Result<()> {
    let shop = database.shop().await?;
    let number = |code: &str| {
        shop.store_by_code(code)
            .map(|store| store.number)
            .context("a store view of the demo")
    };
    for label in countermand_demo::status_labels() {
        for (code, text) in label.texts {
            done(
                app.set_status_label(owner, label.code, Some(code), Some(text))
                    .await,
            )?;
        }
    }
    let on = ScopedSettings {
        cancellation_enabled: Some(true),
        ..ScopedSettings::default()
    };
    let everywhere = ConfigScope::Default;
    done(app.update_cancellation_config(owner, everywhere, &on).await)?;
    let off = ScopedSettings {
        cancellation_enabled: Some(false),
        ..ScopedSettings::default()
    };
    let in_swedish = ConfigScope::Store(number("sv")?);
    done(app.update_cancellation_config(owner, in_swedish, &off).await)?;
    Ok(())
}

/// Signs Anna in. The result is her token and the id of the paid order that the examples cancel.
async fn sign_in(app: &App) -> anyhow::Result<(String, String)> {
    let guest = app.viewer(None, None, "demo").await?;
    let password = countermand_demo::customers()
        .into_iter()
        .find(|it| it.email == countermand_demo::ANNA_EMAIL)
        .context("Anna")?
        .password;
    let token = app
        .sign_in(&guest, countermand_demo::ANNA_EMAIL, password)
        .await?
        .context("Anna cannot sign in")?;
    let anna = app.viewer(None, Some(&token), "demo").await?;
    let request = CustomerOrdersRequest {
        scope: OrdersScope::StoreView,
        numbers: Some(vec![countermand_demo::PAID_NUMBER.into()]),
        number_part: None,
        text: None,
        statuses: None,
        placed: OrderRange { from: None, to: None },
        base_grand_total: OrderRange { from: None, to: None },
        sort: OrderSort::Id,
        page: 1,
        page_size: 1,
        counts_all: false,
        finds_first: false,
    };
    let orders = app.customer_orders(&anna, &request).await?;
    let order = orders.orders.first().context("Anna's paid order")?;
    Ok((token, STANDARD.encode(order.order.id.to_string())))
}

fn done<T>(outcome: Result<T, Failure<UserError>>) -> anyhow::Result<T> {
    failure::split(outcome)?.map_err(|refusal| anyhow::anyhow!("{}", refusal.message))
}

fn greeting(
    address: &str,
    admin: &str,
    tokens: &DemoTokens,
    mail_dir: Option<&Path>,
    database: &str,
) -> String {
    let DemoTokens {
        customer,
        staff,
        order_id,
    } = tokens;
    let mails = mail_dir.map_or_else(|| "the SMTP server".into(), |it| it.display().to_string());
    let customers = countermand_demo::customers().len();
    let guest = (
        countermand_demo::GUEST_NUMBER,
        countermand_demo::GUEST_EMAIL,
        countermand_demo::GUEST_LASTNAME,
    );
    format!(
        r#"listening on http://{address}/graphql, GraphiQL at http://{address}/graphiql{admin}

Where to go from here: http://{address}/
A shop with two websites, four store views, {customers} customers and 200 orders in {database}.
Mails go to {mails}
Anna signs in as {anna}, password Countermand-1; her orders in store view `default`:
  {unpaid} unpaid, {paid} paid, {shipped} partly shipped
A guest has an order: number {guest_number}, e-mail {guest_email}, last name {guest_lastname}

Anna's token    {customer}
an owner's token {staff}

1. List Anna's orders with the actions that each allows:
curl -s http://{address}/graphql -H 'Content-Type: application/json' -H 'Authorization: Bearer {customer}' \
  -d '{{"query":"{{ customer {{ orders {{ items {{ id number status available_actions }} }} }} }}"}}'

2. Cancel the paid order; it becomes Closed and gets a credit memo:
curl -s http://{address}/graphql -H 'Content-Type: application/json' -H 'Authorization: Bearer {customer}' \
  -d '{{"query":"mutation {{ cancelOrder(input: {{ order_id: \"{order_id}\", reason: \"Other\" }}) {{ errorV2 {{ code message }} order {{ number status credit_memos {{ total {{ grand_total {{ value currency }} }} }} }} }} }}"}}'

3. Switch cancellation off in this store view; the next cancellation is refused:
curl -s http://{address}/graphql -H 'Content-Type: application/json' -H 'Authorization: Bearer {staff}' \
  -d '{{"query":"mutation {{ updateCancellationConfig(input: {{ scope: STORE, code: \"default\", enabled: false }}) {{ config {{ enabled {{ value }} }} user_errors {{ message }} }} }}"}}'
"#,
        anna = countermand_demo::ANNA_EMAIL,
        unpaid = countermand_demo::UNPAID_NUMBER,
        paid = countermand_demo::PAID_NUMBER,
        shipped = countermand_demo::SHIPPED_NUMBER,
        guest_number = guest.0,
        guest_email = guest.1,
        guest_lastname = guest.2,
    )
}
