//! Cuts a stream into single orders, holding one at a time.

use std::io::{self, Read};

use serde::de::IgnoredAny;
use thiserror::Error;

use super::byte_source::ByteSource;
use super::object_scan::{Layout, ObjectScan, Stop, names_an_order};

/// One order's JSON, well formed; whether it makes sense is for [`read_order`](super::read_order).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawOrder {
    /// The line at which the order starts, from 1.
    pub line: u64,
    /// The JSON object of the order.
    pub json: String,
}

/// A part of the stream that is not an order.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("line {line}: {message}")]
pub struct DocumentError {
    /// The line at which the error was found, from 1.
    pub line: u64,
    /// The description of the error.
    pub message: String,
}

/// The orders of a stream. A stream holds single orders, one order a line, arrays,
/// answers of `GET /V1/orders`, or several of these one after the other.
///
/// A malformed line is reported and skipped. Inside an array, an answer, or an order over several lines,
/// the start of the next order cannot be found after an error, so the first error there ends the stream.
#[derive(Debug)]
pub struct OrderDocuments<R> {
    source: ByteSource<R>,
    place: Place,
}

/// An order or an error; `None` when this place holds neither.
type Found = Option<Result<RawOrder, DocumentError>>;

/// Where in the stream the next byte is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Before the first byte.
    Start,
    /// Between documents.
    Top,
    /// In a list, perhaps the `items` of an answer; `started` after its first order.
    List { started: bool, in_answer: bool },
    /// At the end, or after an error behind which the next order cannot be found.
    End,
}

impl<R: Read> Iterator for OrderDocuments<R> {
    type Item = Result<RawOrder, DocumentError>;

    fn next(&mut self) -> Option<Self::Item> {
        match self.advance() {
            Ok(found) => found,
            Err(error) => Some(Err(
                self.give_up(self.source.line(), format!("the input cannot be read: {error}"))
            )),
        }
    }
}

impl<R: Read> OrderDocuments<R> {
    /// Reads orders from `reader`, which needs no buffer of its own.
    pub fn new(reader: R) -> Self {
        Self {
            source: ByteSource::new(reader),
            place: Place::Start,
        }
    }

    fn advance(&mut self) -> io::Result<Found> {
        loop {
            let found = match self.place {
                Place::Start => {
                    self.source.skip_byte_order_mark()?;
                    self.place = Place::Top;
                    None
                }
                Place::Top => self.document()?,
                Place::List { started, in_answer } => self.element(started, in_answer)?,
                Place::End => return Ok(None),
            };
            if found.is_some() {
                return Ok(found);
            }
        }
    }

    fn document(&mut self) -> io::Result<Found> {
        match self.source.skip_blanks(true)? {
            Some(b'{') => return self.object(),
            Some(b'[') => {
                self.source.take()?;
                self.place = Place::List {
                    started: false,
                    in_answer: false,
                };
            }
            Some(_) => {
                let line = self.source.line();
                self.source.skip_line()?;
                let message = "this is neither an order nor a list of orders".into();
                return Ok(Some(Err(DocumentError { line, message })));
            }
            None => self.place = Place::End,
        }
        Ok(None)
    }

    /// Reads an object: an order, or the frame of an answer with its first order, if it has one.
    fn object(&mut self) -> io::Result<Found> {
        let line = self.source.line();
        let mut scan = ObjectScan::new(&mut self.source, Layout::Unknown);
        let taken = scan.run(true);
        let (layout, has_no_items, json) = (scan.layout, scan.has_no_items, scan.json);
        let (message, line_over) = match taken {
            Ok(Some(first)) => {
                self.place = Place::List {
                    started: true,
                    in_answer: true,
                };
                return Ok(Some(self.in_list(first.line, first.json)));
            }
            Ok(None) => match self.source.skip_blanks(false)? {
                None | Some(b'\n' | b'{' | b'[') if has_no_items && !names_an_order(&json) => {
                    return Ok(None);
                }
                None | Some(b'\n' | b'{' | b'[') => return Ok(Some(checked(line, json))),
                Some(_) => ("is followed by more on its line".into(), false),
            },
            Err(Stop::Io(error)) => return Err(error),
            Err(Stop::Malformed { message, line_over }) => (message, line_over),
        };
        let message = format!("the order {message}");
        if layout == Layout::Free {
            return Ok(Some(Err(self.give_up(line, message))));
        }
        if !line_over {
            self.source.skip_line()?;
        }
        Ok(Some(Err(DocumentError { line, message })))
    }

    /// Reads the next order of a list; `None` where the list ends.
    fn element(&mut self, started: bool, in_answer: bool) -> io::Result<Found> {
        let mut next = self.source.skip_blanks(true)?;
        if next == Some(b']') {
            self.source.take()?;
            self.place = Place::Top;
            return if in_answer {
                self.rest_of_answer()
            } else {
                Ok(None)
            };
        }
        if started && next == Some(b',') {
            self.source.take()?;
            next = self.source.skip_blanks(true)?;
        } else if started && next.is_some() {
            let message = "the list goes on with neither a comma nor its end".into();
            return Ok(Some(Err(self.give_up(self.source.line(), message))));
        }
        let line = self.source.line();
        match next {
            Some(b'{') => {}
            None => return Ok(Some(Err(self.give_up(line, "the list ends too early".into())))),
            Some(_) => {
                let message = "the list holds something that is no order".into();
                return Ok(Some(Err(self.give_up(line, message))));
            }
        }
        let mut scan = ObjectScan::new(&mut self.source, Layout::Free);
        match scan.run(false) {
            Ok(_) => {
                let json = scan.json;
                self.place = Place::List {
                    started: true,
                    in_answer,
                };
                Ok(Some(self.in_list(line, json)))
            }
            Err(Stop::Io(error)) => Err(error),
            Err(Stop::Malformed { message, .. }) => {
                Ok(Some(Err(self.give_up(line, format!("the order {message}")))))
            }
        }
    }

    /// Reads the fields of an answer after its orders, such as `search_criteria`.
    fn rest_of_answer(&mut self) -> io::Result<Found> {
        let line = self.source.line();
        match ObjectScan::rest(&mut self.source).run(false) {
            Ok(_) => Ok(None),
            Err(Stop::Io(error)) => Err(error),
            Err(Stop::Malformed { message, .. }) => {
                Ok(Some(Err(self.give_up(line, format!("the answer {message}")))))
            }
        }
    }

    fn in_list(&mut self, line: u64, json: Vec<u8>) -> Result<RawOrder, DocumentError> {
        checked(line, json).inspect_err(|_| self.place = Place::End)
    }

    fn give_up(&mut self, line: u64, message: String) -> DocumentError {
        self.place = Place::End;
        DocumentError { line, message }
    }
}

/// Refuses what `serde_json` would not read, so that every [`RawOrder`] is well formed.
fn checked(line: u64, json: Vec<u8>) -> Result<RawOrder, DocumentError> {
    let json = String::from_utf8(json).map_err(|_| DocumentError {
        line,
        message: "the order is not UTF-8".into(),
    })?;
    match serde_json::from_str::<IgnoredAny>(&json) {
        Ok(_) => Ok(RawOrder { line, json }),
        Err(error) => {
            let below = u64::try_from(error.line().saturating_sub(1)).unwrap_or(0);
            let text = error.to_string();
            // The error's line already tells the place within the order, or the place is the column.
            let problem = text.split(" at line ").next().unwrap_or_default();
            let message = format!("the order is malformed at column {}: {problem}", error.column());
            Err(DocumentError {
                line: line.saturating_add(below),
                message,
            })
        }
    }
}
