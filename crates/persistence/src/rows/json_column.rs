//! The contents of JSON columns: parts of an order that are read and written as a whole.

use std::iter;

use countermand_domain::{
    Address, BundleOption, Coupon, CreditMemoLine, Currency, CustomerGroup, CustomerId, Discount,
    GiftCardDetail, InvoiceLine, ItemPosition, Money, OrderCustomer, PaymentKind, PaymentTender,
    ProductOption, Quantity, RowMoney, ShipmentLine, TaxLine, TenderKind, Tracking,
};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::error::DatabaseError;
use crate::rows::time::from_micros;

pub(crate) fn read<T: DeserializeOwned>(text: &str) -> Result<T, DatabaseError> {
    serde_json::from_str(text).map_err(|problem| DatabaseError::Corrupt(problem.to_string()))
}

pub(crate) fn write<T: Serialize>(document: &T) -> Result<String, DatabaseError> {
    serde_json::to_string(document).map_err(|problem| DatabaseError::Corrupt(problem.to_string()))
}

/// The net amount, tax, tax compensation and discount, in minor units.
#[derive(Clone, Copy, Default, Serialize, Deserialize)]
pub(crate) struct RowDoc(pub(crate) i64, pub(crate) i64, pub(crate) i64, pub(crate) i64);

impl RowDoc {
    pub(crate) fn of(row: RowMoney) -> Self {
        Self(
            row.net.minor(),
            row.tax.minor(),
            row.tax_compensation.minor(),
            row.discount.minor(),
        )
    }

    pub(crate) fn money(self, currency: Currency) -> RowMoney {
        let money = |minor| Money::new(minor, currency);
        RowMoney {
            net: money(self.0),
            tax: money(self.1),
            tax_compensation: money(self.2),
            discount: money(self.3),
        }
    }
}

/// The shipping of the order, which changes with invoices and refunds.
#[derive(Serialize, Deserialize)]
pub(crate) struct ShippingDoc {
    pub(crate) method: Option<String>,
    pub(crate) description: Option<String>,
    pub(crate) ordered: RowDoc,
    pub(crate) invoiced: RowDoc,
    pub(crate) refunded: RowDoc,
    pub(crate) canceled: RowDoc,
}

/// The data that were fixed when the order was placed.
#[derive(Serialize, Deserialize)]
pub(crate) struct PlacedDoc {
    pub(crate) firstname: String,
    pub(crate) lastname: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) middlename: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) prefix: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) suffix: Option<String>,
    pub(crate) billing: AddressDoc,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) shipping: Option<AddressDoc>,
    pub(crate) method: String,
    pub(crate) method_title: String,
    pub(crate) method_kind: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) method_data: Vec<(String, String)>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) tenders: Vec<TenderDoc>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) taxes: Vec<(String, i64, i64)>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) discounts: Vec<(String, i64, Option<String>)>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) coupons: Vec<String>,
    /// When the coupon at the same place of `coupons` expires; empty where none of these times is known.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) coupon_ends: Vec<Option<i64>>,
    /// How many points were used, and when they expire.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) points: Option<(i64, Option<i64>)>,
    /// What gift cards and store credit paid; none where there are no credits, and in rows of earlier versions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) stored_value: Option<i64>,
    /// What gift cards paid, and when they expire; none where that is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) gift_cards: Option<(i64, i64)>,
}

/// A tender of an order that is paid by several.
#[derive(Serialize, Deserialize)]
pub(crate) struct TenderDoc {
    kind: String,
    method: String,
    title: String,
    /// In minor units of the order's currency.
    amount: i64,
}

impl TenderDoc {
    pub(crate) fn of(tender: &PaymentTender) -> Self {
        Self {
            kind: tender.kind.code().into(),
            method: tender.method.clone(),
            title: tender.title.clone(),
            amount: tender.amount.minor(),
        }
    }

