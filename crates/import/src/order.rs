//! Turns the JSON of one order into an order. An order is read as a whole or refused.

use chrono::{DateTime, Utc};
use countermand_domain::channel::{ChannelOrderNumber, LONGEST_CHANNEL_ORDER_NUMBER};
use countermand_domain::{
    Address, Comment, Currency, CustomerId, LONGEST_CHANNEL_NAME, LONGEST_ORDER_NUMBER,
    LONGEST_STOREFRONT_NUMBER, Order, OrderChannel, OrderCustomer, OrderId, OrderNumber, OrderState, Payment,
    is_order_number,
};

use super::history::{LONGEST_STATUS, read_history};
use super::imported_documents::ImportedDocuments;
use super::notes::Notes;
use super::payment::read_payment;
use super::people::{ExternalCustomer, read_account, read_address, read_billing_address, read_buyer};
use super::priced::Priced;
use super::raw::{LINE, Raw};
use super::refused_field::OrderRefusal;
use super::shape::{AssignmentShape, ExtensionShape, OrderShape, SalesChannelShape, ShippingShape};

/// The longest label of a status, in characters.
const LONGEST_LABEL: usize = 128;

const ASSIGNED: &str = "extension_attributes.shipping_assignments[0].shipping";

/// An order as it was read. The order gets its ids when it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadOrder {
    /// The store view in the shop that the order came from.
    pub store_id: Option<i64>,
    /// The id of the order in that shop.
    pub external_id: Option<i64>,
    /// The increment number: 1 to 50 letters, digits, `_`, `-`, `.` or `/`.
    pub number: OrderNumber,
    /// The buyer's account in that shop; none for a guest.
    pub customer: Option<ExternalCustomer>,
    /// The label of the status in that shop, if the order tells it: one line of at most 128 characters.
    pub status_label: Option<String>,
    /// What the import changed, such as `grand_total 12.345 was rounded to 12.35`.
    pub notes: Vec<String>,
    draft: Draft,
}

/// An order without its ids.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Draft {
    channel: Option<OrderChannel>,
    state: OrderState,
    status: String,
    held_from: Option<(OrderState, String)>,
    customer: OrderCustomer,
    placed_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    is_virtual: bool,
    billing_address: Address,
    shipping_address: Option<Address>,
    priced: Priced,
    payment: Payment,
    documents: ImportedDocuments,
    comments: Vec<Comment>,
}

/// Reads one order; the refusal names the first field that is wrong.
pub fn read_order(json: &str) -> Result<ReadOrder, OrderRefusal> {
    let json = Raw::new(json);
    let shape: OrderShape<'_> = json
        .object("order")?
        .ok_or_else(|| OrderRefusal::missing("order"))?;
    let number = read_number(&shape)?;
    read_as_it_is(json, &shape, &number).map_err(|refusal| OrderRefusal {
        number: Some(number),
        ..refusal
    })
}

/// Reads the order strictly, or tolerates its contradictions if it can be canceled neither now nor later: its state is
/// the last one, or a unit is shipped, because an order of which a unit is shipped is never canceled.
fn read_as_it_is(
    json: Raw<'_>,
    shape: &OrderShape<'_>,
    number: &OrderNumber,
) -> Result<ReadOrder, OrderRefusal> {
    let state = read_state(shape)?;
    let read = |is_history| read_shape((json, shape), state, number.clone(), Notes::new(is_history));
    if state.is_history() {
        return read(true);
    }
    // What is read strictly is read in the same way when contradictions are tolerated.
    let strictly = read(false);
    if strictly.is_err()
        && let Ok(shipped) = read(true)
        && shipped.has_shipment()
    {
        return Ok(shipped);
    }
    strictly
}

