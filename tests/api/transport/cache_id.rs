//! `X-Magento-Cache-Id`, a header that storefronts read, keep and send back.

use countermand_tests::{TestShop, on_every_database};

use super::QUERY;

async fn id(shop: &TestShop, headers: &[(&str, &str)]) -> String {
    let asked = headers
        .iter()
        .fold(shop.ask(QUERY), |asked, (name, value)| asked.header(name, value));
    let answer = asked.send().await;
    answer.header("x-magento-cache-id").unwrap_or_default().to_owned()
}

on_every_database!(
    the_cache_id_depends_on_the_headers_and_on_being_signed_in,
    |shop| async move {
        let visitor = id(&shop, &[("store", "default")]).await;
        assert_eq!(visitor.len(), 64, "{visitor}");
        assert_eq!(id(&shop, &[("store", "default")]).await, visitor);
        let token = shop.customer("anna@example.com").await;
        let bearer = format!("Bearer {token}");
        let customer = id(&shop, &[("store", "default"), ("authorization", &bearer)]).await;
        assert_ne!(customer, visitor);
        let other = shop.customer("bert@example.com").await;
        let bearer = format!("Bearer {other}");
        let other = id(&shop, &[("store", "default"), ("authorization", &bearer)]).await;
        assert_eq!(other, customer, "nothing is told about the customer");
        assert_ne!(
            id(&shop, &[("store", "default"), ("content-currency", "EUR")]).await,
            visitor
        );
    }
);

on_every_database!(a_cache_id_that_was_sent_comes_back, |shop| async move {
    assert_eq!(id(&shop, &[("x-magento-cache-id", "abc123")]).await, "abc123");
    let own = id(&shop, &[]).await;
    for odd in ["null", "a b", "<script>", &"a".repeat(129)] {
        assert_eq!(id(&shop, &[("x-magento-cache-id", odd)]).await, own, "{odd}");
    }
    // Refused requests have a cache id too.
    let broken = shop.ask("{").send().await;
    assert_eq!(broken.header("x-magento-cache-id"), Some(own.as_str()));
});
