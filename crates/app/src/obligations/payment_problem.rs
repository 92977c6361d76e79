//! The obligation to look at a payment, because something happened at its provider that the books do not have, or at the
//! account there.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use countermand_domain::{Currency, Money, OrderId};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{Attempt, Obligation, Outcome, Ports};
use crate::App;

/// What staff must look at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct PaymentProblem {
    /// The name of the account at the provider.
    pub(crate) account: String,
    /// The provider's reference of the payment; empty where the problem is about the account as a whole.
    pub(crate) payment: String,
    /// What happened.
    pub(crate) matter: PaymentMatter,
    /// The amount in words; empty where it is about none.
    pub(crate) amount: String,
    /// The number of the credit memo that books the amount; none where the books do not have it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) credit_memo: Option<String>,
    /// The refund of others that the credit memo books; none where the provider does not list refunds, and in problems of
    /// earlier versions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) refund: Option<BookedRefund>,
    /// The id of the refund that the amount settles; none where it settles none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) settles: Option<String>,
    /// The provider's id of the refund of others that staff is told of, and that is not booked; none in other problems,
    /// where the provider does not list refunds, and in problems of earlier versions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) about: Option<String>,
    /// Whether that refund of others, or the one that had settled the refund, failed after all. Problems of earlier versions
    /// do not say so.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) has_failed: bool,
    /// The provider's words; empty where it gave none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) problem: String,
}

/// A refund of others that the books have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct BookedRefund {
    /// The provider's id of the refund.
    pub(crate) reference: String,
    /// How much of it is booked, in minor units of the order's currency.
    pub(crate) amount: i64,
    /// What that is at the provider, in minor units, where it charged the buyer in another currency.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) charged: Option<i64>,
}

impl BookedRefund {
    /// How much of it is booked, in the currency of the payment.
    pub(crate) fn at_provider(&self, currency: Currency) -> Money {
        Money::new(self.charged.unwrap_or(self.amount), currency)
    }
}

/// What happened to a payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum PaymentMatter {
    /// Money was paid back by another way.
    RefundedOutside,
    /// Money was captured after the order was canceled, and no void of the order turns into a refund.
    CapturedAfterCancellation,
    /// The buyer disputes the payment at the bank.
    Disputed,
    /// The payment is in another currency than the order.
    OtherCurrency,
    /// The provider refuses the key to the account, which is paused.
    AccountRefused,
}

impl PaymentProblem {
    /// The provider's id of a refund of others that staff is told of as money that left, and that is not booked.
    pub(crate) fn told_refund(&self) -> Option<&str> {
        self.about.as_deref().filter(|_| !self.has_failed)
    }

    /// Whether it says that the refund of others with this id, which staff was told of, failed.
    pub(crate) fn tells_failure_of(&self, reference: &str) -> bool {
        self.has_failed && self.about.as_deref() == Some(reference)
    }

    /// The problem in words.
    pub(crate) fn text(&self) -> String {
        let Self {
            account,
            payment,
            amount,
            credit_memo,
            refund,
            settles,
            problem,
            ..
        } = self;
        let place = format!("payment {payment} at {account}");
        match self.matter {
            PaymentMatter::RefundedOutside if self.has_failed && self.about.is_some() => {
                let reference: String = self.about.iter().cloned().collect();
                format!(
                    "{place}: refund {reference} of {amount} by others, which was told as paid back, moved no money after \
                     all: it {problem}"
                )
            }
            PaymentMatter::RefundedOutside if self.has_failed => format!(
                "{place}: the refund of others that settled the refund of {amount} failed, and the provider may still \
                 carry out the request for this one: look there, and pay it back there if it is not paid back"
            ),
            PaymentMatter::RefundedOutside => match (credit_memo, settles) {
                (Some(memo), _) => {
                    let reference = refund.iter().map(|it| format!(", reference {}", it.reference));
                    let reference: String = reference.collect();
                    format!("{place}: {amount} were paid back there by others, booked as {memo}{reference}")
                }
                (None, Some(_)) => {
                    format!("{place}: {amount} were paid back there by others, which settles the refund")
                }
                (None, None) => format!("{place}: {amount} were paid back there that the books do not have"),
            },
            PaymentMatter::CapturedAfterCancellation => {
                format!("{place}: {amount} were captured after the order was canceled: pay them back there")
            }
            PaymentMatter::Disputed => format!("{place}: the buyer disputes the payment at the bank"),
            PaymentMatter::OtherCurrency => {
                format!("{place}: the payment is in another currency than the order")
            }
            PaymentMatter::AccountRefused => format!("{account} is paused, because {problem}"),
        }
    }

