//! Imports orders from another shop. An order is imported as a whole or refused; importing it again does no harm. The
//! limits stand elsewhere: the bytes of an order in `import/src/object_scan.rs`, its items in `import/src/items.rs`,
//! and the body of a request in `server/src/http/body.rs`. The number of orders has no limit of its own.

use std::collections::BTreeMap;
use std::future::{Future, pending};
use std::io::Read;
use std::pin::pin;

use countermand_domain::{Actor, EventData, Order, OrderEvent, OrderNumber, Shop, StoreNumber};
use countermand_persistence::{DatabaseError, KnownOrder, NewOrder};
use tokio::sync::mpsc;

use crate::App;
use crate::error::{AppError, UserError, UserErrorCode};
use crate::failure::Failure;
use crate::orders::import_batch::{read_batches, without_repeats};
use crate::orders::import_customers::ImportedCustomers;
pub use crate::orders::import_summary::{ImportSummary, RefusedOrder};
use crate::rights::StaffOperation;
use crate::viewer::Viewer;
use countermand_import::ReadOrder;

/// Who imports, and the store view that the orders go to.
#[derive(Debug, Clone)]
pub struct ImportTarget {
    /// The store view that all orders go to. Without one, each
    /// order goes to the store view that its `store_id` numbers.
    pub store: Option<StoreNumber>,
    /// The only store view that this import may write to.
    pub only: Option<StoreNumber>,
    /// Who imports.
    pub actor: Actor,
    /// The network address that the request came from; empty on the command line.
    pub origin: String,
    /// Whether each buyer of a new order gets a mail with a link to the order.
    pub send_confirmation: bool,
}