fn read_shape(
    (json, shape): (Raw<'_>, &OrderShape<'_>),
    state: OrderState,
    number: OrderNumber,
    mut notes: Notes,
) -> Result<ReadOrder, OrderRefusal> {
    let extension = shape
        .extension_attributes
        .object("extension_attributes")?
        .unwrap_or_default();
    let assigned = read_assignment(&extension)?;
    let placed_at = shape.created_at.time("created_at")?;
    let placed_at = placed_at.ok_or_else(|| OrderRefusal::missing("created_at"))?;
    let updated_at = shape.updated_at.time("updated_at")?.unwrap_or(placed_at);
    note_length(&number, &mut notes);
    let status = shape.status.code("status", LONGEST_STATUS, &mut notes)?;
    let status = status.unwrap_or_else(|| state.default_status().into());
    let billing_address = read_billing_address(shape, &mut notes)?;
    let customer = read_buyer(shape, &billing_address, &mut notes)?;
    let priced = Priced::read((json, shape), &extension, &assigned, state, &mut notes)?;
    let is_virtual = shape.is_virtual.flag("is_virtual")?;
    let is_virtual = is_virtual.unwrap_or_else(|| priced.items.iter().all(|item| item.is_virtual));
    let shipping_address = read_address(assigned.address, &format!("{ASSIGNED}.address"), &mut notes)?;
    let payment = read_payment(shape, &extension, &priced.totals, state, updated_at, &mut notes)?;
    let comments = read_history(shape.status_histories, &status, updated_at, &mut notes)?;
    Ok(ReadOrder {
        store_id: shape.store_id.id("store_id")?,
        external_id: shape.entity_id.id("entity_id")?,
        customer: read_account(shape, &customer)?,
        status_label: read_status_label(shape, &extension),
        notes: notes.into_lines(),
        draft: Draft {
            held_from: read_held_from(shape, state)?,
            channel: read_sales_channel(&extension)?,
            payment,
            documents: ImportedDocuments::of(&number, &priced, updated_at)?,
            comments,
            shipping_address: shipping_address.filter(|_| !is_virtual),
            state,
            status,
            customer,
            placed_at,
            updated_at,
            is_virtual,
            billing_address,
            priced,
        },
        number,
    })
}

/// The order of a sales channel that this order came from.
fn read_sales_channel(extension: &ExtensionShape<'_>) -> Result<Option<OrderChannel>, OrderRefusal> {
    const FIELD: &str = "extension_attributes.sales_channel";
    let Some(shape) = extension.sales_channel.object::<SalesChannelShape<'_>>(FIELD)? else {
        return Ok(None);
    };
    let (name_field, number_field) = (format!("{FIELD}.name"), format!("{FIELD}.order_number"));
    let name = shape.name.exact_code(&name_field, LONGEST_CHANNEL_NAME)?;
    let name = name.ok_or_else(|| OrderRefusal::missing(&name_field))?;
    let number = shape
        .order_number
        .exact_code(&number_field, LONGEST_CHANNEL_ORDER_NUMBER)?;
    let number = number.ok_or_else(|| OrderRefusal::missing(&number_field))?;
    let problem = "holds more than printable ASCII characters without spaces";
    let parsed = ChannelOrderNumber::parse(&number);
    Ok(Some(OrderChannel {
        name,
        number: parsed.ok_or_else(|| OrderRefusal::new(&number_field, &number, problem))?,
        canceled_at: None,
    }))
}

fn read_number(shape: &OrderShape<'_>) -> Result<OrderNumber, OrderRefusal> {
    let number = shape
        .increment_id
        .exact_code("increment_id", LONGEST_ORDER_NUMBER)?;
    let number = number.ok_or_else(|| OrderRefusal::missing("increment_id"))?;
    if is_order_number(&number) {
        Ok(number.into())
    } else {
        let problem = "holds more than letters, digits, `_`, `-`, `.` and `/`";
        Err(OrderRefusal::new("increment_id", &number, problem))
    }
}

/// Notes a number that Adobe's storefront components take for the token of a guest's order.
fn note_length(number: &OrderNumber, notes: &mut Notes) {
    if number.as_str().len() > LONGEST_STOREFRONT_NUMBER {
        notes.push(format!(
            "increment_id {number} is longer than {LONGEST_STOREFRONT_NUMBER} characters, so Adobe's storefront \
             components take it for a token, and guests do not find the order by its number there"
        ));
    }
}

