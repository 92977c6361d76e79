//! Renewals of a subscription whose end was asked for: a newer import replaces them, and staff of one store view does
//! not reach those of others.

use chrono::TimeDelta;
use countermand_domain::StaffRole;
use countermand_tests::on_every_database;
use serde_json::json;

use super::{BUYER, change, is_healthy, listed, sell, yearly};

on_every_database!(
    a_renewal_that_ends_with_its_period_is_replaced_by_a_newer_import,
    |shop| async move {
        let (anna, _) = sell(&shop, "PERIOD_END").await;
        change(&shop, &anna, "endSubscription", &json!({})).await;
        let mut renewal = yearly("2", "2027-01-01 00:00:00", "2028-01-01 00:00:00").json();
        shop.import(&[renewal.clone()]).await;
        assert_eq!(listed(&shop, &anna).await.0[0]["ends_at"], "2028-01-01 00:00:00");
        shop.wait(TimeDelta::days(2));
        // The biller gives three months more.
        renewal["items"][1]["extension_attributes"]["subscription"]["paid_until"] =
            json!("2028-04-01 00:00:00");
        renewal["updated_at"] = json!("2026-03-09 03:00:00");
        let input = json!({ "orders": renewal.to_string() });
        let summary = shop
            .owner_does("importOrders", input, "updated skipped notes")
            .await;
        assert_eq!([&summary["updated"], &summary["skipped"]], [1, 0], "{summary:#}");
        let anna = shop.sign_in("default", BUYER, "Secret-123").await;
        let (subscriptions, _) = listed(&shop, &anna).await;
        assert_eq!(subscriptions[0]["paid_until"], "2028-04-01 00:00:00");
        assert_eq!(
            subscriptions[0]["ends_at"], "2028-04-01 00:00:00",
            "the end is asked for all the same"
        );

        // What the buyer decides about the renewal is work of the shop.
        change(&shop, &anna, "resumeSubscription", &json!({})).await;
        renewal["updated_at"] = json!("2026-03-12 03:00:00");
        let input = json!({ "orders": renewal.to_string() });
        let summary = shop.owner_does("importOrders", input, "updated skipped").await;
        assert_eq!([&summary["updated"], &summary["skipped"]], [0, 1], "{summary:#}");
        is_healthy(&shop).await;
        shop.leave_jobs();
    }
);

on_every_database!(
    staff_of_one_store_view_ends_no_renewal_of_another,
    |shop| async move {
        let (anna, _) = sell(&shop, "PERIOD_END").await;
        shop.create_store("second", "base", "second").await;
        let renewal = yearly("2", "2027-01-01 00:00:00", "2028-01-01 00:00:00");
        let renewal = renewal.in_store(2);
        let id = shop.import(&[renewal.json()]).await.remove(0);
        let before = shop.order(&id).await["version"].clone();
        let support = shop.staff(StaffRole::Support, Some(1)).await;
        let ended = change(&shop, &support, "endSubscription", &json!({})).await;
        let subscription = &ended["subscription"];
        assert_eq!(subscription["order_number"], "1", "{ended:#}");
        assert_eq!(subscription["ends_at"], "2027-01-01 00:00:00");
        assert_eq!(shop.order(&id).await["version"], before);
        assert_eq!(listed(&shop, &anna).await.0[0]["status"], "ACTIVE");
        shop.leave_jobs();
    }
);