impl App {
    /// Imports every order of a stream; `progress` is called after each batch with the result so far. When `stop` ends,
    /// the import ends after the batch that is being written.
    ///
    /// Reading and writing run at the same time. Memory holds only a few batches, also for a long stream.
    pub async fn import_orders<R: Read + Send + 'static>(
        &self,
        source: R,
        target: &ImportTarget,
        mut progress: impl FnMut(&ImportSummary),
        stop: impl Future<Output = ()>,
    ) -> Result<ImportSummary, AppError> {
        let mut stop = pin!(stop);
        self.audit_import(target, "begins").await?;
        let (sender, mut batches) = mpsc::channel(2);
        let reading = tokio::task::spawn_blocking(move || read_batches(source, &sender));
        let mut summary = ImportSummary::default();
        let mut customers = ImportedCustomers::default();
        loop {
            let batch = tokio::select! {
                biased;
                () = &mut stop => {
                    summary.stopped = true;
                    break;
                }
                batch = batches.recv() => batch,
            };
            let Some(batch) = batch else { break };
            for refused in batch.refused {
                summary.refuse(refused);
            }
            for part in without_repeats(batch.orders) {
                self.import_batch(part, target, &mut customers, &mut summary)
                    .await?;
            }
            progress(&summary);
        }
        // A reader that waits for more of a stream cannot be waited for.
        if !summary.stopped {
            reading
                .await
                .map_err(|problem| AppError::Internal(problem.to_string()))?;
        }
        self.audit_import(target, &summary.to_string()).await?;
        tracing::info!(
            imported = summary.imported,
            updated = summary.updated,
            skipped = summary.skipped,
            refused = summary.refused_count,
            needs_attention = summary.needs_attention,
            "an import ended"
        );
        Ok(summary)
    }

    /// Writes an entry of the audit log. An import has two: one before the first order, and one with the numbers after
    /// the last order; an import that ended early has the first one alone.
    async fn audit_import(&self, target: &ImportTarget, details: &str) -> Result<(), AppError> {
        let shop = self.database().shop().await?;
        let store = target.store.and_then(|number| shop.store(number));
        let code = store.map_or("all", |store| store.code.as_str());
        let entry = self.trail(&target.actor, &target.origin, "importOrders", code, details);
        Ok(self.database().audit(&entry).await?)
    }

    /// Imports the orders of a text, for a manager.
    pub async fn import_orders_as_admin(
        &self,
        viewer: &Viewer,
        text: &str,
        store_code: Option<&str>,
        send_confirmation: bool,
    ) -> Result<ImportSummary, Failure<UserError>> {
        let staff = viewer.staff(StaffOperation::ImportOrders)?;
        let store = match store_code.map(|code| viewer.shop.store_by_code(code).map(|store| store.number)) {
            Some(None) => {
                let message = "there is no such store view";
                return Err(UserError::about("store_code", UserErrorCode::NotFound, message).into());
            }
            Some(found) => found,
            None => None,
        };
        let target = ImportTarget {
            store,
            only: staff.store,
            actor: viewer.actor(),
            origin: viewer.origin.clone(),
            send_confirmation,
        };
        let source = std::io::Cursor::new(text.to_owned());
        Ok(self.import_orders(source, &target, |_| {}, pending()).await?)
    }

    /// Writes a batch in which no number occurs twice.
    async fn import_batch(
        &self,
        batch: Vec<(u64, ReadOrder)>,
        target: &ImportTarget,
        customers: &mut ImportedCustomers,
        summary: &mut ImportSummary,
    ) -> Result<(), AppError> {
        let shop = self.database().shop().await?;
        let mut by_store: BTreeMap<StoreNumber, Vec<(u64, ReadOrder)>> = BTreeMap::new();
        for (line, order) in batch {
            match target_store(&shop, target, &order) {
                Ok(store) => by_store.entry(store).or_default().push((line, order)),
                Err(problem) => summary.refuse(about(line, &order, "store_id", problem)),
            }
        }
        for (store, mut orders) in by_store {
            self.keep_labels_of(store, &orders, target).await?;
            for (_, order) in &mut orders {
                order.notes.extend(foreign_currency(&shop, store, order));
            }
            let numbers: Vec<OrderNumber> = orders.iter().map(|(_, order)| order.number.clone()).collect();
            let known = self.database().known_orders(store, &numbers).await?;
            if let Some(website) = shop.store(store).map(|store| store.website) {
                // An order that was changed here, or whose buyer was erased, is not replaced: it needs no account.
                let is_written =
                    |order: &ReadOrder| known.get(&order.number).is_none_or(|known| known.work.is_none());
                let written = orders
                    .iter()
                    .map(|(_, order)| order)
                    .filter(|order| is_written(order));
                let buyers = written.filter_map(|order| order.customer.as_ref());
                customers.ensure(self, website, buyers).await?;
                let (here, new): (Vec<_>, Vec<_>) = orders
                    .into_iter()
                    .partition(|(_, order)| known.contains_key(&order.number));
                let ids = self.database().reserve_order_ids(store, new.len()).await?;
                let mut rows = Vec::with_capacity(new.len());
                for ((line, order), id) in new.into_iter().zip(ids) {
                    summary.note(&order.number, &order.notes);
                    let customer = order
                        .customer
                        .as_ref()
                        .and_then(|it| customers.id_of(website, &it.email));
                    let event = self.import_event(EventData::Imported, target);
                    let order = order.into_order(id, customer);
                    // Orders of the past may have no e-mail address.
                    let is_mailed = target.send_confirmation && !order.customer.email.is_empty();
                    let mail = is_mailed
                        .then(|| self.order_confirmation(&order, &shop, self.now()))
                        .transpose()?;
                    let told = self.messages_of(&shop, &order, event.data.kind())?;
                    rows.push((
                        line,
                        NewOrder {
                            order,
                            event,
                            event_id: self.env().next_id(),
                            origin: target.origin.clone(),
                            obligations: mail.into_iter().chain(told).collect(),
                        },
                    ));
                }
                let followed = rows
                    .iter()
                    .map(|(_, new)| &new.order)
                    .filter(|order| is_followed(order));
                let followed: Vec<Order> = followed.cloned().collect();
                self.insert(rows, summary).await?;
                self.follow_imported(&followed, summary).await?;
                for (_, order) in here {
                    let Some(known) = known.get(&order.number) else {
                        continue;
                    };
                    let customer = order
                        .customer
                        .as_ref()
                        .and_then(|it| customers.id_of(website, &it.email));
                    Box::pin(self.update(order, known, customer, target, summary)).await?;
                }
            }
        }
        Ok(())
    }

    /// Keeps the labels of the statuses of `orders`, where the orders tell them.
    async fn keep_labels_of(
        &self,
        store: StoreNumber,
        orders: &[(u64, ReadOrder)],
        target: &ImportTarget,
    ) -> Result<(), AppError> {
        let told = orders
            .iter()
            .filter_map(|(_, order)| Some((order.status().to_owned(), order.status_label.clone()?)));
        let labels: BTreeMap<String, String> = told.collect();
        self.keep_status_labels(&target.actor, &target.origin, store, &labels)
            .await
    }

    /// Inserts all orders together. When one of them cannot be written,
    /// inserts them one by one, so that the others are still written.
    async fn insert(&self, rows: Vec<(u64, NewOrder)>, summary: &mut ImportSummary) -> Result<(), AppError> {
        let (lines, orders): (Vec<u64>, Vec<NewOrder>) = rows.into_iter().unzip();
        match self.database().insert_orders(&orders).await {
            Ok(()) => {
                summary.imported += u64::try_from(orders.len()).unwrap_or(0);
                return Ok(());
            }
            Err(DatabaseError::Duplicate | DatabaseError::Failed(_)) if orders.len() > 1 => {}
            Err(DatabaseError::Duplicate) => {
                summary.skipped += 1;
                return Ok(());
            }
            Err(problem) => return Err(problem.into()),
        }
        for (line, order) in lines.into_iter().zip(&orders) {
            match self.database().insert_orders(std::slice::from_ref(order)).await {
                Ok(()) => summary.imported += 1,
                Err(DatabaseError::Duplicate) => summary.skipped += 1,
                Err(DatabaseError::Failed(problem)) => {
                    let number = Some(order.order.number.clone());
                    summary.refuse(RefusedOrder {
                        position: line,
                        number,
                        field: None,
                        value: None,
                        message: problem,
                    });
                }
                Err(problem) => return Err(problem.into()),
            }
        }
        Ok(())
    }

    /// Replaces an older version of an order by a newer one, and keeps the notes of staff. Of an order that was changed
    /// here, only what the change must know is taken over.
    async fn update(
        &self,
        mut order: ReadOrder,
        known: &KnownOrder,
        customer: Option<countermand_domain::CustomerId>,
        target: &ImportTarget,
        summary: &mut ImportSummary,
    ) -> Result<(), AppError> {
        let notes = std::mem::take(&mut order.notes);
        let mut order = order.into_order(known.id, customer);
        if let Some(work) = known.work {
            return self
                .import_known_order(known, work, &order, target, summary)
                .await;
        }
        if order.updated_at <= known.updated_at {
            summary.skipped += 1;
            // An import that died may have replaced the renewal before it took over the end of the subscription.
            summary.note(&order.number, &self.end_renewed(&order).await?);
            return Ok(());
        }
        match self.database().notes_of(known).await {
            Ok(notes) => order.keep_notes(notes),
            Err(DatabaseError::Conflict) => {
                summary.skipped += 1;
                return Ok(());
            }
            Err(problem) => return Err(problem.into()),
        }
        order.version = known.version + 1;
        let event = self.import_event(EventData::Updated, target);
        let shop = self.database().shop().await?;
        let newer = NewOrder {
            obligations: self.messages_of(&shop, &order, event.data.kind())?,
            order,
            event,
            event_id: self.env().next_id(),
            origin: target.origin.clone(),
        };
        match self.database().replace_order(known, &newer).await {
            Ok(()) => {
                summary.updated += 1;
                summary.note(&newer.order.number, &notes);
                if is_followed(&newer.order) {
                    self.follow_imported(&[newer.order], summary).await?;
                }
            }
            // The order was changed here after the import read it.
            Err(DatabaseError::Conflict) => summary.skipped += 1,
            Err(problem) => return Err(problem.into()),
        }
        Ok(())
    }

    /// Changes orders, which were just written, by what was known before they came: a channel may have canceled them,
    /// and the end of a subscription that they renew may have been asked for. This is looked up after the orders are
    /// stored, so that nothing that happens at the same moment is missed.
    async fn follow_imported(&self, orders: &[Order], summary: &mut ImportSummary) -> Result<(), AppError> {
        self.owe_completions_of(orders).await?;
        for order in orders {
            summary.note(&order.number, &self.end_renewed(order).await?);
        }
        Ok(())
    }

    fn import_event(&self, data: EventData, target: &ImportTarget) -> OrderEvent {
        OrderEvent {
            actor: target.actor.clone(),
            at: self.now(),
            data,
        }
    }
}

