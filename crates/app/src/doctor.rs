//! Looks over everything that is kept and says which promises hold.

use countermand_domain::Order;
use countermand_domain::invariants::{INVARIANTS, broken_by};

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
    /// Orders with a violation, by number or by id: at least one for every broken promise.
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

impl App {
    /// Checks every order and every rule over tables; `seen` hears of progress, in orders.
    pub async fn doctor(&self, mut seen: impl FnMut(u64)) -> Result<DoctorReport, AppError> {
        let mut findings: Vec<Finding> = INVARIANTS
            .iter()
            .map(|invariant| Finding {
                invariant: invariant.promise,
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
                if broken_by(order).next().is_none() {
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
        for rule in self.store().row_counts().await?.rules {
            findings.push(Finding {
                invariant: rule.rule,
                violations: u64::try_from(rule.broken).unwrap_or(0),
                examples: rule.example.iter().map(|id| format!("order id {id}")).collect(),
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
    for (invariant, finding) in INVARIANTS.iter().zip(findings) {
        if !invariant.holds(order) {
            finding.violations += 1;
            if finding.examples.len() < EXAMPLES {
                finding.examples.push(order.number.clone());
            }
        }
    }
}
