//! Erases a person: the orders keep what the law wants kept, and everything else about the person is replaced or
//! deleted.
//!
//! Each order is erased in a transaction of its own, and the account in the last one. An erasure that was interrupted
//! goes on when it is asked for again.

use countermand_domain::{Actor, CustomerId, OrderId};
use countermand_persistence::{AuditEntry, OrderChange};

use crate::App;
use crate::accounts::person::{Person, PersonInput, names_address};
use crate::error::{AppError, UserError};
use crate::failure::Failure;
use crate::idempotency::{HeldKey, SEALED_RESULT};
use crate::journal;
use crate::obligations::ObligationKind;
use crate::rights::StaffOperation;
use crate::viewer::Viewer;

/// The most orders that one request erases.
pub const MOST_ERASED: u64 = 200;

/// The obligations that are looked through at once.
const PAGE: u64 = 500;

/// What was erased.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Erased {
    /// The number of orders whose buyer was erased by this request.
    pub orders: u64,
    /// Whether nothing is left: if not, the account is still there, and the request must be repeated.
    pub is_complete: bool,
}

/// Who erases, for the history and the audit log.
struct Eraser<'a> {
    actor: Actor,
    origin: &'a str,
    /// The idempotency key of the request, where it has one.
    key: Option<&'a HeldKey>,
}

impl App {
    /// Erases a person for a member of staff. At most [`MOST_ERASED`] orders are erased at once. The last transaction of
    /// an erasure marks the idempotency key of its request; a repetition before that goes on with what is left.
    pub async fn erase_customer(
        &self,
        viewer: &Viewer,
        input: &PersonInput,
    ) -> Result<Erased, Failure<UserError>> {
        Self::check_may_handle_persons(viewer, StaffOperation::EraseCustomer)?;
        if viewer.is_carried_out() {
            let unreadable = AppError::Internal("the result of an erasure is unreadable".into());
            return Ok(Erased {
                orders: viewer.left_result()?.parse().map_err(|_| unreadable)?,
                is_complete: true,
            });
        }
        let eraser = Eraser {
            actor: viewer.actor(),
            origin: &viewer.origin,
            key: viewer.key.as_ref(),
        };
        self.erase(&eraser, input, MOST_ERASED).await
    }

    /// Erases a person with all orders, for the command line.
    pub async fn erase_customer_by_command(&self, input: &PersonInput) -> Result<Erased, Failure<UserError>> {
        let eraser = Eraser {
            actor: Actor::System,
            origin: "",
            key: None,
        };
        self.erase(&eraser, input, u64::MAX).await
    }

    async fn erase(
        &self,
        eraser: &Eraser<'_>,
        input: &PersonInput,
        most: u64,
    ) -> Result<Erased, Failure<UserError>> {
        let person = self.person(input).await?;
        let mut orders = 0;
        loop {
            let ids = self.orders_of(&person, PAGE.min(most - orders)).await?;
            if ids.is_empty() {
                break;
            }
            for id in ids {
                self.erase_buyer_of(eraser, id).await?;
                orders += 1;
            }
            if orders >= most && !self.orders_of(&person, 1).await?.is_empty() {
                return Ok(Erased {
                    orders,
                    is_complete: false,
                });
            }
        }
        self.erase_loose_mails(&person).await?;
        self.clear_kept_answers().await?;
        self.erase_account_of(eraser, &person, orders).await?;
        Ok(Erased {
            orders,
            is_complete: true,
        })
    }

