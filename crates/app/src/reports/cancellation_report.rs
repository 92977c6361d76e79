//! Staff asks how many orders were canceled in a span of days, and for how much money: by reason, store view, day and
//! actor.

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;
use countermand_domain::{Currency, Money, MoneyError, Shop, StoreNumber};
use countermand_persistence::{PlacedOrders, ReportedCancellation};

use crate::App;
use crate::error::{AppError, UserError, UserErrorCode};
use crate::failure::Failure;
use crate::reports::csv::csv;
use crate::reports::local_days::LocalDays;
use crate::rights::StaffOperation;
use crate::viewer::Viewer;

/// The most cancellations of a report.
pub const MOST_CANCELLATIONS: u64 = 200_000;

/// The most rows of a report.
pub const MOST_ROWS: usize = 5_000;

/// The cancellations that are read at once.
const PAGE: u64 = 10_000;

/// What a report distinguishes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ReportGroup {
    /// The day of the cancellation.
    Day,
    /// The store view of the order.
    Store,
    /// The reason of the cancellation.
    Reason,
    /// Who canceled: customers together, guests together, each member of staff.
    Actor,
}

/// What staff asks for.
#[derive(Debug, Clone)]
pub struct ReportRequest {
    /// The first day, `YYYY-MM-DD`.
    pub from: String,
    /// The last day, `YYYY-MM-DD`.
    pub to: String,
    /// The IANA name of the time zone of the days; none for the time zone of the store view.
    pub time_zone: Option<String>,
    /// The store view of the orders; none for all store views.
    pub store: Option<StoreNumber>,
    /// What the rows distinguish.
    pub groups: Vec<ReportGroup>,
}

/// A report about the cancellations of some days.
#[derive(Debug, Clone)]
pub struct CancellationReport {
    /// The days of the report.
    pub days: LocalDays,
    /// The number of orders that were placed on these days.
    pub orders_placed: u64,
    /// The number of orders of which something was canceled on these days for the first time.
    pub canceled_orders: u64,
    /// The groups, sorted by day, store view, reason, actor and currency.
    pub rows: Vec<ReportRow>,
    groups: Vec<ReportGroup>,
}

/// The cancellations of one group. A field of the key is none where the report does not distinguish it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportRow {
    /// The day of the cancellations.
    pub day: Option<NaiveDate>,
    /// The code of the store view.
    pub store: Option<String>,
    /// The code of the reason.
    pub reason_code: Option<String>,
    /// The reason as the shop describes it today; its code if the shop does not offer it any more.
    pub reason: Option<String>,
    /// `customer`, `guest`, `system`, or `staff:` and the name of the token.
    pub actor: Option<String>,
    /// The number of canceled orders: an order counts with the first cancellation that took a part of it.
    pub canceled_orders: u64,
    /// The number of orders that were placed on the report's days, in the row's store view and on its day where the
    /// report distinguishes these.
    pub orders_placed: u64,
    /// The money that will never be billed.
    pub canceled: Money,
    /// The money that flows back.
    pub refunded: Money,
}

impl ReportRow {
    /// Canceled orders among the placed ones, in ten-thousandths; none if no order was placed. Orders may be canceled
    /// later than on the day when they were placed, so the share may exceed 10,000.
    #[must_use]
    pub fn share(&self) -> Option<u64> {
        let placed = u128::from(self.orders_placed);
        let share = (u128::from(self.canceled_orders) * 10_000 + placed / 2).checked_div(placed)?;
        u64::try_from(share).ok()
    }
}

/// What the orders of one row have in common. The sequence of the fields is the sequence of the rows.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    day: Option<NaiveDate>,
    store: Option<StoreNumber>,
    reason_code: Option<String>,
    actor: Option<String>,
    currency: &'static str,
}

/// The sums of one row.
struct Sums {
    count: u64,
    canceled: Money,
    refunded: Money,
}

impl App {
    /// The report for a member of staff. A token for one store view reads about that store view only.
    pub async fn cancellation_report(
        &self,
        viewer: &Viewer,
        request: ReportRequest,
    ) -> Result<CancellationReport, Failure<UserError>> {
        let staff = viewer.staff(StaffOperation::CancellationReport)?;
        if request.store.is_some_and(|store| !staff.covers(store)) {
            return Err(AppError::Forbidden.into());
        }
        let store = request.store.or(staff.store);
        self.cancellation_report_of(&ReportRequest { store, ..request })
            .await
    }

