//! Rules that decide by what an order is: `when total >= 500 and payment is paid then REQUEST`.

use std::str::FromStr;

use chrono::{DateTime, TimeDelta, Utc};
use strum::{EnumString, IntoStaticStr, VariantArray};
use thiserror::Error;

use crate::cancellation::{Audience, CancellationMode, RequestRuling};
use crate::money::Money;
use crate::money::decimal::parse_scaled;
use crate::order::{Actor, CustomerGroup, LONGEST_CHANNEL_NAME, NO_CHANNEL, Order, ProductType};
use crate::payment::TransactionKind;

/// The longest text of rules, in bytes.
pub(crate) const LONGEST_ORDER_RULES: usize = 4_000;

/// The digits after the point of an amount in a rule.
const SCALE: u32 = 4;

/// Rules that choose the mode of an order.
pub type ModeRules = OrderRules<CancellationMode>;

/// Rules that decide a request for a cancellation.
pub type RequestRules = OrderRules<RequestRuling>;

/// Rules in their order: the first one that fits an order decides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderRules<T>(Vec<OrderRule<T>>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct OrderRule<T> {
    conditions: Vec<Condition>,
    then: T,
}

/// What a rule can decide.
pub trait RuleOutcome: Copy + PartialEq + FromStr + Into<&'static str> + 'static {
    /// All outcomes, in the order in which an error names them.
    const ALL: &'static [Self];
    /// What the outcomes are called in an error.
    const CALLED: &'static str;
}

impl RuleOutcome for CancellationMode {
    const ALL: &'static [Self] = Self::VARIANTS;
    const CALLED: &'static str = "the modes";
}

impl RuleOutcome for RequestRuling {
    const ALL: &'static [Self] = Self::VARIANTS;
    const CALLED: &'static str = "the decisions";
}

/// What an order must be for a rule to fit.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Condition {
    Payment(PaidState),
    /// An item of the order is of this type.
    Product(ProductType),
    Actor(Audience),
    /// The buyer was in this customer group when the order was placed. An order that does not tell it is in no group.
    Group(CustomerGroup),
    /// The order was imported from the sales channel with this name; none for an order of the shop's own.
    Channel(Option<String>),
    /// The grand total is not above this amount, in ten-thousandths of the major unit.
    TotalAtMost(i64),
    TotalAtLeast(i64),
    /// The order was placed less than this time ago.
    PlacedWithin(TimeDelta),
    /// The order was placed this time ago or more.
    PlacedBefore(TimeDelta),
}

/// How far an order is paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "snake_case")]
enum PaidState {
    /// No money is paid or authorized.
    Unpaid,
    /// Money is authorized, and none is paid.
    Authorized,
    /// Money is paid.
    Paid,
}

/// Why a text is no list of rules.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("rule {rule}: {problem}")]
pub struct OrderRuleError {
    /// The number of the rule in the text, from 1.
    pub rule: usize,
    /// What is wrong with the rule.
    pub problem: String,
}

impl<T> Default for OrderRules<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T: RuleOutcome> OrderRules<T> {
    /// Reads rules with semicolons between them; an empty text for no rule.
    ///
    /// # Errors
    /// If a rule is not written as one, or uses an unknown word.
    pub fn parse(text: &str) -> Result<Self, OrderRuleError> {
        let rules = text.split(';').map(str::trim).filter(|rule| !rule.is_empty());
        let rules = rules.enumerate().map(|(index, rule)| {
            OrderRule::parse(rule).map_err(|problem| OrderRuleError {
                rule: index + 1,
                problem,
            })
        });
        Ok(Self(rules.collect::<Result<_, _>>()?))
    }

    /// What the first rule that fits decides. A rule that names no actor is about buyers.
    pub(crate) fn outcome(&self, order: &Order, actor: &Actor, now: DateTime<Utc>) -> Option<T> {
        let rule = self.0.iter().find(|rule| rule.fits(order, actor, now));
        rule.map(|rule| rule.then)
    }

    /// Whether a rule decides something else than `outcome` for orders of buyers.
    pub(crate) fn decide_otherwise_for_buyers(&self, outcome: T) -> bool {
        let is_for_staff = |rule: &OrderRule<T>| rule.conditions.contains(&Condition::Actor(Audience::Staff));
        let mut rules = self.0.iter();
        rules.any(|rule| rule.then != outcome && !is_for_staff(rule))
    }

