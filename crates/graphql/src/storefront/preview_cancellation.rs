//! `previewCancellation`: what canceling an order or items of it would do, as a quote that `cancelOrder` accepts.

use async_graphql::{Context, Enum, ID, InputObject, Object, Result, SimpleObject};
use countermand_app::OrderView;
use countermand_app::cancel::cancel_order::NotCanceled;
use countermand_app::cancel::preview_cancellation::QuotedCancellation;
use countermand_app::orders::guest_order::LocateRefusal;
use countermand_domain::{CancellationIntent, RowMoney, TenderRefund};

use super::not_located;
use crate::kit::context::{app, viewer};
use crate::kit::error::answered;
use crate::kit::id::parse_order_id;
use crate::kit::money::{Money, quantity};
use crate::kit::time;
use crate::types::order_line::{OrderLineInput, selection};
use crate::types::refund_choice::CancellationRefundInput;
use crate::types::{CancellationAction, CancellationRefusalCode, OrderRestoration, explained_refusal};

#[derive(Default)]
pub(crate) struct PreviewCancellationMutation;

/// The order whose cancellation is quoted, the items of it, and the reason.
#[derive(InputObject)]
#[graphql(rename_fields = "snake_case")]
struct PreviewCancellationInput {
    /// The id of the order (`CustomerOrder.id`), or the decimal number that this id encodes. A signed-in customer names
    /// an own order, staff any; null for a guest, who gives `token`.
    order_id: Option<ID>,
    /// The token of a guest's order (`CustomerOrder.token`); null for customers and staff.
    token: Option<String>,
    /// The items to cancel, and how many units of each; null for all that is left of the order.
    items: Option<Vec<OrderLineInput>>,
    /// The reason for the cancellation, by its description or its code. The shop keeps no fee for a reason for which
    /// the seller is at fault; null for a quote without a reason.
    reason: Option<String>,
    /// Whether to quote a cancellation even if cancellation is switched off in the order's store view; true needs the
    /// role `manager`. The default is false.
    #[graphql(default_with = "Some(false)")]
    override_switch: Option<bool>,
    /// How much of the money that comes back is paid back, as `cancelOrderAsAdmin` takes it and with the same rights;
    /// null for all of it.
    refund: Option<CancellationRefundInput>,
}

/// The outcome of `previewCancellation`.
#[derive(SimpleObject)]
#[graphql(serial, rename_fields = "snake_case")]
struct PreviewCancellationPayload {
    /// The quote; null when the order cannot be canceled.
    quote: Option<CancellationQuote>,
    /// Why there is no quote; empty when there is one.
    user_errors: Vec<PreviewCancellationError>,
}

/// Why the cancellation of an order is not quoted.
#[derive(SimpleObject)]
#[graphql(serial)]
struct PreviewCancellationError {
    /// Why there is no quote, as a code for programs.
    code: CancellationRefusalCode,
    /// Why there is no quote, as a sentence for people, in the language of the request's store view if that is Dutch or
    /// Swedish, and in English otherwise.
    message: String,
    /// The field of the input that the error is about: `order_id`, `items`, `reason` or `refund`.
    field: String,
}

/// What canceling would do, for one version of the order and a limited time.
#[derive(SimpleObject)]
#[graphql(serial, rename_fields = "snake_case")]
struct CancellationQuote {
    /// The id of the quote, with which the mutations that cancel accept it.
    id: ID,
    /// Whether the caller may cancel this at once, or may request it.
    action: CancellationAction,
    /// The time from which the quote is stale, in the format `YYYY-MM-DD hh:mm:ss` in UTC.
    expires_at: String,
    /// The version of the order that the quote is for; each change of the order raises it.
    order_version: i64,
    /// What is canceled and refunded of each item; items that nothing is taken of are not listed.
    items: Vec<QuotedItem>,
    /// Shipping that comes back, tax included, in the order's currency; zero when none does.
    shipping_refund: Money,
    /// Shipping that will never be billed, tax included, in the order's currency; zero when there is none.
    shipping_canceled: Money,
    /// Other charges that come back, in the order's currency; zero when there are none.
    other_charges_refund: Money,
    /// Fee that the shop keeps of the money, in the order's currency; zero when there is none.
    fee: Money,
    /// Money that is paid back, the fee taken off, in the order's currency; zero when none is.
    refund_total: Money,
    /// Gift cards and store credit that come back, and what the returned reward points paid, in the order's currency; zero
    /// when nothing does.
    credits: Money,
    /// Money that will never be billed, in the order's currency; zero when all of it is invoiced.
    canceled_total: Money,
    /// What comes back by each tender, the fee taken off: together `refund_total` and `credits`. Empty when nothing
    /// comes back.
    tenders: Vec<QuotedTender>,
    /// What the systems that keep stock, coupons, credits and points would give back; null unless staff asks.
    restores: Option<OrderRestoration>,
}

