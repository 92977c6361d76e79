//! Staff reports how many orders were canceled: by reason, store view, day and actor, also as CSV.

use chrono::TimeDelta;
use countermand_tests::{Answer, OrderJson, TestShop, on_every_database, process};
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};

use crate::program::PROGRAM;

const REPORT: &str = "query($from: String!, $to: String!, $zone: String, $store: String, $by: [CancellationReportGroup!]!) {
  cancellationReport(from: $from, to: $to, time_zone: $zone, store_code: $store, group_by: $by) {
    from to time_zone orders_placed canceled_orders csv
    rows { day store_code reason_code reason actor canceled_orders orders_placed share canceled_total { value currency } refunded_total { value } }
  }
}";

async fn report(shop: &TestShop, variables: Value) -> Answer {
    let mut all = json!({ "from": "2026-01-01", "to": "2026-12-31", "zone": "UTC", "by": [] });
    for (name, value) in variables.as_object().into_iter().flatten() {
        all[name] = value.clone();
    }
    shop.ask(REPORT).variables(all).token(shop.owner()).send().await
}

/// The rows of a report, each as the text of the selected fields.
async fn rows(shop: &TestShop, variables: Value, fields: &[&str]) -> Vec<String> {
    let answer = report(shop, variables).await;
    let rows = answer
        .data("/cancellationReport/rows")
        .as_array()
        .expect("rows")
        .clone();
    let text = |row: &Value| {
        let fields = fields.iter().map(|field| match &row[*field] {
            Value::String(text) => text.clone(),
            Value::Object(money) => money["value"].to_string(),
            other => other.to_string(),
        });
        fields.collect::<Vec<_>>().join(" ")
    };
    rows.iter().map(text).collect()
}

async fn cancel(shop: &TestShop, number: &str, store: i32, reason: &str) {
    let id = shop.order_id(number, store).await;
    let input = json!({ "order_id": id, "reason": reason });
    shop.worked("cancelOrderAsAdmin", input).await;
}

/// Five orders of $15.00 in two store views; four are canceled: three today, and one tomorrow by its buyer.
async fn canceled_shop(shop: &TestShop) -> (String, String) {
    shop.enable_cancellation().await;
    shop.leave_jobs();
    shop.create_store("nl", "base", "main").await;
    let today = shop.now();
    let placed = today.format("%Y-%m-%d %H:%M:%S").to_string();
    let order = |number: &str| OrderJson::new(number).line("A", 1000, 1, 0, 0).placed_at(&placed);
    shop.customer("anna@example.com").await;
    shop.import(&[
        order("1").json(),
        order("2").json(),
        OrderJson::new("3")
            .line("A", 1000, 1, 1, 0)
            .placed_at(&placed)
            .in_store(2)
            .json(),
        order("4").by("anna@example.com").json(),
        order("5").json(),
    ])
    .await;
    cancel(shop, "1", 1, "Other").await;
    cancel(shop, "2", 1, "placed_by_mistake").await;
    cancel(shop, "3", 2, "Other").await;
    shop.wait(TimeDelta::days(1));
    let buyer = shop.sign_in("default", "anna@example.com", "Secret-123").await;
    let id = shop.order_id("4", 1).await;
    let answer = shop.asks_to_cancel(&buyer, &id).send().await;
    assert!(answer.data("/cancelOrder/errorV2").is_null(), "{:#}", answer.body);
    let day = |days| (today + TimeDelta::days(days)).format("%Y-%m-%d").to_string();
    (day(0), day(1))
}

