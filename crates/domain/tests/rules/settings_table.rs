//! The table of settings in `docs/configuration.md` says what the declarations say.

use std::fs;

use countermand_domain::{ScopeLevel, Setting};

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/configuration.md");
const BEGIN: &str = "<!-- settings: begin (written by a test, see docs/testing.md) -->\n";
const END: &str = "<!-- settings: end -->";

#[test]
fn the_page_of_settings_lists_every_setting_as_it_is_declared() {
    let page = fs::read_to_string(PAGE).expect("docs/configuration.md");
    let (before, rest) = page.split_once(BEGIN).expect("the marker before the table");
    let (listed, after) = rest.split_once(END).expect("the marker after the table");
    let declared = table();
    if std::env::var_os("UPDATE_DOCS").is_some() {
        fs::write(PAGE, [before, BEGIN, &declared, END, after].concat()).expect("written");
        return;
    }
    assert!(
        listed == declared,
        "docs/configuration.md is out of date. Write it anew: \
         UPDATE_DOCS=1 cargo test -p countermand-domain settings_table\n{declared}"
    );
}

fn table() -> String {
    let head = "| Key | Name | Meaning | Values | Default | Can be set for | Role |\n|---|---|---|---|---|---|---|\n";
    let rows: String = Setting::ALL.iter().map(|setting| row(setting)).collect();
    format!("{head}{rows}")
}

fn row(setting: &Setting) -> String {
    let contract = setting
        .contract
        .map_or_else(String::new, |section| format!(" Contract section {section}."));
    let scopes: Vec<_> = setting.scopes.iter().copied().map(ScopeLevel::name).collect();
    format!(
        "| `{}` | `{}` | {}{contract} | {} | {} | {} | `{}` |\n",
        setting.key,
        setting.name,
        setting.description(),
        setting.accepts,
        default(setting),
        scopes.join(", "),
        setting.changed_by.code(),
    )
}

fn default(setting: &Setting) -> String {
    let text = setting.default().to_string();
    if text.is_empty() {
        "empty".into()
    } else {
        format!("`{text}`")
    }
}
