//! Staff connects accounts at payment providers, and the key to one is never shown.

use std::time::{Duration, Instant};

use chrono::{SecondsFormat, TimeDelta};
use countermand_app::obligations::Settlement;
use countermand_domain::StaffRole;
use countermand_tests::payment_server::KEY;
use countermand_tests::{OrderJson, on_every_database, on_sqlite};
use serde_json::{Value, json};

use super::{attention, cancel, connect, connected, paid, refunds, serve, work};

on_sqlite!(
    a_refused_key_pauses_the_account_until_staff_changes_the_key,
    |shop| async move {
        let Some(provider) = connected(&shop).await else {
            return;
        };
        let change = |input: Value| {
            let shop = shop.clone();
            async move {
                let shown = "payment_provider { is_paused problem }";
                shop.owner_does("changePaymentProvider", input, shown).await
            }
        };
        change(json!({ "name": "main", "secret": "an-old-key" })).await;
        let id = paid(&shop, "1").await;
        provider.paid("tx-1", 1500).await;
        cancel(&shop, &id).await;
        work(&shop).await;
        let query = "{ paymentProviders { name is_paused problem } }";
        let answer = shop.ask(query).token(shop.owner()).send().await;
        let expected = json!([{ "name": "main", "is_paused": true,
            "problem": "the provider refuses the key to the account: UNAUTHORIZED: The key is wrong." }]);
        assert_eq!(answer.data("/paymentProviders"), &expected);
        let done = change(json!({ "name": "main", "secret": KEY, "is_paused": false })).await;
        assert_eq!(
            done["payment_provider"],
            json!({ "is_paused": false, "problem": null })
        );
        shop.wait(TimeDelta::hours(1));
        assert_eq!(work(&shop).await, [Settlement::Met]);
        assert_eq!(provider.paid_back("tx-1").await, 1500);
    }
);

on_every_database!(
    a_refused_key_is_told_to_staff_once_until_the_account_is_resumed,
    |shop| async move {
        let Some(provider) = connected(&shop).await else {
            return;
        };
        let other = shop.replica().await;
        let change = async |input: Value| {
            let done = shop.owner_does("changePaymentProvider", input, "").await;
            assert_eq!(done["user_errors"], json!([]));
        };
        change(json!({ "name": "main", "secret": "an-old-key" })).await;
        for number in ["1", "2", "3", "4"] {
            let id = paid(&shop, number).await;
            provider.paid(&format!("tx-{number}"), 1500).await;
            cancel(&shop, &id).await;
        }
        tokio::join!(work(&shop), work(&other));
        work(&shop).await;
        let told = "main is paused, because the provider refuses the key to the account: UNAUTHORIZED: The key is wrong.";
        let told = [(json!(["PAYMENT_ACCOUNT_REFUSED"]), told.to_owned())];
        assert_eq!(attention(&shop).await, told);
        // A token for one store view reaches no accounts.
        let of_store = shop.staff(StaffRole::Owner, Some(1)).await;
        let query = "{ needsAttention { items { id } } }";
        let answer = shop.ask(query).token(&of_store).send().await;
        assert_eq!(answer.data("/needsAttention/items"), &json!([]));
        // A new key alone resumes the account, and what waits is sent at once.
        change(json!({ "name": "main", "secret": KEY })).await;
        assert_eq!(attention(&shop).await, []);
        let entry = &shop.audit_log(1).await[0];
        assert_eq!(
            (&entry["action"], &entry["details"]),
            (&json!("changePaymentProvider"), &json!("another key"))
        );
        assert_eq!(work(&shop).await, vec![Settlement::Met; 4]);
        assert_eq!(provider.paid_back("tx-4").await, 1500);
        let settled = refunds(&shop, "SETTLED").await;
        let resumed = |it: &&Value| it["settlement_reference"] == "the account was resumed";
        assert_eq!(settled.iter().filter(resumed).count(), 1, "{settled:?}");

        // The next refusal is told anew, and staff can take it off the list without a change of the account.
        change(json!({ "name": "main", "secret": "an-old-key" })).await;
        let id = paid(&shop, "5").await;
        provider.paid("tx-5", 1500).await;
        cancel(&shop, &id).await;
        work(&shop).await;
        let answer = shop.ask(query).token(shop.owner()).send().await;
        let seen = json!({ "id": answer.data("/needsAttention/items/0/id"), "note": "The contract with them ended." });
        let shown = "obligation { state kind order { state } }";
        let done = shop.owner_does("settleObligation", seen.clone(), shown).await;
        let expected = json!({ "state": "SETTLED", "kind": "PAYMENT_PROBLEM", "order": null });
        assert_eq!(done["obligation"], expected);
        assert_eq!(attention(&shop).await, []);
        let entry = &shop.audit_log(1).await[0];
        assert_eq!(entry["action"], "settleObligation");
        let details = entry["details"].as_str().unwrap_or_default();
        assert!(details.ends_with("The contract with them ended."), "{details}");
        assert_eq!(shop.refused("settleObligation", seen).await.0, "ALREADY_SETTLED");
    }
);

