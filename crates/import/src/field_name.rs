//! The name of a field that may be money: whether it is, what it does to the total, and how people write it.

/// Fields whose name does not say what they are.
const KNOWN_LABELS: &[(&str, &str)] = &[
    ("cod_fee", "Cash on delivery fee"),
    ("gw_card_price", "Printed card"),
    ("gw_card_tax_amount", "Tax on the printed card"),
    ("gw_items_price", "Gift wrapping of items"),
    ("gw_items_tax_amount", "Tax on the gift wrapping of items"),
    ("gw_price", "Gift wrapping"),
    ("gw_tax_amount", "Tax on gift wrapping"),
    ("mollie_payment_fee", "Payment fee"),
    ("mollie_payment_fee_tax", "Tax on the payment fee"),
    ("msp_cod_amount", "Cash on delivery fee"),
    ("msp_cod_tax_amount", "Tax on the cash on delivery fee"),
];

/// Words of which the name of a field has at least one if the field is money.
const MONEY: &[&str] = &[
    "amount",
    "charge",
    "charges",
    "cod",
    "cost",
    "credit",
    "deposit",
    "discount",
    "donation",
    "duties",
    "duty",
    "fee",
    "fees",
    "fpt",
    "giftcard",
    "giftwrap",
    "handling",
    "insurance",
    "levy",
    "price",
    "storecredit",
    "surcharge",
    "tax",
    "tip",
    "voucher",
    "weee",
    "wrap",
    "wrapping",
];

/// Words of fields that are no part of the order's own total: of other currencies, of documents, and no money at all.
const NOT_MONEY: &[&str] = &[
    "balance",
    "base",
    "canceled",
    "code",
    "count",
    "currency",
    "id",
    "invoiced",
    "label",
    "percent",
    "percentage",
    "qty",
    "quantity",
    "rate",
    "refunded",
    "title",
    "type",
    "weight",
];

/// Words of fields that lower the total although they are written as positive amounts.
const CREDIT: &[&str] = &[
    "coupon",
    "credit",
    "giftcard",
    "giftcards",
    "points",
    "redeemed",
    "reward",
    "rewards",
    "storecredit",
    "voucher",
];

/// What a field does to the total.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FieldKind {
    Charge,
    Credit,
    /// A discount that the items do not have.
    Discount,
}

/// The label of a field whose name does not say what it is; none for every other field.
pub(super) fn known_label(name: &str) -> Option<&'static str> {
    let mut labels = KNOWN_LABELS.iter();
    labels.find(|(code, _)| *code == name).map(|(_, label)| *label)
}

/// Whether the name says that the field is money of the order.
pub(super) fn is_money(name: &str) -> bool {
    let words = words(name);
    let has = |list: &[&str]| words.iter().any(|word| list.contains(&word.as_str()));
    has(MONEY) && !has(NOT_MONEY)
}

/// What a field with this name, or an entry with this code, does to the total if its amount is below zero or not.
pub(super) fn kind(name: &str, is_negative: bool) -> FieldKind {
    let words = words(name);
    let has = |list: &[&str]| words.iter().any(|word| list.contains(&word.as_str()));
    let is_gift_card = has(&["gift"]) && has(&["card", "cards"]);
    // `amstorecredit` is one word.
    let is_store_credit = words.iter().any(|word| word.ends_with("credit"));
    if has(CREDIT) || is_gift_card || is_store_credit {
        FieldKind::Credit
    } else if has(&["discount"]) {
        FieldKind::Discount
    } else if is_negative {
        FieldKind::Credit
    } else {
        FieldKind::Charge
    }
}

/// Whether a credit with this name is a gift card or store credit, and not points, a coupon or another discount.
pub(super) fn is_stored_value(name: &str) -> bool {
    is_gift_card(name) || words(name).iter().any(|word| word.ends_with("credit"))
}

/// Whether a credit with this name is a gift card.
pub(super) fn is_gift_card(name: &str) -> bool {
    let words = words(name);
    let has = |wanted: &[&str]| words.iter().any(|word| wanted.contains(&word.as_str()));
    has(&["giftcard", "giftcards"]) || (has(&["gift"]) && has(&["card", "cards"]))
}

/// The words of a name in small letters: `cod` and `fee` of `cod_fee` and of `codFee`.
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut after_small = false;
    for letter in name.chars() {
        if !letter.is_alphanumeric() || (letter.is_uppercase() && after_small) {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut().filter(|_| letter.is_alphanumeric()) {
            word.extend(letter.to_lowercase());
        }
        after_small = letter.is_lowercase();
    }
    words.retain(|word| !word.is_empty());
    words
}

/// The name of a field as people write it: `Mp cod fee` for `mp_cod_fee_amount`.
pub(super) fn label(name: &str) -> String {
    if let Some(label) = known_label(name) {
        return label.into();
    }
    let name = name.strip_suffix("_incl_tax").unwrap_or(name);
    let name = name.strip_suffix("_amount").unwrap_or(name);
    let spaced = name.replace('_', " ");
    let mut characters = spaced.chars();
    let first = characters.next().map(|first| first.to_uppercase().to_string());
    first.unwrap_or_default() + characters.as_str()
}
