//! Mail servers that are away, busy or broken: each mail arrives in the end, or staff sees it among the failed jobs.

use std::time::Duration;

use chrono::TimeDelta;
use countermand_app::obligations::Settlement;
use countermand_tests::smtp_sink::{Fault, SmtpSink};
use countermand_tests::{TestShop, on_every_database};
use serde_json::{Value, json};

use super::{SERVER, mailer, requested};

/// The longest wait before the second try, plus one second.
const NEXT_TRY: TimeDelta = TimeDelta::seconds(8);

async fn is_postponed(shop: &TestShop, sink: &SmtpSink) -> String {
    match shop.run_jobs_with(&mailer(sink)).await.as_slice() {
        [Settlement::Postponed(problem)] => problem.clone(),
        other => panic!("{other:?}"),
    }
}

on_every_database!(a_mail_is_sent_once_after_the_server_was_down, |shop| async move {
    let mut sink = SmtpSink::open(SERVER).await;
    requested(&shop).await;
    sink.stop().await;
    is_postponed(&shop, &sink).await;
    let waiting = shop.jobs("WAITING").await;
    assert_eq!(waiting.len(), 1);
    assert_eq!(
        (&waiting[0]["attempts"], &waiting[0]["order_number"]),
        (&json!(1), &json!("000000042"))
    );
    assert!(
        waiting[0]["last_error"]
            .as_str()
            .is_some_and(|it| it.contains("onnect")),
        "{waiting:?}"
    );
    assert!(waiting[0]["next_try_at"].is_string());

    sink.start().await;
    assert_eq!(shop.run_jobs_with(&mailer(&sink)).await, [], "not at once");
    shop.wait(NEXT_TRY);
    assert_eq!(shop.run_jobs_with(&mailer(&sink)).await, [Settlement::Met]);
    shop.wait(TimeDelta::days(1));
    assert_eq!(shop.run_jobs_with(&mailer(&sink)).await, []);
    assert_eq!(sink.accepted().len(), 1);
    assert_eq!(shop.jobs("WAITING").await, Vec::<Value>::new());
});

on_every_database!(a_mail_to_a_busy_server_is_tried_again_later, |shop| async move {
    let sink = SmtpSink::open(SERVER).await;
    requested(&shop).await;
    let busy = [
        (Fault::Unavailable, "421"),
        (Fault::Answer("MAIL", "451 busy"), "451"),
        (Fault::Answer("DATA", "451 busy"), "451"),
        (Fault::Answer("AUTH", "535 wrong password"), "535"),
    ];
    for (tried, (fault, told)) in (1..).zip(busy) {
        sink.fails(fault);
        let problem = is_postponed(&shop, &sink).await;
        assert!(problem.contains(told), "{problem}");
        assert_eq!(shop.jobs("WAITING").await[0]["attempts"], json!(tried));
        shop.wait(TimeDelta::minutes(2));
    }
    sink.fails(Fault::Slow(Duration::from_millis(100)));
    assert_eq!(shop.run_jobs_with(&mailer(&sink)).await, [Settlement::Met]);
    assert_eq!(sink.accepted().len(), 1);
});

on_every_database!(
    a_mail_whose_answer_was_lost_is_sent_again_unchanged,
    |shop| async move {
        let sink = SmtpSink::open(SERVER).await;
        requested(&shop).await;
        sink.fails(Fault::HangsUpAfterData);
        is_postponed(&shop, &sink).await;
        sink.fails(Fault::None);
        shop.wait(NEXT_TRY);
        assert_eq!(shop.run_jobs_with(&mailer(&sink)).await, [Settlement::Met]);
        let mails = sink.accepted();
        let [first, second] = mails.as_slice() else {
            panic!("{} mails", mails.len())
        };
        for header in ["Message-ID", "Date", "Subject", "To"] {
            assert_eq!(first.header(header), second.header(header));
        }
    }
);

