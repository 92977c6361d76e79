//! The rules of a store view for cancellations, resolved for one order. They say who must give a reason, and who must
//! write a comment.

use chrono::{DateTime, Utc};

use crate::cancellation::mode::ResolvedMode;
use crate::cancellation::{
    CancellationMode, CancellationReason, CancellationRefusal, CancellationRules, ReasonAudience, ReasonList,
};
use crate::id::StoreNumber;
use crate::order::{Actor, FreeTextProblem, Order, free_text};

/// The most characters of the comment on a cancellation.
pub const LONGEST_CANCELLATION_COMMENT: usize = 2_000;

/// Whether, how and why a buyer of a store view may cancel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CancellationPolicy {
    /// The store view's switch.
    pub enabled: bool,
    /// The store view's reasons.
    pub reasons: ReasonList,
    /// Whether the buyer is told by mail once an order is canceled.
    pub notifies_customer: bool,
    /// The rules that hold while the switch is on.
    pub rules: CancellationRules,
}

impl CancellationPolicy {
    /// How a cancellation of `order` by `actor` is decided at `now`: off, on request, or at once.
    ///
    /// The answer does not say that the order can be canceled: its state, its shipments and its invoices are not part
    /// of it.
    #[must_use]
    pub fn mode(&self, order: &Order, actor: &Actor, now: DateTime<Utc>) -> CancellationMode {
        self.resolve(order, actor, now).mode
    }

    /// The moments after `now` at which the mode becomes another one because time passes, the earliest first.
    pub(crate) fn mode_changes(
        &self,
        order: &Order,
        actor: &Actor,
        now: DateTime<Utc>,
    ) -> Vec<DateTime<Utc>> {
        let mut moments: Vec<_> = self.rules.turning_points(order).filter(|at| *at > now).collect();
        moments.sort_unstable();
        let mut mode = self.mode(order, actor, now);
        moments.retain(|at| std::mem::replace(&mut mode, self.mode(order, actor, *at)) != mode);
        moments
    }

    pub(crate) fn resolve(&self, order: &Order, actor: &Actor, now: DateTime<Utc>) -> ResolvedMode {
        if self.enabled {
            self.rules.resolve(order, actor, now)
        } else {
            ResolvedMode {
                mode: CancellationMode::Off,
                is_after_window: false,
            }
        }
    }

    /// The reason that `actor` gives with `text`; none where the text is blank and the store view asks `actor` for
    /// none.
    pub(crate) fn reason_of(
        &self,
        actor: &Actor,
        text: &str,
        store: StoreNumber,
        now: DateTime<Utc>,
    ) -> Result<Option<&CancellationReason>, CancellationRefusal> {
        if text.trim().is_empty() && !self.rules.reason_required.include(actor) {
            return Ok(None);
        }
        self.reason(text, store, actor, now).map(Some)
    }

    /// The comment of `actor` for `reason` as it is kept.
    pub(crate) fn comment_of(
        &self,
        actor: &Actor,
        reason: Option<&CancellationReason>,
        typed: Option<&str>,
    ) -> Result<Option<String>, CancellationRefusal> {
        let comment = kept_comment(typed)?;
        let is_needed = self.rules.comment_required.include(actor)
            || reason.is_some_and(|reason| reason.rules.needs_comment);
        if comment.is_none() && is_needed {
            return Err(CancellationRefusal::CommentRequired);
        }
        Ok(comment)
    }

    /// The reason that `actor` means by `text` in `store`, among those that the actor may choose at `now`.
    pub(crate) fn reason(
        &self,
        text: &str,
        store: StoreNumber,
        actor: &Actor,
        now: DateTime<Utc>,
    ) -> Result<&CancellationReason, CancellationRefusal> {
        self.reasons
            .find_offered(text, store, ReasonAudience::of(actor), now)
            .ok_or(CancellationRefusal::InvalidReason)
    }
}

/// The comment to keep: without space around it, and none if no other character is left.
pub(crate) fn kept_comment(typed: Option<&str>) -> Result<Option<String>, FreeTextProblem> {
    let Some(typed) = typed else { return Ok(None) };
    let text = free_text(typed, LONGEST_CANCELLATION_COMMENT)?;
    Ok((!text.is_empty()).then(|| text.to_owned()))
}
