//! The codes that sales channels have for reasons: built in as data, and changed by the merchant.

use std::sync::LazyLock;

use strum::{EnumString, IntoStaticStr};
use thiserror::Error;

mod text;

pub use text::{LONGEST_CHANNEL_CODES, are_channel_codes};

/// The place that has a list of codes of its own: a channel, one of its markets, and a way to cancel there.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ChannelWay {
    /// The channel, such as `amazon`.
    pub channel: String,
    /// The market, such as `US`; `*` for every market.
    pub market: String,
    /// The way to cancel, such as `feed`; `*` for every way.
    pub way: String,
}

/// The code that a channel has for a reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChannelCode {
    /// The channel's own code, such as `NoInventory`.
    pub code: String,
    /// The fact that the channel wants to be true before the code is sent; none for no such fact.
    pub needs: Option<ChannelFact>,
}

/// A fact that a channel's code states.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum ChannelFact {
    /// The buyer asked at the channel for the cancellation. Without the request, the code counts against the seller.
    BuyersRequest,
    /// The fraud is confirmed.
    ConfirmedFraud,
}

/// The code of one reason at one place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReasonMapping {
    /// The code of the reason in the catalogue.
    pub reason: String,
    /// Where the mapping holds.
    pub place: ChannelWay,
    /// The channel's code; none where the merchant says that the channel has none.
    pub code: Option<ChannelCode>,
    /// Whether the merchant set the mapping; otherwise it is built in.
    pub is_own: bool,
}

/// The channel has no code for the reason, so that the cancellation cannot be told to it.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("the channel `{}` has no code for the reason `{reason}` (market {}, way {})", place.channel, place.market, place.way)]
pub struct ReasonNotForChannel {
    /// The code of the reason.
    pub reason: String,
    /// The channel, market and way.
    pub place: ChannelWay,
}

impl ReasonNotForChannel {
    /// The code of this refusal.
    pub const CODE: &'static str = "REASON_NOT_FOR_CHANNEL";
}

/// All codes of all channels: the built-in ones, with the merchant's in their place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChannelCodes(Vec<ReasonMapping>);

static BUILT_IN: LazyLock<ChannelCodes> =
    LazyLock::new(|| text::built_in(include_str!("../../data/channel_codes.txt")));

impl ChannelWay {
    /// A place.
    #[must_use]
    pub fn new(channel: &str, market: &str, way: &str) -> Self {
        Self {
            channel: channel.into(),
            market: market.into(),
            way: way.into(),
        }
    }

    /// How closely this place of a mapping fits `asked`; none when it does not fit. An exact market counts more than an
    /// exact way.
    fn closeness(&self, asked: &Self) -> Option<u8> {
        let part = |mine: &str, theirs: &str, worth| match mine {
            "*" => Some(0),
            mine if mine == theirs => Some(worth),
            _ => None,
        };
        if self.channel != asked.channel {
            return None;
        }
        Some(part(&self.market, &asked.market, 2)? + part(&self.way, &asked.way, 1)?)
    }
}