    /// The moments at which a rule begins or ceases to fit `order` because time passes.
    pub(crate) fn turning_points(&self, order: &Order) -> impl Iterator<Item = DateTime<Utc>> {
        let conditions = self.0.iter().flat_map(|rule| &rule.conditions);
        conditions.filter_map(|condition| match condition {
            Condition::PlacedWithin(age) | Condition::PlacedBefore(age) => {
                order.placed_at.checked_add_signed(*age)
            }
            Condition::Payment(_)
            | Condition::Product(_)
            | Condition::Actor(_)
            | Condition::Group(_)
            | Condition::Channel(_)
            | Condition::TotalAtMost(_)
            | Condition::TotalAtLeast(_) => None,
        })
    }
}

impl<T: RuleOutcome> OrderRule<T> {
    fn parse(text: &str) -> Result<Self, String> {
        let Some((conditions, then)) = text
            .strip_prefix("when ")
            .and_then(|rest| rest.rsplit_once(" then "))
        else {
            let outcomes = names(T::ALL);
            return Err(format!(
                "`{text}` is not written as `when CONDITION then {}`",
                outcomes.replace(", ", "|")
            ));
        };
        let then = then.trim();
        let Ok(then) = then.parse() else {
            return Err(format!("`{then}` is not one of {} {}", T::CALLED, names(T::ALL)));
        };
        let conditions = conditions.split(" and ").map(Condition::parse);
        Ok(Self {
            conditions: conditions.collect::<Result<_, _>>()?,
            then,
        })
    }

    fn fits(&self, order: &Order, actor: &Actor, now: DateTime<Utc>) -> bool {
        let names_actor = |it: &Condition| matches!(it, Condition::Actor(_));
        let is_about = actor.is_buyer() || self.conditions.iter().any(names_actor);
        is_about && self.conditions.iter().all(|it| it.holds(order, actor, now))
    }
}

impl Condition {
    fn parse(text: &str) -> Result<Self, String> {
        let words: Vec<_> = text.split_whitespace().collect();
        match words[..] {
            ["payment", "is", state] => named(state, PaidState::VARIANTS).map(Self::Payment),
            ["product", "is", kind] => named(kind, ProductType::ALL).map(Self::Product),
            ["actor", "is", audience] => named(audience, Audience::VARIANTS).map(Self::Actor),
            ["group", "is", group] => group_of(group).map(Self::Group),
            ["channel", "is", NO_CHANNEL] => Ok(Self::Channel(None)),
            ["channel", "is", name] => channel_of(name).map(|name| Self::Channel(Some(name))),
            ["total", "<=", amount] => amount_of(amount).map(Self::TotalAtMost),
            ["total", ">=", amount] => amount_of(amount).map(Self::TotalAtLeast),
            ["minutes", "<", minutes] => minutes_of(minutes).map(Self::PlacedWithin),
            ["minutes", ">=", minutes] => minutes_of(minutes).map(Self::PlacedBefore),
            _ => Err(format!(
                "`{}` is not a condition: use `payment is`, `product is`, `actor is`, `group is`, `channel is`, \
                 `total <=`, `total >=`, `minutes <` or `minutes >=` with a value",
                text.trim()
            )),
        }
    }

    fn holds(&self, order: &Order, actor: &Actor, now: DateTime<Utc>) -> bool {
        let age = now - order.placed_at;
        let total = || {
            let total = order.totals.grand_total;
            let unit = 10_i128.pow(total.currency().exponent());
            i128::from(total.minor()) * 10_i128.pow(SCALE) / unit
        };
        match self {
            Self::Payment(state) => PaidState::of(order) == *state,
            Self::Product(kind) => order.items.iter().any(|item| item.product_type == *kind),
            Self::Actor(audience) => Audience::of(actor) == *audience,
            Self::Group(group) => order.customer.group == Some(*group),
            Self::Channel(name) => order.channel.as_ref().map(|it| &it.name) == name.as_ref(),
            Self::TotalAtMost(amount) => total() <= i128::from(*amount),
            Self::TotalAtLeast(amount) => total() >= i128::from(*amount),
            Self::PlacedWithin(limit) => age < *limit,
            Self::PlacedBefore(limit) => age >= *limit,
        }
    }
}

impl PaidState {
    fn of(order: &Order) -> Self {
        let is_held = order.payment.transactions.iter().any(|it| {
            it.kind == TransactionKind::Authorization && it.remaining().is_ok_and(Money::is_positive)
        });
        if order.totals.paid.is_some_and(Money::is_positive) {
            Self::Paid
        } else if is_held {
            Self::Authorized
        } else {
            Self::Unpaid
        }
    }
}