    pub(crate) fn tender(&self, currency: Currency) -> Result<PaymentTender, DatabaseError> {
        let kind = TenderKind::from_code(&self.kind);
        let unknown = || DatabaseError::Corrupt(format!("tender `{}`", self.kind));
        Ok(PaymentTender {
            kind: kind.ok_or_else(unknown)?,
            method: self.method.clone(),
            title: self.title.clone(),
            amount: Money::new(self.amount, currency),
        })
    }
}

#[derive(Serialize, Deserialize)]
pub(crate) struct AddressDoc {
    pub(crate) firstname: String,
    pub(crate) lastname: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) middlename: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) prefix: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) suffix: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) company: Option<String>,
    pub(crate) street: Vec<String>,
    pub(crate) city: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) region: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) region_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) postcode: Option<String>,
    pub(crate) country: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) telephone: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) fax: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) vat_id: Option<String>,
}

impl From<&Address> for AddressDoc {
    fn from(it: &Address) -> Self {
        let it = it.clone();
        Self {
            firstname: it.firstname,
            lastname: it.lastname,
            middlename: it.middlename,
            prefix: it.prefix,
            suffix: it.suffix,
            company: it.company,
            street: it.street,
            city: it.city,
            region: it.region,
            region_id: it.region_id,
            postcode: it.postcode,
            country: it.country,
            telephone: it.telephone,
            fax: it.fax,
            vat_id: it.vat_id,
        }
    }
}

impl From<AddressDoc> for Address {
    fn from(it: AddressDoc) -> Self {
        Self {
            firstname: it.firstname,
            lastname: it.lastname,
            middlename: it.middlename,
            prefix: it.prefix,
            suffix: it.suffix,
            company: it.company,
            street: it.street,
            city: it.city,
            region: it.region,
            region_id: it.region_id,
            postcode: it.postcode,
            country: it.country,
            telephone: it.telephone,
            fax: it.fax,
            vat_id: it.vat_id,
        }
    }
}

impl PlacedDoc {
    /// The buyer, with what the columns of the order say: the account, the e-mail address and the group.
    pub(crate) fn customer(
        &self,
        id: Option<CustomerId>,
        email: String,
        group: Option<CustomerGroup>,
    ) -> OrderCustomer {
        OrderCustomer {
            id,
            email,
            group,
            firstname: self.firstname.clone(),
            lastname: self.lastname.clone(),
            middlename: self.middlename.clone(),
            prefix: self.prefix.clone(),
            suffix: self.suffix.clone(),
        }
    }

    pub(crate) fn tax_lines(&self, currency: Currency) -> Vec<TaxLine> {
        let line = |(title, rate, amount): &(String, i64, i64)| TaxLine {
            title: title.clone(),
            rate: *rate,
            amount: Money::new(*amount, currency),
        };
        self.taxes.iter().map(line).collect()
    }

    pub(crate) fn discount_lines(&self, currency: Currency) -> Vec<Discount> {
        let line = |(label, amount, coupon): &(String, i64, Option<String>)| Discount {
            label: label.clone(),
            amount: Money::new(*amount, currency),
            coupon: coupon.clone(),
        };
        self.discounts.iter().map(line).collect()
    }

    pub(crate) fn coupon_list(&self) -> Result<Vec<Coupon>, DatabaseError> {
        let ends = self.coupon_ends.iter().copied().chain(iter::repeat(None));
        let coupon = |(code, end): (&String, Option<i64>)| {
            let (code, expires_at) = (code.clone(), end.map(from_micros).transpose()?);
            Ok::<_, DatabaseError>(Coupon { code, expires_at })
        };
        self.coupons.iter().zip(ends).map(coupon).collect()
    }
}

pub(crate) fn payment_kind_code(kind: PaymentKind) -> &'static str {
    match kind {
        PaymentKind::Offline => "offline",
        PaymentKind::Online => "online",
        PaymentKind::Free => "free",
    }
}

pub(crate) fn payment_kind(code: &str) -> Result<PaymentKind, DatabaseError> {
    match code {
        "offline" => Ok(PaymentKind::Offline),
        "online" => Ok(PaymentKind::Online),
        "free" => Ok(PaymentKind::Free),
        other => Err(DatabaseError::Corrupt(format!("payment kind `{other}`"))),
    }
}