/// The kind of a tender with which an order is paid.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
enum RefundTender {
    /// A payment method of the order, such as a card or a bank transfer.
    PaymentMethod,
    /// Gift cards, store credit and reward points, which an order keeps as one sum.
    Credit,
}

/// What comes back by one tender.
#[derive(SimpleObject)]
#[graphql(serial, rename_fields = "snake_case")]
struct QuotedTender {
    /// The kind of the tender: a payment method, or the gift cards, store credit and points that are credits of the
    /// order.
    tender: RefundTender,
    /// Name of the payment method as the buyer saw it, such as `Check / Money order`; null for credits of the order.
    payment_method: Option<String>,
    /// Amount that comes back by the tender, in the order's currency; always positive.
    amount: Money,
}

/// What a quote takes of one item.
#[derive(SimpleObject)]
#[graphql(serial, rename_fields = "snake_case")]
struct QuotedItem {
    /// SKU (stock keeping unit) of the product.
    product_sku: String,
    /// Units that are canceled because they are not invoiced, with at most four decimals.
    quantity_canceled: f64,
    /// Units that are refunded because they are invoiced, with at most four decimals.
    quantity_refunded: f64,
    /// Price of the refunded units that comes back, without tax and before the discount, in the order's currency.
    price: Money,
    /// Tax on the refunded units that comes back, in the order's currency.
    tax: Money,
    /// Discount on the refunded units, which makes the refund less, as a positive amount in the order's currency.
    discount: Money,
    /// Money of the refunded units: price and tax without the discount, in the order's currency, before the fee.
    refund: Money,
    /// Money of the canceled units that will never be billed, tax included and discount taken off, in the order's
    /// currency.
    canceled: Money,
    /// Share of the quote's `shipping_refund` for the item, in proportion to `refund`, in the order's currency. The
    /// shares of all items are the whole.
    shipping_refund: Money,
    /// Share of the quote's `shipping_canceled` for the item, in proportion to `canceled`, in the order's currency. The
    /// shares of all items are the whole.
    shipping_canceled: Money,
    /// Share of the quote's `fee` for the item, in proportion to `refund`, in the order's currency. The shares of all
    /// items are the whole.
    fee: Money,
}

