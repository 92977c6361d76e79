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
            hash: from_hex(&row.hash)?,
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
        hash: to_hex(&key.hash),
        reason: key.reason.clone(),
        created_at: to_micros(key.created_at),
        expires_at: to_micros(key.expires_at),
        used_at: key.used_at.map(to_micros),
    }
}

/// `bytes` as lower-case hexadecimal text. Every database can store and compare hashes in this form.
pub(crate) fn to_hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
            // Writing to a string cannot fail.
            let _ = write!(text, "{byte:02x}");
            text
        })
}

pub(crate) fn from_hex(text: &str) -> Result<Vec<u8>, DatabaseError> {
    let corrupt = || DatabaseError::Corrupt("a hash is not hexadecimal".into());
    let digits = text.as_bytes();
    if !digits.len().is_multiple_of(2) {
        return Err(corrupt());
    }
    digits
        .chunks_exact(2)
        .map(|pair| {
            std::str::from_utf8(pair)
                .ok()
                .and_then(|pair| u8::from_str_radix(pair, 16).ok())
                .ok_or_else(corrupt)
        })
        .collect()
}
