//! Events carry data, and older rows are read as they are.

use countermand_domain::{
    Actor, EventData, EventKind, InvoiceRequest, ItemPosition, OrderState, Quantity, SettledMatter,
    Settlement,
};
use countermand_persistence::EventOfTime;

use crate::shop::{at, cancel, hold, plain_order, staff};
use crate::support::{TestShop, change_of, imported, on_every_database};

#[tokio::test(flavor = "multi_thread")]
async fn an_event_comes_back_with_its_data() -> anyhow::Result<()> {
    on_every_database(async |shop| {
        let order = plain_order(1);
        shop.database.insert_orders(&[imported(&order)]).await?;
        let invoice = InvoiceRequest {
            lines: vec![(ItemPosition(1), Quantity::whole(1))],
            ..InvoiceRequest::default()
        };
        let invoiced = order.invoice(&invoice, &staff(), at(1))?;
        let canceled = cancel(&invoiced.after);
        let mut before = &order;
        for step in [&invoiced, &canceled] {
            shop.database.apply(&change_of(before, step, "")).await?;
            before = &step.after;
        }
        let events = shop.database.trail(order.id).await?.events;
        let expected = [
            (EventData::Imported, ""),
            (invoiced.event.data, "invoice 000000001-1, $15.00"),
            (canceled.event.data, "other, $15.00 refunded"),
        ];
        for (event, (data, note)) in events.into_iter().zip(expected) {
            assert_eq!((event.data, event.note.as_str()), (Some(data), note));
        }
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_that_was_written_before_events_had_data_keeps_its_note() -> anyhow::Result<()> {
    on_every_database(async |shop| {
        let order = plain_order(1);
        shop.database.insert_orders(&[imported(&order)]).await?;
        let held = hold(&order, 5);
        shop.database.apply(&change_of(&order, &held, "")).await?;
        let as_before =
            "UPDATE order_events SET note = 'was new', schema_version = 0, data = NULL WHERE version = 2";
        assert_eq!(shop.sql(as_before).await?, 1);
        let event = shop.database.trail(order.id).await?.events.pop();
        let event = event.map(|it| (it.kind, it.note, it.data));
        assert_eq!(event, Some(("order.held".into(), "was new".into(), None)));
        assert_eq!(
            held.event.data,
            EventData::Held {
                from: OrderState::New
            }
        );
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_settlement_that_cannot_be_read_hides_no_other_one_of_the_program() -> anyhow::Result<()> {
    on_every_database(async |shop| {
        let mut order = plain_order(1);
        shop.database.insert_orders(&[imported(&order)]).await?;
        let settled = |note: &str| Settlement {
            matter: SettledMatter::PaymentProblem,
            note: note.to_owned(),
            reference: None,
        };
        let steps = [
            ("first", Actor::System),
            ("by hand", staff()),
            ("second", Actor::System),
        ];
        for (note, actor) in steps {
            let step = order.settle(settled(note), &actor, at(5))?;
            shop.database.apply(&change_of(&order, &step, "")).await?;
            order = step.after;
        }
        let unreadable = r#"UPDATE order_events SET data = '{"kind": "of_the_future"}' WHERE version = 2"#;
        assert_eq!(shop.sql(unreadable).await?, 1);
        assert!(shop.database.trail(order.id).await.is_err());
        let events = shop.database.settlements_by_system(order.id).await?;
        let read: Vec<_> = events
            .iter()
            .map(|event| (event.version, event.settlement().cloned()))
            .collect();
        assert_eq!(read, [(2, None), (4, Some(settled("second")))]);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_of_a_time_hold_each_event_once_and_end_with_the_time() -> anyhow::Result<()> {
    on_every_database(async |shop| {
        // Three orders come at the minute 60. Two of them are held at the minute 70, and one at the minute 90.
        for (counter, minute) in [(1, 70), (2, 90), (3, 70)] {
            let order = plain_order(counter);
            shop.database.insert_orders(&[imported(&order)]).await?;
            let held = hold(&order, minute);
            shop.database.apply(&change_of(&order, &held, "")).await?;
        }
        let (came, held) = (EventKind::Imported, EventKind::Held);
        let all = [
            (came, 60, 1),
            (came, 60, 2),
            (came, 60, 3),
            (held, 70, 1),
            (held, 70, 3),
            (held, 90, 2),
        ];
        for limit in 1..=7 {
            assert_eq!(events_of_time(shop, 60, 90, limit).await?, all);
            assert_eq!(events_of_time(shop, 61, 89, limit).await?, all[3..5]);
        }
        assert!(events_of_time(shop, 91, 1_000, 2).await?.is_empty());
        assert!(events_of_time(shop, 90, 60, 2).await?.is_empty());
        Ok(())
    })
    .await
}

/// The kind, the minute and the counter of the order of each event between two minutes, read in pages of `limit`.
async fn events_of_time(
    shop: &TestShop,
    from: i64,
    to: i64,
    limit: usize,
) -> anyhow::Result<Vec<(EventKind, i64, i64)>> {
    let (mut all, mut after) = (Vec::<EventOfTime>::new(), None);
    loop {
        let page = shop
            .database
            .events_of_time(at(from), at(to), after, u64::try_from(limit)?)
            .await?;
        assert!(page.events.len() <= limit);
        assert!(page.events.len() == limit || !page.has_more);
        after = page.events.last().map(|event| event.place);
        all.extend(page.events);
        if !page.has_more {
            break;
        }
    }
    assert!(all.is_sorted_by_key(|event| event.place));
    let told = all.into_iter().map(|event| {
        let kind = event.kind.expect("a known kind");
        let minute = (event.place.at - at(0)).num_minutes();
        (kind, minute, event.place.order.number() % 10_000_000_000)
    });
    Ok(told.collect())
}