#[Object]
impl PreviewCancellationMutation {
    /// Quotes what canceling an order or items of it would do; no order changes. `cancelOrder`,
    /// `requestGuestOrderCancel`, `requestOrderCancellation` and `cancelOrderAsAdmin` with `quote_id` do exactly what
    /// was quoted, or answer that the quote is stale: after 15 minutes, when time ends the action, or when the order or
    /// the selection is another one. For the buyer of the order, and for staff with the role `support`.
    async fn preview_cancellation(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The order, the items of it, and the reason.")] input: PreviewCancellationInput,
    ) -> Result<PreviewCancellationPayload> {
        let (app, viewer) = (app(context)?, viewer(context)?);
        let id = match (&input.token, &input.order_id) {
            (Some(token), _) => app
                .order_by_token(viewer, token)
                .ok_or_else(|| not_located(LocateRefusal::NotFound))?,
            (None, Some(id)) => match parse_order_id(id) {
                Ok(id) => id,
                Err(_) => {
                    return Ok(refused(
                        CancellationRefusalCode::NotFound,
                        "There is no such order.",
                        "order_id",
                    ));
                }
            },
            (None, None) => {
                let message = "Name an order by its id or its token.";
                return Ok(refused(CancellationRefusalCode::NotFound, message, "order_id"));
            }
        };
        let selection = match selection(id, input.items) {
            Ok(selection) => selection,
            Err(problem) => {
                return Ok(refused(
                    CancellationRefusalCode::Selection,
                    &problem.message,
                    "items",
                ));
            }
        };
        let refund = match input.refund.map(CancellationRefundInput::read).transpose() {
            Ok(refund) => refund.unwrap_or_default(),
            Err(problem) => return Ok(refused(CancellationRefusalCode::Refund, problem, "refund")),
        };
        let intent = CancellationIntent {
            reason: input.reason.unwrap_or_default(),
            selection,
            refund,
            ..CancellationIntent::default()
        };
        let overrides = input.override_switch.unwrap_or(false);
        let outcome = app
            .preview_cancellation(viewer, id, &intent, input.token.is_some(), overrides)
            .await;
        Ok(match answered(outcome)? {
            Ok(quoted) => PreviewCancellationPayload {
                quote: Some(quoted.into()),
                user_errors: Vec::new(),
            },
            Err(NotCanceled::Refused { refusal, .. }) => {
                let (code, message) = explained_refusal(&refusal, &viewer.store.locale);
                let field = match code {
                    CancellationRefusalCode::Selection => "items",
                    CancellationRefusalCode::InvalidReason => "reason",
                    CancellationRefusalCode::Refund => "refund",
                    _ => "order_id",
                };
                refused(code, message, field)
            }
            Err(NotCanceled::NoSuchOrder | NotCanceled::NotConfirmed) => refused(
                CancellationRefusalCode::NotFound,
                "There is no such order.",
                "order_id",
            ),
        })
    }
}

fn refused(code: CancellationRefusalCode, message: &str, field: &str) -> PreviewCancellationPayload {
    PreviewCancellationPayload {
        quote: None,
        user_errors: vec![PreviewCancellationError {
            code,
            message: message.into(),
            field: field.into(),
        }],
    }
}

impl From<QuotedCancellation> for CancellationQuote {
    fn from(it: QuotedCancellation) -> Self {
        let QuotedCancellation {
            id,
            preview,
            order,
            is_for_staff,
        } = it;
        let money = preview.quote.money;
        let items = preview.items.iter().filter_map(|it| {
            let row = it.taken;
            let item = order.order.item(row.item)?;
            Some(QuotedItem {
                product_sku: item.sku.clone(),
                quantity_canceled: quantity(row.canceled),
                quantity_refunded: quantity(row.refunded),
                price: row.refunded_money.net.into(),
                tax: tax(row.refunded_money).into(),
                discount: row.refunded_money.discount.into(),
                refund: payable(row.refunded_money).into(),
                canceled: payable(row.canceled_money).into(),
                shipping_refund: it.shipping_refunded.into(),
                shipping_canceled: it.shipping_canceled.into(),
                fee: it.fee.into(),
            })
        });
        Self {
            id: id.to_string().into(),
            action: preview.action.into(),
            expires_at: time::utc(preview.quote.expires_at),
            order_version: preview.quote.order_version,
            items: items.collect(),
            shipping_refund: payable(preview.shipping_refunded).into(),
            shipping_canceled: payable(preview.shipping_canceled).into(),
            other_charges_refund: preview.charges_refunded.into(),
            fee: money.fee.into(),
            refund_total: money.refund_total.into(),
            credits: money.credits.into(),
            canceled_total: money.canceled_total.into(),
            tenders: preview.tenders.iter().map(|it| tender(it, &order)).collect(),
            restores: is_for_staff.then(|| OrderRestoration::from(&preview.restores)),
        }
    }
}

fn tender(it: &TenderRefund, order: &OrderView) -> QuotedTender {
    QuotedTender {
        tender: match it.tender {
            Some(_) => RefundTender::PaymentMethod,
            None => RefundTender::Credit,
        },
        payment_method: it.tender.map(|position| order.tender_name(position)),
        amount: it.amount.into(),
    }
}

/// What `row` comes to; the net amount where the sum does not fit.
fn payable(row: RowMoney) -> countermand_domain::Money {
    row.payable().unwrap_or(row.net)
}

/// The tax of `row`, with the tax that a discount contains.
fn tax(row: RowMoney) -> countermand_domain::Money {
    row.tax.checked_add(row.tax_compensation).unwrap_or(row.tax)
}
