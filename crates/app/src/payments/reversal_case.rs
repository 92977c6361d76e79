//! An owed void or refund, with all that is needed to let the payment provider carry it out.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use countermand_domain::{
    ConfigScope, Money, MoneyError, Order, OrderId, PaymentTransaction, Reversal, ReversalCall,
    ReversalOperation, ReversalRefusal, ReversalState, ReversalStep, Shop, TransactionKind,
};
use countermand_persistence::{KeptReversalEntry, OwedReversal, PaymentAccount};

use super::{BY_HAND, WITHOUT_REFERENCE};
use crate::App;
use crate::error::AppError;
use crate::obligations::{Attempt, Outcome};
use crate::ports::{PaymentProvider, ProviderAnswer, ProviderError, ProviderPayment, ReversalRequest};

/// Why nothing is left to release of a hold that ended by itself, or was released by others.
const HAD_ENDED: &str = "the authorization had ended already";
/// Why nothing is left to release of a payment that was captured in part.
const REST_IS_RELEASED: &str =
    "a part of the authorization was captured, and the provider has released the rest";
/// Why captured money does not go back yet.
const REST_IS_HELD: &str =
    "the payment provider pays captured money back only once the rest is captured or released";

/// A void or a refund, with all that is needed to let the provider carry it out.
pub(super) struct ReversalCase {
    pub(super) id: OrderId,
    pub(super) order: Arc<Order>,
    pub(super) shop: Arc<Shop>,
    /// The authorization or the capture.
    pub(super) transaction: PaymentTransaction,
    pub(super) owed: OwedReversal,
    pub(super) account: PaymentAccount,
    pub(super) provider: Box<dyn PaymentProvider>,
    /// The provider's reference of the authorization or the capture.
    pub(super) payment: String,
    pub(super) reversal: Reversal,
    /// The body of the last request, as it was kept before it was sent; none before the first request, and where an older
    /// version kept none.
    pub(super) body: Option<String>,
}

/// A void or a refund that the provider has carried out, and that the books do not have yet.
pub(super) struct MovedMoney {
    pub(super) id: OrderId,
    pub(super) shop: Arc<Shop>,
    pub(super) owed: OwedReversal,
    /// The name of the account at the provider.
    pub(super) account: String,
    pub(super) reversal: Reversal,
}

