//! The number of round trips to the database, because it decides how fast a request is.

use countermand_domain::StoreNumber;
use countermand_persistence::{CustomerOrdersQuery, Database, OrderSearch};

use crate::customer_orders::everything_of;
use crate::full_order::{full_order, life_to_hold};
use crate::order_search::everything;
use crate::shop::{at, buyer, currency, order_id};
use crate::support::{TestShop, change_of, imported, on_every_database};

#[tokio::test(flavor = "multi_thread")]
async fn reading_an_order_takes_one_round_trip() -> anyhow::Result<()> {
    on_every_database(async |shop| {
        fill(shop, 1).await?;
        let database = &shop.database;
        let id = order_id(1, 1);
        assert_eq!(
            trips(database, async || database.order(id).await.map(|_| ())).await?,
            1
        );
        assert_eq!(
            trips(database, async || database
                .order_with_guest_key(id)
                .await
                .map(|_| ()))
            .await?,
            1
        );
        let by_number = async || {
            database
                .order_by_number(StoreNumber(1), &"1".into())
                .await
                .map(|_| ())
        };
        assert_eq!(trips(database, by_number).await?, 1);
        let missing = async || database.order(order_id(1, 99)).await.map(|_| ());
        assert_eq!(trips(database, missing).await?, 1);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_takes_one_round_trip() -> anyhow::Result<()> {
    on_every_database(async |shop| {
        fill(shop, 1).await?;
        let database = &shop.database;
        let mut before = shop.order(order_id(1, 1)).await?;
        for step in life_to_hold(&before.clone(), &|_| "x".into()) {
            let change = change_of(&before, &step, "");
            assert_eq!(trips(database, async || database.apply(&change).await).await?, 1);
            before = step.after;
        }
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_takes_one_round_trip() -> anyhow::Result<()> {
    on_every_database(async |shop| {
        let database = &shop.database;
        database.shop().await?;
        for token in [None, Some(&[1; 32][..])] {
            let session = async || database.session(token, at(0)).await.map(|_| ());
            assert_eq!(trips(database, session).await?, 1);
        }
        assert_eq!(
            trips(database, async || database.shop().await.map(|_| ())).await?,
            1
        );
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_of_orders_of_any_size_takes_two_round_trips() -> anyhow::Result<()> {
    on_every_database(async |shop| {
        fill(shop, 45).await?;
        let database = &shop.database;
        for page_size in [1, 20, 40] {
            let query = CustomerOrdersQuery {
                page_size,
                ..everything_of(buyer())
            };
            let page = async || database.customer_orders(&query).await.map(|_| ());
            assert_eq!(trips(database, page).await?, 2, "{page_size} a page");
            assert_eq!(trips(database, page).await?, 1, "the orders are kept");
            let search = OrderSearch {
                limit: page_size,
                ..everything()
            };
            let page = async || database.search_orders(&search).await.map(|_| ());
            assert_eq!(trips(database, page).await?, 2, "{page_size} a page");
        }
        let past_the_end = CustomerOrdersQuery {
            page: 9,
            ..everything_of(buyer())
        };
        let page = async || database.customer_orders(&past_the_end).await.map(|_| ());
        assert_eq!(trips(database, page).await?, 3);
        Ok(())
    })
    .await
}

/// Saves this many full orders. The structure of the shop is read once, as it is for every request but the first.
async fn fill(shop: &TestShop, orders: i64) -> anyhow::Result<()> {
    for counter in 1..=orders {
        let words = |_| counter.to_string();
        let order = full_order(order_id(1, counter), currency("USD"), &words);
        shop.database.insert_orders(&[imported(&order)]).await?;
    }
    shop.database.shop().await?;
    Ok(())
}

async fn trips<E>(database: &Database, request: impl AsyncFn() -> Result<(), E>) -> Result<u64, E> {
    let before = database.round_trips();
    request().await?;
    Ok(database.round_trips() - before)
}
