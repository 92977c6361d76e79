//! `countermand customer`: exports or erases what the shop holds about a person.

use std::process::ExitCode;

use countermand_app::accounts::person::PersonInput;
use countermand_app::{App, AppSettings, failure};

use crate::cli::{CustomerAction, PersonArgs};
use crate::command::{open_app, open_existing_database};
use crate::print;

pub(super) async fn run(action: CustomerAction) -> anyhow::Result<ExitCode> {
    match action {
        CustomerAction::Export { person } => {
            let (app, input) = open(person).await?;
            let document = failure::split(app.export_customer_by_command(&input).await)?;
            app.close().await;
            let document = document.map_err(|refusal| anyhow::anyhow!(refusal.message))?;
            print::line(serde_json::to_string_pretty(&document)?)?;
        }
        CustomerAction::Erase { person, yes } => {
            anyhow::ensure!(
                yes,
                "erasing {} cannot be undone: export the data first if they are needed, then add --yes",
                person.email
            );
            let (app, input) = open(person).await?;
            let erased = failure::split(app.erase_customer_by_command(&input).await)?;
            app.close().await;
            let erased = erased.map_err(|refusal| anyhow::anyhow!(refusal.message))?;
            print::line(format_args!("erased the person in {} orders", erased.orders))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

async fn open(person: PersonArgs) -> anyhow::Result<(App, PersonInput)> {
    let app = open_app(
        open_existing_database(&person.database).await?,
        AppSettings::default(),
    )
    .await?;
    let input = PersonInput {
        website_code: person.website,
        email: person.email,
        with_guest_orders: person.guest_orders,
    };
    Ok((app, input))
}
