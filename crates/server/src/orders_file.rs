//! Opens files with orders, or standard input. The first bytes tell whether a file is plain, gzip or zstd.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::Context;

const GZIP: [u8; 2] = [0x1f, 0x8b];
const ZSTD: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];
/// How packed files begin that are not read, with the name of the format and the command that unpacks it.
const NOT_READ: [(&[u8], &str, &str); 4] = [
    (&[0xfd, b'7', b'z', b'X'], "xz", "xz -dc"),
    (b"BZh", "bzip2", "bzip2 -dc"),
    (b"PK\x03\x04", "zip", "unzip -p"),
    (&[b'7', b'z', 0xbc, 0xaf], "7z", "7z e -so"),
];

/// A stream of orders' JSON.
pub(crate) struct OrdersFile {
    /// The uncompressed text.
    pub(crate) text: Box<dyn Read + Send>,
    /// The number of bytes of the file; none for standard input.
    pub(crate) length: Option<u64>,
    /// The number of bytes that were read from the file.
    pub(crate) read: Arc<AtomicU64>,
}

impl OrdersFile {
    /// Opens the file at `path`, or standard input for `-`.
    pub(crate) fn open(path: &Path) -> anyhow::Result<Self> {
        let read = Arc::new(AtomicU64::new(0));
        let (source, length): (Box<dyn Read + Send>, _) = if path.as_os_str() == "-" {
            (Box::new(io::stdin()), None)
        } else {
            let file = File::open(path).with_context(|| format!("cannot open {}", path.display()))?;
            let length = file
                .metadata()
                .ok()
                .filter(std::fs::Metadata::is_file)
                .map(|it| it.len());
            (Box::new(file), length)
        };
        let counted = Counted {
            source,
            read: read.clone(),
        };
        let text = decompressed(counted).with_context(|| format!("cannot read {}", path.display()))?;
        Ok(Self { text, length, read })
    }
}

fn decompressed(mut source: impl Read + Send + 'static) -> io::Result<Box<dyn Read + Send>> {
    let mut begin = Vec::with_capacity(ZSTD.len());
    Read::by_ref(&mut source)
        .take(ZSTD.len() as u64)
        .read_to_end(&mut begin)?;
    if let Some((_, format, unpack)) = NOT_READ.iter().find(|(magic, ..)| begin.starts_with(magic)) {
        let advice = format!("{format} is not supported: use `{unpack} FILE | countermand import -`");
        return Err(io::Error::new(io::ErrorKind::Unsupported, advice));
    }
    let is_gzip = begin.starts_with(&GZIP);
    let is_zstd = begin == ZSTD;
    let whole = io::Cursor::new(begin).chain(BufReader::with_capacity(1 << 16, source));
    Ok(if is_gzip {
        Box::new(flate2::read::MultiGzDecoder::new(whole))
    } else if is_zstd {
        Box::new(zstd::Decoder::new(whole)?)
    } else {
        Box::new(whole)
    })
}

struct Counted<R> {
    source: R,
    read: Arc<AtomicU64>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.source.read(buffer)?;
        self.read.fetch_add(count as u64, Ordering::Relaxed);
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn text_of(bytes: Vec<u8>) -> String {
        let mut text = String::new();
        let mut reader = decompressed(io::Cursor::new(bytes)).expect("readable");
        reader.read_to_string(&mut text).expect("text");
        text
    }

    #[test]
    fn a_file_is_read_plain_and_packed() {
        let orders = "{\"increment_id\":\"1\"}\n".repeat(1000);
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gzip.write_all(orders.as_bytes()).expect("packed");
        let zstd = zstd::encode_all(orders.as_bytes(), 1).expect("packed");
        assert_eq!(text_of(orders.clone().into_bytes()), orders);
        assert_eq!(text_of(gzip.finish().expect("packed")), orders);
        assert_eq!(text_of(zstd), orders);
        assert_eq!(text_of(Vec::new()), "");
        assert_eq!(text_of(b"{".to_vec()), "{");
    }
}
