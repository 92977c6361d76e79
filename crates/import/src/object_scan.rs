//! Takes one JSON object from a stream, guided by brackets and strings alone; `serde_json` checks the rest.

use std::io::{self, Read};
use std::ops::Range;

use super::byte_source::ByteSource;

/// The largest object in bytes: more than any order with 9,999 items and a long history needs.
const LARGEST_OBJECT: usize = 16 * 1024 * 1024;
/// The deepest nesting, which is `serde_json`'s own limit.
const DEEPEST: usize = 128;

/// How the object is laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Layout {
    /// The first line of the object has not ended yet.
    Unknown,
    /// The object is on one line. If the next line opens an object, this object was cut off.
    Line,
    /// The object is spread over several lines.
    Free,
}

/// Why an object could not be taken.
#[derive(Debug)]
pub(super) enum Stop {
    /// The stream failed.
    Io(io::Error),
    /// The bytes are not an object. `line_over` is set when the next byte already belongs to the next line.
    Malformed { message: String, line_over: bool },
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// The first order of an answer, and the line at which the order starts.
#[derive(Debug)]
pub(super) struct FirstOfAnswer {
    pub(super) line: u64,
    pub(super) json: Vec<u8>,
}

/// An object that is being read from the stream into memory.
#[derive(Debug)]
pub(super) struct ObjectScan<'s, R> {
    source: &'s mut ByteSource<R>,
    depth: usize,
    /// Where the last text directly inside the object stands in `json`: the key, when a value begins.
    key: Range<usize>,
    pub(super) layout: Layout,
    /// Whether `items` is an empty list, as in an answer that found nothing.
    pub(super) has_no_items: bool,
    pub(super) json: Vec<u8>,
}

impl<'s, R: Read> ObjectScan<'s, R> {
    /// Begins with an object whose `{` is the next byte.
    pub(super) fn new(source: &'s mut ByteSource<R>, layout: Layout) -> Self {
        Self {
            source,
            depth: 0,
            key: 0..0,
            layout,
            has_no_items: false,
            json: Vec::new(),
        }
    }

    /// Begins inside an object that is already open, to read only its rest.
    pub(super) fn rest(source: &'s mut ByteSource<R>) -> Self {
        Self {
            depth: 1,
            ..Self::new(source, Layout::Free)
        }
    }

    /// Reads up to the object's `}`. If the object `may_be_answer` and its `items`
    /// are orders, reads only up to the end of the first of these orders.
    pub(super) fn run(&mut self, may_be_answer: bool) -> Result<Option<FirstOfAnswer>, Stop> {
        let is_plain = |byte| !matches!(byte, b'"' | b'{' | b'}' | b'[' | b']' | b'\n');
        loop {
            self.source.take_while(is_plain, &mut self.json)?;
            match self.take()? {
                b'"' => self.text()?,
                b'\n' => self.line_break()?,
                b'{' => self.open()?,
                b'[' => {
                    self.open()?;
                    let is_items = self.depth == 2 && self.json.get(self.key.clone()) == Some(b"items");
                    if may_be_answer
                        && is_items
                        && let Some(first) = self.first_item()?
                    {
                        return Ok(Some(first));
                    }
                }
                b'}' | b']' => {
                    self.depth -= 1;
                    if self.depth == 0 {
                        return Ok(None);
                    }
                }
                _ => {}
            }
        }
    }

    /// The first element of `items`, if it is an order; the items of an order are not orders.
    fn first_item(&mut self) -> Result<Option<FirstOfAnswer>, Stop> {
        let next = self.source.skip_blanks(true)?;
        self.has_no_items = next == Some(b']');
        if next != Some(b'{') {
            return Ok(None);
        }
        let line = self.source.line();
        let layout = if self.layout == Layout::Free {
            Layout::Free
        } else {
            Layout::Line
        };
        let mut item = ObjectScan::new(self.source, layout);
        item.run(false)?;
        let json = item.json;
        if names_an_order(&json) {
            Ok(Some(FirstOfAnswer { line, json }))
        } else {
            self.json.extend(json);
            Ok(None)
        }
    }

    fn open(&mut self) -> Result<(), Stop> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(malformed(format!("is nested more than {DEEPEST} deep"), false));
        }
        Ok(())
    }

    /// Reads the rest of a string; brackets in a string have no meaning.
    fn text(&mut self) -> Result<(), Stop> {
        let start = self.json.len();
        loop {
            self.source
                .take_while(|byte| !matches!(byte, b'"' | b'\\' | b'\n'), &mut self.json)?;
            match self.take()? {
                b'"' => break,
                b'\n' => return Err(malformed("holds a text that does not end on its line", true)),
                b'\\' if self.take()? == b'\n' => {
                    return Err(malformed("holds a text that does not end on its line", true));
                }
                _ => {}
            }
        }
        if self.depth == 1 {
            self.key = start..self.json.len() - 1;
        }
        Ok(())
    }

    fn line_break(&mut self) -> Result<(), Stop> {
        let next_opens = self.source.peek()? == Some(b'{');
        if self.layout == Layout::Unknown {
            let only_opened = self.json.trim_ascii() == b"{";
            self.layout = if only_opened && !next_opens {
                Layout::Free
            } else {
                Layout::Line
            };
        }
        if self.layout == Layout::Line && next_opens {
            return Err(malformed("does not end before the next one starts", true));
        }
        Ok(())
    }

    fn take(&mut self) -> Result<u8, Stop> {
        let byte = self
            .source
            .take()?
            .ok_or_else(|| malformed("ends too early", true))?;
        self.json.push(byte);
        if self.json.len() > LARGEST_OBJECT {
            let message = format!("is larger than {} MiB", LARGEST_OBJECT / 1024 / 1024);
            return Err(malformed(message, byte == b'\n'));
        }
        Ok(byte)
    }
}

/// Whether the object has fields that only an order has: an answer and an item do not have them.
pub(super) fn names_an_order(json: &[u8]) -> bool {
    let has = |key: &[u8]| json.windows(key.len()).any(|part| part == key);
    has(b"\"increment_id\"") || has(b"\"grand_total\"")
}

fn malformed(message: impl Into<String>, line_over: bool) -> Stop {
    let message = message.into();
    Stop::Malformed { message, line_over }
}
