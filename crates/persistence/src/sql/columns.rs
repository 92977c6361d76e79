//! Converts rows to models by the position of their columns, without a search for column names.

use std::fmt;

use sea_orm::sqlx::mysql::MySqlRow;
use sea_orm::sqlx::{Row, ValueRef};
use serde::de::value::SeqDeserializer;
use serde::de::{DeserializeOwned, Deserializer, IntoDeserializer, Visitor};
use serde::forward_to_deserialize_any;

use crate::error::DatabaseError;

/// A row whose values are read by position, as the type of the model's field.
pub(crate) trait Columns: Copy {
    fn count(self) -> usize;
    fn is_null(self, at: usize) -> Result<bool, Unreadable>;
    fn integer(self, at: usize) -> Result<i64, Unreadable>;
    fn flag(self, at: usize) -> Result<bool, Unreadable>;
    fn text(self, at: usize) -> Result<String, Unreadable>;
}

/// The row as a model whose fields are its columns, in their order.
pub(crate) fn model<M: DeserializeOwned>(row: impl Columns) -> Result<M, DatabaseError> {
    M::deserialize(Fields(row)).map_err(|problem| DatabaseError::Corrupt(problem.0))
}

/// The error of a value that does not fit the model's field.
#[derive(Debug)]
pub(crate) struct Unreadable(pub(crate) String);

struct Fields<R>(R);

#[derive(Clone, Copy)]
struct Field<R> {
    row: R,
    at: usize,
}

impl<'de, R: Columns> Deserializer<'de> for Fields<R> {
    type Error = Unreadable;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        let row = self.0;
        let fields = (0..row.count()).map(|at| Field { row, at });
        visitor.visit_seq(SeqDeserializer::new(fields))
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

impl<'de, R: Columns> Deserializer<'de> for Field<R> {
    type Error = Unreadable;

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Unreadable> {
        Err(Unreadable(format!("no column is read as column {} is", self.at)))
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        if self.row.is_null(self.at)? {
            visitor.visit_none()
        } else {
            visitor.visit_some(self)
        }
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        visitor.visit_bool(self.row.flag(self.at)?)
    }

    fn deserialize_i32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        visitor.visit_i64(self.row.integer(self.at)?)
    }

    fn deserialize_i64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        visitor.visit_i64(self.row.integer(self.at)?)
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        visitor.visit_string(self.row.text(self.at)?)
    }

    forward_to_deserialize_any! {
        i8 i16 i128 u8 u16 u32 u64 u128 f32 f64 char str bytes byte_buf unit unit_struct
        newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

impl<R: Columns> IntoDeserializer<'_, Unreadable> for Field<R> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

impl Columns for &MySqlRow {
    fn count(self) -> usize {
        self.columns().len()
    }

    fn is_null(self, at: usize) -> Result<bool, Unreadable> {
        Ok(self.try_get_raw(at).map_err(unreadable)?.is_null())
    }

    fn integer(self, at: usize) -> Result<i64, Unreadable> {
        self.try_get_unchecked(at).map_err(unreadable)
    }

    fn flag(self, at: usize) -> Result<bool, Unreadable> {
        self.try_get_unchecked(at).map_err(unreadable)
    }

    fn text(self, at: usize) -> Result<String, Unreadable> {
        self.try_get_unchecked(at).map_err(unreadable)
    }
}

#[expect(clippy::needless_pass_by_value, reason = "`map_err` hands it over")]
fn unreadable(problem: sea_orm::sqlx::Error) -> Unreadable {
    Unreadable(problem.to_string())
}

impl fmt::Display for Unreadable {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

impl std::error::Error for Unreadable {}

impl serde::de::Error for Unreadable {
    fn custom<T: fmt::Display>(problem: T) -> Self {
        Self(problem.to_string())
    }
}
