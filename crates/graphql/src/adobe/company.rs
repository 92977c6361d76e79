//! Companies whose members buy together: this shop has none.

use async_graphql::{Enum, ID};

use crate::kit::List;
use crate::kit::nothing::no_such_object;

no_such_object! {
    /// The role of a customer in a company. Never present: this shop has no companies.
    CompanyRole {
        /// Id of the role. Never present: this shop has no companies.
        id: ID,
        /// Name of the role. Never present: this shop has no companies.
        name: Option<String>,
        /// What the role allows. Never present: this shop has no companies.
        permissions: Option<List<CompanyAclResource>>,
    }

    /// A permission within a company. Never present: this shop has no companies.
    CompanyAclResource {
        /// Id of the permission. Never present: this shop has no companies.
        id: ID,
        /// Name of the permission. Never present: this shop has no companies.
        text: Option<String>,
        /// Permissions that this permission includes. Never present: this shop has no companies.
        children: Option<List<CompanyAclResource>>,
    }
}

/// Whether a customer may act for a company. Never used: this shop has no companies.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CompanyUserStatusEnum {
    /// The customer may act for the company.
    Active,
    /// The customer may not act for the company.
    Inactive,
}
