//! Tokens of staff: they are told apart by ids, their last use is known to the hour, and old ones are deleted.

use chrono::TimeDelta;
use countermand_app::accounts::access_token::TokenInfo;
use countermand_domain::StaffRole;
use countermand_tests::{TestShop, on_every_database};

const QUERY: &str = "{ orders { items { version } } }";

async fn listed(shop: &TestShop, name: &str) -> Vec<TokenInfo> {
    let tokens = shop.app().staff_tokens().await.expect("tokens");
    tokens.into_iter().filter(|token| token.name == name).collect()
}

on_every_database!(
    the_last_use_of_a_token_is_written_at_most_once_an_hour,
    |shop| async move {
        let token = shop.staff(StaffRole::Viewer, None).await;
        let last_use = async || listed(&shop, "viewer").await[0].last_used_at;
        let ask = async || {
            let before = shop.database().round_trips();
            let read = shop.ask(QUERY).token(&token).send().await;
            assert!(read.data("/orders/items").is_array());
            shop.database().round_trips() - before
        };
        assert_eq!(last_use().await, None);
        let first = shop.now();
        let with_write = ask().await;
        assert_eq!(last_use().await, Some(first));
        shop.wait(TimeDelta::minutes(59));
        let without = ask().await;
        assert!(without < with_write, "{without} and {with_write} round trips");
        assert_eq!(last_use().await, Some(first));
        shop.wait(TimeDelta::minutes(1));
        ask().await;
        assert_eq!(last_use().await, Some(shop.now()));
    }
);

on_every_database!(a_token_is_revoked_by_its_id_alone, |shop| async move {
    let (one, two) = (
        shop.staff(StaffRole::Viewer, None).await,
        shop.staff(StaffRole::Viewer, None).await,
    );
    let tokens = listed(&shop, "viewer").await;
    assert_eq!(tokens.len(), 2);
    assert!(tokens.iter().all(|token| token.id.len() == 12));
    assert_ne!(tokens[0].id, tokens[1].id);
    let revoked = shop.app().revoke_staff_token(&tokens[0]).await;
    assert!(revoked.expect("revoked"));
    let again = shop.app().revoke_staff_token(&tokens[0]).await;
    assert!(!again.expect("not revoked again"));
    let mut valid = 0;
    for token in [&one, &two] {
        let answer = shop.ask(QUERY).token(token).send().await;
        valid += usize::from(answer.body.get("errors").is_none());
    }
    assert_eq!(valid, 1);
    let entry = shop.audit_log(1).await.remove(0);
    assert_eq!(
        [&entry["action"], &entry["target"], &entry["details"]],
        ["revokeStaffTokens", "viewer", tokens[0].id.as_str()]
    );
});

on_every_database!(
    tokens_of_staff_are_deleted_30_days_after_their_end,
    |shop| async move {
        // Each of these tokens is valid for a day.
        shop.staff(StaffRole::Viewer, None).await;
        shop.staff(StaffRole::Manager, None).await;
        shop.app().revoke_staff_tokens("manager").await.expect("revoked");
        shop.wait(TimeDelta::days(30));
        shop.app().tidy().await.expect("tidied");
        assert_eq!(
            listed(&shop, "manager").await.len(),
            0,
            "it was revoked 30 days ago"
        );
        assert_eq!(listed(&shop, "viewer").await.len(), 1, "it expired 29 days ago");
        shop.wait(TimeDelta::days(1));
        shop.app().tidy().await.expect("tidied");
        assert_eq!(listed(&shop, "viewer").await.len(), 0);
        assert_eq!(listed(&shop, "owner").await.len(), 1, "a valid token stays");
    }
);
