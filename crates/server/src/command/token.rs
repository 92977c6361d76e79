//! `countermand token`: creates, lists and revokes bearer tokens of staff.

use std::process::ExitCode;

use chrono::TimeDelta;
use comfy_table::Table;
use countermand_app::AppSettings;
use countermand_domain::StaffRole;

use crate::cli::{Role, TokenAction};
use crate::command::{open_app, open_database};

pub(super) async fn run(action: TokenAction) -> anyhow::Result<ExitCode> {
    match action {
        TokenAction::Create {
            role,
            name,
            store,
            days,
            database,
        } => {
            let opened = open_database(&database).await?;
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
            println!("{token}");
            Ok(ExitCode::SUCCESS)
        }
        TokenAction::List { database } => {
            let app = open_app(open_database(&database).await?, AppSettings::default()).await?;
            let mut table = Table::new();
            table
                .load_preset(comfy_table::presets::NOTHING)
                .set_header(["name", "role", "store", "expires", "revoked"]);
            for token in app.staff_tokens().await? {
                let store = token
                    .store
                    .map_or_else(|| "all".into(), |store| store.0.to_string());
                let revoked = token.revoked_at.map_or_else(String::new, |at| at.to_rfc3339());
                table.add_row([
                    token.name,
                    token.role,
                    store,
                    token.expires_at.to_rfc3339(),
                    revoked,
                ]);
            }
            println!("{table}");
            Ok(ExitCode::SUCCESS)
        }
        TokenAction::Revoke { name, database } => {
            let app = open_app(open_database(&database).await?, AppSettings::default()).await?;
            let count = app.revoke_staff_tokens(&name).await?;
            anyhow::ensure!(count > 0, "there is no valid token called `{name}`");
            println!("revoked {count} of `{name}`");
            Ok(ExitCode::SUCCESS)
        }
    }
}

impl From<Role> for StaffRole {
    fn from(role: Role) -> Self {
        match role {
            Role::Owner => Self::Owner,
            Role::Manager => Self::Manager,
            Role::Support => Self::Support,
            Role::Viewer => Self::Viewer,
        }
    }
}
