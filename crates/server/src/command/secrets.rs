//! `countermand secrets`: checks the secrets that the database keeps sealed, and seals them with the newest key.

use std::process::ExitCode;

use countermand_app::{App, AppSettings, SecretKeys, failure};

use crate::cli::{SecretsAction, SecretsTarget};
use crate::command::serve::close;
use crate::command::{open_app, open_existing_database};
use crate::print;

/// The name under which the audit log knows the person at the command line.
const OPERATOR: &str = "command-line";

pub(super) async fn run(action: SecretsAction) -> anyhow::Result<ExitCode> {
    match action {
        SecretsAction::Check(target) => {
            let app = open(&target).await?;
            let lost = app.lost_secrets().await;
            close(&app).await;
            let lost = lost?;
            if lost.is_empty() {
                print::line("every secret can be opened")?;
            }
            told(&lost)
        }
        SecretsAction::Seal(target) => {
            let app = open(&target).await?;
            let viewer = app.operator(OPERATOR, None).await?;
            let sealed = app.seal_secrets_anew(&viewer).await;
            close(&app).await;
            let sealed = failure::split(sealed)?.map_err(|refusal| anyhow::anyhow!(refusal.message))?;
            print::line(format_args!("sealed anew: {}", sealed.sealed_anew))?;
            print::line(format_args!("unchanged: {}", sealed.unchanged))?;
            told(&sealed.lost)
        }
    }
}

async fn open(target: &SecretsTarget) -> anyhow::Result<App> {
    let database = open_existing_database(&target.database).await?;
    let app = open_app(database, AppSettings::default()).await?;
    Ok(app.with_secret_keys(&target.secrets.keys()?)?)
}

/// Prints what cannot be opened; the exit code says whether there is something.
fn told(lost: &[String]) -> anyhow::Result<ExitCode> {
    for name in lost {
        print::line(format_args!("cannot be opened: {name}"))?;
    }
    Ok(if lost.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Warns of secrets that a reader of the database or of a backup can open, and says what to set.
pub(super) async fn warn_of_open_secrets(app: &App, keys: &SecretKeys) -> anyhow::Result<()> {
    if keys.is_empty() {
        tracing::warn!(
            "SECRET_KEYS is not set: new keys to payment providers and new secrets of webhooks are refused, and those \
             that an earlier version kept are sealed with a secret that lies in the database too, so a backup alone \
             opens them. Set it to a key (`openssl rand -base64 32` makes one), and run `countermand secrets seal`"
        );
        return Ok(());
    }
    let open = app.open_secrets().await?;
    if !open.is_empty() {
        tracing::warn!(
            of = open.join(", "),
            "a secret is still sealed with one that lies in the database too: run `countermand secrets seal`"
        );
    }
    Ok(())
}

/// Refuses to run jobs with `app` while it cannot open a secret: what an account or an endpoint is owed would be left
/// to staff.
pub(super) async fn check_for_jobs(app: &App) -> anyhow::Result<()> {
    let lost = app.lost_secrets().await?;
    anyhow::ensure!(
        lost.is_empty(),
        "the secret of {} is sealed with a key that SECRET_KEYS does not hold: add the key, or start a server with \
         --no-worker and give the secret again",
        lost.join(" and of ")
    );
    Ok(())
}
