//! The structure and the settings of the shop: every replica sees a change with its next read.

use chrono::TimeDelta;
use countermand_domain::{
    CancellationReason, ConfigScope, ReasonList, ScopeLevel, ScopedSettings, Setting, Settings, StoreGroup,
    StoreNumber, StoreView, Website, WebsiteNumber,
};
use countermand_persistence::{AuditEntry, Database, DatabaseError, ShopEdit};
use futures_util::future::join_all;
use uuid::Uuid;

use crate::customer_orders::everything_of;
use crate::order_search::{everything, page_of};
use crate::shop::{at, buyer, currency, plain_order};
use crate::support::{imported, on_every_database};

#[tokio::test(flavor = "multi_thread")]
async fn another_replica_sees_a_switch_with_its_next_read() -> anyhow::Result<()> {
    on_every_database(async |shop| {
        let order = plain_order(1);
        shop.database.insert_orders(&[imported(&order)]).await?;
        let replica = shop.replica().await?;
        replica.shop().await?;
        let store = StoreNumber(1);
        let seen_by_order = async || anyhow::Ok(replica.order(order.id).await?.map(|it| it.shop));
        for round in 0..6 {
            let enabled = round % 2 == 0;
            switch(&shop.database, ConfigScope::Store(store), enabled).await?;
            // Over the rounds, each kind of read is once the first read after a change.
            let structure = match round % 5 {
                0 => seen_by_order().await?.expect("an order"),
                1 => replica.session(None, at(0)).await?.0,
                2 => replica.customer_orders(&everything_of(buyer())).await?.shop,
                3 => page_of(replica.search_orders(&everything()).await?)?.shop,
                _ => replica.shop().await?,
            };
            assert_eq!(
                structure.cancellation_policy(store).enabled,
                enabled,
                "round {round}"
            );
            let again = seen_by_order().await?.expect("an order");
            assert_eq!(again.version, structure.version);
        }
        replica.close().await;
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_changed_at_the_same_time_are_all_saved() -> anyhow::Result<()> {
    on_every_database(async |shop| {
        let replica = shop.replica().await?;
        let version = shop.database.shop().await?.version;
        let stores = [&shop.database, &replica].into_iter().cycle();
        let changes = (0..24).zip(stores).map(async |(number, database)| {
            // Two writers change each scope.
            switch(database, ConfigScope::Store(StoreNumber(number / 2)), true).await
        });
        for outcome in join_all(changes).await {
            outcome?;
        }
        let structure = replica.shop().await?;
        assert_eq!(structure.settings.len(), 12);
        assert_eq!(structure.version, version + 24);
        assert_eq!(shop.row_counts().await?["audit_entries"], 24);
        replica.close().await;
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn every_setting_is_read_as_it_was_saved_and_can_be_reset() -> anyhow::Result<()> {
    on_every_database(async |shop| {
        let mut reason = CancellationReason::new("late", "Doesn't \\ \"arrive\" 😀; -- ?");
        reason.translations.insert(StoreNumber(2), "Te laat".into());
        let mut set = ScopedSettings {
            cancellation_enabled: Some(true),
            cancellation_reasons: Some(ReasonList::new(vec![reason])?),
            guest_key_lifetime: Some(TimeDelta::minutes(90)),
            storefront_url: Some("https://shop.example/a='b'&c=\\".into()),
            guest_order_path: Some("orders?view='guest'".into()),
            reorder_allowed: Some(false),
            ..ScopedSettings::default()
        };
        let everywhere = |it: &&&Setting| it.scopes == ScopeLevel::EVERY;
        for setting in Setting::ALL.iter().filter(everywhere) {
            let value = setting.set_in(&set).unwrap_or_else(|| setting.default());
            setting.put(&mut set, Some(value));
        }
        let scopes = [
            ConfigScope::Default,
            ConfigScope::Website(WebsiteNumber(1)),
            ConfigScope::Store(StoreNumber(1)),
        ];
        for scope in scopes {
            shop.database.change_settings(scope, &set, &[], &trace()).await?;
        }
        let structure = shop.database.shop().await?;
        assert!(
            scopes
                .iter()
                .all(|scope| structure.settings.get(scope) == Some(&set))
        );
        let reset = [Setting::cancellation_reasons(), Setting::storefront_url()];
        let off = ScopedSettings {
            cancellation_enabled: Some(false),
            ..ScopedSettings::default()
        };
        shop.database
            .change_settings(scopes[2], &off, &reset, &trace())
            .await?;
        let expected = ScopedSettings {
            cancellation_enabled: Some(false),
            cancellation_reasons: None,
            storefront_url: None,
            ..set.clone()
        };
        let structure = shop.database.shop().await?;
        assert_eq!(structure.settings.get(&scopes[2]), Some(&expected));
        assert_eq!(structure.settings.get(&scopes[1]), Some(&set));
        shop.database
            .change_settings(scopes[2], &ScopedSettings::default(), Setting::ALL, &trace())
            .await?;
        assert_eq!(shop.database.shop().await?.settings.get(&scopes[2]), None);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_setting_of_a_newer_version_is_ignored() -> anyhow::Result<()> {
    on_every_database(async |shop| {
        shop.sql("INSERT INTO settings VALUES ('default', 0, 'sales/later/enabled', 'maybe')")
            .await?;
        switch(&shop.database, ConfigScope::Default, true).await?;
        let structure = shop.database.shop().await?;
        assert!(structure.cancellation_policy(StoreNumber(1)).enabled);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn where_a_stored_value_is_not_accepted_the_default_holds() -> anyhow::Result<()> {
    on_every_database(async |shop| {
        let here = ConfigScope::Store(StoreNumber(1));
        switch(&shop.database, ConfigScope::Default, true).await?;
        for (key, value) in [
            ("sales/cancellation/enabled", "maybe"),
            ("sales/cancellation/guest_key_lifetime", "0"),
            ("sales/cancellation/reasons", "[]"),
            ("web/secure/base_link_url", "\"ftp://shop.example\""),
        ] {
            shop.sql(&format!(
                "INSERT INTO settings VALUES ('store', 1, '{key}', '{value}')"
            ))
            .await?;
        }
        let replica = shop.replica().await?;
        let settings = replica.shop().await?.settings_at(here);
        replica.close().await;
        let defaults = Settings::resolve(&[]);
        assert!(!settings.cancellation_enabled.value);
        assert_eq!(settings.cancellation_enabled.source, Some(here));
        assert_eq!(
            settings.guest_key_lifetime.value,
            defaults.guest_key_lifetime.value
        );
        assert_eq!(
            settings.cancellation_reasons.value,
            defaults.cancellation_reasons.value
        );
        assert_eq!(settings.storefront_url.value, defaults.storefront_url.value);
        let nothing = ScopedSettings::default();
        shop.database
            .change_settings(here, &nothing, Setting::ALL, &trace())
            .await?;
        let settings = shop.database.shop().await?.settings_at(here);
        assert!(settings.cancellation_enabled.value);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_website_or_store_view_with_a_taken_code_or_number_is_refused() -> anyhow::Result<()> {
    on_every_database(async |shop| {
        let new_website = website(2, "outlet");
        shop.database.insert_website(&new_website, &trace()).await?;
        let group = StoreGroup {
            code: "outlet_group".into(),
            name: "Outlet".into(),
            website: new_website.number,
        };
        shop.database
            .insert_store(&view(2, "outlet_nl", &group), Some(&group), &trace())
            .await?;
        shop.database
            .insert_store(&view(3, "outlet_sv", &group), None, &trace())
            .await?;
        let before = (shop.row_counts().await?, shop.database.shop().await?.version);
        let other_group = StoreGroup {
            code: "other".into(),
            ..group.clone()
        };
        let refused = [
            shop.database
                .insert_website(&website(3, "outlet"), &trace())
                .await,
            shop.database.insert_website(&website(2, "other"), &trace()).await,
            shop.database
                .insert_store(&view(4, "outlet_nl", &other_group), Some(&other_group), &trace())
                .await,
            shop.database
                .insert_store(&view(3, "other", &group), None, &trace())
                .await,
            shop.database
                .insert_store(&view(4, "other", &group), Some(&group), &trace())
                .await,
        ];
        let all_taken = refused
            .iter()
            .all(|it| matches!(it, Err(DatabaseError::Duplicate)));
        assert!(all_taken, "{refused:?}");
        assert_eq!(
            (shop.row_counts().await?, shop.database.shop().await?.version),
            before
        );
        let structure = shop.database.shop().await?;
        assert_eq!(structure.website_by_code("outlet"), Some(&new_website));
        assert_eq!(
            structure.store_by_code("outlet_sv"),
            Some(&view(3, "outlet_sv", &group))
        );
        assert_eq!(structure.store_by_code("OUTLET_SV"), None);
        assert!(structure.groups.contains(&group));
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn one_of_several_simultaneous_websites_with_the_same_code_is_created() -> anyhow::Result<()> {
    on_every_database(async |shop| {
        let attempts = (2..10).map(async |number| {
            shop.database
                .insert_website(&website(number, "outlet"), &trace())
                .await
        });
        let outcomes = join_all(attempts).await;
        assert_eq!(outcomes.iter().filter(|it| it.is_ok()).count(), 1, "{outcomes:?}");
        let others_refused = outcomes
            .iter()
            .all(|it| matches!(it, Ok(()) | Err(DatabaseError::Duplicate)));
        assert!(others_refused, "{outcomes:?}");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_status_has_the_label_that_the_merchant_set() -> anyhow::Result<()> {
    on_every_database(async |shop| {
        for (store, label) in [
            (None, "Op weg"),
            (Some(StoreNumber(2)), "Väntar"),
            (None, "In 'behandeling' \\"),
        ] {
            let edit = ShopEdit::StatusLabel {
                status: "pending".into(),
                store,
                label: Some(label.into()),
            };
            let version = shop.database.shop().await?.version;
            shop.database.change_shop(version, &[edit], &trace()).await?;
        }
        let labels = &shop.database.shop().await?.labels;
        assert_eq!(labels.label("pending", StoreNumber(1)), "In 'behandeling' \\");
        assert_eq!(labels.label("pending", StoreNumber(2)), "Väntar");
        assert_eq!(labels.label("closed", StoreNumber(2)), "Closed");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_of_the_shop_is_written_whole_or_not_at_all() -> anyhow::Result<()> {
    on_every_database(async |shop| {
        let read = shop.database.shop().await?;
        let website = Website {
            name: "It's \\ \"ours\"".into(),
            ..read.websites[0].clone()
        };
        let store = StoreView {
            locale: "nl_NL".into(),
            is_active: false,
            ..read.stores[0].clone()
        };
        let set = ScopedSettings {
            storefront_url: Some("https://shop.example/".into()),
            ..ScopedSettings::default()
        };
        let scope = ConfigScope::Store(store.number);
        let label = |label: Option<&str>| ShopEdit::StatusLabel {
            status: "pending".into(),
            store: None,
            label: label.map(str::to_owned),
        };
        let edits = [
            ShopEdit::Website(website.clone()),
            ShopEdit::Store(store.clone()),
            ShopEdit::Settings(scope, Box::new(set)),
            label(Some("Op weg")),
        ];
        let entry = trace();
        shop.database.change_shop(read.version, &edits, &entry).await?;
        // A commit whose answer was lost is sent again, and is no conflict with itself.
        shop.database.change_shop(read.version, &edits, &entry).await?;
        let counts = shop.row_counts().await?;
        let stale = [label(Some("Late")), ShopEdit::Website(read.websites[0].clone())];
        let refused = shop.database.change_shop(read.version, &stale, &trace()).await;
        assert!(matches!(refused, Err(DatabaseError::Conflict)), "{refused:?}");
        assert_eq!(shop.row_counts().await?, counts);
        let now = shop.database.shop().await?;
        assert_eq!(now.version, read.version + 1);
        assert_eq!((&now.websites[0], &now.stores[0]), (&website, &store));
        assert_eq!(
            now.settings_at(scope).storefront_url.value,
            "https://shop.example/"
        );
        assert_eq!(now.labels.set_label("pending", None), Some("Op weg"));
        shop.database
            .change_shop(now.version, &[label(None)], &trace())
            .await?;
        assert_eq!(shop.database.shop().await?.labels.all(), []);
        Ok(())
    })
    .await
}

async fn switch(database: &Database, scope: ConfigScope, enabled: bool) -> Result<(), DatabaseError> {
    let set = ScopedSettings {
        cancellation_enabled: Some(enabled),
        ..ScopedSettings::default()
    };
    database.change_settings(scope, &set, &[], &trace()).await
}

fn trace() -> AuditEntry {
    AuditEntry::new(
        Uuid::now_v7(),
        "anna",
        "updateCancellationConfig",
        "default",
        "::1",
        "",
        at(0),
    )
}

fn website(number: i32, code: &str) -> Website {
    Website {
        number: WebsiteNumber(number),
        code: code.into(),
        name: "It's an \"outlet\"".into(),
    }
}

fn view(number: i32, code: &str, group: &StoreGroup) -> StoreView {
    StoreView {
        number: StoreNumber(number),
        code: code.into(),
        name: "Outlet \\ Nederland".into(),
        website: group.website,
        group: group.code.clone(),
        locale: "nl_NL".into(),
        timezone: "America/Argentina/ComodRivadavia".into(),
        currency: currency("KWD"),
        sort_order: number,
        is_active: number % 2 == 0,
    }
}