on_every_database!(
    a_new_key_does_not_resume_an_account_that_staff_paused,
    |shop| async move {
        let Some(provider) = connected(&shop).await else {
            return;
        };
        let change = async |input: Value| {
            let shown = "payment_provider { is_paused }";
            let done = shop.owner_does("changePaymentProvider", input, shown).await;
            assert_eq!(done["user_errors"], json!([]));
            done["payment_provider"]["is_paused"].clone()
        };
        let new_key = json!({ "name": "main", "secret": KEY });
        let (pause, resume) = (
            json!({ "name": "main", "is_paused": true }),
            json!({ "name": "main", "is_paused": false }),
        );
        for (number, is_refused) in [("1", false), ("2", true)] {
            let (id, reference) = (paid(&shop, number).await, format!("tx-{number}"));
            provider.paid(&reference, 1500).await;
            cancel(&shop, &id).await;
            if is_refused {
                // The account pauses itself, and staff pauses it, too.
                change(json!({ "name": "main", "secret": "an-old-key" })).await;
                work(&shop).await;
            }
            assert_eq!(change(pause.clone()).await, true);
            assert_eq!(change(new_key.clone()).await, true, "{number}");
            work(&shop).await;
            assert_eq!(provider.paid_back(&reference).await, 0, "{number}");
            assert_eq!(attention(&shop).await.len(), usize::from(is_refused), "{number}");
            assert_eq!(change(resume.clone()).await, false);
            assert_eq!(attention(&shop).await, [], "{number}");
            assert_eq!(work(&shop).await, [Settlement::Met], "{number}");
            assert_eq!(provider.paid_back(&reference).await, 1500, "{number}");
        }
    }
);

on_every_database!(the_key_to_an_account_is_never_shown, |shop| async move {
    connect(&shop, "HTTP", "https://pay.example/shop", "sk_live_very_secret").await;
    let query = "{ paymentProviders { name adapter address is_paused problem created_at } }";
    let answer = shop.ask(query).token(shop.owner()).send().await;
    assert_eq!(
        answer.data("/paymentProviders/0/address"),
        "https://pay.example/shop"
    );
    assert!(!answer.body.to_string().contains("sk_live"));
    let log = json!(shop.audit_log(10).await).to_string();
    assert!(
        log.contains("connectPaymentProvider") && !log.contains("sk_live"),
        "{log}"
    );
    // The kept key is not sent to another address.
    let moved = json!({ "name": "main", "address": "https://elsewhere.example" });
    let (code, field) = shop.refused("changePaymentProvider", moved).await;
    assert_eq!((code.as_str(), field.as_str()), ("INVALID", "secret"));
    let accounts = shop.database().payment_accounts().await.expect("accounts");
    assert!(!format!("{accounts:?}").contains("sk_live"));
});

on_sqlite!(
    an_account_that_cannot_work_is_refused_with_the_reason,
    |shop| async move {
        let refused = |change: Value| {
            let shop = shop.clone();
            async move {
                let mut input = json!({ "name": "main", "adapter": "HTTP", "address": "https://pay.example",
                "secret": "key" });
                for (field, value) in change.as_object().expect("an object") {
                    input[field] = value.clone();
                }
                shop.refused("connectPaymentProvider", input).await.0
            }
        };
        for change in [
            json!({ "name": "" }),
            json!({ "name": "Main Street" }),
            json!({ "address": "ftp://pay.example" }),
            json!({ "address": "https://user:word@pay.example" }),
            json!({ "secret": "" }),
            json!({ "secret": "two words" }),
        ] {
            assert_eq!(refused(change.clone()).await, "INVALID", "{change}");
        }
        connect(&shop, "HTTP", "https://pay.example", "key").await;
        assert_eq!(refused(json!({})).await, "TAKEN");
        let (code, _) = shop
            .refused(
                "changePaymentProvider",
                json!({ "name": "other", "is_paused": true }),
            )
            .await;
        assert_eq!(code, "NOT_FOUND");
    }
);

