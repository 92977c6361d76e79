//! The currency of a store view.

use async_graphql::{Object, SimpleObject};
use countermand_domain as domain;

use crate::kit::List;

/// The currency of a store view, which has exactly one.
pub(crate) struct Currency(domain::Currency);

/// The value of one currency in another.
#[derive(SimpleObject)]
#[graphql(serial, rename_fields = "snake_case")]
pub(crate) struct ExchangeRate {
    /// ISO 4217 code of the currency that amounts are converted to: always the store view's own currency. Never null.
    currency_to: Option<&'static str>,
    /// Factor that converts an amount: always 1, because a store view has one currency. Never null.
    rate: Option<f64>,
}

impl From<domain::Currency> for Currency {
    fn from(currency: domain::Currency) -> Self {
        Self(currency)
    }
}

/// The currency of a store view, which keeps amounts and shows prices in this currency only.
#[Object(serial, rename_fields = "snake_case")]
impl Currency {
    /// ISO 4217 code of the currency that the store view keeps amounts in, such as `EUR`. Never null.
    async fn base_currency_code(&self) -> Option<&str> {
        Some(self.0.code())
    }

    /// Symbol of the currency that the store view keeps amounts in, such as `€`. Never null.
    async fn base_currency_symbol(&self) -> Option<String> {
        Some(self.0.symbol())
    }

    /// ISO 4217 code of the currency that the store view shows prices in, the same as `base_currency_code`. Never null.
    async fn default_display_currency_code(&self) -> Option<&str> {
        Some(self.0.code())
    }

    /// Symbol of the currency that the store view shows prices in, the same as `base_currency_symbol`. Never null.
    async fn default_display_currency_symbol(&self) -> Option<String> {
        Some(self.0.symbol())
    }

    /// ISO 4217 code of the currency that the store view shows prices in, the same as `base_currency_code`. Never null.
    #[graphql(deprecation = "Misspelled. Use `default_display_currency_code`.")]
    async fn default_display_currecy_code(&self) -> Option<&str> {
        Some(self.0.code())
    }

    /// Symbol of the currency that the store view shows prices in, the same as `base_currency_symbol`. Never null.
    #[graphql(deprecation = "Misspelled. Use `default_display_currency_symbol`.")]
    async fn default_display_currecy_symbol(&self) -> Option<String> {
        Some(self.0.symbol())
    }

    /// ISO 4217 codes of the currencies to choose from: always one entry, the store view's own currency. Never null.
    async fn available_currency_codes(&self) -> Option<List<&str>> {
        Some(List::from(vec![self.0.code()]))
    }

    /// Exchange rates to the currencies to choose from: always one entry, the rate 1
    /// to the store view's own currency. Never null.
    async fn exchange_rates(&self) -> Option<List<ExchangeRate>> {
        let own = ExchangeRate {
            currency_to: Some(self.0.code()),
            rate: Some(1.0),
        };
        Some(List::from(vec![own]))
    }
}