fn named<T>(word: &str, all: &[T]) -> Result<T, String>
where
    T: std::str::FromStr + Into<&'static str> + Copy,
{
    word.parse()
        .map_err(|_| format!("`{word}` is not one of {}", names(all)))
}

fn names<T: Into<&'static str> + Copy>(all: &[T]) -> String {
    let names: Vec<&str> = all.iter().map(|it| (*it).into()).collect();
    names.join(", ")
}

fn group_of(text: &str) -> Result<CustomerGroup, String> {
    text.parse()
        .map_err(|_| format!("`{text}` is not the number of a customer group, nor `guest`"))
}

fn channel_of(text: &str) -> Result<String, String> {
    if text.chars().count() <= LONGEST_CHANNEL_NAME {
        Ok(text.into())
    } else {
        let most = LONGEST_CHANNEL_NAME;
        Err(format!(
            "`{text}` is longer than a name of a channel: {most} characters"
        ))
    }
}

fn amount_of(text: &str) -> Result<i64, String> {
    parse_scaled(text, SCALE)
        .ok()
        .filter(|amount| *amount >= 0)
        .ok_or_else(|| format!("`{text}` is not an amount such as 49.95"))
}

fn minutes_of(text: &str) -> Result<TimeDelta, String> {
    let minutes = text
        .parse::<u32>()
        .ok()
        .and_then(|it| TimeDelta::try_minutes(it.into()));
    minutes.ok_or_else(|| format!("`{text}` is not a number of whole minutes"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_are_read_in_their_order() {
        let text = "when payment is paid and total >= 500 then REQUEST; when product is giftcard then OFF;";
        let rules = ModeRules::parse(text).expect("rules").0;
        assert_eq!(rules.len(), 2);
        assert_eq!(rules[0].then, CancellationMode::Request);
        assert_eq!(
            rules[0].conditions,
            [
                Condition::Payment(PaidState::Paid),
                Condition::TotalAtLeast(5_000_000)
            ]
        );
        assert_eq!(rules[1].conditions, [Condition::Product(ProductType::GiftCard)]);
        assert_eq!(ModeRules::parse(""), Ok(ModeRules::default()));
        let text =
            "when group is 3 and group is guest and channel is our-market and channel is none then OFF";
        let rules = ModeRules::parse(text).expect("rules").0;
        let group = |number| CustomerGroup::from_number(number).expect("a group");
        assert_eq!(
            rules[0].conditions,
            [
                Condition::Group(group(3)),
                Condition::Group(group(0)),
                Condition::Channel(Some("our-market".into())),
                Condition::Channel(None),
            ]
        );
    }

    #[test]
    fn a_text_that_is_no_rule_is_refused_with_its_place_and_the_words_that_are_known() {
        for (text, problem) in [
            (
                "OFF",
                "rule 1: `OFF` is not written as `when CONDITION then OFF|REQUEST|AUTOMATIC`",
            ),
            (
                "when actor is guest then OFF; when actor is robot then OFF",
                "rule 2: `robot` is not one of customer, guest, staff",
            ),
            (
                "when payment is card then OFF",
                "rule 1: `card` is not one of unpaid, authorized, paid",
            ),
            (
                "when total >= 5 then MAYBE",
                "rule 1: `MAYBE` is not one of the modes OFF, REQUEST, AUTOMATIC",
            ),
            (
                "when total <= -5 then OFF",
                "rule 1: `-5` is not an amount such as 49.95",
            ),
            (
                "when minutes < 1.5 then OFF",
                "rule 1: `1.5` is not a number of whole minutes",
            ),
            (
                "when group is -1 then OFF",
                "rule 1: `-1` is not the number of a customer group, nor `guest`",
            ),
            (
                "when group is wholesale then OFF",
                "rule 1: `wholesale` is not the number of a customer group, nor `guest`",
            ),
            (
                "when channel is a-market-with-a-name-of-33-letters then OFF",
                "rule 1: `a-market-with-a-name-of-33-letters` is longer than a name of a channel: 32 characters",
            ),
        ] {
            let refused = ModeRules::parse(text).expect_err(text);
            assert_eq!(refused.to_string(), problem);
        }
        let refused = RequestRules::parse("when actor is guest then ESCALATE").expect_err("a refusal");
        assert_eq!(
            refused.to_string(),
            "rule 1: `ESCALATE` is not one of the decisions APPROVE, DECLINE"
        );
        let unknown = ModeRules::parse("when weight >= 5 then OFF").expect_err("a refusal");
        assert!(
            unknown.problem.starts_with("`weight >= 5` is not a condition"),
            "{unknown}"
        );
    }
}
