//! Reads the subscriptions of which items pay a period: `extension_attributes.subscription` of an item.

use countermand_domain::{
    IntervalUnit, LONGEST_SUBSCRIPTION_ID, LONGEST_SUBSCRIPTION_INTERVAL, OrderItem, Subscription,
    SubscriptionInterval,
};

use super::items::Row;
use super::notes::{Notes, within};
use super::raw::LINE;
use super::refused_field::OrderRefusal;
use super::shape::{ItemExtensionShape, SubscriptionShape};

const SUBSCRIPTION: &str = "extension_attributes.subscription";

/// The subscriptions of an order. One that cannot be read is refused, because its item would be canceled like any
/// other; if the order is history, it gets a note instead.
pub(super) fn read_subscriptions(
    rows: &[Row<'_>],
    items: &[OrderItem],
    notes: &mut Notes,
) -> Result<Vec<Subscription>, OrderRefusal> {
    let mut subscriptions: Vec<Subscription> = Vec::new();
    for (index, (row, item)) in rows.iter().zip(items).enumerate() {
        let section = format_args!("items[{index}]");
        let read = within(section, notes, |notes| {
            let read = subscription_shape(row).and_then(|shape| {
                let read = |shape| read_subscription(&shape, item, &subscriptions);
                shape.map(read).transpose()
            });
            match read {
                Ok(Some(_)) if !item.quantities.kept_by_buyer().is_positive() => {
                    notes.push(format!("{SUBSCRIPTION} is not kept: no unit of the item is left"));
                    Ok(None)
                }
                Ok(subscription) => Ok(subscription),
                Err(refusal) => notes.tolerate(refusal).map(|()| None),
            }
        });
        subscriptions.extend(read?);
    }
    Ok(subscriptions)
}

fn subscription_shape<'a>(row: &Row<'a>) -> Result<Option<SubscriptionShape<'a>>, OrderRefusal> {
    // Other shapes of `extension_attributes` are no matter: extensions write what they like.
    if !row.shape.extension_attributes.is_structure() {
        return Ok(None);
    }
    let extension = row.shape.extension_attributes.object("extension_attributes");
    let extension: Option<ItemExtensionShape<'a>> = extension.unwrap_or_default();
    extension.unwrap_or_default().subscription.object(SUBSCRIPTION)
}

fn read_subscription(
    shape: &SubscriptionShape<'_>,
    item: &OrderItem,
    others: &[Subscription],
) -> Result<Subscription, OrderRefusal> {
    let field = |name: &str| format!("{SUBSCRIPTION}.{name}");
    let name = field("subscription_id");
    let id = shape.subscription_id.exact_code(&name, LONGEST_SUBSCRIPTION_ID)?;
    let id = id.ok_or_else(|| OrderRefusal::missing(&name))?;
    if item.parent.is_some() {
        return Err(OrderRefusal::new(&name, &id, "is on a part of another item"));
    }
    if others.iter().any(|it| it.id == id) {
        return Err(OrderRefusal::new(
            &name,
            &id,
            "is on another item of the order too",
        ));
    }
    let name = field("interval_unit");
    let unit = shape.interval_unit.exact_code(&name, LINE)?;
    let unit = unit.ok_or_else(|| OrderRefusal::missing(&name))?;
    let read = IntervalUnit::from_code(&unit.to_ascii_uppercase());
    let unit = read.ok_or_else(|| OrderRefusal::new(&name, &unit, "is none of DAY, WEEK, MONTH and YEAR"))?;
    let name = field("interval_count");
    let count = shape.interval_count.id(&name)?;
    let count = count.ok_or_else(|| OrderRefusal::missing(&name))?;
    let fitting = i32::try_from(count).ok();
    let fitting = fitting.filter(|count| (1..=LONGEST_SUBSCRIPTION_INTERVAL).contains(count));
    let problem = format!("must be 1 to {LONGEST_SUBSCRIPTION_INTERVAL}");
    let count = fitting.ok_or_else(|| OrderRefusal::new(&name, &count.to_string(), problem))?;
    let name = field("paid_from");
    let paid_from = shape.paid_from.time(&name)?;
    let paid_from = paid_from.ok_or_else(|| OrderRefusal::missing(&name))?;
    let name = field("paid_until");
    let paid_until = shape.paid_until.time(&name)?;
    let paid_until = paid_until.ok_or_else(|| OrderRefusal::missing(&name))?;
    if paid_until <= paid_from {
        return Err(OrderRefusal::new(
            &name,
            &paid_until.to_string(),
            "is not later than paid_from",
        ));
    }
    Ok(Subscription {
        id,
        item: item.position,
        interval: SubscriptionInterval { unit, count },
        paid_from,
        paid_until,
        end: None,
    })
}
