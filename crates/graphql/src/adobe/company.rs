//! Companies that buy together: none.

use async_graphql::{Enum, ID};

use super::nothing::no_such_object;
use crate::types::List;

no_such_object! {
    /// What a member of a company may do.
    CompanyRole { id: ID, name: Option<String>, permissions: Option<List<CompanyAclResource>> }

    /// A right within a company.
    CompanyAclResource { id: ID, text: Option<String>, children: Option<List<CompanyAclResource>> }
}

/// Whether a member of a company may sign in.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CompanyUserStatusEnum {
    /// May.
    Active,
    /// May not.
    Inactive,
}
