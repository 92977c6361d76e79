//! These are orders that other shops reported in public. The answer that is right for each of them is given.
//!
//! `PUBLIC_CASES` names the folder with the cases, which is not part of the repository: a JSON file for each case, with
//! its orders in `import` and its answer in `right`. Without the folder the tests are skipped.

mod changed_elsewhere;
mod charges;
mod families;
mod import;
mod item_status;
mod money;
mod open_invoice;

use std::path::PathBuf;

use countermand_tests::TestShop;
use countermand_tests::storefront::SHOWN;
use serde_json::{Value, json};

/// The text of a file of the folder; none when the cases are not tried.
fn text_of(name: &str) -> Option<String> {
    let Some(folder) = std::env::var_os("PUBLIC_CASES").map(PathBuf::from) else {
        println!("PUBLIC_CASES is not set: {name} was not tried");
        return None;
    };
    let file = folder.join(format!("{name}.json"));
    let text = std::fs::read_to_string(&file);
    Some(text.unwrap_or_else(|problem| panic!("{}: {problem}", file.display())))
}

/// Imports the order of a case and gives its id; none when the cases are not tried.
async fn sold(shop: &TestShop, case: &str) -> Option<String> {
    let case: Value = serde_json::from_str(&text_of(case)?).expect("a case");
    let orders = case["import"].as_array().expect("orders");
    Some(shop.import(orders).await.remove(0))
}

/// The order as the guest who placed it sees it.
async fn shown(shop: &TestShop, id: &str) -> Value {
    let query = format!(
        "query($token: String!) {{
           guestOrderByToken(input: {{ token: $token }}) {{ ...Shown payment_methods {{ name }} }}
         }} {SHOWN}"
    );
    let token = shop.order_token(id).await;
    let asked = shop.ask(&query).variables(json!({ "token": token }));
    asked.send().await.data("/guestOrderByToken").clone()
}

/// The line of a document with `quantity` units of the only item that the order lists.
async fn units(shop: &TestShop, id: &str, quantity: i64) -> Value {
    let order = shop.order(id).await;
    json!([{ "item_id": order["order"]["items"][0]["id"], "quantity": quantity }])
}
