//! `countermand token`: creates, lists and revokes bearer tokens of staff.

use std::process::ExitCode;

use chrono::{DateTime, TimeDelta, Utc};
use comfy_table::Table;
use countermand_app::accounts::access_token::TokenInfo;
use countermand_app::{AppSettings, Staff, StaffOperation};
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
            may_withhold_refunds,
            days,
            database,
        } => {
            let role = StaffRole::from(role);
            anyhow::ensure!(
                !may_withhold_refunds || StaffOperation::CancelOrderAsAdmin.allows(role),
                "--may-withhold-refunds needs a role that cancels orders: support, manager or owner"
            );
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
            let staff = Staff {
                store: only,
                may_withhold_refunds,
                ..Staff::new(&name, role)
            };
            let token = app
                .create_staff_token(staff, TimeDelta::days(days.into()))
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
                "withholds refunds",
                "last used",
                "expires",
                "revoked",
            ]);
            for token in app.staff_tokens().await? {
                let withholds = if withholds_refunds(&token) { "yes" } else { "no" };
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
                    withholds.to_owned(),
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

/// Whether the token may be used to cancel and pay nothing back.
fn withholds_refunds(token: &TokenInfo) -> bool {
    let role = StaffRole::from_code(&token.role);
    let by_role = role.is_some_and(|role| StaffOperation::CancelWithoutRefund.allows(role));
    by_role || token.may_withhold_refunds
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