/// What the provider's payment says before a request is sent.
pub(super) enum PaymentCheck {
    /// The request can be sent.
    Fits,
    /// Nothing is left to release, for this reason.
    Released(&'static str),
    /// The provider does not take the request yet, for this reason.
    TooEarly(&'static str),
    /// A person must look at the payment.
    Differs(String),
    /// All of the captured money went back by another way, as the text says.
    AllPaidBack(String),
}

impl App {
    /// The case, or the outcome where there is no provider to ask.
    pub(super) async fn reversal_case(
        &self,
        owed: OwedReversal,
        operation: ReversalOperation,
        attempt: &Attempt,
    ) -> Result<Result<ReversalCase, Outcome>, AppError> {
        let by_hand = |why: &str| Ok(Err(Outcome::NeedsAttention { why: why.into() }));
        let Some(id) = attempt.order else {
            return by_hand(BY_HAND);
        };
        let Some(loaded) = self.database().order(id).await? else {
            return by_hand("the order does not exist any more");
        };
        let Some(transaction) = loaded.order.payment.transactions.get(owed.transaction).cloned() else {
            return by_hand("the order has no such payment any more");
        };
        let kept = self.database().reversal_with_bodies(&attempt.id).await?;
        let body = body_of_last(&kept);
        // What was begun at one account is finished there, even if another one serves the method now.
        let begun_at = kept.last().map(|kept| kept.account.clone());
        let settings = loaded.shop.settings_at(ConfigScope::Store(id.store()));
        let providers = &settings.payment_providers.value;
        let serving = || {
            let tender = loaded.order.payment.tender(transaction.tender);
            tender
                .and_then(|tender| tender.provider_account(providers))
                .map(str::to_owned)
        };
        let Some(name) = begun_at.or_else(serving) else {
            let tender = loaded.order.payment.tender(transaction.tender);
            if operation.is_refund() && tender.is_some_and(|tender| tender.kind.is_balance()) {
                return self.tell_keeper(&loaded.shop, id, owed, attempt).await.map(Err);
            }
            return by_hand(BY_HAND);
        };
        let reversal = Reversal {
            obligation: attempt.id.clone(),
            owed: operation,
            entries: kept.into_iter().map(|kept| kept.entry).collect(),
        };
        if reversal.state() == Some(ReversalState::Succeeded) {
            // The money has moved, and only the books are left: the provider is not needed for them.
            let moved = MovedMoney {
                id,
                shop: loaded.shop,
                owed,
                account: name,
                reversal,
            };
            return self.book(&moved).await.map(Err);
        }
        if let Some(why) = reversal.ended_without_money() {
            // The worker that learned it died before it could leave the obligation to staff.
            return by_hand(&why);
        }
        let Some(account) = self.database().payment_account(&name).await? else {
            return by_hand(&format!("no payment provider is connected as {name}"));
        };
        if account.is_paused {
            let why = format!("the payment provider {name} is paused");
            return Ok(Err(Outcome::Waiting { why, until: None }));
        }
        let Some(payment) = transaction.reference.clone() else {
            return by_hand(WITHOUT_REFERENCE);
        };
        let provider = match self.provider_of(&account) {
            Ok(provider) => provider,
            Err(why) => return by_hand(&format!("the payment provider {name} cannot be used: {why}")),
        };
        if !provider.capabilities().answers_at_once && account.webhook_secret.is_none() {
            let why = "tells outcomes only by webhooks: give the account their secret";
            return by_hand(&format!("the payment provider {name} {why}"));
        }
        Ok(Ok(ReversalCase {
            id,
            order: loaded.order,
            shop: loaded.shop,
            transaction,
            owed,
            account,
            provider,
            payment,
            reversal,
            body,
        }))
    }
}

impl ReversalCase {
    /// The amount that is owed, in the currency of the payment at its provider.
    pub(super) fn amount(&self) -> Money {
        self.owed.at_provider(self.order.currency())
    }

    /// The request of `call`.
    pub(super) fn request(&self, call: ReversalCall) -> ReversalRequest {
        ReversalRequest {
            key: self.reversal.key(call),
            operation: call.operation,
            payment: self.payment.clone(),
            amount: self.amount(),
            order: self.order.number.clone(),
            reference: self.reversal.reference_of(call).map(str::to_owned),
        }
    }

    /// Sends the request of `call`, which is the last one that was written down, with the body that was kept with it.
    pub(super) async fn send(&self, call: ReversalCall) -> Result<ProviderAnswer, ProviderError> {
        let request = self.request(call);
        let kept = self.body.clone();
        match kept.map_or_else(|| self.provider.body(&request), Ok) {
            Ok(body) => self.provider.reverse(&request, &body).await,
            Err(detail) => Ok(ProviderAnswer::Refused {
                refusal: ReversalRefusal::Other,
                detail,
            }),
        }
    }

    /// What to do next.
    pub(super) fn next_step(&self, now: DateTime<Utc>) -> ReversalStep {
        let capabilities = self.provider.capabilities();
        let step = self.reversal.next_step(capabilities, now);
        step.in_one_call(capabilities, self.is_whole())
    }

    /// Whether it is about a whole authorization, of which the books know nothing else.
    fn is_whole(&self) -> bool {
        let transactions = self.order.payment.transactions.iter();
        let of_payment = transactions.filter(|it| it.reference.as_ref() == Some(&self.payment));
        of_payment.count() == 1
            && self.transaction.kind == TransactionKind::Authorization
            && self.transaction.at_provider() == self.amount()
    }

    /// Why a refund must not follow a void of captured money; none when it may, and for other requests.
    pub(super) fn why_not_refunded(&self, call: ReversalCall) -> Option<String> {
        let follows_void = call.operation.is_refund() && self.reversal.owed == ReversalOperation::Void;
        (follows_void && self.has_captures()).then(|| {
            "a part of the authorization was captured, so the provider releases the rest by itself".to_owned()
        })
    }

    /// Whether the books hold money that was captured of the tender.
    fn has_captures(&self) -> bool {
        let mut captures = self.order.payment.captures_of(self.transaction.tender);
        captures.next().is_some()
    }

    /// The same without what only the provider needs, once the money has moved.
    pub(super) fn moved(&self) -> MovedMoney {
        MovedMoney {
            id: self.id,
            shop: self.shop.clone(),
            owed: self.owed,
            account: self.account.name.clone(),
            reversal: self.reversal.clone(),
        }
    }
}

impl MovedMoney {
    /// What happened, for the history of the order.
    pub(super) fn note(&self) -> String {
        let name = &self.account;
        let last = self.reversal.entries.last();
        if let Some(last) = last.filter(|last| !self.reversal.was_requested(last.call)) {
            return format!("Payment provider {name}: {}.", last.detail);
        }
        match last.map(|entry| entry.call.operation) {
            Some(ReversalOperation::Refund) => format!("The payment provider {name} paid the money back."),
            Some(ReversalOperation::Either) => format!(
                "The payment provider {name} released the authorization, or paid the money back if it was captured."
            ),
            Some(ReversalOperation::Void) | None => {
                format!("The payment provider {name} released the authorization.")
            }
        }
    }
}

impl ReversalCase {
    /// Compares the provider's `payment` with the books: another amount or another currency stops the money.
    pub(super) fn compare(
        &self,
        call: ReversalCall,
        payment: &ProviderPayment,
    ) -> Result<PaymentCheck, MoneyError> {
        if !call.operation.is_refund() && payment.is_voided {
            return Ok(PaymentCheck::Released(HAD_ENDED));
        }
        if self.is_rest_released(payment)? {
            return Ok(PaymentCheck::Released(REST_IS_RELEASED));
        }
        if let Some(why) = self.why_not_refunded(call) {
            return Ok(PaymentCheck::Differs(why));
        }
        let (kept, there) = match (call.operation, self.reversal.owed) {
            // Several captures of one payment are one amount at the provider.
            (ReversalOperation::Refund, ReversalOperation::Refund) => (
                self.sum_of_captures(PaymentTransaction::at_provider)?,
                payment.captured,
            ),
            // Of an authorization that was captured meanwhile, the owed part goes back.
            (ReversalOperation::Refund, ReversalOperation::Void | ReversalOperation::Either) => {
                (self.amount(), payment.captured)
            }
            (ReversalOperation::Void | ReversalOperation::Either, _) => {
                (self.transaction.at_provider(), payment.authorized)
            }
        };
        if kept != there {
            let why = format!("the payment is {there} at the payment provider, and {kept} in the books");
            return Ok(PaymentCheck::Differs(why));
        }
        if call.operation.is_refund() {
            let left = payment.captured.checked_sub(payment.refunded).ok();
            let is_enough = left.is_some_and(|left| left.minor() >= self.amount().minor());
            if !is_enough || payment.refunded.minor() > self.most_refunded()? {
                return Ok(paid_back_already(payment.refunded, payment));
            }
            if !payment.is_refundable {
                return Ok(PaymentCheck::TooEarly(REST_IS_HELD));
            }
        }
        Ok(PaymentCheck::Fits)
    }

    /// The most that the provider can have paid back: the books know of every refund but this one.
    fn most_refunded(&self) -> Result<i64, MoneyError> {
        Ok(match self.reversal.owed {
            ReversalOperation::Refund => {
                // What staff abandoned is decided in the books, and has not moved. Its amount in another currency is that
                // of its refund, so it is left to `refunded_by_others`.
                let is_same = self.transaction.charged.is_none();
                let captures = self.order.payment.captures_of(self.transaction.tender);
                let captures = captures.filter(|it| is_same && it.is_capture_of(&self.payment));
                let abandoned = Money::sum(self.order.currency(), captures.map(|it| it.abandoned))?;
                let used = self.sum_of_captures(PaymentTransaction::used_at_provider)?;
                used.minor() - abandoned.minor() - self.amount().minor()
            }
            ReversalOperation::Void | ReversalOperation::Either => 0,
        })
    }

    /// Whether the rest of the authorization is released, because the provider captured exactly the part that the books
    /// have, and says that it can capture no more. This holds too after it refused a void of the rest.
    fn is_rest_released(&self, payment: &ProviderPayment) -> Result<bool, MoneyError> {
        let captured = self.sum_of_captures(PaymentTransaction::at_provider)?;
        Ok(self.reversal.owed == ReversalOperation::Void
            && captured.is_positive()
            && captured == payment.captured
            && self.transaction.at_provider() == payment.authorized
            && payment.capturable.is_some_and(Money::is_zero))
    }

    /// The sum over the captures of the payment, in its currency: those of the tender that have its reference.
    fn sum_of_captures(&self, of: impl Fn(&PaymentTransaction) -> Money) -> Result<Money, MoneyError> {
        let captures = self.order.payment.captures_of(self.transaction.tender);
        let captures = captures.filter(|it| it.is_capture_of(&self.payment));
        Money::sum(self.transaction.provider_currency(), captures.map(of))
    }
}

/// The body that was kept with the last request.
fn body_of_last(kept: &[KeptReversalEntry]) -> Option<String> {
    let last = kept.last()?.entry.call;
    let mut of_last = kept.iter().filter(|kept| kept.entry.call == last);
    of_last.find_map(|kept| kept.request_body.clone())
}

/// What is told of `amount` of `payment` that went back by another way.
pub(super) fn paid_back_already(amount: Money, payment: &ProviderPayment) -> PaymentCheck {
    let why = format!("the payment provider paid back {amount} already");
    if payment.refunded == payment.captured {
        PaymentCheck::AllPaidBack(why)
    } else {
        PaymentCheck::Differs(why)
    }
}
