//! Who does something to an order.

use crate::id::CustomerId;

/// What a member of staff may do; each role holds the rights of those after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StaffRole {
    /// Reads orders and settings.
    Viewer,
    /// Also works on orders: invoices, shipments, holds, cancellations.
    Support,
    /// Also changes settings, refunds, imports, makes customers.
    Manager,
    /// Also creates websites and stores.
    Owner,
}

impl StaffRole {
    /// All of them, least rights first.
    pub const ALL: [Self; 4] = [Self::Viewer, Self::Support, Self::Manager, Self::Owner];

    /// The name used on the command line and in the database.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Support => "support",
            Self::Manager => "manager",
            Self::Owner => "owner",
        }
    }

    /// The role called `code`.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.code() == code)
    }
}

/// Who acts, as far as the rules care.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    /// A signed-in customer.
    Customer(CustomerId),
    /// Somebody who proved to be the buyer of a guest order.
    Guest,
    /// A member of staff, by the name of the token used.
    Staff {
        /// The token's name.
        name: String,
    },
    /// The program itself: an import, a job.
    System,
}

impl Actor {
    /// A short form for trails: `customer:10000000001`, `guest`, `staff:anna`, `system`.
    #[must_use]
    pub fn label(&self) -> String {
        match self {
            Self::Customer(id) => format!("customer:{}", id.number()),
            Self::Guest => "guest".into(),
            Self::Staff { name } => format!("staff:{name}"),
            Self::System => "system".into(),
        }
    }
}