    /// The report, for the command line.
    pub async fn cancellation_report_of(
        &self,
        request: &ReportRequest,
    ) -> Result<CancellationReport, Failure<UserError>> {
        let shop = self.database().shop().await?;
        let view = match request.store {
            Some(store) => shop.store(store),
            None => shop.store_by_header(None),
        };
        let zone = request.time_zone.as_deref();
        let zone = zone.or_else(|| view.map(|view| view.timezone.as_str()));
        let days = LocalDays::new(&request.from, &request.to, zone.unwrap_or("UTC"))?;
        let stores: Vec<StoreNumber> = match request.store {
            Some(store) => vec![store],
            None => shop.stores.iter().map(|store| store.number).collect(),
        };
        let placed = self.database().orders_placed(&stores, &days.times()).await?;
        let sums = self.sums_of(&days, request).await?;
        let mut placed_in = PlacedCounts::default();
        placed_in.add(&placed, &request.groups);
        let rows = sums
            .into_iter()
            .map(|(key, sums)| row_of(&shop, &key, &sums, &placed_in))
            .collect::<Vec<_>>();
        Ok(CancellationReport {
            days,
            orders_placed: placed.iter().map(|it| it.count).sum(),
            canceled_orders: rows.iter().map(|row| row.canceled_orders).sum(),
            rows,
            groups: request.groups.clone(),
        })
    }

    /// Reads the cancellations page by page and adds them up.
    async fn sums_of(
        &self,
        days: &LocalDays,
        request: &ReportRequest,
    ) -> Result<BTreeMap<Key, Sums>, Failure<UserError>> {
        let (from, until) = days.range();
        let mut sums: BTreeMap<Key, Sums> = BTreeMap::new();
        let mut last: Option<ReportedCancellation> = None;
        let mut read: u64 = 0;
        loop {
            let page = self
                .database()
                .cancellations_between(from, until, None, last.as_ref(), PAGE)
                .await?;
            let count = u64::try_from(page.len()).unwrap_or(u64::MAX);
            read = read.saturating_add(count);
            if read > MOST_CANCELLATIONS {
                let message = format!("more than {MOST_CANCELLATIONS} cancellations; ask for fewer days");
                return Err(UserError::about("to", UserErrorCode::Invalid, message).into());
            }
            for it in &page {
                if request.store.is_none_or(|store| it.order.store() == store) {
                    let key = Key::of(it, days, &request.groups);
                    add(&mut sums, key, it).map_err(|problem| AppError::Internal(problem.to_string()))?;
                }
            }
            if sums.len() > MOST_ROWS {
                let message = format!("more than {MOST_ROWS} rows; distinguish less, or ask for fewer days");
                return Err(UserError::about("group_by", UserErrorCode::Invalid, message).into());
            }
            last = page.into_iter().next_back();
            if count < PAGE {
                return Ok(sums);
            }
        }
    }
}

impl CancellationReport {
    /// The rows as CSV (RFC 4180), with a line of names. The columns of what the report does not distinguish are left
    /// out.
    #[must_use]
    pub fn csv(&self) -> String {
        let has = |group| self.groups.contains(&group);
        let columns = |day: String, store: String, reason: [String; 2], actor: String| {
            let mut columns = Vec::new();
            if has(ReportGroup::Day) {
                columns.push(day);
            }
            if has(ReportGroup::Store) {
                columns.push(store);
            }
            if has(ReportGroup::Reason) {
                columns.extend(reason);
            }
            if has(ReportGroup::Actor) {
                columns.push(actor);
            }
            columns
        };
        let names = |names: [&str; 6]| names.map(ToOwned::to_owned);
        let mut head = columns(
            "day".into(),
            "store_code".into(),
            ["reason_code".into(), "reason".into()],
            "actor".into(),
        );
        head.extend(names([
            "canceled_orders",
            "orders_placed",
            "share",
            "currency",
            "canceled_total",
            "refunded_total",
        ]));
        let line = |row: &ReportRow| {
            let row = row.clone();
            let share = row.share().map_or_else(String::new, decimal_share);
            let mut line = columns(
                row.day.map_or_else(String::new, |day| day.to_string()),
                row.store.unwrap_or_default(),
                [
                    row.reason_code.unwrap_or_default(),
                    row.reason.unwrap_or_default(),
                ],
                row.actor.unwrap_or_default(),
            );
            line.extend([
                row.canceled_orders.to_string(),
                row.orders_placed.to_string(),
                share,
                row.canceled.currency().code().to_owned(),
                row.canceled.to_decimal(),
                row.refunded.to_decimal(),
            ]);
            line
        };
        csv(std::iter::once(head).chain(self.rows.iter().map(line)))
    }
}