on_sqlite!(
    only_online_methods_are_served_by_the_account_for_all_of_them,
    |shop| async move {
        let Some(provider) = connected(&shop).await else {
            return;
        };
        let order = OrderJson::new("1").line("A", 1000, 1, 1, 0);
        let id = shop.import(&[order.json()]).await.remove(0);
        cancel(&shop, &id).await;
        assert_eq!(work(&shop).await, []);
        assert_eq!(
            attention(&shop).await,
            [(json!(["REFUND_BY_HAND"]), String::new())]
        );
        assert_eq!(provider.keys().await, Vec::<String>::new());
    }
);

on_sqlite!(
    a_provider_that_fails_several_times_in_a_row_is_left_alone_for_half_a_minute,
    |shop| async move {
        // No server listens there.
        serve(&shop, "HTTP", "http://127.0.0.1:9", KEY).await;
        let id = paid(&shop, "1").await;
        cancel(&shop, &id).await;
        let suspended_until = async || {
            let query = "{ paymentProviders { suspended_until } }";
            let answer = shop.ask(query).token(shop.owner()).send().await;
            answer.data("/paymentProviders/0/suspended_until").clone()
        };
        for _ in 0..5 {
            assert_eq!(suspended_until().await, Value::Null);
            shop.wait(TimeDelta::hours(2));
            work(&shop).await;
        }
        let until = (shop.now() + TimeDelta::seconds(30)).to_rfc3339_opts(SecondsFormat::Secs, true);
        assert_eq!(suspended_until().await, json!(until));
        let other = paid(&shop, "2").await;
        cancel(&shop, &other).await;
        let waits = work(&shop).await;
        let [Settlement::Postponed(why)] = &waits[..] else {
            panic!("{waits:?}");
        };
        assert!(why.contains("failed several times in a row"), "{why}");
        shop.wait(TimeDelta::minutes(2));
        assert_eq!(suspended_until().await, Value::Null);
    }
);

on_every_database!(
    staff_sets_how_many_requests_an_account_gets_in_a_second,
    |shop| async move {
        let told = async || shop.audit_log(1).await[0]["details"].clone();
        let shown = async || {
            let query = "{ paymentProviders { requests_per_second } }";
            let answer = shop.ask(query).token(shop.owner()).send().await;
            answer.data("/paymentProviders/0/requests_per_second").clone()
        };
        let change = async |input: Value| {
            let asked = "payment_provider { requests_per_second }";
            let done = shop.owner_does("changePaymentProvider", input, asked).await;
            assert_eq!(done["user_errors"], json!([]));
            done["payment_provider"]["requests_per_second"].clone()
        };
        connect(&shop, "HTTP", "https://pay.example", "key").await;
        assert_eq!(shown().await, 20);
        assert_eq!(told().await, "http at https://pay.example, 20 requests a second");
        assert_eq!(
            change(json!({ "name": "main", "requests_per_second": 5 })).await,
            5
        );
        assert_eq!(told().await, "5 requests a second");
        assert_eq!(change(json!({ "name": "main", "is_paused": true })).await, 5);

        let new = json!({ "name": "another", "adapter": "HTTP", "address": "https://pay.example", "secret": "key" });
        for (mutation, asked) in [
            ("changePaymentProvider", json!({ "name": "main" })),
            ("connectPaymentProvider", new.clone()),
        ] {
            for rate in [-1, 0, 101] {
                let mut input = asked.clone();
                input["requests_per_second"] = json!(rate);
                let refusal = shop.refused(mutation, input).await;
                assert_eq!(refusal, ("INVALID".to_owned(), "requests_per_second".to_owned()));
            }
        }
        assert_eq!(shown().await, 5);
        let mut fastest = new;
        fastest["requests_per_second"] = json!(100);
        let asked = "payment_provider { requests_per_second }";
        let done = shop.owner_does("connectPaymentProvider", fastest, asked).await;
        assert_eq!(done["payment_provider"], json!({ "requests_per_second": 100 }));
    }
);

on_sqlite!(
    an_account_gets_no_more_requests_in_a_second_than_staff_set,
    |shop| async move {
        let Some(provider) = connected(&shop).await else {
            return;
        };
        let change = json!({ "name": "main", "requests_per_second": 2 });
        let done = shop.owner_does("changePaymentProvider", change, "").await;
        assert_eq!(done["user_errors"], json!([]));
        for number in ["1", "2"] {
            let id = paid(&shop, number).await;
            provider.paid(&format!("tx-{number}"), 1500).await;
            cancel(&shop, &id).await;
        }
        // Each payment is read before its refund is sent. Two of the four requests wait for half a second each.
        let begun = Instant::now();
        assert_eq!(work(&shop).await, vec![Settlement::Met; 2]);
        assert!(begun.elapsed() >= Duration::from_secs(1), "{:?}", begun.elapsed());
    }
);
