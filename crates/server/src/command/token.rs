//! `countermand token`: creates, lists and revokes bearer tokens of staff.

use std::process::ExitCode;

use chrono::{DateTime, TimeDelta, Utc};
use comfy_table::Table;
use countermand_app::AppSettings;
use countermand_domain::StaffRole;

use crate::cli::{Role, TokenAction};
use crate::command::{open_app, open_existing_database};
use crate::print;

pub(super) async fn run(action: TokenAction) -> anyhow::Result<ExitCode> {
    match action {
        TokenAction::Create {
            role,
            name,
            store,
            days,
            database,
        } => {
            let opened = open_existing_database(&database).await?;
            let only = match store {
                None => None,
                Some(code) => {
                    let shop = opened.shop().await?;
                    let found = shop.store_by_code(&code).map(|store| store.number);
                    Some(found.ok_or_else(|| anyhow::anyhow!("there is no store view `{code}`"))?)
                }
            };
            let app = open_app(opened, AppSettings::default()).await?;
            let token = app
                .create_staff_token(&name, role.into(), only, TimeDelta::days(days.into()))
                .await?;
            print::line(token)?;
            Ok(ExitCode::SUCCESS)
        }
        TokenAction::List { database } => {
            let opened = open_existing_database(&database).await?;
            let shop = opened.shop().await?;
            let app = open_app(opened, AppSettings::default()).await?;
            let mut table = Table::new();
            table.load_preset(comfy_table::presets::NOTHING).set_header([
                "id",
                "name",
                "role",
                "store",
                "last used",
                "expires",
                "revoked",
            ]);
            for token in app.staff_tokens().await? {
                let store = token.store.map_or_else(
                    || "all".into(),
                    |number| {
                        shop.store(number)
                            .map_or_else(|| number.0.to_string(), |store| store.code.clone())
                    },
                );
                table.add_row([
                    token.id,
                    token.name,
                    token.role,
                    store,
                    token.last_used_at.map_or_else(|| "never".into(), minute),
                    minute(token.expires_at),
                    token.revoked_at.map_or_else(String::new, minute),
                ]);
            }
            print::line(table)?;
            Ok(ExitCode::SUCCESS)
        }
        TokenAction::Revoke { which, database } => {
            let app = open_app(open_existing_database(&database).await?, AppSettings::default()).await?;
            let tokens = app.staff_tokens().await?;
            if let Some(token) = tokens.iter().find(|token| token.id == which) {
                let revoked = app.revoke_staff_token(token).await?;
                anyhow::ensure!(
                    revoked,
                    "the token {which} of `{}` is revoked already",
                    token.name
                );
                print::line(format_args!("revoked {which} of `{}`", token.name))?;
                return Ok(ExitCode::SUCCESS);
            }
            let count = app.revoke_staff_tokens(&which).await?;
            anyhow::ensure!(
                count > 0,
                "there is no valid token called `{which}`, and no token with this id"
            );
            print::line(format_args!("revoked {count} of `{which}`"))?;
            Ok(ExitCode::SUCCESS)
        }
    }
}

/// An instant to the minute, in UTC: the last use of a token is not recorded more exactly than to the hour.
fn minute(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%dT%H:%MZ").to_string()
}

impl From<Role> for StaffRole {
    fn from(role: Role) -> Self {
        match role {
            Role::Owner => Self::Owner,
            Role::Manager => Self::Manager,
            Role::Support => Self::Support,
            Role::Viewer => Self::Viewer,
            Role::Warehouse => Self::Warehouse,
        }
    }
}