/// Reads only the first assignment: shops with one warehouse, and Adobe's own storefronts, make only one.
fn read_assignment<'a>(extension: &ExtensionShape<'a>) -> Result<ShippingShape<'a>, OrderRefusal> {
    let assignments = extension
        .shipping_assignments
        .list("extension_attributes.shipping_assignments")?;
    let Some(first) = assignments.first() else {
        return Ok(ShippingShape::default());
    };
    let first: AssignmentShape<'a> = first
        .object("extension_attributes.shipping_assignments[0]")?
        .unwrap_or_default();
    Ok(first.shipping.object(ASSIGNED)?.unwrap_or_default())
}

fn read_state(shape: &OrderShape<'_>) -> Result<OrderState, OrderRefusal> {
    let code = shape
        .state
        .exact_code("state", LINE)?
        .ok_or_else(|| OrderRefusal::missing("state"))?;
    parse_state("state", &code)
}

/// The label of the status, which Adobe's REST API leaves out and other exports write. A value that is no label is left
/// out, because the order can do without it.
fn read_status_label(shape: &OrderShape<'_>, extension: &ExtensionShape<'_>) -> Option<String> {
    let label: String = shape
        .status_label
        .loosely()
        .or_else(|| extension.status_label.loosely())?;
    let label = label.trim();
    let fits = (1..=LONGEST_LABEL).contains(&label.chars().count()) && !label.contains(char::is_control);
    fits.then(|| label.into())
}

/// The state before the hold, if the order tells it.
fn read_held_from(
    shape: &OrderShape<'_>,
    state: OrderState,
) -> Result<Option<(OrderState, String)>, OrderRefusal> {
    let code = shape.hold_before_state.exact_code("hold_before_state", LINE)?;
    let Some(code) = code.filter(|_| state == OrderState::Holded) else {
        return Ok(None);
    };
    let before = parse_state("hold_before_state", &code)?;
    if before == OrderState::Holded {
        return Ok(None);
    }
    let status = shape
        .hold_before_status
        .exact_code("hold_before_status", LONGEST_STATUS)?;
    Ok(Some((
        before,
        status.unwrap_or_else(|| before.default_status().into()),
    )))
}

fn parse_state(field: &str, code: &str) -> Result<OrderState, OrderRefusal> {
    code.parse()
        .map_err(|_| OrderRefusal::new(field, code, "is no state of an order"))
}

impl ReadOrder {
    /// The code of the status.
    #[must_use]
    pub fn status(&self) -> &str {
        &self.draft.status
    }

    /// The currency in which the buyer pays.
    #[must_use]
    pub fn currency(&self) -> Currency {
        self.draft.priced.totals.grand_total.currency()
    }

    /// Whether an item has been shipped.
    fn has_shipment(&self) -> bool {
        !self.draft.documents.shipments.is_empty()
    }

    /// The order with its ids in this database, at its first version.
    #[must_use]
    pub fn into_order(self, id: OrderId, customer: Option<CustomerId>) -> Order {
        let draft = self.draft;
        Order {
            id,
            version: 1,
            number: self.number,
            external_id: self.external_id,
            state: draft.state,
            status: draft.status,
            held_from: draft.held_from,
            customer: OrderCustomer {
                id: customer,
                ..draft.customer
            },
            placed_at: draft.placed_at,
            updated_at: draft.updated_at,
            status_changed_at: draft.updated_at,
            is_virtual: draft.is_virtual,
            items: draft.priced.items,
            billing_address: draft.billing_address,
            shipping_address: draft.shipping_address,
            shipping: draft.priced.shipping,
            payment: draft.payment,
            other_charges: draft.priced.others.charges,
            other_credits: draft.priced.others.credits,
            totals: draft.priced.totals,
            taxes: draft.priced.taxes,
            discounts: draft.priced.discounts,
            coupons: draft.priced.coupons,
            points: draft.priced.points,
            gift_cards: draft.priced.gift_cards,
            invoices: draft.documents.invoices,
            shipments: draft.documents.shipments,
            credit_memos: draft.documents.credit_memos,
            comments: draft.comments,
            cancellation_request: None,
            deliveries: Vec::new(),
            channel: draft.channel,
            subscriptions: draft.priced.subscriptions,
        }
    }
}
