//! The products of the demo shop, with names in three languages.

use super::shop::Language;

/// The simple products, one per line. Prices are in US cents, without tax.
const CATALOG: &str = include_str!("catalog.csv");

/// A product.
#[derive(Debug, Clone, Copy)]
pub(super) struct Product {
    pub(super) id: i64,
    pub(super) sku: &'static str,
    pub(super) kind: Kind,
    pub(super) usd_cents: i64,
    names: [&'static str; 3],
}

/// The type of a product.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Simple,
    Configurable,
    Bundle,
    Virtual,
    Downloadable,
    GiftCard,
}

/// A bundle of simple products.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bundle {
    pub(super) product: Product,
    /// Whether the bundle has a price of its own; otherwise it costs the sum of its parts.
    pub(super) fixed_price: bool,
    pub(super) parts: &'static [Part],
}

/// An option of a bundle with its product.
#[derive(Debug)]
pub(super) struct Part {
    label: [&'static str; 3],
    pub(super) sku: &'static str,
    /// The units of the product in one bundle.
    pub(super) quantity: i64,
}

/// The sizes of clothes.
pub(super) const SIZES: [&str; 4] = ["S", "M", "L", "XL"];

/// A bundle that costs the sum of its parts.
pub(super) const KITCHEN: Bundle = Bundle {
    product: Product {
        id: 901,
        sku: "KIT-KITCHEN",
        kind: Kind::Bundle,
        usd_cents: 0,
        names: [
            "Trail kitchen set",
            "Trailkeuken compleet",
            "Friluftskök komplett",
        ],
    },
    fixed_price: false,
    parts: &[
        Part {
            label: ["Stove", "Brander", "Kök"],
            sku: "PF-STOVE",
            quantity: 1,
        },
        Part {
            label: ["Pot", "Pan", "Gryta"],
            sku: "PF-POT",
            quantity: 1,
        },
        Part {
            label: ["Mugs", "Mokken", "Muggar"],
            sku: "PF-MUG",
            quantity: 2,
        },
    ],
};

/// A bundle with a price of its own.
pub(super) const EVENING: Bundle = Bundle {
    product: Product {
        id: 902,
        sku: "BOX-EVENING",
        kind: Kind::Bundle,
        usd_cents: 6795,
        names: [
            "Quiet evening gift box",
            "Geschenkdoos stille avond",
            "Presentlåda lugn kväll",
        ],
    },
    fixed_price: true,
    parts: &[
        Part {
            label: ["Light", "Licht", "Ljus"],
            sku: "HW-LANTERN",
            quantity: 1,
        },
        Part {
            label: ["Candles", "Kaarsen", "Vaxljus"],
            sku: "HW-CANDLE",
            quantity: 4,
        },
        Part {
            label: ["Towel", "Theedoek", "Handduk"],
            sku: "HW-TOWEL",
            quantity: 1,
        },
    ],
};

/// All products except the bundles.
pub(super) fn products() -> Vec<Product> {
    let lines = CATALOG.lines().skip(1).zip(1..);
    lines
        .filter_map(|(line, id)| {
            let fields: Vec<&'static str> = line.split(',').collect();
            let &[sku, kind, usd_cents, english, dutch, swedish] = fields.as_slice() else {
                return None;
            };
            Some(Product {
                id,
                sku,
                kind: Kind::from_code(kind)?,
                usd_cents: usd_cents.parse().ok()?,
                names: [english, dutch, swedish],
            })
        })
        .collect()
}

impl Product {
    /// The name of the product in `language`.
    pub(super) fn name(&self, language: Language) -> &'static str {
        self.names[language as usize]
    }

    /// The simple product that a shopper chose of a configurable product.
    pub(super) fn chosen(self) -> Self {
        Self {
            kind: Kind::Simple,
            ..self
        }
    }
}

impl Part {
    /// The name of the option in `language`.
    pub(super) fn label(&self, language: Language) -> &'static str {
        self.label[language as usize]
    }
}

impl Kind {
    const ALL: [Self; 6] = [
        Self::Simple,
        Self::Configurable,
        Self::Bundle,
        Self::Virtual,
        Self::Downloadable,
        Self::GiftCard,
    ];

    /// The code of the type in Adobe's API.
    pub(super) fn code(self) -> &'static str {
        match self {
            Self::Simple => "simple",
            Self::Configurable => "configurable",
            Self::Bundle => "bundle",
            Self::Virtual => "virtual",
            Self::Downloadable => "downloadable",
            Self::GiftCard => "giftcard",
        }
    }

    /// Whether the product needs no shipment. The gift cards of the demo are sent by e-mail.
    pub(super) fn is_virtual(self) -> bool {
        matches!(self, Self::Virtual | Self::Downloadable | Self::GiftCard)
    }

    fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }
}
