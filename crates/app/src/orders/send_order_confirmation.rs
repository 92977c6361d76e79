//! Staff sends the buyer a mail with a link to the order.

use chrono::{DateTime, Utc};
use countermand_domain::{Order, OrderId, Shop};
use countermand_persistence::NewObligation;

use crate::App;
use crate::error::{AppError, UserError, UserErrorCode};
use crate::failure::Failure;
use crate::mails::notice::locale_of;
use crate::mails::order_summary::order_summary;
use crate::order_command::NoSuchOrder;
use crate::orders::order_link::{order_link, storefront_settings};
use crate::orders::order_view::OrderView;
use crate::ports::MailMessage;
use crate::rights::StaffOperation;
use crate::viewer::Viewer;

impl App {
    /// Mails the buyer of an order, guest or customer, the link to it; the order stays as it is.
    pub async fn send_order_confirmation(
        &self,
        viewer: &Viewer,
        id: OrderId,
    ) -> Result<OrderView, Failure<UserError>> {
        let staff = viewer.staff(StaffOperation::SendOrderConfirmation)?;
        let Some(loaded) = self.order_for(staff, id).await? else {
            return Err(UserError::from(NoSuchOrder).into());
        };
        if viewer.is_carried_out() {
            return Ok(self.view_of(loaded, viewer.actor()));
        }
        if loaded.order.is_erased() {
            let message = "the buyer of the order was erased";
            return Err(UserError::about("order_id", UserErrorCode::Invalid, message).into());
        }
        if loaded.order.customer.email.is_empty() {
            let message = "the order has no e-mail address";
            return Err(UserError::about("order_id", UserErrorCode::Invalid, message).into());
        }
        let mail = self.order_confirmation(&loaded.order, &loaded.shop, self.now())?;
        let details = format!("to {}", loaded.order.customer.email);
        let trail = self.trail_of(
            viewer,
            "sendOrderConfirmation",
            loaded.order.number.as_str(),
            &details,
        );
        self.database().insert_audited_obligation(&mail, &trail).await?;
        tracing::info!(order = id.number(), id = %mail.id, "staff had the link to an order mailed");
        Ok(self.view_of(loaded, viewer.actor()))
    }

    /// The mail with the link to `order`.
    pub(crate) fn order_confirmation(
        &self,
        order: &Order,
        shop: &Shop,
        now: DateTime<Utc>,
    ) -> Result<NewObligation, AppError> {
        let storefront = storefront_settings(shop, order.id.store());
        let link = storefront.map(|settings| order_link(&settings, &self.tokens().seal(order.id)));
        let message = MailMessage::OrderConfirmation {
            order_number: order.number.clone(),
            link: link.unwrap_or_default(),
            order: order_summary(order, locale_of(order, shop)),
        };
        let mail = self.mail_to_buyer(order, shop, message, now);
        self.owe_mail(Some(order.id), &mail)
    }
}
