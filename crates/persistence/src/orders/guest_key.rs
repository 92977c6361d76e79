//! Converts guest keys to rows and back. The database holds only the hash of a key.

use countermand_domain::{GuestKey, OrderId};

use crate::error::DatabaseError;
use crate::rows::entity::guest_key::Model;
use crate::rows::order::order_id;
use crate::rows::time::{from_micros, to_micros};

impl TryFrom<Model> for GuestKey {
    type Error = DatabaseError;

    fn try_from(row: Model) -> Result<Self, DatabaseError> {
        Ok(Self {
            order: order_id(row.order_id)?,
            hash: hex::decode(&row.hash)?,
            reason: row.reason,
            created_at: from_micros(row.created_at)?,
            expires_at: from_micros(row.expires_at)?,
            used_at: row.used_at.map(from_micros).transpose()?,
        })
    }
}

pub(crate) fn key_row(key: &GuestKey) -> Model {
    Model {
        order_id: OrderId::number(key.order),
        hash: hex::encode(&key.hash),
        reason: key.reason.clone(),
        created_at: to_micros(key.created_at),
        expires_at: to_micros(key.expires_at),
        used_at: key.used_at.map(to_micros),
    }
}
