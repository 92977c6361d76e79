//! The money that an order pays back, by tender, in the words for buyers.

use std::borrow::Cow;

use countermand_domain::{Money, MoneyError};
use countermand_persistence::ReversalSeries;

use crate::App;
use crate::error::AppError;
use crate::orders::order_view::OrderView;
use crate::refund_word::RefundWord;

/// Money that an order pays back by one tender, all of it in one state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OrderRefund {
    /// The position of the tender by which the money goes back, from 0.
    pub tender: usize,
    /// The state in the words for buyers.
    pub word: RefundWord,
    /// The amount, more than zero.
    pub amount: Money,
}

impl App {
    /// The money that the order of `view` pays back, at most one entry for each tender and word. It takes one round trip
    /// where a refund is open and the refunds were not read with the order.
    pub async fn order_refunds(&self, view: &OrderView) -> Result<Vec<OrderRefund>, AppError> {
        let is_owed = view
            .order
            .payment
            .transactions
            .iter()
            .any(|it| it.owed.is_positive());
        let reversals = match &view.reversals {
            Some(known) => Cow::Borrowed(known.as_slice()),
            None if is_owed => Cow::Owned(self.database().reversal_series(view.order.id).await?),
            None => Cow::Owned(Vec::new()),
        };
        let all = refunds_by_tender(view, &reversals);
        all.map_err(|problem| AppError::Internal(problem.to_string()))
    }
}

fn refunds_by_tender(view: &OrderView, reversals: &[ReversalSeries]) -> Result<Vec<OrderRefund>, MoneyError> {
    let order = &view.order;
    let mut all = Vec::new();
    for tender in 0..order.payment.tender_count() {
        let progress = if order.payment.tender_count() == 1 {
            order.refund_progress()?
        } else {
            order.payment.refund_progress_of(tender, order.currency())?
        };
        // The refunds may have been read a moment before the order, or after it.
        let looked_into = looked_into(view, reversals, tender)?.checked_min(progress.on_its_way)?;
        let parts = [
            (
                RefundWord::OnItsWay,
                progress.on_its_way.checked_sub(looked_into)?,
            ),
            (RefundWord::LookedInto, looked_into),
            (RefundWord::Refunded, progress.refunded),
            (RefundWord::NotRefunded, progress.not_refunded),
        ];
        let parts = parts.into_iter().filter(|(_, amount)| amount.is_positive());
        all.extend(parts.map(|(word, amount)| OrderRefund { tender, word, amount }));
    }
    Ok(all)
}

/// How much captured money of `tender` the shop looks into. A void moves no captured money.
fn looked_into(view: &OrderView, reversals: &[ReversalSeries], tender: usize) -> Result<Money, MoneyError> {
    let order = &view.order;
    let is_of_tender = |series: &&ReversalSeries| {
        let transaction = order.payment.transactions.get(series.transaction);
        series.is_refund && transaction.is_some_and(|it| it.tender == tender)
    };
    let looked_into = reversals
        .iter()
        .filter(is_of_tender)
        .filter(|series| RefundWord::of(series) == RefundWord::LookedInto);
    let currency = order.currency();
    Money::sum(
        currency,
        looked_into.map(|series| Money::new(series.amount, currency)),
    )
}
