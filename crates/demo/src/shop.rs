//! The four store views of the generator: language, currency, prices and shipping.

use super::catalog::{Kind, Product};
use super::money::share;

/// A store view.
#[derive(Debug)]
pub(super) struct Shop {
    /// The `store_id`, which is the number of the store view.
    pub(super) store: i64,
    /// The `store_name`: website, store group and store view, one per line.
    pub(super) name: &'static str,
    pub(super) language: Language,
    pub(super) currency: &'static str,
    pub(super) base_currency: &'static str,
    /// The symbol that comments print before an amount in the base currency.
    pub(super) base_symbol: &'static str,
    /// The units of the currency for one unit of the base currency, in ten-thousandths.
    pub(super) base_rate: i64,
    /// The tax rate in hundredths of a percent. Prices with this tax end in `.95` or in a whole 9.
    pub(super) home_tax_rate: i64,
    pub(super) tax_title: &'static str,
    pub(super) shipping_method: &'static str,
    pub(super) shipping_description: &'static str,
    /// The price of a shipment without tax, in minor units.
    pub(super) shipping_price: i64,
    /// The value of goods from which the shipment is free, in minor units without tax.
    pub(super) free_shipping_from: i64,
    /// The prefix before the nine digits of an order number.
    number_prefix: &'static str,
}

/// A language of names; its value is the index of the name in [`Product`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Language {
    English,
    Dutch,
    Swedish,
}

/// The store views, sorted by `store_id`.
pub(super) static SHOPS: [Shop; 4] = [
    Shop {
        store: 1,
        name: "Main Website\nMain Website Store\nDefault Store View",
        language: Language::English,
        currency: "USD",
        base_currency: "USD",
        base_symbol: "$",
        base_rate: 10_000,
        home_tax_rate: 0,
        tax_title: "Sales Tax",
        shipping_method: "tablerate_bestway",
        shipping_description: "UPS - Ground",
        shipping_price: 795,
        free_shipping_from: 15_000,
        number_prefix: "",
    },
    Shop {
        store: 2,
        name: "Europe\nEuropean shop\nEurope (English)",
        language: Language::English,
        currency: "EUR",
        base_currency: "EUR",
        base_symbol: "€",
        base_rate: 10_000,
        home_tax_rate: 2300,
        tax_title: "VAT",
        shipping_method: "flatrate_flatrate",
        shipping_description: "DHL - Home delivery",
        shipping_price: 728,
        free_shipping_from: 12_500,
        number_prefix: "2",
    },
    Shop {
        store: 3,
        name: "Europe\nEuropean shop\nNederland",
        language: Language::Dutch,
        currency: "EUR",
        base_currency: "EUR",
        base_symbol: "€",
        base_rate: 10_000,
        home_tax_rate: 2100,
        tax_title: "BTW",
        shipping_method: "flatrate_flatrate",
        shipping_description: "PostNL - Thuisbezorgd",
        shipping_price: 574,
        free_shipping_from: 10_000,
        number_prefix: "3",
    },
    Shop {
        store: 4,
        name: "Europe\nEuropean shop\nSverige",
        language: Language::Swedish,
        currency: "SEK",
        base_currency: "EUR",
        base_symbol: "€",
        base_rate: 112_500,
        home_tax_rate: 2500,
        tax_title: "Moms",
        shipping_method: "flatrate_flatrate",
        shipping_description: "PostNord - Hemleverans",
        shipping_price: 4720,
        free_shipping_from: 120_000,
        number_prefix: "4",
    },
];

impl Shop {
    /// The number of the `counter`th order.
    pub(super) fn order_number(&self, counter: i64) -> String {
        format!("{}{counter:09}", self.number_prefix)
    }

    /// The price of `product` without tax, in minor units.
    pub(super) fn net_price(&self, product: &Product) -> i64 {
        if product.kind == Kind::GiftCard {
            return self.gift_card_value(product);
        }
        let gross = match self.currency {
            "SEK" => (product.usd_cents * 11).div_euclid(1000) * 1000 + 900,
            "EUR" => share(product.usd_cents, 108, 10_000) * 100 - 5,
            _ => product.usd_cents,
        };
        share(gross, 10_000, 10_000 + self.home_tax_rate)
    }

    /// `amount` converted to the base currency.
    pub(super) fn in_base(&self, amount: i64) -> i64 {
        share(amount, 10_000, self.base_rate)
    }

    fn gift_card_value(&self, product: &Product) -> i64 {
        let krona = self.currency == "SEK";
        product.usd_cents * if krona { 10 } else { 1 }
    }
}
