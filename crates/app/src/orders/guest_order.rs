//! Finds an order for a caller who is not signed in: by what only the buyer knows, or by the order's token.

use countermand_domain::{Actor, Email, Order, OrderId, OrderNumber, StoreNumber};
use countermand_persistence::{Loaded, RateLimit};
use strum::IntoStaticStr;
use thiserror::Error;

use crate::App;
use crate::accounts::network::network_of;
use crate::accounts::tries::{hashed_name, hourly};
use crate::error::AppError;
use crate::failure::{Failure, Refusal};
use crate::orders::order_view::OrderView;
use crate::viewer::Viewer;

/// Why no order is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error, IntoStaticStr)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum LocateRefusal {
    /// No order fits, or the token is not valid, or the token is for a store view that this one does not stand for.
    #[error("We couldn't locate an order with the information provided.")]
    NotFound,
    /// The order belongs to an account.
    #[error("Please login to view the order.")]
    BelongsToAccount,
}

impl Refusal for LocateRefusal {
    fn code(&self) -> &'static str {
        self.into()
    }
}

/// What a guest enters about an order: last name or postcode, at least one of them.
#[derive(Debug, Clone)]
pub struct GuestOrderKey<'a> {
    /// The number on the order.
    pub number: &'a str,
    /// The e-mail address of the order.
    pub email: &'a str,
    /// The billing last name.
    pub lastname: Option<&'a str>,
    /// The billing postcode, which older storefronts ask for.
    pub postcode: Option<&'a str>,
}

/// The most look-ups from a network that may find no order within an hour. It is less than
/// [`MOST_MISSES_FOR`], so that one network cannot use up the look-ups of an order or of an e-mail address.
const MOST_MISSES_FROM: i64 = 30;
/// The most look-ups for an order number, and for an e-mail address, that may find no order within an hour. A postcode
/// can be guessed, so the limit holds for all networks together, and then also for the right postcode.
const MOST_MISSES_FOR: i64 = 60;

impl App {
    /// The guest order of the viewer's store view that fits `key` (`docs/contract.md` section 7). Only a look-up that
    /// finds no order counts; [`AppError::RateLimited`] after too many of them. It counts before it is answered, so a
    /// caller that goes away before has not learned whether it found the order.
    pub async fn guest_order(
        &self,
        viewer: &Viewer,
        key: &GuestOrderKey<'_>,
    ) -> Result<OrderView, Failure<LocateRefusal>> {
        let (store, number) = (viewer.store.number, OrderNumber::new(key.number.trim()));
        let [of_number, of_email] = misses_for(store, &number, &Email::new(key.email));
        let limits = [misses_from(&viewer.origin), of_number, of_email];
        self.refuse_beyond(&limits).await?;
        let loaded = self.database().order_by_number(store, &number).await?;
        let found = loaded.filter(|loaded| fits(&loaded.order, key));
        // Many look-ups at once may have passed the limits together, so a look-up that no longer fits is not answered,
        // even if it has found the order.
        self.count_made_try(&limits, found.is_none()).await?;
        Ok(self.guest_view(found.ok_or(LocateRefusal::NotFound)?)?)
    }

    /// The guest order that `token` was made for, if the viewer's store view shows it (`docs/contract.md` section 7).
    pub async fn guest_order_by_token(
        &self,
        viewer: &Viewer,
        token: &str,
    ) -> Result<OrderView, Failure<LocateRefusal>> {
        let loaded = self.loaded_by_token(viewer, token).await?;
        Ok(self.guest_view(loaded.ok_or(LocateRefusal::NotFound)?)?)
    }

    /// The order that `token` was made for, of a guest or of a customer, if the viewer's store view shows it.
    pub(crate) async fn loaded_by_token(
        &self,
        viewer: &Viewer,
        token: &str,
    ) -> Result<Option<Loaded>, AppError> {
        match self.order_by_token(viewer, token) {
            Some(id) => Ok(self.database().order(id).await?),
            None => Ok(None),
        }
    }

    /// The id that `token` was made for, if the viewer's store view shows the orders of the one that sold it.
    #[must_use]
    pub fn order_by_token(&self, viewer: &Viewer, token: &str) -> Option<OrderId> {
        let id = self.tokens().open(token)?;
        viewer.shop.shows(&viewer.store, id.store()).then_some(id)
    }

    fn guest_view(&self, loaded: Loaded) -> Result<OrderView, LocateRefusal> {
        if loaded.order.is_erased() {
            Err(LocateRefusal::NotFound)
        } else if loaded.order.is_guest() {
            Ok(self.view_of(loaded, Actor::Guest))
        } else {
            Err(LocateRefusal::BelongsToAccount)
        }
    }
}

/// The limit of look-ups from a network that find no order.
fn misses_from(origin: &str) -> RateLimit {
    hourly(
        format!("guest_order_from:{}", network_of(origin)),
        MOST_MISSES_FROM,
    )
}

/// The limits of look-ups that find no order, for a number and for an e-mail address, whether or not there is an order
/// with them.
fn misses_for(store: StoreNumber, number: &OrderNumber, email: &Email) -> [RateLimit; 2] {
    [number.as_str(), email.as_str()].map(|text| {
        hourly(
            format!("guest_order:{}", hashed_name(store.0, text)),
            MOST_MISSES_FOR,
        )
    })
}

/// Whether the order fits the key. Letter case and surrounding space do not matter, because people type the values. A
/// value that the order does not have fits no key: imported orders of the past may have no e-mail address and no name.
fn fits(order: &Order, key: &GuestOrderKey<'_>) -> bool {
    let same = |kept: &str, typed: &str| {
        !kept.trim().is_empty() && kept.trim().to_lowercase() == typed.trim().to_lowercase()
    };
    let billing = &order.billing_address;
    let lastname = key.lastname.is_none_or(|typed| same(&billing.lastname, typed));
    let postcode = key
        .postcode
        .is_none_or(|typed| billing.postcode.as_deref().is_some_and(|kept| same(kept, typed)));
    let told = key.lastname.is_some() || key.postcode.is_some();
    let own_email = Email::new(&order.customer.email);
    let email = !own_email.as_str().is_empty() && own_email == Email::new(key.email);
    told && email && lastname && postcode && !order.is_erased()
}
