//! Looks over everything that is kept and says which promises hold.

use countermand_domain::{Money, MoneyError, Order, OrderState, RowMoney, TransactionKind};

use crate::App;
use crate::error::AppError;

const BATCH: u64 = 100;
const EXAMPLES: usize = 5;

/// A promise, and the orders that break it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The promise.
    pub invariant: &'static str,
    /// How many orders or rows break it.
    pub violations: u64,
    /// Numbers of some of them.
    pub examples: Vec<String>,
}

/// What a look over everything found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DoctorReport {
    /// How many orders were looked at.
    pub orders: u64,
    /// Each promise with what breaks it.
    pub findings: Vec<Finding>,
}

type Invariant = (&'static str, fn(&Order) -> Result<bool, MoneyError>);

const INVARIANTS: &[Invariant] = &[
    ("no money is negative", no_money_is_negative),
    ("an order adds up to its grand total", adds_up),
    (
        "what is refunded was captured, per transaction",
        refunded_within_captured,
    ),
    (
        "refunded in all = the sum of the credit memos",
        memos_match_refunds,
    ),
    ("refunded is not more than paid", refunded_within_paid),
    ("no unit is both shipped and canceled", never_shipped_and_canceled),
    (
        "no more is refunded than invoiced, no more invoiced than ordered",
        quantities_in_order,
    ),
    (
        "rows agree with their invoices and credit memos",
        rows_match_documents,
    ),
    (
        "a canceled order has nothing left to cancel or refund",
        canceled_is_final,
    ),
];

impl App {
    /// Checks every order and every rule over tables; `seen` hears of progress, in orders.
    pub async fn doctor(&self, mut seen: impl FnMut(u64)) -> Result<DoctorReport, AppError> {
        let mut findings: Vec<Finding> = INVARIANTS
            .iter()
            .map(|(invariant, _)| Finding {
                invariant,
                violations: 0,
                examples: Vec::new(),
            })
            .collect();
        let mut last = None;
        let mut orders = 0;
        loop {
            let batch = self.store().scan_orders(last, BATCH).await?;
            let Some(end) = batch.last() else { break };
            last = Some(end.id);
            for order in &batch {
                if INVARIANTS.iter().all(|(_, holds)| holds(order).unwrap_or(false)) {
                    continue;
                }
                // Its row and its children were read one after the other, and a shop goes on working: what counts
                // is what is still wrong when all of it is read at once.
                if let Some(loaded) = self.store().order(order.id).await? {
                    check(&loaded.order, &mut findings);
                }
            }
            orders += u64::try_from(batch.len()).unwrap_or(0);
            seen(orders);
        }
        for (invariant, count) in self.store().row_counts().await?.broken {
            let violations = u64::try_from(count).unwrap_or(0);
            findings.push(Finding {
                invariant,
                violations,
                examples: Vec::new(),
            });
        }
        Ok(DoctorReport { orders, findings })
    }
}

impl DoctorReport {
    /// Whether every promise holds.
    #[must_use]
    pub fn is_healthy(&self) -> bool {
        self.findings.iter().all(|finding| finding.violations == 0)
    }
}

fn check(order: &Order, findings: &mut [Finding]) {
    for ((_, holds), finding) in INVARIANTS.iter().zip(findings) {
        if !holds(order).unwrap_or(false) {
            finding.violations += 1;
            if finding.examples.len() < EXAMPLES {
                finding.examples.push(order.number.clone());
            }
        }
    }
}

#[expect(clippy::unnecessary_wraps, reason = "one signature for every invariant")]
fn no_money_is_negative(order: &Order) -> Result<bool, MoneyError> {
    let rows = order
        .items
        .iter()
        .flat_map(|it| [it.ordered, it.invoiced, it.refunded, it.canceled]);
    let shipping = &order.shipping;
    let shipping = [
        shipping.ordered,
        shipping.invoiced,
        shipping.refunded,
        shipping.canceled,
    ];
    let totals = order.totals;
    let paid = totals.paid.unwrap_or(totals.refunded);
    let totals = [
        totals.grand_total,
        totals.credits,
        totals.invoiced,
        paid,
        totals.refunded,
        totals.canceled,
    ];
    let payable = rows.chain(shipping).all(RowMoney::is_non_negative);
    Ok(payable && totals.iter().all(|it| it.minor() >= 0))
}

fn adds_up(order: &Order) -> Result<bool, MoneyError> {
    let value = order
        .items_money()?
        .checked_add(order.shipping.ordered)?
        .payable()?;
    Ok(value.checked_sub(order.totals.credits)? == order.totals.grand_total)
}

fn refunded_within_captured(order: &Order) -> Result<bool, MoneyError> {
    for transaction in &order.payment.transactions {
        if transaction.remaining()?.minor() < 0 {
            return Ok(false);
        }
    }
    let captures = order
        .payment
        .transactions
        .iter()
        .filter(|it| it.kind == TransactionKind::Capture);
    let refunded = Money::sum(order.currency(), captures.map(|it| it.used))?;
    Ok(refunded == order.totals.refunded)
}

fn memos_match_refunds(order: &Order) -> Result<bool, MoneyError> {
    let memos = Money::sum(
        order.currency(),
        order.credit_memos.iter().map(|memo| memo.grand_total),
    )?;
    Ok(memos == order.totals.refunded)
}

fn refunded_within_paid(order: &Order) -> Result<bool, MoneyError> {
    Ok(order.refundable()?.minor() >= 0)
}

#[expect(clippy::unnecessary_wraps, reason = "one signature for every invariant")]
fn never_shipped_and_canceled(order: &Order) -> Result<bool, MoneyError> {
    Ok(order
        .items
        .iter()
        .all(|it| it.quantities.canceled.plus(it.quantities.shipped) <= it.quantities.ordered))
}

#[expect(clippy::unnecessary_wraps, reason = "one signature for every invariant")]
fn quantities_in_order(order: &Order) -> Result<bool, MoneyError> {
    Ok(order.items.iter().all(|it| {
        let q = it.quantities;
        q.refunded <= q.invoiced && q.canceled.plus(q.invoiced) <= q.ordered
    }))
}

fn rows_match_documents(order: &Order) -> Result<bool, MoneyError> {
    let currency = order.currency();
    for item in &order.items {
        let billed = order
            .invoices
            .iter()
            .flat_map(|it| &it.lines)
            .filter(|line| line.item == item.position);
        let credited = order
            .credit_memos
            .iter()
            .flat_map(|it| &it.lines)
            .filter(|line| line.item == item.position);
        let billed = RowMoney::sum(currency, billed.map(|line| line.money))?;
        let credited = RowMoney::sum(currency, credited.map(|line| line.money))?;
        if item.counts && (billed != item.invoiced || credited != item.refunded) {
            return Ok(false);
        }
    }
    Ok(true)
}

#[expect(clippy::unnecessary_wraps, reason = "one signature for every invariant")]
fn canceled_is_final(order: &Order) -> Result<bool, MoneyError> {
    let is_open = |it: &countermand_domain::OrderItem| {
        it.quantities.to_cancel().is_positive() || it.quantities.to_refund().is_positive()
    };
    Ok(order.state != OrderState::Canceled || !order.items.iter().any(is_open))
}
