//! Exports what the shop holds about a person, as one JSON document.

use countermand_domain::{Actor, Address, CustomerGroup, Money, Order, OrderItem, Quantity, Shop};
use countermand_persistence::{AuditEntry, Trail};
use serde_json::{Value, json};

use crate::App;
use crate::accounts::person::{Person, PersonInput};
use crate::error::{UserError, UserErrorCode};
use crate::failure::Failure;
use crate::rights::StaffOperation;
use crate::viewer::Viewer;

/// The most orders in the answer to one request.
pub const MOST_EXPORTED: u64 = 500;

impl App {
    /// Exports a person for a member of staff. A person with more than [`MOST_EXPORTED`] orders is refused.
    pub async fn export_customer(
        &self,
        viewer: &Viewer,
        input: &PersonInput,
    ) -> Result<Value, Failure<UserError>> {
        Self::check_may_handle_persons(viewer, StaffOperation::ExportCustomer)?;
        self.export(&viewer.actor(), &viewer.origin, input, MOST_EXPORTED)
            .await
    }

    /// Exports a person with all orders, for the command line.
    pub async fn export_customer_by_command(&self, input: &PersonInput) -> Result<Value, Failure<UserError>> {
        self.export(&Actor::System, "", input, u32::MAX.into()).await
    }

    async fn export(
        &self,
        actor: &Actor,
        origin: &str,
        input: &PersonInput,
        most: u64,
    ) -> Result<Value, Failure<UserError>> {
        let person = self.person(input).await?;
        let ids = self.orders_of(&person, most + 1).await?;
        if u64::try_from(ids.len()).unwrap_or(u64::MAX) > most {
            let message = format!("more than {most} orders: run `countermand customer export`");
            return Err(UserError::about("email", UserErrorCode::Invalid, message).into());
        }
        let mut orders = Vec::with_capacity(ids.len());
        for id in ids {
            if let Some(loaded) = self.database().order(id).await? {
                let trail = self.database().trail(id).await?;
                orders.push(order_document(&loaded.order, &loaded.shop, &trail));
            }
        }
        let about = self.audit_entries_of(&person).await?;
        let email = &person.email;
        let operation = StaffOperation::ExportCustomer.name();
        let details = format!("{} orders", orders.len());
        let audit = self.trail(actor, origin, operation, email, &details);
        self.database().audit(&audit).await?;
        let id = person.account.as_ref().map(|account| account.id.number());
        tracing::info!(
            customer = id,
            orders = orders.len(),
            "a person's data were exported"
        );
        Ok(json!({
            "format": "countermand-customer-1",
            "exported_at": self.now().to_rfc3339(),
            "email": email,
            "account": account_document(&person),
            "orders": orders,
            "audit_log": about.iter().map(audit_document).collect::<Vec<_>>(),
        }))
    }
}

fn account_document(person: &Person) -> Value {
    let Some(account) = &person.account else {
        return Value::Null;
    };
    json!({
        "id": account.id.number(),
        "email": account.email,
        "firstname": account.firstname,
        "lastname": account.lastname,
        "created_at": account.created_at.to_rfc3339(),
    })
}

fn audit_document(entry: &AuditEntry) -> Value {
    json!({
        "at": entry.created_at.to_rfc3339(),
        "actor": entry.actor,
        "action": entry.action,
        "target": entry.target,
        "details": entry.details,
    })
}

fn order_document(order: &Order, shop: &Shop, trail: &Trail) -> Value {
    let totals = order.totals;
    let details = order.payment.additional_data.iter();
    let details = details.map(|(name, value)| json!({ "name": name, "value": value }));
    json!({
        "id": order.id.number(),
        "number": order.number.as_str(),
        "store_view": shop.store(order.id.store()).map(|store| store.code.clone()),
        "placed_at": order.placed_at.to_rfc3339(),
        "updated_at": order.updated_at.to_rfc3339(),
        "state": order.state.code(),
        "status": order.status,
        "buyer": {
            "email": order.customer.email,
            "prefix": order.customer.prefix,
            "firstname": order.customer.firstname,
            "middlename": order.customer.middlename,
            "lastname": order.customer.lastname,
            "suffix": order.customer.suffix,
            "customer_group": order.customer.group.map(CustomerGroup::number),
        },
        "billing_address": address_document(&order.billing_address),
        "shipping_address": order.shipping_address.as_ref().map(address_document),
        "shipping_method": order.shipping.description,
        "payment": {
            "method": order.payment.method,
            "title": order.payment.title,
            "details": details.collect::<Vec<_>>(),
        },
        "items": order.items.iter().map(item_document).collect::<Vec<_>>(),
        "points": order.points.map(|points| points.count),
        "coupons": order.coupons.iter().map(|coupon| coupon.code.clone()).collect::<Vec<_>>(),
        "currency": order.currency().code(),
        "grand_total": totals.grand_total.to_decimal(),
        "paid": totals.paid.map(Money::to_decimal),
        "refunded": totals.refunded.to_decimal(),
        "canceled": totals.canceled.to_decimal(),
        "invoices": order.invoices.iter().map(|it| json!({
            "number": it.number, "at": it.created_at.to_rfc3339(), "grand_total": it.grand_total.to_decimal(),
        })).collect::<Vec<_>>(),
        "shipments": order.shipments.iter().map(|it| json!({
            "number": it.number, "at": it.created_at.to_rfc3339(),
            "tracking": it.tracking.iter().map(|track| json!({
                "carrier": track.title, "number": track.number,
            })).collect::<Vec<_>>(),
        })).collect::<Vec<_>>(),
        "credit_memos": order.credit_memos.iter().map(|it| json!({
            "number": it.number, "at": it.created_at.to_rfc3339(), "grand_total": it.grand_total.to_decimal(),
        })).collect::<Vec<_>>(),
        "history": order.comments.iter().map(|it| json!({
            "at": it.created_at.to_rfc3339(), "text": it.text, "shown_to_buyer": it.visible_on_front,
        })).collect::<Vec<_>>(),
        "events": trail.events.iter().map(|it| json!({
            "at": it.at.to_rfc3339(), "kind": it.kind, "actor": it.actor, "network_address": it.origin, "note": it.note,
        })).collect::<Vec<_>>(),
    })
}

fn item_document(item: &OrderItem) -> Value {
    let options = item.selected_options.iter().chain(&item.entered_options);
    let quantity = |quantity: Quantity| quantity.to_string();
    json!({
        "sku": item.sku,
        "name": item.name,
        "ordered": quantity(item.quantities.ordered),
        "invoiced": quantity(item.quantities.invoiced),
        "shipped": quantity(item.quantities.shipped),
        "canceled": quantity(item.quantities.canceled),
        "refunded": quantity(item.quantities.refunded),
        "options": options.map(|it| json!({ "name": it.label, "value": it.value })).collect::<Vec<_>>(),
        "gift_card": item.gift_card.as_ref().map(|card| json!({
            "sender_name": card.sender_name,
            "sender_email": card.sender_email,
            "recipient_name": card.recipient_name,
            "recipient_email": card.recipient_email,
            "message": card.message,
        })),
    })
}

fn address_document(address: &Address) -> Value {
    json!({
        "prefix": address.prefix,
        "firstname": address.firstname,
        "middlename": address.middlename,
        "lastname": address.lastname,
        "suffix": address.suffix,
        "company": address.company,
        "street": address.street,
        "postcode": address.postcode,
        "city": address.city,
        "region": address.region,
        "country": address.country,
        "telephone": address.telephone,
        "fax": address.fax,
        "vat_id": address.vat_id,
    })
}
