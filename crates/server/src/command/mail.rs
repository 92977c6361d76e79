//! `countermand mail`: writes previews of the mails.

use std::path::Path;
use std::process::ExitCode;

use comfy_table::Table;
use countermand_app::Clock;
use countermand_integrations::mail;

use crate::cli::MailAction;
use crate::clock::SystemClock;
use crate::command::open_templates;
use crate::print;

pub(super) fn run(action: MailAction) -> anyhow::Result<ExitCode> {
    match action {
        MailAction::Preview {
            out,
            locale,
            templates,
            mail_from,
        } => preview(&out, locale, templates.as_deref(), &mail_from),
    }
}

fn preview(
    out: &Path,
    locales: Vec<String>,
    templates: Option<&Path>,
    from: &str,
) -> anyhow::Result<ExitCode> {
    let templates = open_templates(templates)?;
    let locales = if locales.is_empty() {
        templates.locales()
    } else {
        locales
    };
    let now = SystemClock.now();
    let mut table = Table::new();
    table
        .load_preset(comfy_table::presets::NOTHING)
        .set_header(["locale", "mail", "subject", "file"]);
    for locale in &locales {
        for written in mail::preview(&templates, from, locale, out, now)? {
            table.add_row([
                written.locale,
                written.name,
                written.subject,
                written.file.display().to_string(),
            ]);
        }
    }
    print::line(table)?;
    Ok(ExitCode::SUCCESS)
}
