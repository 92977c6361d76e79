//! What happened to all orders is read in pages of at most 5,000 changes: none is left out, and none is told twice.

use chrono::{DateTime, Utc};
use countermand_persistence::{FeedChange, FeedReach};

use crate::shop::{at, plain_order};
use crate::support::{TestShop, imported, on_every_database};

/// The changes of one order, of which a page holds 5,000.
const CHANGES: i64 = 5_003;
/// The place of the first of the last five changes, which happen at one moment.
const AT_ONCE: i64 = CHANGES - 5;

/// Writes the changes, each a microsecond after the one before it, and the last five at the same moment.
async fn write_changes(shop: &TestShop, start: DateTime<Utc>) -> anyhow::Result<()> {
    let order = plain_order(1);
    shop.database.insert_orders(&[imported(&order)]).await?;
    let digits = (1..10).fold("SELECT 0 AS d".to_owned(), |digits, d| {
        format!("{digits} UNION ALL SELECT {d}")
    });
    let numbers = format!(
        "SELECT a.d + 10 * b.d + 100 * c.d + 1000 * e.d AS i
         FROM ({digits}) a, ({digits}) b, ({digits}) c, ({digits}) e"
    );
    let (id, micros) = (order.id.number(), start.timestamp_micros());
    let statement = format!(
        "INSERT INTO order_events (order_id, version, id, kind, actor, origin, note, created_at, schema_version)
         SELECT {id}, n.i + 2, CAST(n.i AS CHAR(36)), 'order.held', 'system', '', '',
           {micros} + CASE WHEN n.i < {AT_ONCE} THEN n.i ELSE {AT_ONCE} END, 0
         FROM ({numbers}) n WHERE n.i < {CHANGES}"
    );
    assert_eq!(i64::try_from(shop.sql(&statement).await?)?, CHANGES);
    Ok(())
}

/// Reads a time to its end: the number of entries of each page, and all changes.
async fn read(shop: &TestShop, from: DateTime<Utc>) -> anyhow::Result<(Vec<usize>, Vec<FeedChange>)> {
    let (mut from, until) = (from, at(200));
    let (mut sizes, mut changes) = (Vec::new(), Vec::new());
    while from < until {
        let page = shop.database.feed(from, until, FeedReach::default()).await?;
        let is_of_page = |at: DateTime<Utc>| from <= at && at < page.until;
        assert!(page.entries.iter().all(|entry| is_of_page(entry.at)));
        sizes.push(page.entries.len());
        changes.extend(page.entries.into_iter().map(|entry| entry.change));
        assert!(page.until > from, "a page does not end where it begins");
        from = page.until;
    }
    Ok((sizes, changes))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_is_cut_before_a_moment_and_each_change_is_told_once() -> anyhow::Result<()> {
    on_every_database(async |shop| {
        let start = at(100);
        write_changes(shop, start).await?;
        let all: Vec<_> = (0..CHANGES).map(|i| FeedChange::Version(i + 2)).collect();
        // The limit falls among the changes of one moment, so the page ends before all of them.
        let (sizes, changes) = read(shop, start).await?;
        assert_eq!(sizes, [4_998, 5]);
        assert_eq!(changes, all);
        // All of them at one moment: no page can be cut there, so one has more than 5,000.
        let micros = start.timestamp_micros();
        shop.sql(&format!(
            "UPDATE order_events SET created_at = {micros} WHERE version > 1"
        ))
        .await?;
        let (sizes, changes) = read(shop, at(99)).await?;
        assert_eq!(sizes, [0, 5_003, 0]);
        assert_eq!(changes, all);
        Ok(())
    })
    .await
}