    /// Erases the buyer of one order; again if another change of the order came first.
    async fn erase_buyer_of(&self, eraser: &Eraser<'_>, id: OrderId) -> Result<(), Failure<UserError>> {
        self.retry_on_conflict(AppError::OrderContended, || async {
            let Some(loaded) = self.database().order(id).await? else {
                return Ok(());
            };
            let transition = loaded.order.erase_buyer(&eraser.actor, self.now());
            let number = loaded.order.number.as_str();
            let kind = transition.event.data.kind();
            let change = OrderChange {
                obligations: self.messages_of(&loaded.shop, &transition.after, kind)?,
                audit: Some(self.trail(
                    &eraser.actor,
                    eraser.origin,
                    StaffOperation::EraseCustomer.name(),
                    number,
                    "",
                )),
                ..OrderChange::new(&loaded.order, loaded.head, &transition, eraser.origin, || {
                    self.env().next_id()
                })
            };
            self.database().erase_buyer(&change, &job_kinds()).await?;
            journal::order_changed(StaffOperation::EraseCustomer.name(), &loaded.shop, &change);
            Ok(())
        })
        .await
    }

    /// Deletes mails to the person that belong to no order, such as those with a link for a new password.
    async fn erase_loose_mails(&self, person: &Person) -> Result<(), AppError> {
        let mut after = String::new();
        loop {
            let page = self
                .database()
                .loose_obligations(&job_kinds(), &after, PAGE)
                .await?;
            let Some(last) = page.last() else { return Ok(()) };
            after.clone_from(&last.id);
            let mut about = Vec::new();
            for loose in page {
                let payload = self.opened_payload(&loose.id, &loose.payload).unwrap_or_default();
                let payload = String::from_utf8_lossy(&payload);
                if names_address(&payload, &person.email) {
                    about.push(loose.id);
                }
            }
            self.database().delete_obligations(&about).await?;
        }
    }

    /// Clears the answers that are kept for repetitions of anonymous callers and of staff: each may show the person,
    /// also a refusal that changed no order. A job that `retryJob` left for its repetitions may do so in its error.
    async fn clear_kept_answers(&self) -> Result<(), AppError> {
        let mut after = String::new();
        while let Some(last) = self.database().clear_answers_about_others(&after, PAGE).await? {
            after = last;
        }
        let retried = StaffOperation::RetryJob.name();
        Ok(self
            .database()
            .forget_marks_beside(retried, SEALED_RESULT)
            .await?)
    }

    async fn erase_account_of(
        &self,
        eraser: &Eraser<'_>,
        person: &Person,
        orders: u64,
    ) -> Result<(), AppError> {
        let id = person.account.as_ref().map(|account| account.id);
        let target = id.map_or_else(
            || "a guest".to_owned(),
            |id| format!("customer {}", CustomerId::number(id)),
        );
        let details = format!("{orders} orders");
        let operation = StaffOperation::EraseCustomer.name();
        let marks = eraser
            .key
            .map(|key| [key.mark(operation), key.result_mark(&orders.to_string())]);
        let audit = AuditEntry {
            marks: marks.into_iter().flatten().collect(),
            ..self.trail(&eraser.actor, eraser.origin, operation, &target, &details)
        };
        let (mut targets, mut about) = (Vec::new(), Vec::new());
        for entry in self.audit_entries_of(person).await? {
            if names_address(&entry.details, &person.email) {
                about.push(entry.id.clone());
            }
            if entry.target.eq_ignore_ascii_case(&person.email) {
                targets.push(entry.id);
            }
        }
        self.database()
            .erase_account(id, &targets, &about, &audit)
            .await?;
        tracing::info!(
            customer = id.map(CustomerId::number),
            orders,
            "a person was erased"
        );
        Ok(())
    }
}

/// The codes of the kinds of obligations that are met for a person: mails and answers. A message to another system is made
/// when it is sent, from rows that are erased by then.
fn job_kinds() -> Vec<&'static str> {
    const TO_SYSTEMS: [ObligationKind; 2] =
        [ObligationKind::WebhookDelivery, ObligationKind::EventPublication];
    let is_for_person = |kind: &&ObligationKind| kind.is_job() && !TO_SYSTEMS.contains(*kind);
    let kinds = ObligationKind::ALL.iter().filter(is_for_person);
    kinds.map(|kind| kind.code()).collect()
}
