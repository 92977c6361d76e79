//! The rights of staff: each operation of theirs with each kind of caller.

pub(crate) mod jobs;
pub(crate) mod rows;
mod warehouse;

use std::collections::BTreeSet;

use chrono::TimeDelta;
use countermand_app::StaffOperation;
use countermand_domain::StaffRole;
use countermand_integrations::channels::amazon::CancelBy;
use countermand_tests::{Answer, TestShop, on_every_database};
use serde_json::{Value, json};

use crate::channels::amazon_seller::{adapter, one_channel};
use crate::withheld_refunds::{NO_PERMISSION, NO_RIGHT};
use jobs::job;
use rows::{Limited, Row, STOREFRONT, rows};

/// The caller who is a signed-in customer.
const CUSTOMER: &str = "a customer";
/// The operations that buyers have too.
const FOR_BUYERS_TOO: [&str; 4] = [
    "requestOrderCancellation",
    "withdrawCancellationRequest",
    "endSubscription",
    "resumeSubscription",
];

/// The operations of the warehouse; it may do no other one of staff.
const OF_THE_WAREHOUSE: [&str; 6] = [
    "order",
    "orders",
    "startFulfilment",
    "releaseFulfilment",
    "createShipment",
    "recordDelivery",
];
/// Operations that a mutation needs for one of its flags, or for a part of what it is about.
const OF_FLAGS: [StaffOperation; 5] = [
    StaffOperation::AbandonRefund,
    StaffOperation::CancelAlthoughSwitchedOff,
    StaffOperation::CancelKeepingMoney,
    StaffOperation::CancelWithoutRefund,
    StaffOperation::ShipAlthoughRequested,
];

/// A caller with or without a token.
struct Caller {
    name: String,
    token: Option<String>,
    rights: Rights,
}

#[derive(Clone, Copy)]
enum Rights {
    None,
    Everywhere(StaffRole),
    /// The rights of an owner, for the store view that the orders are in.
    Here,
    /// The rights of an owner, for another store view on another website.
    Elsewhere,
}

#[derive(Debug, PartialEq, Eq)]
enum Outcome {
    Done,
    Forbidden,
    /// The answer is the same as if the order or store view did not exist.
    Unseen,
}

on_every_database!(
    each_role_may_use_its_own_operations_and_no_others,
    |shop| async move {
        shop.create_website("other").await;
        shop.create_store("elsewhere", "other", "elsewhere").await;
        shop.enable_cancellation().await;
        // Each order of the channel is written by the test, so nothing needs to answer at this address.
        let nowhere = "http://127.0.0.1:9/";
        let adapter = adapter(nowhere, nowhere, CancelBy::Feed, &shop.clock());
        shop.leave_jobs();
        let shop = shop.with_channels(one_channel(adapter)).await;
        let callers = callers(&shop).await;
        for (line, row) in rows().enumerate() {
            for (column, caller) in callers.iter().enumerate() {
                // A customer may ask for the cancellation of an own order: `requests.rs` tests the first two, and
                // `subscriptions.rs` the others.
                if FOR_BUYERS_TOO.contains(&row.field) && caller.name == CUSTOMER {
                    continue;
                }
                let name = format!("r{line}c{column}");
                let order = shop.import(&[row.situation.order(&name)]).await.remove(0);
                let job = job(&shop, row, &order).await;
                let before = seen(&shop, &order).await;
                let answer = ask(&shop, row, caller, &order, &job, &name).await;
                let expected = expected(row, caller.rights);
                let what = format!("{} by {}: {:#}", row.document, caller.name, answer.body);
                assert_eq!(outcome(&answer, row.field), expected, "{what}");
                if expected == Outcome::Forbidden {
                    assert!([NO_RIGHT, NO_PERMISSION].contains(&answer.error()), "{what}");
                    assert_eq!(seen(&shop, &order).await, before, "{what}");
                }
                if expected == Outcome::Unseen {
                    assert_eq!(seen(&shop, &order).await["order"], before["order"], "{what}");
                }
            }
        }
    }
);

on_every_database!(the_table_holds_every_operation_of_staff, |shop| async move {
    let query = "{ __schema { queryType { fields(includeDeprecated: true) { name } } mutationType { fields(includeDeprecated: true) { name } } } }";
    let answer = shop.ask(query).send().await;
    let names = |pointer: &str| -> Vec<String> {
        let fields = answer.data(pointer).as_array().expect("fields");
        let name = |field: &Value| field["name"].as_str().expect("a name").to_owned();
        fields.iter().map(name).collect()
    };
    let mut schema: BTreeSet<String> = names("/__schema/queryType/fields").into_iter().collect();
    schema.extend(names("/__schema/mutationType/fields"));
    let known = rows().map(|row| row.field).chain(STOREFRONT.iter().copied());
    let known: BTreeSet<String> = known.map(str::to_owned).collect();
    let unknown: Vec<_> = schema.difference(&known).collect();
    assert!(
        unknown.is_empty(),
        "fields without a row in the table of rights: {unknown:?}"
    );
    let gone: Vec<_> = known.difference(&schema).collect();
    assert!(gone.is_empty(), "rows of fields that do not exist: {gone:?}");
});

