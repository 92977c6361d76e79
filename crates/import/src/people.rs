//! Reads the buyer and the addresses of an order.

use countermand_domain::{Address, CustomerGroup, LONGEST_EMAIL, OrderCustomer};

use super::notes::{Notes, within};
use super::raw::{LINE, Raw};
use super::refused_field::OrderRefusal;
use super::shape::{AddressShape, OrderShape};

/// The most lines that a street may have.
const MOST_STREET_LINES: usize = 20;

/// A buyer with an account in the shop that the order came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExternalCustomer {
    /// The id of the account in that shop.
    pub external_id: Option<i64>,
    /// The e-mail address as the order gives it.
    pub email: String,
    /// Given name.
    pub firstname: String,
    /// Family name.
    pub lastname: String,
}

/// Reads the buyer; the account is found later. A guest's name stands only in the billing address.
pub(super) fn read_buyer(
    shape: &OrderShape<'_>,
    billing: &Address,
    notes: &mut Notes,
) -> Result<OrderCustomer, OrderRefusal> {
    let email = read_email(shape, notes)?;
    let firstname = shape.customer_firstname.text("customer_firstname", LINE, notes)?;
    let lastname = shape.customer_lastname.text("customer_lastname", LINE, notes)?;
    Ok(OrderCustomer {
        id: None,
        email,
        firstname: firstname.unwrap_or_else(|| billing.firstname.clone()),
        lastname: lastname.unwrap_or_else(|| billing.lastname.clone()),
        middlename: shape
            .customer_middlename
            .text("customer_middlename", LINE, notes)?,
        prefix: shape.customer_prefix.text("customer_prefix", LINE, notes)?,
        suffix: shape.customer_suffix.text("customer_suffix", LINE, notes)?,
        group: read_group(shape, notes)?,
    })
}

/// Reads the number of the buyer's customer group; 0 is Adobe's group of guests. An order that is history may have
/// another value, and then it has no group.
fn read_group(shape: &OrderShape<'_>, notes: &mut Notes) -> Result<Option<CustomerGroup>, OrderRefusal> {
    let field = "customer_group_id";
    let refusal = match shape.customer_group_id.whole_number(field) {
        Ok(None) => return Ok(None),
        Ok(Some(number)) => match CustomerGroup::from_number(number) {
            Some(group) => return Ok(Some(group)),
            None => OrderRefusal::new(field, &number.to_string(), "is no number of a customer group"),
        },
        Err(refusal) => refusal,
    };
    notes.tolerate(refusal).map(|()| None)
}

/// Reads the e-mail address. In an order that is history, it is empty where the order has none, or one that is too
/// long: a shorter one would be the address of another person.
fn read_email(shape: &OrderShape<'_>, notes: &mut Notes) -> Result<String, OrderRefusal> {
    let field = "customer_email";
    let refusal = match shape.customer_email.code(field, usize::MAX, notes)? {
        Some(email) if email.chars().count() <= LONGEST_EMAIL => return Ok(email),
        Some(email) => {
            let problem = format!("is longer than {LONGEST_EMAIL} characters");
            OrderRefusal::new(field, &email, problem)
        }
        None => OrderRefusal::missing(field),
    };
    notes.tolerate(refusal).map(|()| String::new())
}

/// Reads the buyer's account in the shop that the order came from. Without an e-mail address there is none, because
/// accounts are found by it.
pub(super) fn read_account(
    shape: &OrderShape<'_>,
    buyer: &OrderCustomer,
) -> Result<Option<ExternalCustomer>, OrderRefusal> {
    let is_guest = shape
        .customer_is_guest
        .flag("customer_is_guest")?
        .unwrap_or(false);
    let id = shape.customer_id.id("customer_id")?;
    let id = id.filter(|_| !is_guest && !buyer.email.is_empty());
    Ok(id.map(|id| ExternalCustomer {
        external_id: Some(id),
        email: buyer.email.clone(),
        firstname: buyer.firstname.clone(),
        lastname: buyer.lastname.clone(),
    }))
}