/// Whether what was known before may change an imported order.
fn is_followed(order: &Order) -> bool {
    // What is shipped here and canceled at its channel is told to staff in any state.
    let may_be_canceled = order.channel.is_some() && (!order.state.is_history() || order.has_shipment());
    may_be_canceled || !order.subscriptions.is_empty()
}

fn target_store(shop: &Shop, target: &ImportTarget, order: &ReadOrder) -> Result<StoreNumber, String> {
    let numbered = order
        .store_id
        .and_then(|id| i32::try_from(id).ok())
        .map(StoreNumber);
    let store = target
        .store
        .or(numbered)
        .ok_or("is missing: name a store view for the whole import")?;
    if shop.store(store).is_none() {
        return Err(
            "numbers no store view here: create it, or name a store view for the whole import".into(),
        );
    }
    if target.only.is_some_and(|only| only != store) {
        return Err("is a store view that this token is not for".into());
    }
    Ok(store)
}

/// The note on an order in a currency in which its store view does not sell.
fn foreign_currency(shop: &Shop, store: StoreNumber, order: &ReadOrder) -> Option<String> {
    let store = shop.store(store)?;
    let currency = order.currency();
    (currency != store.currency).then(|| {
        format!(
            "order_currency_code {currency} is not {}, in which the store view {} sells; the order keeps its currency",
            store.currency, store.code
        )
    })
}

fn about(line: u64, order: &ReadOrder, field: &str, message: String) -> RefusedOrder {
    RefusedOrder {
        position: line,
        number: Some(order.number.clone()),
        field: Some(field.into()),
        value: order.store_id.map(|id| id.to_string()),
        message,
    }
}