/// The program has a table of its own; both are written by hand, so that a slip in one of them shows.
#[test]
fn the_programs_table_of_rights_names_each_field_of_staffs() {
    for operation in StaffOperation::ALL {
        let least = rows()
            .filter(|row| row.field == operation.name())
            .map(|row| row.needs)
            .min();
        if OF_FLAGS.contains(operation) {
            continue;
        }
        assert_eq!(least, Some(operation.needs()), "{}", operation.name());
        let is_of_warehouse = OF_THE_WAREHOUSE.contains(&operation.name());
        let allows = operation.allows(StaffRole::Warehouse);
        assert_eq!(allows, is_of_warehouse, "{}", operation.name());
    }
    for row in rows() {
        assert!(StaffOperation::by_name(row.field).is_some(), "{}", row.field);
    }
}

on_every_database!(
    an_expired_or_revoked_token_of_staff_is_refused,
    |shop| async move {
        let query = "{ orders { items { version } } }";
        let refused = |answer: Answer| {
            assert_eq!(answer.category(), "graphql-authentication");
            assert!(answer.body["data"].is_null());
        };
        let expired = shop.staff(StaffRole::Viewer, None).await;
        assert_eq!(
            shop.ask(query).token(&expired).send().await.data("/orders/items"),
            &json!([])
        );
        shop.wait(TimeDelta::days(1));
        refused(shop.ask(query).token(&expired).send().await);

        let revoked = shop.staff(StaffRole::Manager, None).await;
        assert_eq!(
            shop.ask(query).token(&revoked).send().await.data("/orders/items"),
            &json!([])
        );
        assert_eq!(
            shop.app().revoke_staff_tokens("manager").await.expect("revoked"),
            1
        );
        refused(shop.ask(query).token(&revoked).send().await);
        refused(shop.ask(query).token(&format!("{}x", shop.owner())).send().await);
    }
);

async fn callers(shop: &TestShop) -> Vec<Caller> {
    let mut callers = vec![
        Caller {
            name: "a caller without a token".into(),
            token: None,
            rights: Rights::None,
        },
        Caller {
            name: CUSTOMER.into(),
            token: Some(shop.customer("anna@example.com").await),
            rights: Rights::None,
        },
    ];
    for role in StaffRole::ALL.iter().copied() {
        callers.push(Caller {
            name: role.code().into(),
            token: Some(shop.staff(role, None).await),
            rights: Rights::Everywhere(role),
        });
    }
    for (store, rights) in [(1, Rights::Here), (2, Rights::Elsewhere)] {
        callers.push(Caller {
            name: format!("the owner of store view {store}"),
            token: Some(shop.staff(StaffRole::Owner, Some(store)).await),
            rights,
        });
    }
    callers
}

async fn ask(shop: &TestShop, row: &Row, caller: &Caller, order: &str, job: &Value, name: &str) -> Answer {
    let orders = row.situation.order(&format!("{name}n")).to_string();
    let email = format!("{name}@example.com");
    let variables = json!({ "order": order, "name": name, "email": email, "orders": orders, "job": job });
    let asked = shop.ask(row.document).variables(variables);
    match &caller.token {
        Some(token) => asked.token(token).send().await,
        None => asked.send().await,
    }
}

fn expected(row: &Row, rights: Rights) -> Outcome {
    match (rights, row.limited) {
        (Rights::Everywhere(StaffRole::Warehouse), _) if OF_THE_WAREHOUSE.contains(&row.field) => {
            Outcome::Done
        }
        (Rights::Everywhere(role), _) if role < row.needs => Outcome::Forbidden,
        (Rights::None, _)
        | (Rights::Here | Rights::Elsewhere, Limited::Forbidden)
        | (Rights::Elsewhere, Limited::ForbiddenElsewhere) => Outcome::Forbidden,
        (Rights::Elsewhere, Limited::UnseenElsewhere) => Outcome::Unseen,
        (Rights::Everywhere(_), _)
        | (Rights::Here, Limited::ForbiddenElsewhere | Limited::UnseenElsewhere)
        | (Rights::Here | Rights::Elsewhere, Limited::OwnOnly) => Outcome::Done,
    }
}

/// The outcome of a call. A forbidden call has an error; an unseen order is absent, empty or "not found".
fn outcome(answer: &Answer, field: &str) -> Outcome {
    if answer.body.get("errors").is_some() {
        assert_eq!(
            answer.category(),
            "graphql-authorization",
            "{field}: {:#}",
            answer.body
        );
        return Outcome::Forbidden;
    }
    let payload = answer.data(&format!("/{field}"));
    let refusals = payload["user_errors"].as_array().cloned().unwrap_or_default();
    let refused = payload["refused"].as_array().cloned().unwrap_or_default();
    for refusal in &refusals {
        assert_eq!(refusal["code"], "NOT_FOUND", "{:#}", answer.body);
    }
    for refusal in &refused {
        assert_eq!(refusal["field"], "store_id", "{:#}", answer.body);
    }
    let nothing = payload.is_null() || payload["items"] == json!([]);
    if nothing || !refusals.is_empty() || !refused.is_empty() {
        Outcome::Unseen
    } else {
        Outcome::Done
    }
}

/// Everything that an operation can change: the order, the settings, the shop and the newest audit log entry.
async fn seen(shop: &TestShop, order: &str) -> Value {
    let query = "{
      everywhere: cancellationConfig(scope: DEFAULT) { ...values }
      here: cancellationConfig(scope: STORE, code: \"default\") { ...values }
      auditLog(first: 1) { items { id } }
    }
    fragment values on CancellationConfig {
      enabled { value } guest_key_lifetime_hours { value } reorder_allowed { value source { scope } }
    }";
    let answer = shop.ask(query).token(shop.owner()).send().await;
    json!({ "order": shop.order(order).await, "rest": answer.data("") })
}
