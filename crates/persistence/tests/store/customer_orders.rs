//! Lists of a customer's orders: all filters apply together, and pages neither overlap nor leave orders out.

use std::sync::Arc;

use countermand_domain::{CustomerId, Money, Order, StoreNumber};
use countermand_persistence::{CustomerOrdersQuery, OrderRange, OrderSort, OrdersPage};

use crate::shop::{at, buyer, currency, hold, order_id, plain_order};
use crate::support::{TestShop, change_of, imported, on_every_database};

const OPEN: OrderRange<i64> = OrderRange { from: None, to: None };

/// A change of the query, and the test whether an order is in its answer.
type Case = (fn(&mut CustomerOrdersQuery), fn(&Order) -> bool);

#[tokio::test(flavor = "multi_thread")]
async fn all_filters_apply_together() -> anyhow::Result<()> {
    on_every_database(async |shop| {
        let orders = forty_orders(shop).await?;
        let cases: [Case; 10] = [
            (|_| {}, |_| true),
            (
                |it| it.stores = vec![StoreNumber(2)],
                |it| it.id.store() == StoreNumber(2),
            ),
            (|it| it.stores = vec![], |_| false),
            (|it| it.numbers = Some(vec![]), |_| false),
            (
                |it| it.numbers = Some(vec!["N-007".into(), "N-012".into(), "'".into()]),
                |it| ["N-007", "N-012"].contains(&it.number.as_str()),
            ),
            (
                |it| it.statuses = Some(vec!["closed".into()]),
                |it| it.status == "closed",
            ),
            (
                |it| (it.placed.from, it.placed.to) = (Some(at(5)), Some(at(10))),
                |it| (at(5)..=at(10)).contains(&it.placed_at),
            ),
            (
                |it| (it.base_grand_total.from, it.base_grand_total.to) = (Some(1_003), Some(1_020)),
                |it| (1_003..=1_020).contains(&it.totals.base_grand_total.minor()),
            ),
            (
                |it| {
                    it.statuses = Some(vec!["closed".into(), "pending".into()]);
                    it.placed.from = Some(at(3));
                    it.number_part = Some("1".into());
                },
                |it| it.number.as_str().contains('1') && it.placed_at >= at(3),
            ),
            (|it| it.customer = CustomerId::from_number(1), |_| false),
        ];
        for (number, (filter, kept)) in cases.into_iter().enumerate() {
            let mut query = everything_of(buyer());
            filter(&mut query);
            let page = shop.database.customer_orders(&query).await?;
            let expected: Vec<_> = orders
                .iter()
                .filter(|it| kept(it))
                .cloned()
                .map(Arc::new)
                .collect();
            assert_eq!(
                page.total,
                Some(u64::try_from(expected.len())?),
                "filter {number}"
            );
            assert_eq!(page.orders, expected, "filter {number}");
            let has_orders = query.customer == buyer();
            assert_eq!(page.first_placed_at, has_orders.then(|| at(0)), "filter {number}");
        }
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn orders_are_sorted_as_asked() -> anyhow::Result<()> {
    on_every_database(async |shop| {
        let mut orders = forty_orders(shop).await?;
        for descending in [false, true] {
            orders.sort_by_key(|it| (it.placed_at, it.id));
            assert_sorted(shop, OrderSort::PlacedAt { descending }, &orders, descending).await?;
            orders.sort_by(|a, b| (&a.number, a.id).cmp(&(&b.number, b.id)));
            assert_sorted(shop, OrderSort::Number { descending }, &orders, descending).await?;
        }
        orders.sort_by_key(|it| it.id);
        assert_sorted(shop, OrderSort::Id, &orders, false).await
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_shows_what_another_replica_has_changed() -> anyhow::Result<()> {
    on_every_database(async |shop| {
        let orders = forty_orders(shop).await?;
        let replica = shop.replica().await?;
        let query = everything_of(buyer());
        for _ in 0..2 {
            let page = shop.database.customer_orders(&query).await?;
            assert!(page.orders.iter().map(|it| &**it).eq(&orders));
        }
        let held = hold(&orders[7], 1);
        replica.apply(&change_of(&orders[7], &held, "")).await?;
        let page = shop.database.customer_orders(&query).await?;
        assert_eq!(*page.orders[7], held.after);
        assert_eq!(*page.orders[8], orders[8]);
        replica.close().await;
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_add_up_and_a_page_past_the_end_shows_the_last_page() -> anyhow::Result<()> {
    on_every_database(async |shop| {
        let orders = forty_orders(shop).await?;
        let mut seen = Vec::new();
        for page in 1..=6 {
            let page = page_of(shop, page, 7).await?;
            assert_eq!(
                (page.total, page.orders.len().min(7)),
                (Some(40), page.orders.len())
            );
            seen.extend(page.orders);
        }
        let orders: Vec<_> = orders.into_iter().map(Arc::new).collect();
        assert_eq!(seen, orders);
        for (asked, size, shown) in [
            (7, 7, 6),
            (1_000_000, 7, 6),
            (u64::MAX, 7, 6),
            (9, 40, 1),
            (2, 100, 1),
        ] {
            let page = page_of(shop, asked, size).await?;
            assert_eq!(page.page, shown);
            let last = page_of(shop, shown, size).await?.orders;
            assert_eq!(page.orders, last, "page {asked} of {size}");
        }
        let mut without_orders = everything_of(CustomerId::from_number(1));
        without_orders.page = 3;
        let page = shop.database.customer_orders(&without_orders).await?;
        assert_eq!((page.total, page.page, page.orders.len()), (Some(0), 1, 0));
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn special_characters_in_a_part_of_a_number_are_literal() -> anyhow::Result<()> {
    on_every_database(async |shop| {
        let numbers = [
            "100%", "100_", "100!", "100\\", "100'", "AbC-1", "xyz", "a[b]c", "?$1:x",
        ];
        for (counter, number) in (1..).zip(numbers) {
            let mut order = plain_order(counter);
            order.number = number.into();
            shop.database.insert_orders(&[imported(&order)]).await?;
        }
        for (part, found) in [
            ("%", vec!["100%"]),
            ("_", vec!["100_"]),
            ("!", vec!["100!"]),
            ("\\", vec!["100\\"]),
            ("'", vec!["100'"]),
            ("0%", vec!["100%"]),
            ("1%0", vec![]),
            ("[b]", vec!["a[b]c"]),
            ("?$1", vec!["?$1:x"]),
            // Letters match in any case, as in Adobe's database.
            ("abc", vec!["AbC-1"]),
            ("XY", vec!["xyz"]),
            ("", numbers.to_vec()),
        ] {
            let mut query = everything_of(buyer());
            query.number_part = Some(part.into());
            let orders = shop.database.customer_orders(&query).await?.orders;
            let matched: Vec<_> = orders.iter().map(|it| it.number.as_str()).collect();
            assert_eq!(matched, found, "part {part}");
        }
        Ok(())
    })
    .await
}

/// The query for all orders of a customer, on one page.
pub(crate) fn everything_of(customer: CustomerId) -> CustomerOrdersQuery {
    CustomerOrdersQuery {
        customer,
        stores: vec![StoreNumber(1), StoreNumber(2)],
        numbers: None,
        number_part: None,
        text: None,
        statuses: None,
        placed: OrderRange { from: None, to: None },
        base_grand_total: OPEN,
        sort: OrderSort::Id,
        page: 1,
        page_size: 100,
        counts_all: true,
        finds_first: true,
    }
}

/// Saves forty orders of two store views, some placed at the same instant, and one order of another customer.
/// The forty are given back by ascending id.
async fn forty_orders(shop: &TestShop) -> anyhow::Result<Vec<Order>> {
    let order = |counter: i64| {
        let mut order = plain_order(counter);
        order.id = order_id(if counter % 3 == 0 { 2 } else { 1 }, counter);
        order.number = format!("N-{:03}", 50 - counter).into();
        order.status = if counter % 4 == 0 { "closed" } else { "pending" }.into();
        order.placed_at = at(counter * 7 % 20);
        order.totals.base_grand_total = Money::new(1_000 + counter, currency("EUR"));
        order
    };
    let mut orders: Vec<_> = (1..=40).map(order).collect();
    let mut other = order(41);
    other.customer.id = Some(CustomerId::from_number(2));
    other.placed_at = at(-1);
    let new: Vec<_> = orders.iter().chain([&other]).map(imported).collect();
    shop.database.insert_orders(&new).await?;
    orders.sort_by_key(|it| it.id);
    Ok(orders)
}

async fn page_of(shop: &TestShop, page: u64, page_size: u64) -> anyhow::Result<OrdersPage> {
    let query = CustomerOrdersQuery {
        page,
        page_size,
        ..everything_of(buyer())
    };
    Ok(shop.database.customer_orders(&query).await?)
}

async fn assert_sorted(
    shop: &TestShop,
    sort: OrderSort,
    ascending: &[Order],
    descending: bool,
) -> anyhow::Result<()> {
    let query = CustomerOrdersQuery {
        sort,
        ..everything_of(buyer())
    };
    let found: Vec<_> = shop
        .database
        .customer_orders(&query)
        .await?
        .orders
        .iter()
        .map(|it| it.id)
        .collect();
    let mut expected: Vec<_> = ascending.iter().map(|it| it.id).collect();
    if descending {
        expected.reverse();
    }
    assert_eq!(found, expected, "{sort:?}");
    Ok(())
}
