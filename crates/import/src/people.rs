//! Reads the buyer and the addresses of an order.

use countermand_domain::{Address, LONGEST_EMAIL, OrderCustomer};

use super::notes::within;
use super::raw::{LINE, Raw};
use super::refusal::OrderRefusal;
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
    notes: &mut Vec<String>,
) -> Result<OrderCustomer, OrderRefusal> {
    let email = shape.customer_email.code("customer_email", LONGEST_EMAIL)?;
    let firstname = shape.customer_firstname.text("customer_firstname", LINE, notes)?;
    let lastname = shape.customer_lastname.text("customer_lastname", LINE, notes)?;
    Ok(OrderCustomer {
        id: None,
        email: email.ok_or_else(|| OrderRefusal::missing("customer_email"))?,
        firstname: firstname.unwrap_or_else(|| billing.firstname.clone()),
        lastname: lastname.unwrap_or_else(|| billing.lastname.clone()),
        middlename: shape
            .customer_middlename
            .text("customer_middlename", LINE, notes)?,
        prefix: shape.customer_prefix.text("customer_prefix", LINE, notes)?,
        suffix: shape.customer_suffix.text("customer_suffix", LINE, notes)?,
    })
}

/// Reads the buyer's account in the shop that the order came from.
pub(super) fn read_account(
    shape: &OrderShape<'_>,
    buyer: &OrderCustomer,
) -> Result<Option<ExternalCustomer>, OrderRefusal> {
    let is_guest = shape
        .customer_is_guest
        .flag("customer_is_guest")?
        .unwrap_or(false);
    let id = shape.customer_id.id("customer_id")?.filter(|_| !is_guest);
    Ok(id.map(|id| ExternalCustomer {
        external_id: Some(id),
        email: buyer.email.clone(),
        firstname: buyer.firstname.clone(),
        lastname: buyer.lastname.clone(),
    }))
}

/// Reads the billing address. Names that it lacks are taken from the customer; [`read_buyer`] makes their notes.
pub(super) fn read_billing_address(
    shape: &OrderShape<'_>,
    notes: &mut Vec<String>,
) -> Result<Address, OrderRefusal> {
    let mut address = read_address(shape.billing_address, "billing_address", notes)?
        .ok_or_else(|| OrderRefusal::missing("billing_address"))?;
    if address.firstname.is_empty() {
        let name = shape
            .customer_firstname
            .text("customer_firstname", LINE, &mut Vec::new())?;
        address.firstname = name.ok_or_else(|| OrderRefusal::missing("billing_address.firstname"))?;
    }
    if address.lastname.is_empty() {
        let name = shape
            .customer_lastname
            .text("customer_lastname", LINE, &mut Vec::new())?;
        address.lastname = name.ok_or_else(|| OrderRefusal::missing("billing_address.lastname"))?;
    }
    Ok(address)
}

/// Reads a billing or a shipping address.
pub(super) fn read_address(
    raw: Raw<'_>,
    section: &str,
    notes: &mut Vec<String>,
) -> Result<Option<Address>, OrderRefusal> {
    let Some(shape) = raw.object::<AddressShape<'_>>(section)? else {
        return Ok(None);
    };
    within(section, notes, |notes| fill_address(&shape, notes)).map(Some)
}

fn fill_address(shape: &AddressShape<'_>, notes: &mut Vec<String>) -> Result<Address, OrderRefusal> {
    let country = shape.country_id.code("country_id", LINE)?.unwrap_or_default();
    let is_code = country.len() == 2 && country.bytes().all(|byte| byte.is_ascii_uppercase());
    if !country.is_empty() && !is_code {
        return Err(OrderRefusal::new(
            "country_id",
            &country,
            "is no country code of two capital letters",
        ));
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
fn street(raw: Raw<'_>, notes: &mut Vec<String>) -> Result<Vec<String>, OrderRefusal> {
    let lines = raw.list("street").unwrap_or_else(|_| vec![raw]);
    if lines.len() > MOST_STREET_LINES {
        let problem = format!("has more than {MOST_STREET_LINES} lines");
        return Err(OrderRefusal::new("street", &lines.len().to_string(), problem));
    }
    let mut street = Vec::with_capacity(lines.len());
    for (index, line) in lines.into_iter().enumerate() {
        street.extend(line.text(&format!("street[{index}]"), LINE, notes)?);
    }
    Ok(street)
}
