//! Reads rows that PostgreSQL returns as records in one column, in its binary form.
//!
//! All rows of a statement have the same columns. So that rows of several tables
//! take one round trip, each row is one value of the type `record`.

use crate::sql::columns::{Columns, Unreadable};

const BOOLEAN: u32 = 16;
const INTEGER_8: u32 = 20;
const INTEGER_4: u32 = 23;

/// The values of one record.
pub(crate) struct Record<'a>(Vec<Value<'a>>);

struct Value<'a> {
    /// The number of the value's type in PostgreSQL's catalog.
    kind: u32,
    /// The bytes of the value; none for NULL.
    bytes: Option<&'a [u8]>,
}

impl<'a> Record<'a> {
    /// The record in `record`: the number of values, and each value with its type and length.
    pub(crate) fn read(record: &'a [u8]) -> Result<Self, Unreadable> {
        let mut bytes = Bytes(record);
        let count = bytes.length()?;
        let mut values = Vec::with_capacity(count.min(100));
        for _ in 0..count {
            let kind = u32::from_be_bytes(bytes.four()?);
            let length = bytes.integer()?;
            let held = match usize::try_from(length) {
                Ok(length) => Some(bytes.take(length)?),
                Err(_) => None,
            };
            values.push(Value { kind, bytes: held });
        }
        Ok(Self(values))
    }

    fn value(&self, at: usize) -> Result<&Value<'a>, Unreadable> {
        self.0
            .get(at)
            .ok_or_else(|| Unreadable(format!("there is no column {at}")))
    }
}

impl Columns for &Record<'_> {
    fn count(self) -> usize {
        self.0.len()
    }

    fn is_null(self, at: usize) -> Result<bool, Unreadable> {
        Ok(self.value(at)?.bytes.is_none())
    }

    fn integer(self, at: usize) -> Result<i64, Unreadable> {
        let value = self.value(at)?;
        let bytes = value.bytes.unwrap_or_default();
        let number = match value.kind {
            INTEGER_8 => bytes.try_into().ok().map(i64::from_be_bytes),
            INTEGER_4 => bytes.try_into().ok().map(i32::from_be_bytes).map(i64::from),
            _ => None,
        };
        number.ok_or_else(|| Unreadable(format!("column {at} of type {} is no integer", value.kind)))
    }

    fn flag(self, at: usize) -> Result<bool, Unreadable> {
        match self.value(at)? {
            Value {
                kind: BOOLEAN,
                bytes: Some([byte]),
            } => Ok(*byte != 0),
            Value { kind, .. } => Err(Unreadable(format!("column {at} of type {kind} is no boolean"))),
        }
    }

    /// The value as text. PostgreSQL sends every textual type as UTF-8.
    fn text(self, at: usize) -> Result<String, Unreadable> {
        let bytes = self.value(at)?.bytes;
        let bytes = bytes.ok_or_else(|| Unreadable(format!("column {at} is NULL")))?;
        let text = std::str::from_utf8(bytes).map_err(|problem| Unreadable(problem.to_string()))?;
        Ok(text.to_owned())
    }
}

struct Bytes<'a>(&'a [u8]);

impl<'a> Bytes<'a> {
    fn take(&mut self, length: usize) -> Result<&'a [u8], Unreadable> {
        let (taken, rest) = self
            .0
            .split_at_checked(length)
            .ok_or_else(|| Unreadable("a record ends early".into()))?;
        self.0 = rest;
        Ok(taken)
    }

    fn four(&mut self) -> Result<[u8; 4], Unreadable> {
        let bytes = self.take(4)?;
        bytes.try_into().map_err(|_| Unreadable("four bytes".into()))
    }

    fn integer(&mut self) -> Result<i32, Unreadable> {
        Ok(i32::from_be_bytes(self.four()?))
    }

    fn length(&mut self) -> Result<usize, Unreadable> {
        let length = self.integer()?;
        usize::try_from(length).map_err(|_| Unreadable(format!("a length of {length}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_that_ends_early_is_refused() {
        let one_integer = [0, 0, 0, 1, 0, 0, 0, 23, 0, 0, 0, 4, 0, 0, 0, 7];
        let record = Record::read(&one_integer);
        assert!(record.is_ok_and(|it| (&it).integer(0).is_ok_and(|it| it == 7)));
        for end in 0..one_integer.len() {
            assert!(Record::read(&one_integer[..end]).is_err(), "{end}");
        }
    }
}
