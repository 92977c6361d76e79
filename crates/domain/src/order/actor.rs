//! The actors that change an order.

use strum::{EnumString, IntoStaticStr, VariantArray};

use crate::id::CustomerId;

/// What a member of staff may do; from the viewer on, each role holds the rights of the one before it.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, EnumString, IntoStaticStr, VariantArray,
)]
#[strum(serialize_all = "snake_case")]
pub enum StaffRole {
    /// The role reads orders, packs and ships them, and does nothing else.
    Warehouse,
    /// The role reads orders and settings.
    Viewer,
    /// The role also works on orders: invoices, shipments, holds, cancellations.
    Support,
    /// The role also changes settings, refunds orders, imports orders and makes customers.
    Manager,
    /// The role also creates websites and store views.
    Owner,
}

impl StaffRole {
    /// All roles, the one with the least rights first.
    pub const ALL: &[Self] = Self::VARIANTS;

    /// The name used on the command line and in the database.
    #[must_use]
    pub fn code(self) -> &'static str {
        self.into()
    }

    /// The role called `code`.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        code.parse().ok()
    }
}

/// The actor of a change, as the rules distinguish actors.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    /// A signed-in customer.
    Customer(CustomerId),
    /// A guest who proved to be the buyer of the order.
    Guest,
    /// A member of staff, named by the token.
    Staff {
        /// The token's name.
        name: String,
    },
    /// The program itself, such as an import or a job.
    System,
}

impl Actor {
    /// Whether the actor is the buyer of an order: a customer or a guest.
    #[must_use]
    pub fn is_buyer(&self) -> bool {
        match self {
            Self::Customer(_) | Self::Guest => true,
            Self::Staff { .. } | Self::System => false,
        }
    }

    /// A short form for the history and the audit log: `customer:10000000001`, `guest`, `staff:anna`, `system`.
    #[must_use]
    pub fn label(&self) -> String {
        match self {
            Self::Customer(id) => format!("customer:{}", id.number()),
            Self::Guest => "guest".into(),
            Self::Staff { name } => format!("staff:{name}"),
            Self::System => "system".into(),
        }
    }

    /// The actor that [`Actor::label`] wrote; none for any other text.
    #[must_use]
    pub fn from_label(label: &str) -> Option<Self> {
        match label.split_once(':') {
            Some(("customer", id)) => Some(Self::Customer(CustomerId::from_number(id.parse().ok()?))),
            Some(("staff", name)) => Some(Self::Staff { name: name.into() }),
            None if label == "guest" => Some(Self::Guest),
            None if label == "system" => Some(Self::System),
            Some(_) | None => None,
        }
    }
}
