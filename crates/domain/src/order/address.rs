//! A postal address as it was when the order was placed.

/// The address that an invoice or a parcel goes to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Address {
    /// Given name.
    pub firstname: String,
    /// Family name.
    pub lastname: String,
    /// Middle name.
    pub middlename: Option<String>,
    /// `Dr.`
    pub prefix: Option<String>,
    /// `Jr.`
    pub suffix: Option<String>,
    /// Company.
    pub company: Option<String>,
    /// Street lines.
    pub street: Vec<String>,
    /// City.
    pub city: String,
    /// Region name.
    pub region: Option<String>,
    /// Region id of the shop that the order came from.
    pub region_id: Option<String>,
    /// Postcode.
    pub postcode: Option<String>,
    /// ISO 3166-1 alpha-2 code.
    pub country: String,
    /// Telephone.
    pub telephone: Option<String>,
    /// Fax.
    pub fax: Option<String>,
    /// VAT number.
    pub vat_id: Option<String>,
}