/// The options that the shopper chose for an item.
#[derive(Default, Serialize, Deserialize)]
pub(crate) struct OptionsDoc {
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) selected: Vec<(String, String)>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) entered: Vec<(String, String)>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) bundle: Vec<(String, Vec<String>)>,
    /// Whether the parts of a bundle are shipped one by one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) ships_separately: Option<bool>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) links: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) gift_card: Option<GiftCardDoc>,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct GiftCardDoc {
    sender_name: Option<String>,
    sender_email: Option<String>,
    recipient_name: Option<String>,
    recipient_email: Option<String>,
    message: Option<String>,
}

impl From<&GiftCardDetail> for GiftCardDoc {
    fn from(it: &GiftCardDetail) -> Self {
        let it = it.clone();
        Self {
            sender_name: it.sender_name,
            sender_email: it.sender_email,
            recipient_name: it.recipient_name,
            recipient_email: it.recipient_email,
            message: it.message,
        }
    }
}

impl From<GiftCardDoc> for GiftCardDetail {
    fn from(it: GiftCardDoc) -> Self {
        Self {
            sender_name: it.sender_name,
            sender_email: it.sender_email,
            recipient_name: it.recipient_name,
            recipient_email: it.recipient_email,
            message: it.message,
        }
    }
}

pub(crate) fn option_pairs(options: &[ProductOption]) -> Vec<(String, String)> {
    options
        .iter()
        .map(|it| (it.label.clone(), it.value.clone()))
        .collect()
}

pub(crate) fn product_options(pairs: Vec<(String, String)>) -> Vec<ProductOption> {
    pairs
        .into_iter()
        .map(|(label, value)| ProductOption { label, value })
        .collect()
}

pub(crate) fn bundle_pairs(options: &[BundleOption]) -> Vec<(String, Vec<String>)> {
    options
        .iter()
        .map(|it| (it.label.clone(), it.values.clone()))
        .collect()
}

pub(crate) fn bundle_options(pairs: Vec<(String, Vec<String>)>) -> Vec<BundleOption> {
    pairs
        .into_iter()
        .map(|(label, values)| BundleOption { label, values })
        .collect()
}

/// The position, quantity and amounts of an invoiced or refunded item.
pub(crate) type MoneyLineDoc = (i32, i64, RowDoc);

pub(crate) fn invoice_lines(lines: &[InvoiceLine]) -> Vec<MoneyLineDoc> {
    lines
        .iter()
        .map(|it| (it.item.0, it.quantity.scaled(), RowDoc::of(it.money)))
        .collect()
}

pub(crate) fn memo_lines(lines: &[CreditMemoLine]) -> Vec<MoneyLineDoc> {
    lines
        .iter()
        .map(|it| (it.item.0, it.quantity.scaled(), RowDoc::of(it.money)))
        .collect()
}

pub(crate) fn shipment_lines(lines: &[ShipmentLine]) -> Vec<(i32, i64)> {
    lines.iter().map(|it| (it.item.0, it.quantity.scaled())).collect()
}

pub(crate) fn to_shipment_lines(lines: Vec<(i32, i64)>) -> Vec<ShipmentLine> {
    lines
        .into_iter()
        .map(|(item, scaled)| ShipmentLine {
            item: ItemPosition(item),
            quantity: Quantity::from_scaled(scaled),
        })
        .collect()
}

pub(crate) fn tracking(list: &[Tracking]) -> Vec<(String, String, String)> {
    list.iter()
        .map(|it| (it.carrier.clone(), it.title.clone(), it.number.clone()))
        .collect()
}

pub(crate) fn to_tracking(list: Vec<(String, String, String)>) -> Vec<Tracking> {
    list.into_iter()
        .map(|(carrier, title, number)| Tracking {
            carrier,
            title,
            number,
        })
        .collect()
}
