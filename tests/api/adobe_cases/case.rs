//! Runs a row: makes the order, sends the operation, and checks the answer and every side effect.

use countermand_tests::TestShop;
use countermand_tests::refusal::Refusal;
use serde_json::{Value, json};

use super::sold::{BUYER, Sold};

/// An operation and its input as it stands in the document. `$id` and `$token` are those of the order.
#[derive(Debug, Clone, Copy)]
pub(super) struct CaseRequest {
    operation: &'static str,
    input: &'static str,
    signed_in: bool,
    by_get: bool,
}

/// The signed-in buyer cancels.
pub(super) const fn cancel(input: &'static str) -> CaseRequest {
    asked("cancelOrder", input, true)
}

/// A guest asks for a confirmation key.
pub(super) const fn request(input: &'static str) -> CaseRequest {
    asked("requestGuestOrderCancel", input, false)
}

/// A guest confirms.
pub(super) const fn confirm(input: &'static str) -> CaseRequest {
    asked("confirmCancelOrder", input, false)
}

const fn asked(operation: &'static str, input: &'static str, signed_in: bool) -> CaseRequest {
    CaseRequest {
        operation,
        input,
        signed_in,
        by_get: false,
    }
}

impl CaseRequest {
    /// The same operation without signing in.
    pub(super) const fn anonymously(self) -> Self {
        Self {
            signed_in: false,
            ..self
        }
    }

    /// The same operation by GET.
    pub(super) const fn by_get(self) -> Self {
        Self { by_get: true, ..self }
    }
}

/// The expected answer.
#[derive(Debug, Clone, Copy)]
pub(super) enum Outcome {
    Error(&'static str, &'static str),
    Refused(Refusal),
    RefusedShowing(Refusal, &'static str),
    Canceled(Effects),
}

/// A top-level error with a category and a message.
pub(super) const fn fails(category: &'static str, message: &'static str) -> Outcome {
    Outcome::Error(category, message)
}

/// A refusal without the order.
pub(super) const fn refused(refusal: Refusal) -> Outcome {
    Outcome::Refused(refusal)
}

/// A refusal with the order, in this status.
pub(super) const fn shows(refusal: Refusal, status: &'static str) -> Outcome {
    Outcome::RefusedShowing(refusal, status)
}

/// A cancellation with these effects.
pub(super) const fn canceled(effects: Effects) -> Outcome {
    Outcome::Canceled(effects)
}

/// Everything that a cancellation changed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Effects {
    /// The status label in the answer.
    pub(super) status: &'static str,
    /// The whole history, oldest first, each entry with the status code beside it.
    pub(super) comments: &'static [(&'static str, &'static str)],
    /// The canceled and the refunded quantity of each item.
    pub(super) quantities: &'static [(i64, i64)],
    /// The money that each credit memo pays back, in cents.
    pub(super) credit_memos: &'static [i64],
}

/// Makes the order, sends the request and checks its effects. An order that is not canceled must not change.
pub(super) async fn check(shop: TestShop, sold: Sold, asked: CaseRequest, expected: Outcome) {
    let id = sold.prepare(&shop).await;
    let before = shop.order(&id).await;
    let token = shop.order_token(&id).await;
    let input = asked
        .input
        .replace("$id", &format!("{id:?}"))
        .replace("$token", &format!("{token:?}"));
    let operation = asked.operation;
    let document = format!(
        "mutation {{
           {operation}(input: {{ {input} }}) {{ error errorV2 {{ code message }} order {{ status }} }}
         }}"
    );
    let mut request = shop.ask(&document);
    if asked.signed_in {
        request = request.token(&shop.customer(BUYER).await);
    }
    if asked.by_get {
        request = request.by_get();
    }
    let answer = request.send().await;
    match expected {
        Outcome::Error(category, message) => answer.fails(category, message),
        Outcome::Refused(refusal) => assert_eq!(answer.refused(refusal), &Value::Null),
        Outcome::RefusedShowing(refusal, status) => {
            assert_eq!(answer.refused(refusal), &json!({ "status": status }));
        }
        Outcome::Canceled(effects) => {
            assert_eq!(answer.order(), &json!({ "status": effects.status }));
            effects.check(&shop.order(&id).await);
            assert_eq!(shop.run_jobs().await.len(), 1, "one mail tells the buyer");
            return;
        }
    }
    assert_eq!(shop.order(&id).await, before, "the order changed");
}

impl Effects {
    fn check(&self, order: &Value) {
        let comments: Vec<_> = list(&order["comments"])
            .map(|it| (text(&it["message"]), text(&it["status"])))
            .collect();
        assert_eq!(comments, self.comments);
        let items = list(&order["order"]["items"]);
        let whole = |value: &Value| value.as_f64().map(|units| units.to_string());
        let quantities: Vec<_> = items
            .map(|it| (whole(&it["quantity_canceled"]), whole(&it["quantity_refunded"])))
            .collect();
        let expected: Vec<_> = self
            .quantities
            .iter()
            .map(|(c, r)| (Some(c.to_string()), Some(r.to_string())))
            .collect();
        assert_eq!(quantities, expected, "canceled and refunded");
        let memos = list(&order["order"]["credit_memos"]);
        let memos: Vec<_> = memos
            .map(|it| it["total"]["grand_total"]["value"].to_string())
            .collect();
        let expected: Vec<_> = self
            .credit_memos
            .iter()
            .map(|cents| format!("{}.{}", cents / 100, cents % 100))
            .collect();
        assert_eq!(memos, expected, "credit memos");
    }
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().expect("a list").iter()
}

fn text(value: &Value) -> &str {
    value.as_str().expect("a text")
}
