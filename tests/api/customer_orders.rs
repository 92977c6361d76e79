//! A customer reads their orders: filters, sorting, pages and scope (`docs/contract.md` section 9).

mod every_field;
mod filters;
mod lists;
mod shown;

use countermand_tests::{Answer, OrderJson, TestShop};
use serde_json::{Value, json};

const BUYER: &str = "anna@example.com";

fn order(number: &str) -> OrderJson {
    OrderJson::new(number).by(BUYER).line("a", 1000, 1, 0, 0)
}

/// The request for `customer { orders(...) }`, with arguments as they stand in the document.
async fn list(shop: &TestShop, customer: &str, arguments: &str) -> Answer {
    let arguments = if arguments.is_empty() {
        String::new()
    } else {
        format!("({arguments})")
    };
    let query = format!(
        "{{ customer {{ orders{arguments} {{
           items {{ number }} total_count date_of_first_order
           page_info {{ current_page page_size total_pages }}
         }} }} }}"
    );
    shop.ask(&query).token(customer).send().await
}

/// The numbers of the orders in an answer.
fn numbers(answer: &Answer) -> Vec<String> {
    let items = answer
        .data("/customer/orders/items")
        .as_array()
        .expect("items")
        .iter();
    items
        .map(|item| item["number"].as_str().expect("a number").to_owned())
        .collect()
}

async fn import(shop: &TestShop, orders: impl IntoIterator<Item = OrderJson>) -> String {
    let orders: Vec<Value> = orders.into_iter().map(|it| it.json()).collect();
    shop.import(&orders).await;
    shop.customer(BUYER).await
}

/// The page of an answer in short: number, size, number of pages.
fn page(answer: &Answer) -> Value {
    let info = answer.data("/customer/orders/page_info");
    json!([info["current_page"], info["page_size"], info["total_pages"]])
}
