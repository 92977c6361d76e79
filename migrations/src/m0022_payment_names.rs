//! Replaces payment names of old imports that are values of a gateway, such as the token of a card or a mail address.
//!
//! Earlier versions took the first value of `additional_information` for the title of a payment. No order keeps the
//! JSON that it came from, so the name itself decides, by [`is_value`]. Such a name becomes Adobe's own title of the
//! method, or the method's code, which the setting `payment/method_names` names. Each other name stays.
//!
//! The rest of the JSON column keeps its bytes. The step can be repeated, for databases that cannot roll it back.

use sea_orm::ConnectionTrait;
use sea_orm_migration::prelude::*;

use crate::column::WHOLE_STEPS;

const ORDERS: &str = "orders";
/// The JSON column with what was fixed when the order was placed.
const PLACED: &str = "placed";
/// How many orders are read together.
const PAGE: u64 = 1_000;

/// The methods that Adobe itself has, with their titles.
const WELL_KNOWN: [(&str, &str); 5] = [
    ("banktransfer", "Bank Transfer Payment"),
    ("cashondelivery", "Cash On Delivery"),
    ("checkmo", "Check / Money order"),
    ("free", "No Payment Information Required"),
    ("purchaseorder", "Purchase Order"),
];

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        WHOLE_STEPS
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let connection = manager.get_connection();
        let configured = configured_names(manager).await?;
        let mut after = i64::MIN;
        loop {
            let mut page = Query::select();
            page.columns(["id", PLACED].map(Alias::new))
                .from(Alias::new(ORDERS))
                .and_where(Expr::col(Alias::new("id")).gt(after))
                .order_by(Alias::new("id"), Order::Asc)
                .limit(PAGE);
            let rows = connection.query_all(&page).await?;
            for row in &rows {
                let id: i64 = row.try_get("", "id")?;
                let placed: String = row.try_get("", PLACED)?;
                if let Some(renamed) = renamed(&placed, &configured) {
                    // An order that was changed meanwhile, such as one whose buyer was erased, stays as it is.
                    let mut update = Query::update();
                    update
                        .table(Alias::new(ORDERS))
                        .value(Alias::new(PLACED), renamed)
                        .and_where(Expr::col(Alias::new("id")).eq(id))
                        .and_where(Expr::col(Alias::new(PLACED)).eq(placed));
                    connection.execute(&update).await?;
                }
                after = id;
            }
            if rows.is_empty() {
                return Ok(());
            }
        }
    }

    /// The replaced values are not kept, and no version of the program needs them.
    async fn down(&self, _: &SchemaManager) -> Result<(), DbErr> {
        Ok(())
    }
}

/// The names that the shop has set for methods, each as `(code, name)`.
async fn configured_names(manager: &SchemaManager<'_>) -> Result<Vec<(String, String)>, DbErr> {
    let mut settings = Query::select();
    settings
        .column(Alias::new("value"))
        .from(Alias::new("settings"))
        .and_where(Expr::col(Alias::new("setting")).eq("payment/method_names"));
    let mut names = Vec::new();
    for row in manager.get_connection().query_all(&settings).await? {
        let json: String = row.try_get("", "value")?;
        let entries = json
            .trim_matches('"')
            .split(';')
            .filter_map(|it| it.split_once('='));
        names.extend(entries.map(|(code, name)| (code.trim().to_owned(), name.trim().to_owned())));
    }
    Ok(names)
}

/// The column `placed` with another name of the payment; none where the name stays.
fn renamed(placed: &str, configured: &[(String, String)]) -> Option<String> {
    let (_, method) = text_of(placed, "method")?;
    let (at, title) = text_of(placed, "method_title")?;
    let is_known = title == method
        || WELL_KNOWN.iter().any(|(_, known)| *known == title)
        || configured
            .iter()
            .any(|(code, name)| code == method && name == title);
    if is_known || !is_value(title) {
        return None;
    }
    let own = WELL_KNOWN.iter().find(|(code, _)| *code == method);
    let name = own.map_or(method, |(_, title)| title);
    Some(format!("{}{name}{}", &placed[..at], &placed[at + title.len()..]))
}

/// The text of a key as JSON writes it, and where it begins. A quotation mark in a text is escaped, so the key in
/// quotation marks stands at no other place.
fn text_of<'a>(json: &'a str, key: &str) -> Option<(usize, &'a str)> {
    let key = format!("\"{key}\":\"");
    let at = json.find(&key)? + key.len();
    let mut is_escaped = false;
    let length = json[at..].find(|character| {
        let ends = character == '"' && !is_escaped;
        is_escaped = character == '\\' && !is_escaped;
        ends
    })?;
    Some((at, &json[at..at + length]))
}

/// Whether `name` is a value of a gateway and no title: it has no letter, an `@`, at least twelve digits, or it is one
/// word of at least eight characters with letters and digits. A word with at most three digits, all at its end, is a
/// brand such as `Przelewy24`.
fn is_value(name: &str) -> bool {
    let letters = name.chars().filter(|it| it.is_alphabetic()).count();
    let digits = name.chars().filter(char::is_ascii_digit).count();
    let is_word = !name.contains(char::is_whitespace) && name.chars().count() >= 8;
    let stem = name.trim_end_matches(|it: char| it.is_ascii_digit());
    let is_brand = digits <= 3 && stem.chars().all(char::is_alphabetic);
    let is_token = is_word && digits > 0 && !is_brand;
    letters == 0 || name.contains('@') || digits >= 12 || is_token
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_of_a_gateway_is_told_from_a_title() {
        for value in [
            "",
            "4242",
            "**** **** **** 4242",
            "anna@example.com",
            "pm_1NXt2eLkdIwHu7ix",
            "tok4f2a9",
            "Card 4111111111111111",
            "2024-11-03T10:00:00Z",
            "9f86d081",
        ] {
            assert!(is_value(value), "{value}");
        }
        for title in [
            "Credit Card (Stripe)",
            "PayPal",
            "iDEAL",
            "Przelewy24",
            "in3",
            "Visa ending in 4242",
            "Zahlung in 30 Tagen",
            "Kreditkarte",
            "Оплата картой",
        ] {
            assert!(!is_value(title), "{title}");
        }
    }

    #[test]
    fn only_the_title_changes() {
        let column = |name: &str, title: &str| {
            format!(
                r#"{{"firstname":"{name}","method":"stripe","method_title":"{title}","method_kind":"online"}}"#
            )
        };
        for name in ["Anna", r#"\"method_title\":\"x\""#, r"Ann\\"] {
            assert_eq!(
                renamed(&column(name, "tok_4f2a9"), &[]),
                Some(column(name, "stripe"))
            );
            assert_eq!(
                renamed(&column(name, r#"a@b.c\"\\"#), &[]),
                Some(column(name, "stripe"))
            );
            assert_eq!(renamed(&column(name, "stripe"), &[]), None);
            assert_eq!(renamed(&column(name, "Card"), &[]), None);
        }
        let configured = [("stripe".to_owned(), "Karte2024x".to_owned())];
        assert_eq!(renamed(&column("Anna", "Karte2024x"), &configured), None);
        assert_eq!(renamed("{}", &configured), None);
    }
}
