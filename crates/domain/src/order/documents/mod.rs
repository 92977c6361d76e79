//! Sales documents: invoices, shipments, credit memos.

mod credit_memo;
mod invoice;
mod shipment;

pub(crate) use credit_memo::refund_comment;
pub use credit_memo::{CreditMemo, CreditMemoLine, CreditMemoRequest};
pub use invoice::{DocumentRefusal, Invoice, InvoiceLine, InvoiceRequest};
pub use shipment::{Shipment, ShipmentLine, ShipmentRequest, Tracking};
