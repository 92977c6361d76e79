//! The part of the published schema that the adapter uses. A field or an argument that is not published is refused.

#![expect(clippy::unused_async, reason = "a resolver is asynchronous")]

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_graphql::{
    Context, EmptySubscription, Enum, Error, ErrorExtensions, ID, InputObject, Object, Result, Schema,
    SimpleObject,
};
use chrono::{DateTime, SecondsFormat, Utc};

use super::site::{PrimeCancellation, PrimeOrder, Refusal, Site};

pub(super) type PrimeSchema = Schema<Query, Mutation, EmptySubscription>;

pub(super) fn schema(site: Arc<Mutex<Site>>) -> PrimeSchema {
    Schema::build(Query, Mutation, EmptySubscription)
        .data(site)
        .finish()
}

pub(super) struct Query;

pub(super) struct Mutation;

#[derive(InputObject)]
struct OrderIdentifierInput {
    order_id: Option<ID>,
    alias: Option<AliasInput>,
}

#[derive(InputObject)]
struct AliasInput {
    alias_type: String,
    alias_id: String,
}

#[derive(InputObject)]
struct CancelOrderInput {
    aliases: Option<Vec<AliasInput>>,
    reason: Option<CancellationReasonInput>,
    additional_comments: Option<String>,
}

#[derive(Enum, Clone, Copy, PartialEq, Eq)]
enum CancellationReasonInput {
    IncorrectShippingAddress,
    ItemsArrivingLate,
    OrderedByMistake,
    Other,
    OutOfStock,
    PaymentIssue,
}

#[derive(SimpleObject)]
struct Order {
    id: ID,
    metadata: OrderMetadata,
    package_information: PackageInformation,
    line_items: Vec<LineItem>,
}

#[derive(SimpleObject)]
struct OrderMetadata {
    created_at: String,
    updated_at: String,
    execution_state: String,
}

#[derive(SimpleObject)]
struct LineItem {
    id: ID,
    amount: Amount,
    product: Product,
    package_information: PackageInformation,
    cancellations: Cancellations,
}

#[derive(SimpleObject)]
struct Amount {
    value: f64,
    unit: String,
}

#[derive(SimpleObject)]
struct Product {
    title: String,
}

#[derive(SimpleObject)]
struct PackageInformation {
    details: Vec<PackageInformationDetails>,
}

#[derive(SimpleObject)]
struct PackageInformationDetails {
    id: ID,
    state: String,
    reason: Option<String>,
}

#[derive(SimpleObject)]
struct Cancellations {
    details: Vec<Cancellation>,
}

#[derive(SimpleObject)]
struct Cancellation {
    id: ID,
    aliases: Vec<Alias>,
    state: String,
    reason: Option<String>,
    additional_comments: Option<String>,
    requested_by: String,
    created_at: String,
}

#[derive(SimpleObject)]
struct Alias {
    alias_type: String,
    alias_id: String,
}

#[derive(SimpleObject)]
struct CancelOrderResponse {
    cancellation: Cancellation,
}

#[Object]
impl Query {
    async fn order(&self, context: &Context<'_>, order_identifier: OrderIdentifierInput) -> Result<Order> {
        let mut site = begin(context, "order")?;
        let id = wanted(&order_identifier)?;
        let troubles = site.troubles.clone();
        let found = site.order_mut(&id).map(|order| order.clone());
        let order = found.ok_or_else(|| {
            refused((
                "ResourceNotFoundError",
                "ResourceNotFoundException",
                "The order does not exist.",
            ))
        })?;
        site.ledger.push(("order".into(), "OK".into()));
        Ok(Order::of(
            &order,
            troubles.cancellations_are_hidden,
            troubles.state,
        ))
    }
}

