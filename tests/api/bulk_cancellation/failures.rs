//! A database that fails holds a job back for a while, and not for ever.

use chrono::TimeDelta;
use countermand_tests::database::execute;
use countermand_tests::on_every_database;
use serde_json::json;

use super::{assert_canceled_once, begin, job, sell, work};

on_every_database!(
    a_job_rests_while_the_database_fails_and_goes_on_without_the_order_at_which_it_fails_again_and_again,
    |shop| async move {
        let ids = sell(&shop, 2).await;
        let id = begin(&shop, &ids, "k", 100).await;
        let app = shop.app();
        let url = shop.database_url();
        execute(url, "ALTER TABLE cancellations RENAME TO away").await;
        for failure in 1..=8 {
            let turn = app.work_on_bulk_cancellations(&|| false).await;
            assert!(turn.is_err(), "failure {failure}: {turn:?}");
            let waits = job(&shop, &id).await;
            let failed = i32::from(failure == 8);
            assert_eq!(
                (&waits["state"], &waits["failed"]),
                (&json!("RUNNING"), &json!(failed))
            );
            if failure < 8 {
                let turn = app.work_on_bulk_cancellations(&|| false).await;
                assert_eq!(turn.expect("no turn"), 0, "the job rests");
                shop.wait(TimeDelta::seconds(1 << failure));
            }
        }
        execute(url, "ALTER TABLE away RENAME TO cancellations").await;
        shop.wait(TimeDelta::seconds(1));
        assert_eq!(work(&shop).await, 1);
        let done = job(&shop, &id).await;
        assert_eq!(
            (&done["state"], &done["canceled"], &done["failed"]),
            (&json!("DONE"), &json!(1), &json!(1))
        );
        assert_eq!(done["orders"]["items"][0]["code"], "DATABASE");
        assert_canceled_once(&shop, &ids[1]).await;
        shop.leave_jobs();
    }
);