on_every_database!(
    cancellations_are_counted_by_reason_store_view_day_and_actor,
    |shop| async move {
        let (today, tomorrow) = canceled_shop(&shop).await;
        let span = json!({ "from": today, "to": tomorrow });
        let by = |groups: &[&str]| {
            let mut span = span.clone();
            span["by"] = json!(groups);
            span
        };
        let whole = report(&shop, span.clone()).await;
        let whole = whole.data("/cancellationReport");
        assert_eq!(
            (&whole["orders_placed"], &whole["canceled_orders"]),
            (&json!(5), &json!(4))
        );
        let money = [
            "canceled_orders",
            "orders_placed",
            "share",
            "canceled_total",
            "refunded_total",
        ];
        assert_eq!(rows(&shop, span.clone(), &money).await, ["4 5 0.8 45.0 15.0"]);
        let reasons = rows(
            &shop,
            by(&["REASON"]),
            &["reason_code", "reason", "canceled_orders", "share"],
        )
        .await;
        assert_eq!(reasons.len(), 2, "{reasons:?}");
        assert!(reasons.contains(&"other Other 3 0.6".to_owned()), "{reasons:?}");
        assert_eq!(
            rows(
                &shop,
                by(&["STORE"]),
                &["store_code", "canceled_orders", "orders_placed", "share"]
            )
            .await,
            ["default 3 4 0.75", "nl 1 1 1.0"]
        );
        assert_eq!(
            rows(
                &shop,
                by(&["DAY"]),
                &["day", "canceled_orders", "orders_placed", "share"]
            )
            .await,
            [format!("{today} 3 5 0.6"), format!("{tomorrow} 1 0 null")]
        );
        assert_eq!(
            rows(&shop, by(&["ACTOR"]), &["actor", "canceled_orders"]).await,
            ["customer 1", "staff:owner 3"]
        );
        assert_eq!(
            rows(
                &shop,
                by(&["ACTOR", "STORE", "DAY"]),
                &["day", "store_code", "actor", "canceled_orders"]
            )
            .await,
            [
                format!("{today} default staff:owner 2"),
                format!("{today} nl staff:owner 1"),
                format!("{tomorrow} default customer 1"),
            ]
        );
        let mut one_store = by(&["STORE"]);
        one_store["store"] = json!("nl");
        assert_eq!(
            rows(&shop, one_store, &["store_code", "canceled_orders"]).await,
            ["nl 1"]
        );
    }
);

on_every_database!(a_reports_days_are_those_of_its_time_zone, |shop| async move {
    let (today, tomorrow) = canceled_shop(&shop).await;
    let first_day = rows(&shop, json!({ "from": today, "to": today }), &["canceled_orders"]).await;
    assert_eq!(first_day, ["3"]);
    assert!(
        rows(
            &shop,
            json!({ "from": "2001-01-01", "to": "2001-01-02" }),
            &["day"]
        )
        .await
        .is_empty()
    );
    // Half a day apart: at any time, one of the two zones has another date than UTC.
    let mut days = Vec::new();
    for zone in ["Pacific/Kiritimati", "Pacific/Pago_Pago"] {
        let days_before = (shop.now() - TimeDelta::days(9)).format("%Y-%m-%d").to_string();
        let days_after = (shop.now() + TimeDelta::days(9)).format("%Y-%m-%d").to_string();
        let variables = json!({ "zone": zone, "by": ["DAY"], "from": days_before, "to": days_after });
        days.push(rows(&shop, variables, &["day", "canceled_orders"]).await);
    }
    assert_eq!(days.iter().map(Vec::len).collect::<Vec<_>>(), [2, 2]);
    assert_ne!(days[0], days[1], "{today} {tomorrow}");
});

on_every_database!(a_report_is_written_as_csv_without_formulas, |shop| async move {
    let (today, tomorrow) = canceled_shop(&shop).await;
    let set = json!({ "scope": "DEFAULT", "reasons": [{ "code": "other", "description": "=HYPERLINK(\"http://x\",\"a, b\")" }] });
    let payload = shop.owner_does("updateCancellationConfig", set, "").await;
    assert_eq!(payload["user_errors"], json!([]));
    let answer = report(
        &shop,
        json!({ "from": today, "to": tomorrow, "by": ["STORE", "REASON"] }),
    )
    .await;
    let csv = answer
        .data("/cancellationReport/csv")
        .as_str()
        .expect("a text")
        .to_owned();
    let lines: Vec<_> = csv.split("\r\n").collect();
    assert_eq!(
        lines[0],
        "store_code,reason_code,reason,canceled_orders,orders_placed,share,currency,canceled_total,refunded_total"
    );
    let formula = "\"'=HYPERLINK(\"\"http://x\"\",\"\"a, b\"\")\"";
    assert!(
        lines.contains(&format!("nl,other,{formula},1,1,1.0000,USD,0.00,15.00").as_str()),
        "{csv}"
    );
    assert_eq!((lines.len(), lines.last()), (5, Some(&"")), "{csv}");
    let printed = process::run(
        PROGRAM,
        &[
            "report",
            "--from",
            &today,
            "--to",
            &tomorrow,
            "--by",
            "store,reason",
            "--time-zone",
            "UTC",
            "--csv",
            "--database-url",
            shop.database_url(),
        ],
    );
    assert_eq!((printed.code, printed.out), (0, csv), "{}", printed.err);
    let refused = process::run(
        PROGRAM,
        &[
            "report",
            "--from",
            &tomorrow,
            "--to",
            &today,
            "--database-url",
            shop.database_url(),
        ],
    );
    assert_eq!(refused.code, 1);
    assert!(refused.err.contains("1 to 366 days"), "{}", refused.err);
});

