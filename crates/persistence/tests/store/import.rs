//! The import of orders: a batch is saved as a whole, a number once, and a newer order replaces an untouched one only.

use countermand_domain::{CustomerId, EventData, Order, OrderNumber, StoreNumber};
use countermand_persistence::{DatabaseError, KnownOrder, LocalWork, NewOrder};
use futures_util::future::join_all;
use uuid::Uuid;

use crate::customer_orders::everything_of;
use crate::full_order::{full_order, life_to_hold};
use crate::shop::{self, at, currency, event, order_id, plain_order};
use crate::support::{TestShop, change_of, imported, on_every_database};

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_with_a_taken_order_number_imports_no_order() -> anyhow::Result<()> {
    on_every_database(async |shop| {
        shop.database.insert_orders(&[imported(&plain_order(1))]).await?;
        let before = shop.row_counts().await?;
        let mut same_number = plain_order(3);
        same_number.number = plain_order(1).number;
        let batch = [imported(&plain_order(2)), imported(&same_number)];
        let outcome = shop.database.insert_orders(&batch).await;
        assert!(matches!(outcome, Err(DatabaseError::Duplicate)), "{outcome:?}");
        assert_eq!(shop.row_counts().await?, before);
        // Another store view may use the same number.
        same_number.id = order_id(2, 3);
        shop.database.insert_orders(&[imported(&same_number)]).await?;
        shop.database.insert_orders(&[]).await?;
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn one_of_several_simultaneous_imports_of_a_file_is_saved() -> anyhow::Result<()> {
    on_every_database(async |shop| {
        let replica = shop.replica().await?;
        let stores = [&shop.database, &replica].into_iter().cycle();
        let attempts = (0..6).zip(stores).map(async |(attempt, database)| {
            let order = |counter: i64| {
                let mut order = plain_order(counter + attempt * 100);
                order.number = format!("same-{counter}").into();
                imported(&order)
            };
            let batch: Vec<_> = (1..=20).map(order).collect();
            database.insert_orders(&batch).await
        });
        let outcomes = join_all(attempts).await;
        assert_eq!(outcomes.iter().filter(|it| it.is_ok()).count(), 1, "{outcomes:?}");
        let others_refused = outcomes
            .iter()
            .all(|it| matches!(it, Ok(()) | Err(DatabaseError::Duplicate)));
        assert!(others_refused, "{outcomes:?}");
        assert_eq!(shop.row_counts().await?["orders"], 20);
        replica.close().await;
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn known_orders_say_whether_they_were_changed_here() -> anyhow::Result<()> {
    on_every_database(async |shop| {
        let (untouched, worked_on) = (plain_order(1), plain_order(2));
        shop.database
            .insert_orders(&[imported(&untouched), imported(&worked_on)])
            .await?;
        hold(shop, &worked_on).await?;
        let asked = [
            untouched.number.clone(),
            worked_on.number.clone(),
            "'nowhere".into(),
        ];
        let known = shop.database.known_orders(StoreNumber(1), &asked).await?;
        assert_eq!(known.len(), 2);
        let seen = known[&untouched.number];
        assert_eq!((seen.id, seen.version, seen.work), (untouched.id, 1, None));
        assert_eq!(seen.updated_at, untouched.updated_at);
        let seen = known[&worked_on.number];
        assert_eq!(
            (seen.id, seen.version, seen.work),
            (worked_on.id, 2, Some(LocalWork::default()))
        );
        assert_eq!(seen.updated_at, at(60));
        assert!(
            shop.database
                .known_orders(StoreNumber(2), &asked)
                .await?
                .is_empty()
        );
        assert!(shop.database.known_orders(StoreNumber(1), &[]).await?.is_empty());
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_newer_import_replaces_all_data_of_an_untouched_order() -> anyhow::Result<()> {
    on_every_database(async |shop| {
        let older = full_order(order_id(1, 1), currency("USD"), &|_| "older".into());
        let life = life_to_hold(&older, &|_| "older".into());
        shop.database
            .insert_orders(&[imported(life.last().map_or(&older, |step| &step.after))])
            .await?;
        let known = known(shop, &older.number).await?;
        let mut newer = plain_order(1);
        newer.number = older.number;
        let newer = update_of(&known, &newer);
        shop.database.replace_order(&known, &newer).await?;
        assert_eq!(shop.order(newer.order.id).await?, newer.order);
        let trail = shop.database.trail(newer.order.id).await?.events;
        let origins: Vec<_> = trail.iter().map(|event| event.origin.as_str()).collect();
        assert_eq!(origins, ["", "192.0.2.7"]);
        let counts = shop.row_counts().await?;
        assert_eq!((counts["order_items"], counts["order_events"]), (1, 2));
        let leftovers = [
            "invoices",
            "shipments",
            "credit_memos",
            "payment_transactions",
            "order_comments",
        ];
        assert!(leftovers.iter().all(|table| counts[table] == 0), "{counts:?}");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_newer_import_does_not_replace_an_order_that_was_changed_here() -> anyhow::Result<()> {
    on_every_database(async |shop| {
        let order = plain_order(1);
        shop.database.insert_orders(&[imported(&order)]).await?;
        let known = known(shop, &order.number).await?;
        let held = hold(shop, &order).await?;
        let before = shop.row_counts().await?;
        let outcome = shop
            .database
            .replace_order(&known, &update_of(&known, &order))
            .await;
        assert!(matches!(outcome, Err(DatabaseError::Conflict)), "{outcome:?}");
        assert_eq!(shop.order(order.id).await?, held);
        assert_eq!(shop.row_counts().await?, before);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_and_a_change_at_the_same_time_have_one_winner() -> anyhow::Result<()> {
    on_every_database(async |shop| {
        for counter in 1..=8 {
            let order = plain_order(counter);
            shop.database.insert_orders(&[imported(&order)]).await?;
            let known = known(shop, &order.number).await?;
            let mut newer = update_of(&known, &order);
            newer.order.items[0].sku = "newer".into();
            let held = shop::hold(&order, 60);
            let change = change_of(&order, &held, "");
            let (replaced, worked) = tokio::join!(
                shop.database.replace_order(&known, &newer),
                shop.database.apply(&change)
            );
            let kept = shop.order(order.id).await?;
            match (replaced, worked) {
                (Ok(()), Err(DatabaseError::Conflict)) => assert_eq!(kept, newer.order),
                (Err(DatabaseError::Conflict), Ok(())) => assert_eq!(kept, held.after),
                both => panic!("{both:?}"),
            }
        }
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_keeps_the_number_of_each_customers_orders() -> anyhow::Result<()> {
    on_every_database(async |shop| {
        let (ada, grace) = (CustomerId::from_number(1), CustomerId::from_number(2));
        let of = |customer: Option<CustomerId>, counter: i64| {
            let mut order = plain_order(counter);
            order.customer.id = customer;
            order
        };
        let orders = [
            of(Some(ada), 1),
            of(Some(grace), 2),
            of(None, 3),
            of(Some(ada), 4),
        ];
        for batch in orders.chunks(3) {
            let batch: Vec<_> = batch.iter().map(imported).collect();
            shop.database.insert_orders(&batch).await?;
        }
        // An order that is there already does not count again.
        let mut again = of(Some(ada), 5);
        again.number.clone_from(&orders[0].number);
        assert!(shop.database.insert_orders(&[imported(&again)]).await.is_err());
        assert_eq!(totals(shop, [ada, grace]).await?, [2, 1]);

        let known = known(shop, &orders[0].number).await?;
        let moved = update_of(&known, &of(Some(grace), 1));
        shop.database.replace_order(&known, &moved).await?;
        assert_eq!(totals(shop, [ada, grace]).await?, [1, 2]);
        // The order has another version now, so this replacement changes nothing.
        let outcome = shop
            .database
            .replace_order(&known, &update_of(&known, &orders[0]))
            .await;
        assert!(matches!(outcome, Err(DatabaseError::Conflict)), "{outcome:?}");
        assert_eq!(totals(shop, [ada, grace]).await?, [1, 2]);
        Ok(())
    })
    .await
}

/// The number of orders that a page without a filter shows each customer.
async fn totals(shop: &TestShop, customers: [CustomerId; 2]) -> anyhow::Result<Vec<u64>> {
    let mut totals = Vec::new();
    for customer in customers {
        let page = shop.database.customer_orders(&everything_of(customer)).await?;
        assert_eq!(page.total, Some(u64::try_from(page.orders.len())?));
        totals.extend(page.total);
    }
    Ok(totals)
}

async fn known(shop: &TestShop, number: &OrderNumber) -> anyhow::Result<KnownOrder> {
    let known = shop
        .database
        .known_orders(StoreNumber(1), std::slice::from_ref(number))
        .await?;
    Ok(known[number])
}

async fn hold(shop: &TestShop, order: &Order) -> anyhow::Result<Order> {
    let held = shop::hold(order, 60);
    shop.database.apply(&change_of(order, &held, "")).await?;
    Ok(held.after)
}

fn update_of(known: &KnownOrder, order: &Order) -> NewOrder {
    NewOrder {
        order: Order {
            version: known.version + 1,
            ..order.clone()
        },
        event: event(EventData::Updated),
        event_id: Uuid::now_v7(),
        origin: "192.0.2.7".into(),
        obligations: Vec::new(),
    }
}
