//! The filters of staff's searches whose plans are checked.

use countermand_domain::channel::ChannelOrderNumber;
use countermand_domain::{OrderState, StoreNumber};

use super::shop::at;
use crate::{AuditFilter, OrderRange, OrderSearch};

/// No filter of the audit log, each filter alone, and several together.
pub(super) fn audit_filters() -> [AuditFilter; 6] {
    let (actor, action, target) = (
        Some("staff:anna".into()),
        Some("holdOrder".into()),
        Some("9".into()),
    );
    let none = AuditFilter::default();
    let of_actor = AuditFilter {
        actor,
        ..none.clone()
    };
    let of_action = AuditFilter {
        action: action.clone(),
        ..none.clone()
    };
    let of_target = AuditFilter {
        target,
        ..none.clone()
    };
    let of_day = AuditFilter {
        from: Some(at(1_000)),
        to: Some(at(1_500)),
        ..none.clone()
    };
    let of_all = AuditFilter {
        action,
        from: Some(at(1_000)),
        ..of_actor.clone()
    };
    [none, of_actor, of_action, of_target, of_day, of_all]
}

/// The staff search with each filter alone.
pub(super) fn searches() -> [(&'static str, OrderSearch); 19] {
    let any = OrderSearch {
        limit: 20,
        ..OrderSearch::default()
    };
    let some = |change: fn(&mut OrderSearch)| {
        let mut search = any.clone();
        change(&mut search);
        search
    };
    [
        ("search", any.clone()),
        ("search by store", some(|it| it.store = Some(StoreNumber(2)))),
        ("search by status", some(|it| it.status = Some("closed".into()))),
        (
            "search by number",
            some(|it| it.number = Some("000000009".into())),
        ),
        (
            "search by email",
            some(|it| it.email = Some("Buyer7@example.com".into())),
        ),
        ("search by date", some(|it| it.placed.from = Some(at(1_500)))),
        (
            "search by store and status",
            some(|it| (it.store, it.status) = (Some(StoreNumber(1)), Some("closed".into()))),
        ),
        (
            "search by canceled time",
            some(|it| (it.canceled.from, it.canceled.to) = (Some(at(1_000)), Some(at(1_100)))),
        ),
        (
            "search by part of number",
            some(|it| it.facts.number_part = Some("99".into())),
        ),
        (
            "search by part of email",
            some(|it| it.facts.email_part = Some("buyer7".into())),
        ),
        (
            "search by name",
            some(|it| it.facts.name_part = Some("Ada".into())),
        ),
        ("search by sku", some(|it| it.facts.sku_part = Some("A".into()))),
        (
            "search by state",
            some(|it| it.facts.state = Some(OrderState::Closed)),
        ),
        (
            "search by number at a sales channel",
            some(|it| it.channel_number = ChannelOrderNumber::parse("303-9")),
        ),
        (
            "search by sales channel",
            some(|it| it.facts.sales_channel = Some("amazon".into())),
        ),
        ("search by paid", some(|it| it.facts.is_paid = Some(false))),
        (
            "search by reason",
            some(|it| it.facts.reason_code = Some("other".into())),
        ),
        (
            "search by amount",
            some(|it| {
                it.facts.grand_total = OrderRange {
                    from: Some(1),
                    to: Some(9_000),
                }
            }),
        ),
        (
            "search by status, reason and store",
            some(|it| {
                it.store = Some(StoreNumber(1));
                it.status = Some("closed".into());
                it.facts.reason_code = Some("other".into());
            }),
        ),
    ]
}
