//! A follower of many orders that is told of nothing for a while goes on where its connection broke.

use std::time::Duration;

use chrono::TimeDelta;
use countermand_domain::StaffRole;
use countermand_server::http::LiveLimits;
use countermand_tests::event_stream::EventStream;
use countermand_tests::time_limit::LONGEST_WAIT;
use countermand_tests::{on_every_database, on_sqlite};
use serde_json::json;
use tokio::time::timeout;

use super::hold;
use super::limits::limited;
use super::many_orders::{ALL_UPDATED, seen, three_orders};

on_every_database!(
    a_follower_that_is_cut_off_before_the_first_update_is_told_what_happened_meanwhile,
    |shop| async move {
        let (ids, anna) = three_orders(&shop).await;
        // The import is too old to be told to a new follower.
        shop.wait(TimeDelta::minutes(5));
        let mut opened = Vec::new();
        for token in [shop.owner(), anna.as_str()] {
            let mut events = shop.events(ALL_UPDATED, json!({}), Some(token)).await;
            opened.push((token, events.id_alone().await));
        }
        hold(&shop, &ids[0], true).await;
        shop.wait(TimeDelta::minutes(5));
        let other = shop.replica().await;
        for (token, id) in opened {
            let header = [("last-event-id", id.as_str())];
            let response = other.subscribe(ALL_UPDATED, json!({}), Some(token), &header);
            let mut again = EventStream::of(response.await);
            assert_eq!(seen(&mut again, 1).await, [("000000001".to_owned(), 2)]);
        }
    }
);

on_sqlite!(
    a_follower_that_hears_nothing_for_an_hour_does_not_read_the_hour_again,
    |shop| async move {
        let (ids, _) = three_orders(&shop).await;
        let of_other = shop.staff(StaffRole::Viewer, Some(2)).await;
        shop.wait(TimeDelta::minutes(5));
        let ping = Duration::from_millis(200);
        let live = LiveLimits {
            ping,
            ..LiveLimits::default()
        };
        let server = limited(&shop, live, 256).await;
        let mut idle = server.events(ALL_UPDATED, json!({}), Some(&of_other)).await;
        let opened_at = shop.now().timestamp_micros();
        assert_eq!(idle.id_alone().await, opened_at.to_string());

        shop.wait(TimeDelta::hours(1));
        hold(&shop, &ids[0], true).await;
        let now = shop.now().timestamp_micros().to_string();
        let newest = async { while idle.id_alone().await != now {} };
        timeout(LONGEST_WAIT, newest).await.expect("the id moves on");
        drop(idle);

        hold(&shop, &ids[2], true).await;
        shop.wait(TimeDelta::minutes(5));
        let header = [("last-event-id", now.as_str())];
        let response = server.subscribe(ALL_UPDATED, json!({}), Some(&of_other), &header);
        let mut again = EventStream::of(response.await);
        assert_eq!(seen(&mut again, 1).await, [("000000003".to_owned(), 2)]);
    }
);