impl Key {
    fn of(it: &ReportedCancellation, days: &LocalDays, groups: &[ReportGroup]) -> Self {
        let has = |group| groups.contains(&group);
        // A customer stands in the row with a number of their own; a report shows no single customers.
        let actor = it.actor.split(':').next().filter(|kind| *kind == "customer");
        Self {
            day: has(ReportGroup::Day).then(|| days.day_of(it.at)),
            store: has(ReportGroup::Store).then(|| it.order.store()),
            reason_code: has(ReportGroup::Reason).then(|| it.reason_code.clone()),
            actor: has(ReportGroup::Actor).then(|| actor.unwrap_or(&it.actor).to_owned()),
            currency: it.canceled.currency().code(),
        }
    }
}

fn add(sums: &mut BTreeMap<Key, Sums>, key: Key, it: &ReportedCancellation) -> Result<(), MoneyError> {
    let currency: Currency = it.canceled.currency();
    let sums = sums.entry(key).or_insert_with(|| Sums {
        count: 0,
        canceled: Money::zero(currency),
        refunded: Money::zero(currency),
    });
    sums.count += u64::from(it.is_first);
    sums.canceled = sums.canceled.checked_add(it.canceled)?;
    sums.refunded = sums.refunded.checked_add(it.refunded)?;
    Ok(())
}

/// The number of orders that were placed, by what a report distinguishes of them.
#[derive(Default)]
struct PlacedCounts(HashMap<(Option<NaiveDate>, Option<StoreNumber>), u64>);

impl PlacedCounts {
    fn add(&mut self, placed: &[PlacedOrders], groups: &[ReportGroup]) {
        for it in placed {
            let day = NaiveDate::from_epoch_days(i32::try_from(it.day).unwrap_or(0));
            let day = day.filter(|_| groups.contains(&ReportGroup::Day));
            let store = groups.contains(&ReportGroup::Store).then_some(it.store);
            *self.0.entry((day, store)).or_default() += it.count;
        }
    }
}

fn row_of(shop: &Shop, key: &Key, sums: &Sums, placed: &PlacedCounts) -> ReportRow {
    ReportRow {
        day: key.day,
        store: key.store.map(|number| {
            shop.store(number)
                .map_or_else(String::new, |store| store.code.clone())
        }),
        reason: key
            .reason_code
            .as_ref()
            .map(|code| description(shop, key.store, code)),
        reason_code: key.reason_code.clone(),
        actor: key.actor.clone(),
        canceled_orders: sums.count,
        orders_placed: placed.0.get(&(key.day, key.store)).copied().unwrap_or(0),
        canceled: sums.canceled,
        refunded: sums.refunded,
    }
}

/// The description of a reason in `store`, or in the first store view that offers it.
fn description(shop: &Shop, store: Option<StoreNumber>, code: &str) -> String {
    let views = shop.stores.iter().map(|view| view.number);
    let views = views.filter(|number| store.is_none_or(|store| store == *number));
    let mut found = views.filter_map(|number| {
        let reasons = shop.cancellation_policy(number).reasons;
        let reason = reasons.reasons().iter().find(|reason| reason.code == code)?;
        Some(match store {
            Some(store) => reason.description_for(store).to_owned(),
            None => reason.description.clone(),
        })
    });
    found.next().unwrap_or_else(|| code.to_owned())
}

/// A share in ten-thousandths as a decimal number: `0.0312`.
fn decimal_share(share: u64) -> String {
    format!("{}.{:04}", share / 10_000, share % 10_000)
}