    /// The key that makes the problem of `order` one: each amount is told once, and each credit memo and refund. The same
    /// amount is told again where it is about another refund of others, or where that refund failed. It is a digest, because a reference of a provider
    /// can be longer than the key.
    pub(crate) fn key(&self, order: OrderId) -> String {
        let matter = match self.matter {
            PaymentMatter::RefundedOutside => "outside",
            PaymentMatter::CapturedAfterCancellation => "captured",
            PaymentMatter::Disputed => "disputed",
            PaymentMatter::OtherCurrency => "currency",
            PaymentMatter::AccountRefused => "refused",
        };
        let mut hash = Sha256::new();
        let parts = [self.account.as_str(), &self.payment, matter, &self.amount];
        let booked = [self.credit_memo.as_deref(), self.settles.as_deref()];
        // The word keeps an id of the provider apart from the number of a credit memo.
        let told = self.about.iter().flat_map(|id| ["about", id.as_str()]);
        let told = told.chain(self.has_failed.then_some("failed"));
        for part in parts.into_iter().chain(booked.into_iter().flatten()).chain(told) {
            hash.update(part.as_bytes());
            hash.update(b"\0");
        }
        hash.update(order.number().to_be_bytes());
        format!("payment:{}", URL_SAFE_NO_PAD.encode(hash.finalize()))
    }
}

impl Obligation for PaymentProblem {
    const IS_BOOKED: bool = true;
    const IS_MET_BY_STAFF: bool = true;

    async fn meet(&self, _: &App, _: &Ports<'_>, _: &Attempt) -> Outcome {
        Outcome::NeedsAttention { why: self.text() }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn each_order_payment_matter_and_amount_has_a_short_key_of_its_own() {
        let first = PaymentProblem {
            account: "main".into(),
            payment: "p".repeat(255),
            matter: PaymentMatter::RefundedOutside,
            amount: "$2.00".into(),
            credit_memo: None,
            refund: None,
            settles: None,
            about: None,
            has_failed: false,
            problem: String::new(),
        };
        let order = |number: i64| OrderId::from_number(number).expect("an id");
        let key = first.key(order(1));
        assert!(key.len() <= 128, "{key}");
        assert_eq!(first.key(order(1)), key);
        let others = [
            PaymentProblem {
                account: "other".into(),
                ..first.clone()
            },
            PaymentProblem {
                payment: format!("{}q", "p".repeat(254)),
                ..first.clone()
            },
            PaymentProblem {
                matter: PaymentMatter::Disputed,
                ..first.clone()
            },
            PaymentProblem {
                amount: "$3.00".into(),
                ..first.clone()
            },
            PaymentProblem {
                credit_memo: Some("1-1".into()),
                ..first.clone()
            },
            PaymentProblem {
                settles: Some("0198c0de".into()),
                ..first.clone()
            },
            PaymentProblem {
                about: Some("re_1".into()),
                ..first.clone()
            },
            PaymentProblem {
                about: Some("1-1".into()),
                ..first.clone()
            },
            PaymentProblem {
                settles: Some("0198c0de".into()),
                has_failed: true,
                ..first.clone()
            },
            PaymentProblem {
                about: Some("re_1".into()),
                has_failed: true,
                ..first.clone()
            },
        ];
        let mut keys = HashSet::from([key.clone()]);
        for other in others {
            assert!(keys.insert(other.key(order(1))), "{other:?}");
        }
        assert_ne!(first.key(order(2)), key);
    }
}
