//! Events carry data, and older rows are read as they are.

use countermand_domain::{EventData, InvoiceRequest, ItemPosition, OrderState, Quantity};

use crate::shop::{at, cancel, hold, plain_order, staff};
use crate::support::{change_of, imported, on_every_database};

#[tokio::test(flavor = "multi_thread")]
async fn an_event_comes_back_with_its_data() -> anyhow::Result<()> {
    on_every_database(async |shop| {
        let order = plain_order(1);
        shop.database.insert_orders(&[imported(&order)]).await?;
        let invoice = InvoiceRequest {
            lines: vec![(ItemPosition(1), Quantity::whole(1))],
            unpaid: false,
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
