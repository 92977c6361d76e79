//! The search of staff: newest orders first, and reading page by page finds every order once.

use std::cmp::Reverse;

use countermand_domain::channel::ChannelOrderNumber;
use countermand_domain::{Order, OrderChannel, OrderNumber, OrderState, StoreNumber};
use countermand_persistence::{OrderRange, OrderSearch, OrderSearchPage, Searched};

use crate::shop::{at, order_id, plain_order};
use crate::support::{TestShop, imported, on_every_database};

/// A change of the query, and the test whether an order is in its answer.
type Case = (fn(&mut OrderSearch), fn(&Order) -> bool);

#[tokio::test(flavor = "multi_thread")]
async fn reading_page_by_page_finds_every_order_once_newest_first() -> anyhow::Result<()> {
    on_every_database(async |shop| {
        let orders = fifty_orders(shop).await?;
        for limit in [1, 7, 10, 25, 50, 51] {
            assert_eq!(walk(shop, &everything(), limit).await?, orders, "{limit} a page");
        }
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn each_filter_finds_its_orders() -> anyhow::Result<()> {
    on_every_database(async |shop| {
        let orders = fifty_orders(shop).await?;
        for (number, (filter, kept)) in filters().into_iter().enumerate() {
            let mut search = everything();
            filter(&mut search);
            let expected: Vec<_> = orders.iter().filter(|it| kept(it)).cloned().collect();
            assert_eq!(walk(shop, &search, 3).await?, expected, "filter {number}");
            assert_eq!(
                exact_count(shop, &search).await?,
                expected.len(),
                "filter {number}"
            );
        }
        Ok(())
    })
    .await
}

fn filters() -> [Case; 20] {
    [
        (
            |it| it.store = Some(StoreNumber(2)),
            |it| it.id.store() == StoreNumber(2),
        ),
        (|it| it.status = Some("closed".into()), |it| it.status == "closed"),
        (|it| it.status = Some("CLOSED".into()), |_| false),
        (
            |it| it.number = Some("000000007".into()),
            |it| it.number.as_str() == "000000007",
        ),
        (|it| it.number = Some("' OR 1=1 --".into()), |_| false),
        (
            |it| it.email = Some("Ada@Example.COM".into()),
            |it| it.customer.email == "ada@example.com",
        ),
        (
            |it| it.email = Some("Bob@Example.com".into()),
            |it| it.customer.email == "Bob@Example.com",
        ),
        (
            |it| (it.placed.from, it.placed.to) = (Some(at(1)), Some(at(2))),
            |it| (at(1)..=at(2)).contains(&it.placed_at),
        ),
        (
            |it| {
                it.store = Some(StoreNumber(1));
                it.status = Some("closed".into());
                it.email = Some("ada@example.com".into());
                it.placed.from = Some(at(1));
            },
            |it| {
                it.id.store() == StoreNumber(1)
                    && it.status == "closed"
                    && it.customer.email == "ada@example.com"
                    && it.placed_at >= at(1)
            },
        ),
        (
            |it| it.facts.number_part = Some("07".into()),
            |it| it.number.as_str().contains("07"),
        ),
        (|it| it.facts.number_part = Some("%".into()), |_| false),
        (
            |it| it.facts.email_part = Some("B@EXAMPLE".into()),
            |it| it.customer.email == "Bob@Example.com",
        ),
        (
            |it| it.facts.name_part = Some("DA LOVE".into()),
            |it| it.customer.full_name().to_lowercase().contains("da love"),
        ),
        (|it| it.facts.sku_part = Some("no such sku".into()), |_| false),
        (
            |it| it.facts.sales_channel = Some("amazon".into()),
            |it| {
                it.channel
                    .as_ref()
                    .is_some_and(|channel| channel.name == "amazon")
            },
        ),
        (
            |it| it.channel_number = ChannelOrderNumber::parse("303-15"),
            |it| it.number == OrderNumber::from("000000015"),
        ),
        (
            |it| {
                it.channel_number = ChannelOrderNumber::parse("303-15");
                it.facts.sales_channel = Some("amazon".into());
            },
            |_| false,
        ),
        (
            |it| it.facts.state = Some(OrderState::Closed),
            |it| it.state == OrderState::Closed,
        ),
        (
            |it| it.facts.is_paid = Some(true),
            |it| {
                it.totals
                    .paid
                    .is_some_and(|paid| paid.minor() >= it.totals.grand_total.minor())
            },
        ),
        (
            |it| {
                it.facts.grand_total = OrderRange {
                    from: Some(0),
                    to: Some(i64::MAX),
                }
            },
            |it| it.totals.grand_total.minor() >= 0,
        ),
    ]
}

async fn exact_count(shop: &TestShop, search: &OrderSearch) -> anyhow::Result<usize> {
    let Searched::Found(counted) = shop.database.count_orders(search).await? else {
        anyhow::bail!("too many were canceled");
    };
    anyhow::ensure!(counted.is_exact, "{counted:?}");
    Ok(usize::try_from(counted.count)?)
}

#[tokio::test(flavor = "multi_thread")]
async fn orders_that_arrive_between_two_pages_are_not_repeated_or_skipped() -> anyhow::Result<()> {
    on_every_database(async |shop| {
        let orders = fifty_orders(shop).await?;
        let first = search(shop, &everything(), None, 20).await?;
        let mut newer = plain_order(60);
        newer.placed_at = at(100);
        shop.database.insert_orders(&[imported(&newer)]).await?;
        let rest = search(shop, &everything(), first.0.last(), 50).await?;
        assert!(first.1 && !rest.1);
        assert_eq!([first.0, rest.0].concat(), orders);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_search_that_stops_early_says_where_and_goes_on_from_there() -> anyhow::Result<()> {
    on_every_database(async |shop| {
        let orders = fifty_orders(shop).await?;
        let is_found = |order: &Order| order.number.as_str().ends_with('7');
        let expected: Vec<_> = orders.iter().filter(|order| is_found(order)).cloned().collect();
        let mut search = OrderSearch {
            most_looked_at: 7,
            ..everything()
        };
        search.facts.number_part = Some("7".into());
        let Searched::Found(counted) = shop.database.count_orders(&search).await? else {
            anyhow::bail!("no time was asked for");
        };
        assert!(!counted.is_exact && counted.count <= 7, "{counted:?}");
        let (mut found, mut pages) = (Vec::new(), 0);
        loop {
            let page = page_of(shop.database.search_orders(&search).await?)?;
            pages += 1;
            found.extend(page.orders);
            if !page.has_more {
                break;
            }
            let (placed_at, id) = page.stopped_at.expect("a page that is not full stopped early");
            let position = orders.iter().position(|order| order.id.number() == id);
            assert_eq!(position, Some(7 * pages - 1), "page {pages}");
            search.after = Some((placed_at, id));
        }
        assert_eq!((found, pages), (expected, 8));
        Ok(())
    })
    .await
}

/// A search without a filter.
pub(crate) fn everything() -> OrderSearch {
    OrderSearch {
        limit: 10,
        ..OrderSearch::default()
    }
}

/// Saves orders, ten at each of five instants. They are given back newest first.
async fn fifty_orders(shop: &TestShop) -> anyhow::Result<Vec<Order>> {
    let order = |counter: i64| {
        let mut order = plain_order(counter);
        order.id = order_id(if counter % 3 == 0 { 2 } else { 1 }, counter);
        order.status = if counter % 4 == 0 { "closed" } else { "pending" }.into();
        order.placed_at = at(counter % 5);
        if counter % 5 == 0 {
            let number = ChannelOrderNumber::parse(&format!("303-{counter}")).expect("a number");
            let name = if counter % 2 == 0 { "amazon" } else { "our-market" };
            order.channel = Some(OrderChannel {
                name: name.into(),
                number,
                canceled_at: None,
            });
        }
        if counter % 7 == 0 {
            order.customer.email = "Bob@Example.com".into();
        }
        order
    };
    let mut orders: Vec<_> = (1..=50).map(order).collect();
    let new: Vec<_> = orders.iter().map(imported).collect();
    shop.database.insert_orders(&new).await?;
    orders.sort_by_key(|it| Reverse((it.placed_at, it.id)));
    Ok(orders)
}

/// Reads page after page until there are no more.
async fn walk(shop: &TestShop, wanted: &OrderSearch, limit: u64) -> anyhow::Result<Vec<Order>> {
    let mut met: Vec<Order> = Vec::new();
    loop {
        let (page, has_more) = search(shop, wanted, met.last(), limit).await?;
        let is_full = u64::try_from(page.len())? == limit;
        met.extend(page);
        if !has_more {
            return Ok(met);
        }
        anyhow::ensure!(is_full, "a page with a next one is full");
    }
}

async fn search(
    shop: &TestShop,
    wanted: &OrderSearch,
    after: Option<&Order>,
    limit: u64,
) -> anyhow::Result<(Vec<Order>, bool)> {
    let search = OrderSearch {
        after: after.map(|it| (it.placed_at, it.id.number())),
        limit,
        ..wanted.clone()
    };
    let page = page_of(shop.database.search_orders(&search).await?)?;
    Ok((page.orders, page.has_more))
}

/// The page of a search that did not ask for too many canceled orders.
pub(crate) fn page_of(searched: Searched<OrderSearchPage>) -> anyhow::Result<OrderSearchPage> {
    match searched {
        Searched::Found(page) => Ok(page),
        Searched::TooManyCanceled => anyhow::bail!("too many orders were canceled"),
    }
}
