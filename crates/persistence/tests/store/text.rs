//! Texts are kept unchanged, letter by letter.

use countermand_persistence::DatabaseError;

use crate::full_order::full_order;
use crate::order::{assert_same, live_through};
use crate::shop::{currency, order_id, plain_order};
use crate::support::{imported, on_every_database};

/// Texts that break a program which pastes texts into statements, into patterns or into pages of characters.
const HOSTILE: [&str; 27] = [
    "'",
    "\"",
    "\\",
    "\\'",
    "''",
    "`",
    "'); DROP TABLE orders; --",
    "\\'); DROP TABLE orders; --",
    ";\nCOMMIT;\nBEGIN;\n",
    "/* */ -- #",
    "?",
    "$1 $$",
    ":x @x",
    "%_%",
    "{} {0}",
    "NULL",
    "\\u0041 \\n \\z \\x41",
    "E'\\x41'",
    "one\ntwo\r\nthree\tfour",
    "\u{1}\u{8}\u{b}\u{c}\u{1a}\u{1b}\u{7f}",
    "😀 👨‍👩‍👧 🏳️‍🌈",
    "שלום \u{202e}abc\u{202c} عربي",
    "𝄞𠜎𠜱",
    "e\u{301} é ß ẞ İ ı",
    "\u{feff}\u{fffd}\u{200b}\u{2028}",
    "]}\"'{[",
    " spaced ",
];

#[tokio::test(flavor = "multi_thread")]
async fn hostile_texts_are_kept_unchanged_in_every_field() -> anyhow::Result<()> {
    on_every_database(async |shop| {
        for (counter, text) in (1..).zip(HOSTILE) {
            let words = |most: usize| text.chars().take(most).collect();
            let order = full_order(order_id(1, counter), currency("USD"), &words);
            live_through(shop, order, &words).await?;
        }
        let orders = shop.number("SELECT COUNT(*) FROM orders").await?;
        assert_eq!(usize::try_from(orders)?, HOSTILE.len());
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_longest_texts_are_kept_whole() -> anyhow::Result<()> {
    on_every_database(async |shop| {
        for (counter, letter) in (1..).zip(["x", "é", "𝄞", "\\", "'"]) {
            let words = |most: usize| letter.repeat(most);
            let order = full_order(order_id(1, counter), currency("USD"), &words);
            live_through(shop, order, &words).await?;
        }
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_that_does_not_fit_is_never_shortened() -> anyhow::Result<()> {
    on_every_database(async |shop| {
        let before = shop.row_counts().await?;
        let mut order = plain_order(1);
        order.items[0].sku = "𝄞".repeat(256);
        let outcome = shop
            .database
            .insert_orders(&[imported(&plain_order(2)), imported(&order)])
            .await;
        if shop.refuses_long_texts() {
            assert!(matches!(outcome, Err(DatabaseError::Failed(_))), "{outcome:?}");
            assert_eq!(shop.row_counts().await?, before);
        } else {
            outcome?;
            assert_same(shop, &order).await?;
        }
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_with_a_nul_is_kept_whole_or_refused_whole() -> anyhow::Result<()> {
    on_every_database(async |shop| {
        let before = shop.row_counts().await?;
        let mut order = plain_order(1);
        order.items[0].name = "a\0'b".into();
        match shop.database.insert_orders(&[imported(&order)]).await {
            Ok(()) => assert_same(shop, &order).await?,
            Err(DatabaseError::Failed(_)) => assert_eq!(shop.row_counts().await?, before),
            Err(other) => panic!("{other:?}"),
        }
        // The connection that sent the text can still be used.
        for counter in 2..10 {
            shop.database
                .insert_orders(&[imported(&plain_order(counter))])
                .await?;
        }
        Ok(())
    })
    .await
}
