//! Sales documents: invoices, shipments, credit memos.

mod credit_memo;
mod invoice;
mod line_money;
mod lines;
mod open_invoice;
mod refusal;
mod shipment;

pub use credit_memo::{CreditMemo, CreditMemoLine, CreditMemoRequest};
pub use invoice::{Invoice, InvoiceLine, InvoiceRequest, InvoiceState};
pub use lines::LineRefusal;
pub use open_invoice::OpenInvoiceRequest;
pub use refusal::DocumentRefusal;
pub use shipment::{Shipment, ShipmentLine, ShipmentRequest, Tracking};
