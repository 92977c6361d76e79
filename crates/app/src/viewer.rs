//! The caller of a request, with the store view and the network address.

use std::sync::Arc;

use countermand_domain::{
    Actor, Customer, CustomerId, OrderId, Shop, StaffRole, StoreNumber, StoreView, WebsiteNumber,
};
use countermand_persistence::{AccountKey, TokenOwner};
use thiserror::Error;

use crate::App;
use crate::accounts::access_token::{STAFF_PREFIX, hash_token};
use crate::error::AppError;
use crate::idempotency::HeldKey;
use crate::ports::{Identity, IdentityError};
use crate::rights::StaffOperation;

/// The caller, resolved once for each request.
#[derive(Debug, Clone)]
pub struct Viewer {
    /// The store view that the `Store` header names, or the default one.
    pub store: StoreView,
    /// The shop as it was when the request arrived.
    pub shop: Arc<Shop>,
    /// The kind of caller.
    pub caller: Caller,
    /// The network address that the request came from, for the audit log.
    pub origin: String,
    /// The idempotency key of the request, which this request holds; none where it brings no key.
    pub key: Option<HeldKey>,
}

/// Kinds of callers.
#[derive(Debug, Clone)]
pub enum Caller {
    /// A caller who is not signed in.
    Anonymous,
    /// A customer.
    Customer(Customer),
    /// A member of staff.
    Staff(Staff),
}

/// A member of staff, as the token names them.
#[derive(Debug, Clone)]
pub struct Staff {
    /// The token's name.
    pub name: String,
    /// The role of the token.
    pub role: StaffRole,
    /// The only store view that the token is for; none for all store views.
    pub store: Option<StoreNumber>,
    /// Whether the token was given the permission to cancel and pay nothing back. An owner needs none.
    pub may_withhold_refunds: bool,
}

/// Why a request is refused before any of its operations run.
#[derive(Debug, Error)]
pub enum ViewerError {
    /// The `Store` header names no active store view (`docs/contract.md` section 10).
    #[error("Requested store is not found")]
    StoreNotFound,
    /// The bearer token is unknown, expired or revoked.
    #[error("the bearer token is not valid")]
    InvalidToken,
    /// The database failed.
    #[error(transparent)]
    App(#[from] AppError),
}

impl App {
    /// Resolves the caller of a request from its `Store` and `Authorization` headers; one round trip.
    ///
    /// An absent or empty bearer token means an anonymous caller; a wrong token is an error
    /// (`docs/contract.md` section 10). A token with two dots belongs to the shop's own
    /// identity service, if there is one; such a token never belongs to staff.
    pub async fn viewer(
        &self,
        store: Option<&str>,
        bearer: Option<&str>,
        origin: &str,
    ) -> Result<Viewer, ViewerError> {
        if let (Some(token), Some(verifier)) = (bearer, self.identities())
            && is_jwt(token)
        {
            let identity = verifier.verify(token, self.now()).await;
            return self.viewer_by_identity(store, identity, origin).await;
        }
        let hash = bearer.map(hash_token);
        let (shop, token) = self
            .database()
            .session(hash.as_deref(), self.now())
            .await
            .map_err(AppError::from)?;
        let caller = match (bearer, token) {
            (None, _) => Caller::Anonymous,
            (Some(_), None) => return Err(ViewerError::InvalidToken),
            (Some(_), Some(owner)) => owner.into(),
        };
        Viewer::through(store, shop, caller, origin)
    }

    /// Whether `bearer` is a valid token of staff whose role may import orders; one round trip, and none for a token
    /// that does not have the form of a token of staff.
    pub async fn may_import(&self, bearer: &str) -> Result<bool, AppError> {
        if !bearer.starts_with(STAFF_PREFIX) {
            return Ok(false);
        }
        let hash = hash_token(bearer);
        let (_, owner) = self.database().session(Some(&hash), self.now()).await?;
        let imports = StaffOperation::ImportOrders;
        Ok(matches!(owner, Some(TokenOwner::Staff { role, .. }) if imports.allows(role)))
    }