/// Reads the billing address. Names that it lacks are taken from the customer; [`read_buyer`] makes their notes. In an
/// order that is history, an address that is missing is empty but for the names.
pub(super) fn read_billing_address(
    shape: &OrderShape<'_>,
    notes: &mut Notes,
) -> Result<Address, OrderRefusal> {
    let address = read_address(shape.billing_address, "billing_address", notes)?;
    let is_told = address.is_some();
    if !is_told {
        notes.tolerate(OrderRefusal::missing("billing_address"))?;
    }
    let mut address = address.unwrap_or_default();
    let names = [
        (
            "firstname",
            &mut address.firstname,
            "customer_firstname",
            shape.customer_firstname,
        ),
        (
            "lastname",
            &mut address.lastname,
            "customer_lastname",
            shape.customer_lastname,
        ),
    ];
    for (name, own, field, of_customer) in names {
        if !own.is_empty() {
            continue;
        }
        match of_customer.text(field, LINE, &mut notes.fresh())? {
            Some(text) => *own = text,
            None if is_told => {
                notes.tolerate(OrderRefusal::missing(&format!("billing_address.{name}")))?;
            }
            None => {}
        }
    }
    Ok(address)
}

/// Reads a billing or a shipping address.
pub(super) fn read_address(
    raw: Raw<'_>,
    section: &str,
    notes: &mut Notes,
) -> Result<Option<Address>, OrderRefusal> {
    let Some(shape) = raw.object::<AddressShape<'_>>(section)? else {
        return Ok(None);
    };
    within(section, notes, |notes| fill_address(&shape, notes)).map(Some)
}

fn fill_address(shape: &AddressShape<'_>, notes: &mut Notes) -> Result<Address, OrderRefusal> {
    let mut country = shape
        .country_id
        .code("country_id", LINE, notes)?
        .unwrap_or_default();
    let is_code = country.len() == 2 && country.bytes().all(|byte| byte.is_ascii_uppercase());
    if !country.is_empty() && !is_code {
        let problem = "is no country code of two capital letters";
        notes.tolerate(OrderRefusal::new("country_id", &country, problem))?;
        country.clear();
    }
    Ok(Address {
        firstname: shape
            .firstname
            .text("firstname", LINE, notes)?
            .unwrap_or_default(),
        lastname: shape.lastname.text("lastname", LINE, notes)?.unwrap_or_default(),
        middlename: shape.middlename.text("middlename", LINE, notes)?,
        prefix: shape.prefix.text("prefix", LINE, notes)?,
        suffix: shape.suffix.text("suffix", LINE, notes)?,
        company: shape.company.text("company", LINE, notes)?,
        street: street(shape.street, notes)?,
        city: shape.city.text("city", LINE, notes)?.unwrap_or_default(),
        region: shape.region.text("region", LINE, notes)?,
        region_id: shape.region_id.text("region_id", LINE, notes)?,
        postcode: shape.postcode.text("postcode", LINE, notes)?,
        country,
        telephone: shape.telephone.text("telephone", LINE, notes)?,
        fax: shape.fax.text("fax", LINE, notes)?,
        vat_id: shape.vat_id.text("vat_id", LINE, notes)?,
    })
}

/// Reads the lines of the street; a single line may come without a list.
fn street(raw: Raw<'_>, notes: &mut Notes) -> Result<Vec<String>, OrderRefusal> {
    let mut lines = raw.list("street").unwrap_or_else(|_| vec![raw]);
    if lines.len() > MOST_STREET_LINES {
        let problem = format!("has more than {MOST_STREET_LINES} lines");
        notes.tolerate(OrderRefusal::new("street", &lines.len().to_string(), problem))?;
        lines.truncate(MOST_STREET_LINES);
    }
    let mut street = Vec::with_capacity(lines.len());
    for (index, line) in lines.into_iter().enumerate() {
        street.extend(line.text(&format!("street[{index}]"), LINE, notes)?);
    }
    Ok(street)
}
