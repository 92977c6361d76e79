//! Checks all stored data and reports which invariants are broken.

use countermand_domain::Order;
use countermand_domain::invariants::{INVARIANTS, broken_by};

use crate::App;
use crate::error::AppError;

const BATCH: u64 = 100;
const EXAMPLES: usize = 5;

/// An invariant, and the orders that break it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The name of the invariant.
    pub invariant: &'static str,
    /// How many orders or rows break the invariant.
    pub violations: u64,
    /// Numbers or ids of orders that break the invariant: at least one, unless only rows without an order break it.
    pub examples: Vec<String>,
}

/// The result of checking all stored data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DoctorReport {
    /// How many orders were checked.
    pub orders: u64,
    /// Each invariant with the orders that break it.
    pub findings: Vec<Finding>,
    /// How many events are in no chain, because a version of the program without chains wrote them.
    pub unchained_events: u64,
}

impl App {
    /// Checks every order and every rule about tables. `seen` is called with the number of orders checked so far.
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
            let batch = self.database().scan_orders(last, BATCH).await?;
            let Some(end) = batch.last() else { break };
            last = Some(end.id);
            for order in &batch {
                if broken_by(order).next().is_none() {
                    continue;
                }
                // The order's row and its children were read one after the other, while the shop kept
                // working. Only a violation that remains when the whole order is read at once counts.
                if let Some(loaded) = self.database().order(order.id).await? {
                    check(&loaded.order, &mut findings);
                }
            }
            orders += u64::try_from(batch.len()).unwrap_or(0);
            seen(orders);
        }
        for rule in self.database().row_counts().await?.rules {
            findings.push(Finding {
                invariant: rule.rule,
                violations: u64::try_from(rule.broken).unwrap_or(0),
                examples: rule.example.iter().map(|id| format!("order id {id}")).collect(),
            });
        }
        let histories = self.database().check_histories(EXAMPLES).await?;
        let example = |(order, version)| format!("order id {order} from version {version}");
        findings.push(Finding {
            invariant: "the history of each order is as it was written",
            violations: histories.broken,
            examples: histories.examples.into_iter().map(example).collect(),
        });
        Ok(DoctorReport {
            orders,
            findings,
            unchained_events: histories.unchained,
        })
    }
}

impl DoctorReport {
    /// Whether no invariant is broken.
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
                finding.examples.push(order.number.to_string());
            }
        }
    }
}
