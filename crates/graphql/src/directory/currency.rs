//! The currency of a store view.

use async_graphql::{Object, SimpleObject};
use countermand_domain as domain;

use crate::types::List;

/// The one currency that a store view has.
pub(crate) struct Currency(domain::Currency);

/// What one of a currency is worth in another.
#[derive(SimpleObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct ExchangeRate {
    currency_to: Option<&'static str>,
    rate: Option<f64>,
}

impl From<domain::Currency> for Currency {
    fn from(currency: domain::Currency) -> Self {
        Self(currency)
    }
}

/// The currency that a store view keeps amounts in and shows prices in.
#[Object(rename_fields = "snake_case")]
impl Currency {
    /// The currency that amounts are kept in.
    async fn base_currency_code(&self) -> Option<&str> {
        Some(self.0.code())
    }

    /// Its symbol.
    async fn base_currency_symbol(&self) -> Option<String> {
        Some(self.0.symbol())
    }

    /// The currency that prices are shown in.
    async fn default_display_currency_code(&self) -> Option<&str> {
        Some(self.0.code())
    }

    /// Its symbol.
    async fn default_display_currency_symbol(&self) -> Option<String> {
        Some(self.0.symbol())
    }

    /// The currency that prices are shown in.
    #[graphql(deprecation = "Misspelled. Use `default_display_currency_code`.")]
    async fn default_display_currecy_code(&self) -> Option<&str> {
        Some(self.0.code())
    }

    /// Its symbol.
    #[graphql(deprecation = "Misspelled. Use `default_display_currency_symbol`.")]
    async fn default_display_currecy_symbol(&self) -> Option<String> {
        Some(self.0.symbol())
    }

    /// The currencies to choose from: the one.
    async fn available_currency_codes(&self) -> Option<List<&str>> {
        Some(List::from(vec![self.0.code()]))
    }

    /// What it is worth in those: 1.
    async fn exchange_rates(&self) -> Option<List<ExchangeRate>> {
        let own = ExchangeRate {
            currency_to: Some(self.0.code()),
            rate: Some(1.0),
        };
        Some(List::from(vec![own]))
    }
}
