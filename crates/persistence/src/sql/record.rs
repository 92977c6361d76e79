//! Reads rows that PostgreSQL returns as an array of records in one column, in its binary form.
//!
//! A statement returns only one set of rows. So that several sets take one
//! round trip, `ARRAY(SELECT r FROM (...) r)` collects the rows of each set.

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

/// The records of an array. An array starts with its dimensions, and each element follows its length.
pub(crate) fn records(array: &[u8]) -> Result<Vec<Record<'_>>, Unreadable> {
    let mut bytes = Bytes(array);
    let dimensions = bytes.integer()?;
    let _has_nulls = bytes.integer()?;
    let _kind = bytes.integer()?;
    if dimensions == 0 {
        return Ok(Vec::new());
    }
    let count = bytes.length()?;
    let _first_index = bytes.integer()?;
    let mut records = Vec::with_capacity(count.min(1_000));
    for _ in 0..count {
        let length = bytes.length()?;
        records.push(Record::read(bytes.take(length)?)?);
    }
    Ok(records)
}

impl<'a> Record<'a> {
    fn read(record: &'a [u8]) -> Result<Self, Unreadable> {
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
            .ok_or_else(|| Unreadable("an array of records ends early".into()))?;
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
    fn an_array_that_ends_early_is_refused() {
        let dimensions = [0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 8, 201];
        let mut array = dimensions.to_vec();
        array.extend([0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 99]);
        assert!(records(&array).is_err());
        assert!(records(&array[..9]).is_err());
    }

    #[test]
    fn an_empty_array_has_no_records() -> Result<(), Unreadable> {
        let array = [0; 12];
        assert!(records(&array)?.is_empty());
        Ok(())
    }
}