impl ChannelCodes {
    /// The built-in codes.
    #[must_use]
    pub fn built_in() -> &'static Self {
        &BUILT_IN
    }

    /// The built-in codes with the merchant's, which are written as the setting `sales/cancellation/channel_codes`.
    #[must_use]
    pub fn with(own: &str) -> Self {
        let mut codes = Self::built_in().clone();
        for (reason, place, code) in text::entries(own).flatten() {
            let needs = codes.fact_of(&place.channel, code);
            codes.put(ReasonMapping {
                reason: reason.into(),
                place,
                code: (code != text::NO_CODE).then(|| ChannelCode {
                    code: code.into(),
                    needs,
                }),
                is_own: true,
            });
        }
        codes
    }

    /// All mappings, in the order of the catalogue.
    #[must_use]
    pub fn mappings(&self) -> &[ReasonMapping] {
        &self.0
    }

    /// The code that `place` has for `reason`. The mapping for the exact market and way comes first, then those for
    /// every market or way.
    pub fn channel_code(
        &self,
        reason: &str,
        place: &ChannelWay,
    ) -> Result<&ChannelCode, ReasonNotForChannel> {
        self.mapping(reason, place)
            .and_then(|mapping| mapping.code.as_ref())
            .ok_or_else(|| ReasonNotForChannel {
                reason: reason.into(),
                place: place.clone(),
            })
    }

    /// The first reason of the catalogue to which `place` gives `code`; none for a code that no reason has, which stays
    /// a text.
    #[must_use]
    pub fn reason_of(&self, code: &str, place: &ChannelWay) -> Option<&str> {
        let gives = |it: &&ReasonMapping| {
            let found = self.mapping(&it.reason, place).and_then(|it| it.code.as_ref());
            found.is_some_and(|it| it.code == code)
        };
        self.0.iter().find(gives).map(|it| it.reason.as_str())
    }

    /// The first reason of the catalogue for which `channel` has `code` in any market and way. A channel may show a
    /// cancellation in other words than those in which it takes one.
    #[must_use]
    pub fn reason_at(&self, code: &str, channel: &str) -> Option<&str> {
        let gives = |it: &&ReasonMapping| {
            it.place.channel == channel && it.code.as_ref().is_some_and(|it| it.code == code)
        };
        self.0.iter().find(gives).map(|it| it.reason.as_str())
    }

    fn mapping(&self, reason: &str, place: &ChannelWay) -> Option<&ReasonMapping> {
        let of_reason = self.0.iter().filter(|it| it.reason == reason);
        let fitting = of_reason.filter_map(|it| Some((it.place.closeness(place)?, it)));
        fitting.max_by_key(|(closeness, _)| *closeness).map(|(_, it)| it)
    }

    /// The fact that the channel wants for `code` anywhere.
    fn fact_of(&self, channel: &str, code: &str) -> Option<ChannelFact> {
        let of_channel = self.0.iter().filter(|it| it.place.channel == channel);
        let mut codes = of_channel.filter_map(|it| it.code.as_ref());
        codes.find(|it| it.code == code).and_then(|it| it.needs)
    }

    /// Puts `mapping` in the place of the one for the same reason and place, or last.
    fn put(&mut self, mapping: ReasonMapping) {
        let same = |it: &&mut ReasonMapping| it.reason == mapping.reason && it.place == mapping.place;
        match self.0.iter_mut().find(same) {
            Some(kept) => *kept = mapping,
            None => self.0.push(mapping),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(codes: &ChannelCodes, reason: &str, place: (&str, &str, &str)) -> Option<String> {
        let place = ChannelWay::new(place.0, place.1, place.2);
        codes.channel_code(reason, &place).ok().map(|it| it.code.clone())
    }

    #[test]
    fn a_reason_has_another_code_at_each_channel_market_and_way() {
        let codes = ChannelCodes::built_in();
        for (reason, place, expected) in [
            (
                "out_of_stock",
                ("amazon", "DE", "operation"),
                Some("NO_INVENTORY"),
            ),
            ("out_of_stock", ("amazon", "DE", "feed"), Some("NoInventory")),
            ("too_slow", ("ebay", "US", "buyer"), Some("WONT_ARRIVE_IN_TIME")),
            ("too_slow", ("ebay", "US", "seller"), Some("BUYER_ASKED_CANCEL")),
            ("other", ("ebay", "US", "seller"), None),
            (
                "fraud",
                ("walmart", "US", "api"),
                Some("SELLER_CANCEL_FRAUD_STOP_SHIPMENT"),
            ),
            ("fraud", ("walmart", "CA", "api"), None),
            ("unpaid", ("amazon", "DE", "feed"), None),
            ("unpaid", ("nowhere", "*", "*"), None),
        ] {
            assert_eq!(
                code(codes, reason, place).as_deref(),
                expected,
                "{reason} at {place:?}"
            );
        }
    }

    #[test]
    fn a_channels_code_is_the_first_reason_with_it_and_an_unknown_one_is_no_reason() {
        let codes = ChannelCodes::built_in();
        for (code, place, reason) in [
            (
                "BUYER_CANCELLED",
                ("amazon", "DE", "operation"),
                Some("no_longer_needed"),
            ),
            (
                "ORDERED_BY_MISTAKE",
                ("buy_with_prime", "*", "*"),
                Some("placed_by_mistake"),
            ),
            ("OTHER", ("bol", "NL", "*"), Some("other")),
            ("NoInventory", ("amazon", "NL", "feed"), Some("out_of_stock")),
            ("NoInventory", ("amazon", "NL", "operation"), None),
            ("SOMETHING_NEW", ("scx", "*", "*"), None),
        ] {
            let place = ChannelWay::new(place.0, place.1, place.2);
            assert_eq!(codes.reason_of(code, &place), reason, "{code}");
        }
        assert_eq!(codes.reason_at("NoInventory", "amazon"), Some("out_of_stock"));
        assert_eq!(codes.reason_at("NoInventory", "scx"), None);
    }

    #[test]
    fn the_merchants_code_for_one_market_leaves_the_others_and_keeps_the_channels_fact() {
        let codes = ChannelCodes::with(
            "other amazon DE feed = PricingError; fraud walmart US * = -; late ebay * seller = BUYER_ASKED_CANCEL; \
             late amazon * feed = BuyerCanceled",
        );
        assert_eq!(
            code(&codes, "other", ("amazon", "DE", "feed")).as_deref(),
            Some("PricingError")
        );
        assert_eq!(
            code(&codes, "other", ("amazon", "NL", "feed")).as_deref(),
            Some("GeneralAdjustment")
        );
        assert_eq!(code(&codes, "fraud", ("walmart", "US", "api")), None);
        let place = ChannelWay::new("amazon", "NL", "feed");
        let late = codes.channel_code("late", &place).expect("a code");
        assert_eq!(late.needs, Some(ChannelFact::BuyersRequest));
        let refusal = codes.channel_code("nothing", &place).expect_err("no code");
        assert_eq!(
            refusal.to_string(),
            "the channel `amazon` has no code for the reason `nothing` (market NL, way feed)"
        );
    }
}
