//! Every field of an order, of an account and of a store view can be selected.

use std::collections::HashMap;

use countermand_tests::{OrderJson, TestShop, on_every_database};
use serde_json::{Value, json};

use super::BUYER;

/// The depth to which fields are followed. An item of a credit memo shows the order's item and its prices.
const DEPTH: usize = 4;

/// The types of the schema by name.
struct Types(HashMap<String, Value>);

impl Types {
    async fn of(shop: &TestShop) -> Self {
        let query = "{ __schema { types {
          name kind possibleTypes { name }
          fields(includeDeprecated: true) {
            name args { name defaultValue type { kind } }
            type { name ofType { name ofType { name ofType { name } } } }
          }
        } } }";
        let answer = shop.ask(query).send().await;
        let types = answer.data("/__schema/types").as_array().expect("types").iter();
        Self(
            types
                .map(|it| (it["name"].as_str().expect("a name").to_owned(), it.clone()))
                .collect(),
        )
    }

    /// The fields of an object or interface that need no arguments, each with the name of its type.
    fn fields(&self, name: &str) -> Vec<(String, String)> {
        let fields = self.0[name]["fields"].as_array().into_iter().flatten();
        let free = fields.filter(|field| {
            let args = field["args"].as_array().expect("arguments").iter();
            args.clone()
                .all(|arg| arg["type"]["kind"] != "NON_NULL" || !arg["defaultValue"].is_null())
        });
        free.map(|field| {
            let mut inner = &field["type"];
            while inner["ofType"].is_object() {
                inner = &inner["ofType"];
            }
            let text = |it: &Value| it["name"].as_str().expect("a name").to_owned();
            (text(field), text(inner))
        })
        .collect()
    }

    /// The selection of everything below a type, to this depth; none where no field could be selected.
    fn selection(&self, name: &str, depth: usize) -> Option<String> {
        match self.0[name]["kind"].as_str() {
            Some("OBJECT" | "INTERFACE" | "UNION") if depth == 0 => None,
            Some("OBJECT" | "INTERFACE" | "UNION") => {
                let own = self.fields(name);
                let shared = self.selected(&own, depth);
                let kinds = self.0[name]["possibleTypes"].as_array().into_iter().flatten();
                let kinds = kinds.map(|kind| kind["name"].as_str().expect("a name"));
                let only_there = kinds.map(|kind| {
                    let more: Vec<_> = self
                        .fields(kind)
                        .into_iter()
                        .filter(|field| !own.contains(field))
                        .collect();
                    format!("... on {kind} {{ __typename {} }}", self.selected(&more, depth))
                });
                Some(format!(
                    "{{ __typename {shared} {} }}",
                    only_there.collect::<String>()
                ))
            }
            _ => Some(String::new()),
        }
    }

    fn selected(&self, fields: &[(String, String)], depth: usize) -> String {
        let selected = fields
            .iter()
            .filter_map(|(field, kind)| Some(format!("{field} {} ", self.selection(kind, depth - 1)?)));
        selected.collect()
    }
}

/// Makes one order with a bundle, a gift card and files: a part is invoiced and refunded, and the rest is canceled.
async fn order_of_everything(shop: &TestShop) {
    shop.enable_cancellation().await;
    let order = OrderJson::new("1").by(BUYER);
    let order = order
        .line("a", 1000, 2, 0, 0)
        .line("files", 500, 1, 0, 0)
        .of_type("downloadable");
    let order = order.line("card", 2500, 1, 0, 0).of_type("giftcard");
    let mut order = order.line("choice", 700, 1, 0, 0).of_type("configurable").json();
    order["coupon_code"] = json!("SPRING");
    let id = shop.import(&[order]).await.remove(0);
    let item = shop.order(&id).await["order"]["items"][0]["id"].clone();
    let one = json!([{ "item_id": item, "quantity": 1 }]);
    shop.worked("createInvoice", json!({ "order_id": id, "items": one }))
        .await;
    let customer = shop.customer(BUYER).await;
    shop.cancel_order(&id, "Other")
        .token(&customer)
        .send()
        .await
        .works();
    let shipped = OrderJson::new("2").by(BUYER).line("b", 1000, 2, 2, 1);
    shop.import(&[shipped.json()]).await;
    shop.run_jobs().await;
}

on_every_database!(every_field_can_be_selected, |shop| async move {
    order_of_everything(&shop).await;
    let customer = shop.customer(BUYER).await;
    let types = Types::of(&shop).await;
    let places = [
        ("CustomerOrder", "customer { orders { items", " } }"),
        ("Customer", "customer", ""),
        ("StoreConfig", "storeConfig", ""),
        ("StoreConfig", "availableStores", ""),
    ];
    for (name, before, after) in places {
        for (field, kind) in types.fields(name) {
            let Some(selection) = types.selection(&kind, DEPTH) else {
                continue;
            };
            let query = format!("{{ {before} {{ {field} {selection} }} {after} }}");
            let answer = shop.ask(&query).token(&customer).send().await;
            assert!(
                answer.body.get("errors").is_none(),
                "{name}.{field}: {:#}",
                answer.body["errors"]
            );
        }
    }
});
