//! Reads bytes one after the other and counts lines.

use std::io::{BufRead, BufReader, ErrorKind, Read, Result};

const BUFFER: usize = 128 * 1024;

/// A stream that is read one byte ahead. The stream is never held in memory as a whole.
#[derive(Debug)]
pub(super) struct ByteSource<R> {
    reader: BufReader<R>,
    line: u64,
}

impl<R: Read> ByteSource<R> {
    pub(super) fn new(reader: R) -> Self {
        Self {
            reader: BufReader::with_capacity(BUFFER, reader),
            line: 1,
        }
    }

    /// The line of the next byte, from 1.
    pub(super) fn line(&self) -> u64 {
        self.line
    }

    /// The next byte, without taking it; `None` at the end.
    pub(super) fn peek(&mut self) -> Result<Option<u8>> {
        Ok(self.buffer()?.first().copied())
    }

    /// Takes the next byte.
    pub(super) fn take(&mut self) -> Result<Option<u8>> {
        let next = self.peek()?;
        if next.is_some() {
            self.reader.consume(1);
        }
        if next == Some(b'\n') {
            self.line += 1;
        }
        Ok(next)
    }

    /// Moves bytes into `text` as long as they are `wanted`, at most a buffer of them; `wanted` takes no line break.
    pub(super) fn take_while(&mut self, wanted: impl Fn(u8) -> bool, text: &mut Vec<u8>) -> Result<()> {
        let buffer = self.buffer()?;
        let length = buffer
            .iter()
            .position(|byte| !wanted(*byte))
            .unwrap_or(buffer.len());
        text.extend_from_slice(&buffer[..length]);
        self.reader.consume(length);
        Ok(())
    }

    /// Skips the byte order mark that some editors put before UTF-8 text.
    pub(super) fn skip_byte_order_mark(&mut self) -> Result<()> {
        for byte in [0xef, 0xbb, 0xbf] {
            if self.peek()? == Some(byte) {
                self.reader.consume(1);
            }
        }
        Ok(())
    }

    /// Skips blanks and, if `lines`, line breaks. Returns the byte after them.
    pub(super) fn skip_blanks(&mut self, lines: bool) -> Result<Option<u8>> {
        loop {
            match self.peek()? {
                Some(b' ' | b'\t' | b'\r') => {}
                Some(b'\n') if lines => {}
                other => return Ok(other),
            }
            self.take()?;
        }
    }

    /// Skips the rest of the line with its line break.
    pub(super) fn skip_line(&mut self) -> Result<()> {
        loop {
            let buffer = self.buffer()?;
            if buffer.is_empty() {
                return Ok(());
            }
            let end = buffer.iter().position(|byte| *byte == b'\n');
            let length = end.map_or(buffer.len(), |end| end + 1);
            self.reader.consume(length);
            if end.is_some() {
                self.line += 1;
                return Ok(());
            }
        }
    }

    fn buffer(&mut self) -> Result<&[u8]> {
        while let Err(error) = self.reader.fill_buf() {
            if error.kind() != ErrorKind::Interrupted {
                return Err(error);
            }
        }
        Ok(self.reader.buffer())
    }
}