on_every_database!(a_report_with_invalid_values_is_refused, |shop| async move {
    let cases = [
        (json!({ "from": "soon" }), "from"),
        (json!({ "to": "2025-01-01" }), "a report covers"),
        (json!({ "to": "2027-01-02" }), "a report covers"),
        (json!({ "zone": "Mars/Olympus" }), "there is no time zone"),
    ];
    for (variables, message) in cases {
        let answer = report(&shop, variables.clone()).await;
        assert_eq!(answer.category(), "graphql-input", "{variables}");
        assert!(
            answer.error().starts_with(message),
            "{variables}: {}",
            answer.error()
        );
    }
    let answer = report(&shop, json!({ "store": "nowhere" })).await;
    assert_eq!(answer.error(), "no such store view");
});

/// Writes further cancellations of the only order that was canceled, one for each of these numbers, and each for a reason
/// of its own.
async fn cancel_for_reasons(shop: &TestShop, first: u32, last: u32) {
    let digits = (1..10).fold("SELECT 0 AS d".to_owned(), |digits, d| {
        format!("{digits} UNION ALL SELECT {d}")
    });
    let numbers = format!(
        "SELECT a.d + 10 * b.d + 100 * c.d + 1000 * e.d AS i
         FROM ({digits}) a, ({digits}) b, ({digits}) c, ({digits}) e"
    );
    let statement = format!(
        "INSERT INTO cancellations (order_id, version, id, reason_code, reason, actor, canceled_total, refund_total,
           created_at)
         SELECT c.order_id, c.version + n.i, CAST(n.i AS CHAR(36)), CAST(n.i AS CHAR(36)), c.reason, c.actor, 0, 0,
           c.created_at
         FROM cancellations c, ({numbers}) n WHERE c.reason_code = 'other' AND n.i BETWEEN {first} AND {last}"
    );
    let mut options = sea_orm::ConnectOptions::new(shop.database_url());
    options.max_connections(1).sqlx_logging(false);
    let database = sea_orm::Database::connect(options).await.expect("connected");
    let written = database.execute_unprepared(&statement).await.expect("written");
    assert_eq!(written.rows_affected(), u64::from(last - first + 1));
    database.close().await.expect("closed");
}

on_every_database!(a_report_of_more_than_5_000_rows_is_refused, |shop| async move {
    shop.enable_cancellation().await;
    shop.leave_jobs();
    shop.import(&[OrderJson::new("1").line("A", 1000, 1, 0, 0).json()])
        .await;
    cancel(&shop, "1", 1, "Other").await;
    let query = "query($day: String!, $by: [CancellationReportGroup!]!) {
      cancellationReport(from: $day, to: $day, time_zone: \"UTC\", group_by: $by) { canceled_orders } }";
    let day = shop.now().format("%Y-%m-%d").to_string();
    let asked = async |by: Value| {
        let variables = json!({ "day": day, "by": by });
        let asked = shop.ask(query).variables(variables).token(shop.owner());
        asked.send().await
    };
    cancel_for_reasons(&shop, 1, 4_999).await;
    let most = asked(json!(["REASON"])).await;
    assert_eq!(most.data("/cancellationReport/canceled_orders"), 1);
    cancel_for_reasons(&shop, 5_000, 5_000).await;
    let refused = asked(json!(["REASON"])).await;
    assert_eq!(refused.category(), "graphql-input");
    assert!(
        refused.error().starts_with("more than 5000 rows"),
        "{}",
        refused.error()
    );
    // A report with fewer dimensions has fewer rows, and is answered.
    let less = asked(json!(["ACTOR"])).await;
    assert_eq!(less.data("/cancellationReport/canceled_orders"), 1);
});