#[Object]
impl Mutation {
    async fn cancel_order(
        &self,
        context: &Context<'_>,
        order_identifier: OrderIdentifierInput,
        input: Option<CancelOrderInput>,
    ) -> Result<CancelOrderResponse> {
        let mut site = begin(context, "cancelOrder")?;
        let id = wanted(&order_identifier)?;
        let aliases = input.as_ref().and_then(|it| it.aliases.as_ref());
        let alias = aliases.and_then(|all| all.iter().find(|it| it.alias_type == "EXT_CANCEL_ID"));
        let alias = alias.map_or_else(String::new, |it| it.alias_id.clone());
        let reason = input.as_ref().and_then(|it| it.reason);
        let reason = reason.map_or_else(String::new, |it| {
            async_graphql::resolver_utils::enum_value(it).to_string()
        });
        let comments = input.and_then(|it| it.additional_comments).unwrap_or_default();
        let taken = site.cancel(&id, &alias, &reason, &comments);
        let told = taken.as_ref().map_or_else(|refusal| refusal.1, |_| "OK");
        site.ledger.push(("cancelOrder".into(), told.into()));
        let taken = taken.map_err(refused)?;
        let state = site.troubles.state;
        Ok(CancelOrderResponse {
            cancellation: Cancellation::of(&taken, state),
        })
    }
}

/// Begins an operation: decides what is due, and fails where the simulator is told to fail.
fn begin<'a>(context: &'a Context<'_>, operation: &str) -> Result<MutexGuard<'a, Site>> {
    let site = context.data::<Arc<Mutex<Site>>>()?;
    let mut site = site.lock().unwrap_or_else(PoisonError::into_inner);
    site.work();
    let refusal = if site.troubles.throttled > 0 {
        site.troubles.throttled -= 1;
        Some(("ThrottlingError", "ThrottlingError", "Too many requests."))
    } else if site.troubles.broken == Some(operation) {
        let text = "Unexpected error during request processing.";
        Some(("InternalServerError", "InternalServerError", text))
    } else {
        None
    };
    match refusal {
        None => Ok(site),
        Some(refusal) => {
            site.ledger.push((operation.into(), refusal.0.into()));
            Err(refused(refusal))
        }
    }
}

fn wanted(order: &OrderIdentifierInput) -> Result<String> {
    match (&order.order_id, &order.alias) {
        (Some(id), None) => Ok(id.to_string()),
        _ => Err(refused((
            "ValidationError",
            "InvalidOrderIdentifier",
            "The simulator knows orders by their id only.",
        ))),
    }
}

fn refused((kind, code, text): Refusal) -> Error {
    Error::new(text).extend_with(|_, extensions| {
        extensions.set("errorType", kind);
        extensions.set("errorCode", code);
    })
}

impl Order {
    fn of(order: &PrimeOrder, hides_cancellations: bool, state: Option<&str>) -> Self {
        let package = |position: usize| PackageInformationDetails {
            id: format!("{}-package-{position}", order.id).into(),
            state: order.packages[position].state.clone(),
            reason: order.packages[position].reason.clone(),
        };
        let cancellations = || {
            let shown = order.cancellations.iter().filter(|_| !hides_cancellations);
            shown.map(|it| Cancellation::of(it, state)).collect()
        };
        let items = order.items.iter().enumerate();
        Self {
            id: order.id.clone().into(),
            metadata: OrderMetadata {
                created_at: instant(order.created_at),
                updated_at: instant(order.updated_at),
                execution_state: "STARTED".into(),
            },
            package_information: PackageInformation {
                details: (0..order.packages.len()).map(package).collect(),
            },
            line_items: items
                .map(|(position, (id, title, units))| LineItem {
                    id: id.clone().into(),
                    amount: Amount {
                        value: f64::from(i32::try_from(*units).unwrap_or(i32::MAX)),
                        unit: "ONE".into(),
                    },
                    product: Product { title: title.clone() },
                    package_information: PackageInformation {
                        details: vec![package(order.package_of(position))],
                    },
                    cancellations: Cancellations {
                        details: cancellations(),
                    },
                })
                .collect(),
        }
    }
}

impl Cancellation {
    fn of(cancellation: &PrimeCancellation, state: Option<&str>) -> Self {
        let text = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        let alias = text(&cancellation.alias).map(|alias_id| Alias {
            alias_type: "EXT_CANCEL_ID".into(),
            alias_id,
        });
        Self {
            id: cancellation.id.clone().into(),
            aliases: alias.into_iter().collect(),
            state: state.unwrap_or(&cancellation.state).into(),
            reason: text(&cancellation.reason),
            additional_comments: text(&cancellation.comments),
            requested_by: "MERCHANT".into(),
            created_at: instant(cancellation.created_at),
        }
    }
}

/// An instant as the API writes it.
fn instant(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Millis, true)
}
