//! A worker that dies leaves its job to another one. A database that fails holds a job back for a while, and not for
//! ever.

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

on_every_database!(
    a_job_whose_worker_died_goes_on_and_cancels_each_order_once,
    |shop| async move {
        let ids = sell(&shop, 8).await;
        let id = begin(&shop, &ids, "k", 100).await;
        // The worker dies in the middle of its turn, with its claim on the job.
        let asked = std::sync::atomic::AtomicUsize::new(0);
        let app = shop.app().clone();
        let dying = async {
            let calls = || {
                let call = asked.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                assert!(call < 4, "the worker dies");
                false
            };
            app.work_on_bulk_cancellations(&calls).await
        };
        let died = futures_util::FutureExt::catch_unwind(std::panic::AssertUnwindSafe(dying)).await;
        assert!(died.is_err());
        let half = job(&shop, &id).await;
        assert_eq!(
            (&half["state"], &half["canceled"]),
            (&json!("RUNNING"), &json!(3))
        );
        let replica = shop.replica().await;
        assert_eq!(
            work(&replica).await,
            0,
            "the claim of the dead worker still holds"
        );
        shop.wait(TimeDelta::seconds(61));
        assert_eq!(work(&replica).await, 5);
        let done = job(&shop, &id).await;
        assert_eq!((&done["state"], &done["canceled"]), (&json!("DONE"), &json!(8)));
        for id in &ids {
            assert_canceled_once(&shop, id).await;
        }
        shop.leave_jobs();
    }
);