    /// The customer for whom the identity service vouches, on the website of the requested store view.
    async fn viewer_by_identity(
        &self,
        store: Option<&str>,
        identity: Result<Identity, IdentityError>,
        origin: &str,
    ) -> Result<Viewer, ViewerError> {
        let key = match identity {
            Ok(Identity::Email(email)) => AccountKey::Email(email.into()),
            Ok(Identity::CustomerId(number)) => AccountKey::Id(CustomerId::from_number(number)),
            Err(IdentityError::Refused) => return Err(ViewerError::InvalidToken),
            Err(problem @ IdentityError::Unavailable) => {
                return Err(AppError::Internal(problem.to_string()).into());
            }
        };
        let found = self.database().session_of_account(&key).await;
        let (shop, accounts) = found.map_err(AppError::from)?;
        let viewer = Viewer::through(store, shop, Caller::Anonymous, origin)?;
        let customer = accounts
            .into_iter()
            .find(|customer| customer.website == viewer.store.website)
            .ok_or(ViewerError::InvalidToken)?;
        Ok(Viewer {
            caller: Caller::Customer(customer),
            ..viewer
        })
    }
}

/// Whether `token` looks like a JWT; tokens of this installation hold no dots.
fn is_jwt(token: &str) -> bool {
    token.bytes().filter(|byte| *byte == b'.').count() == 2
}

impl Viewer {
    /// The program itself, where it changes the order `id` of `shop`; none where the order's store view is gone.
    pub(crate) fn of_system(shop: &Arc<Shop>, id: OrderId) -> Option<Self> {
        Some(Self {
            store: shop.store(id.store())?.clone(),
            shop: Arc::clone(shop),
            caller: Caller::Anonymous,
            origin: String::new(),
            key: None,
        })
    }

    /// Makes the viewer of `caller` for the store view that a `Store` header names.
    fn through(
        store: Option<&str>,
        shop: Arc<Shop>,
        caller: Caller,
        origin: &str,
    ) -> Result<Self, ViewerError> {
        let store = shop
            .store_by_header(store)
            .ok_or(ViewerError::StoreNotFound)?
            .clone();
        Ok(Self {
            store,
            shop,
            caller,
            origin: origin.into(),
            key: None,
        })
    }

    /// The signed-in customer, if their account belongs to the website of the store view that is asked through
    /// (`docs/contract.md` section 10: accounts are shared per website).
    #[must_use]
    pub fn customer(&self) -> Option<&Customer> {
        match &self.caller {
            Caller::Customer(customer) if customer.website == self.store.website => Some(customer),
            Caller::Customer(_) | Caller::Anonymous | Caller::Staff(_) => None,
        }
    }

    /// The actor that this viewer is for the rules.
    #[must_use]
    pub fn actor(&self) -> Actor {
        match &self.caller {
            Caller::Anonymous => Actor::Guest,
            Caller::Customer(customer) => Actor::Customer(customer.id),
            Caller::Staff(staff) => Actor::Staff {
                name: staff.name.clone(),
            },
        }
    }
}

impl Staff {
    /// A member of staff for all store views, with the rights of the role and no permission.
    #[must_use]
    pub fn new(name: &str, role: StaffRole) -> Self {
        Self {
            name: name.into(),
            role,
            store: None,
            may_withhold_refunds: false,
        }
    }

    /// Whether this token may work on `store`.
    #[must_use]
    pub fn covers(&self, store: StoreNumber) -> bool {
        self.store.is_none_or(|only| only == store)
    }

    /// Whether this token may work on each store view of `website`. Accounts belong to a whole website, so a token for
    /// one of several store views has no right to them.
    #[must_use]
    pub fn covers_website(&self, shop: &Shop, website: WebsiteNumber) -> bool {
        match self.store {
            None => true,
            Some(only) => {
                let stores: Vec<_> = shop.stores_of(website).map(|store| store.number).collect();
                stores == [only]
            }
        }
    }
}

impl From<TokenOwner> for Caller {
    fn from(owner: TokenOwner) -> Self {
        match owner {
            TokenOwner::Customer(customer) => Self::Customer(customer),
            TokenOwner::Staff {
                name,
                role,
                store,
                may_withhold_refunds,
            } => Self::Staff(Staff {
                name,
                role,
                store,
                may_withhold_refunds,
            }),
        }
    }
}
