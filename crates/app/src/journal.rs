//! The log lines and the counters of the use cases: one line for each thing that happened. Lines and labels hold ids
//! and codes, never names, addresses or free text.

use countermand_domain::{Actor, Effect, EventData, OrderId, Shop, StoreNumber};
use countermand_persistence::{EarlyPayment, OrderChange};

use crate::obligations::ObligationKind;
use crate::order_command::OrderCommand;

/// The counter of cancellations, by outcome, reason and store view.
const CANCELLATIONS: &str = "countermand_cancellations_total";
/// The counter of sign-ins of customers, by outcome.
const SIGN_INS: &str = "countermand_sign_ins_total";
/// The counter of refused tries, by the limit that refused them.
const LIMITS_HIT: &str = "countermand_limits_hit_total";
/// The counter of attempts to meet obligations, by kind and outcome.
const ATTEMPTS: &str = "countermand_obligation_attempts_total";
/// The counter of payments that were forgotten without an order, by the account at the payment provider.
const FORGOTTEN_PAYMENTS: &str = "countermand_forgotten_payments_total";

/// Logs a change of an order that was written. A cancellation, and a guest's request of one, is counted too.
pub(crate) fn order_changed(operation: &str, shop: &Shop, change: &OrderChange<'_>) {
    let (order, event) = (&change.transition.after, &change.transition.event);
    let store = store_code(shop, order.id.store());
    let (outcome, reason) = match &event.data {
        EventData::Canceled(cancellation) => (Some("canceled"), cancellation.reason_code.as_str()),
        EventData::CancellationKeyRequested { reason_code, .. } => (Some("requested"), reason_code.as_str()),
        _ => (None, ""),
    };
    tracing::info!(
        event = event.data.kind().code(),
        order = order.id.number(),
        number = order.number.as_str(),
        version = order.version,
        state = %order.state,
        store,
        reason,
        operation,
        actor = actor(&event.actor),
        owes = owed(change),
        "an order was changed"
    );
    for effect in &change.transition.effects {
        log_wait_for_staff(effect, change);
    }
    if let Some(outcome) = outcome {
        count_cancellation(outcome, reason, store);
    }
}

/// Logs that a void or a refund waits for staff, because no payment provider is connected.
fn log_wait_for_staff(effect: &Effect, change: &OrderChange<'_>) {
    let (kind, transaction) = match *effect {
        Effect::Void { transaction, .. } => (ObligationKind::Void, transaction),
        Effect::Refund { transaction, .. } => (ObligationKind::Refund, transaction),
        Effect::Notify(_) => return,
    };
    if change.is_left_to_staff(transaction) {
        let order = change.transition.after.id.number();
        tracing::info!(kind = kind.code(), order, "an obligation waits for staff");
    }
}

/// How many effects outside the database the change owes. A notice of the rules is one of the obligations, as a mail.
fn owed(change: &OrderChange<'_>) -> usize {
    let moves_money = |effect: &&Effect| match effect {
        Effect::Void { .. } | Effect::Refund { .. } => true,
        Effect::Notify(_) => false,
    };
    let reversals = change.transition.effects.iter().filter(moves_money);
    change.obligations.len() + reversals.count()
}

/// Logs that the rules refused to change an order, with the code of the reason. A refused cancellation is counted too.
pub(crate) fn order_change_refused(command: &OrderCommand<'_>, order: OrderId, code: &'static str) {
    let shop = &command.viewer.shop;
    let store = store_code(shop, order.store());
    tracing::info!(
        code,
        order = order.number(),
        store,
        operation = command.operation,
        actor = actor(&command.actor),
        "a change of an order was refused"
    );
    if let Some(sent) = command.reason {
        // A reason that the store view does not offer is free text, so it is no label.
        let reasons = shop.cancellation_policy(order.store()).reasons;
        let reason = reasons.find(sent, order.store()).map(|it| it.code.as_str());
        count_cancellation("refused", reason.unwrap_or_default(), store);
    }
}

fn count_cancellation(outcome: &'static str, reason: &str, store: &str) {
    metrics::counter!(
        CANCELLATIONS,
        "outcome" => outcome, "reason" => reason.to_owned(), "store" => store.to_owned()
    )
    .increment(1);
}

/// Counts a sign-in by its outcome: `signed_in`, `refused` or `locked`.
pub(crate) fn count_sign_in(outcome: &'static str) {
    metrics::counter!(SIGN_INS, "outcome" => outcome).increment(1);
}

/// Counts a try that a limit refused. `limit` is the name of the kind of limit, not of the caller.
pub(crate) fn count_limit_hit(limit: &str) {
    metrics::counter!(LIMITS_HIT, "limit" => limit.to_owned()).increment(1);
}

/// Counts an attempt to meet an obligation.
pub(crate) fn count_attempt(kind: &'static str, outcome: &'static str) {
    metrics::counter!(ATTEMPTS, "kind" => kind, "outcome" => outcome).increment(1);
}

/// Logs and counts payments that are about to be forgotten: their provider told of them, and no order of `account` has
/// them. Money may be kept for an order that was canceled before it was paid, so a person must be able to find each.
pub(crate) fn payments_are_forgotten(account: &str, payments: &[EarlyPayment]) {
    for forgotten in payments {
        let (payment, last_message) = (forgotten.payment.as_str(), forgotten.at);
        tracing::warn!(
            account,
            payment,
            %last_message,
            "a payment without an order is forgotten: look at the payment provider whether money is kept for it"
        );
    }
    let count = u64::try_from(payments.len()).unwrap_or(u64::MAX);
    metrics::counter!(FORGOTTEN_PAYMENTS, "account" => account.to_owned()).increment(count);
}

/// The actor of a log line: a kind, and the id of a customer. The name of a member of staff stands in the audit log
/// only.
pub(crate) fn actor(actor: &Actor) -> String {
    match actor {
        Actor::Staff { .. } => "staff".into(),
        Actor::Customer(_) | Actor::Guest | Actor::System => actor.label(),
    }
}

/// The code of a store view; empty if there is none with this number.
fn store_code(shop: &Shop, number: StoreNumber) -> &str {
    shop.store(number).map_or("", |store| store.code.as_str())
}

/// `text` with each word that holds an address of a person replaced: mail servers repeat addresses in their answers.
#[must_use]
pub fn without_addresses(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for word in text.split_inclusive(char::is_whitespace) {
        if word.contains('@') {
            let end = word.trim_end_matches(char::is_whitespace).len();
            shown.push_str("(address)");
            shown.push_str(&word[end..]);
        } else {
            shown.push_str(word);
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_line_repeats_no_address() {
        assert_eq!(
            without_addresses("550 5.1.1 <anna@example.com>: unknown user"),
            "550 5.1.1 (address) unknown user"
        );
        assert_eq!(without_addresses("connection refused"), "connection refused");
    }

    #[test]
    fn staff_is_not_named() {
        let named = Actor::Staff { name: "anna".into() };
        assert_eq!(actor(&named), "staff");
    }
}
