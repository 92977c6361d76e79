//! A customer's subscriptions: each is listed once, with the order that pays its newest period.

use countermand_domain::{CustomerId, Order, OrderId};

use crate::shop::{buyer, order_id, plain_order, subscription};
use crate::support::{TestShop, imported, on_every_database};

/// An order of `customer` that pays periods: the id of each subscription, and the minute from which the period is paid.
fn order_paying(counter: i64, customer: CustomerId, periods: &[(&str, i64)]) -> Order {
    let mut order = plain_order(counter);
    order.customer.id = Some(customer);
    let periods = periods.iter();
    order.subscriptions = periods.map(|(id, minute)| subscription(id, *minute)).collect();
    order
}

/// A page of a customer's subscriptions, each with its order, and the number of all of them.
async fn page_of(
    shop: &TestShop,
    customer: CustomerId,
    page: u64,
    page_size: u64,
) -> anyhow::Result<(Vec<(String, OrderId)>, u64)> {
    let found = shop.database.customer_subscriptions(customer, page, page_size);
    let found = found.await?;
    let subscriptions = found.subscriptions.into_iter();
    Ok((
        subscriptions.map(|(id, order)| (id, order.id)).collect(),
        found.total,
    ))
}

#[tokio::test(flavor = "multi_thread")]
async fn each_subscription_of_a_customer_is_listed_once_with_its_newest_period() -> anyhow::Result<()> {
    on_every_database(async |shop| {
        let another = CustomerId::from_number(2);
        let orders = [
            order_paying(1, buyer(), &[("A", 10), ("B", 30)]),
            order_paying(2, buyer(), &[("A", 20)]),
            // Of two orders that pay the same period, the later one counts.
            order_paying(3, buyer(), &[("A", 20)]),
            order_paying(4, buyer(), &[("C", 5)]),
            order_paying(5, another, &[("A", 99)]),
        ];
        let orders: Vec<_> = orders.iter().map(imported).collect();
        shop.database.insert_orders(&orders).await?;
        let listed = |all: &[(&str, i64)]| {
            let listed = all
                .iter()
                .map(|(id, order)| ((*id).to_owned(), order_id(1, *order)));
            listed.collect::<Vec<_>>()
        };
        for (page, subscriptions) in [
            (1, listed(&[("B", 1), ("A", 3)])),
            (2, listed(&[("C", 4)])),
            (3, listed(&[])),
        ] {
            let found = page_of(shop, buyer(), page, 2).await?;
            assert_eq!(found, (subscriptions, 3), "page {page}");
        }
        assert_eq!(page_of(shop, another, 1, 2).await?, (listed(&[("A", 5)]), 1));
        assert_eq!(
            page_of(shop, CustomerId::from_number(3), 1, 2).await?,
            (listed(&[]), 0)
        );
        Ok(())
    })
    .await
}