on_every_database!(
    a_refused_mail_is_given_up_listed_and_sent_again_by_staff,
    |shop| async move {
        let sink = SmtpSink::open(SERVER).await;
        let id = requested(&shop).await;
        sink.fails(Fault::Answer("RCPT", "550 no such mailbox"));
        let outcomes = shop.run_jobs_with(&mailer(&sink)).await;
        assert!(
            matches!(outcomes.as_slice(), [Settlement::NeedsAttention(_)]),
            "{outcomes:?}"
        );
        shop.wait(TimeDelta::days(1));
        assert_eq!(
            shop.run_jobs_with(&mailer(&sink)).await,
            [],
            "not tried again by itself"
        );

        let failed = shop.jobs("FAILED").await;
        let [job] = failed.as_slice() else {
            panic!("{failed:?}")
        };
        assert_eq!(
            (&job["kind"], &job["state"], &job["attempts"]),
            (&json!("mail"), &json!("FAILED"), &json!(1))
        );
        assert_eq!(
            (&job["order_id"], &job["order_number"]),
            (&json!(id), &json!("000000042"))
        );
        assert_eq!(
            (&job["created_at"], &job["next_try_at"]),
            (&json!("2026-03-07T12:00:00Z"), &Value::Null)
        );
        assert!(
            job["last_error"].as_str().is_some_and(|it| it.contains("550")),
            "{job}"
        );

        sink.fails(Fault::None);
        let retry = json!({ "id": job["id"] });
        let payload = shop
            .owner_does("retryJob", retry.clone(), "job { state attempts next_try_at }")
            .await;
        let now = "2026-03-08T12:00:00Z";
        assert_eq!(
            payload["job"],
            json!({ "state": "WAITING", "attempts": 0, "next_try_at": now })
        );
        let trail = shop.audit_log(1).await.remove(0);
        assert_eq!(
            (&trail["action"], &trail["target"]),
            (&json!("retryJob"), &json!("000000042"))
        );
        assert_eq!(shop.run_jobs_with(&mailer(&sink)).await, [Settlement::Met]);
        let mail = sink.accepted().pop().expect("a mail");
        assert_eq!(
            mail.header("Date"),
            "Sat, 07 Mar 2026 12:00:00 +0000",
            "when it was caused"
        );
        assert_eq!(shop.jobs("FAILED").await, Vec::<Value>::new());
        assert_eq!(
            shop.refused("retryJob", retry).await,
            ("NOT_FOUND".into(), "id".into()),
            "it is done"
        );
        assert_eq!(
            shop.refused("retryJob", json!({ "id": "x" })).await.0,
            "NOT_FOUND"
        );
    }
);

on_every_database!(failed_jobs_are_listed_page_by_page, |shop| async move {
    let sink = SmtpSink::open(SERVER).await;
    let id = requested(&shop).await;
    for _ in 0..4 {
        let sent = shop
            .owner_does("sendOrderConfirmation", json!({ "order_id": id }), "")
            .await;
        assert_eq!(sent["user_errors"], json!([]));
    }
    sink.fails(Fault::Answer("RCPT", "550 no such mailbox"));
    assert_eq!(shop.run_jobs_with(&mailer(&sink)).await.len(), 5);
    let (mut after, mut seen) = (Value::Null, Vec::new());
    loop {
        let query = "query($after: String) { jobs(first: 2, after: $after) { items { id } end_cursor has_next_page } }";
        let asked = shop
            .ask(query)
            .variables(json!({ "after": after }))
            .token(shop.owner());
        let answer = asked.send().await;
        let page = answer.data("/jobs").clone();
        seen.extend(
            page["items"]
                .as_array()
                .expect("jobs")
                .iter()
                .map(|job| job["id"].to_string()),
        );
        after = page["end_cursor"].clone();
        if page["has_next_page"] == json!(false) {
            break;
        }
    }
    assert_eq!(seen.len(), 5);
    assert!(seen.is_sorted_by(|newer, older| newer > older), "{seen:?}");
});
