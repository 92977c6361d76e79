//! Reads the processing report of a feed: what became of each of its messages.

use std::collections::HashMap;
use std::io::Read;

use flate2::read::MultiGzDecoder;
use quick_xml::events::Event;
use quick_xml::{Reader, XmlVersion};

use crate::channels::body;

/// The largest report that is read, in bytes, after it was unpacked.
pub(super) const LARGEST: usize = 16 * 1024 * 1024;
/// The most elements that may be inside each other.
const DEEPEST: usize = 64;
/// The longest text of an element that is read, in bytes.
const LONGEST_TEXT: usize = 64 * 1024;

/// What a report says.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Report {
    is_complete: bool,
    processed: Option<u64>,
    with_error: Option<u64>,
    /// Code and text of the error of each message that failed. Message 0 is the whole file.
    errors: HashMap<u64, (String, String)>,
}

/// What a report says of a message.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// The message succeeded.
    Succeeded,
    /// The message failed: code and text.
    Failed(String, String),
    /// The report does not say it.
    Unclear,
}

impl Report {
    /// What the report says of the message with the number `id`, of at least `sent` messages.
    pub(super) fn verdict(&self, id: u64, sent: u64) -> Verdict {
        if let Some((code, text)) = self.errors.get(&id).or_else(|| self.errors.get(&0)) {
            return Verdict::Failed(code.clone(), text.clone());
        }
        let told = u64::try_from(self.errors.len()).unwrap_or(u64::MAX);
        let is_whole = self.processed.is_some_and(|processed| processed >= sent)
            && self.with_error.is_some_and(|errors| errors <= told);
        if self.is_complete && is_whole {
            Verdict::Succeeded
        } else {
            Verdict::Unclear
        }
    }

    fn take(&mut self, element: &str, text: &str) {
        match element {
            "StatusCode" => self.is_complete = text == "Complete",
            "MessagesProcessed" => self.processed = text.parse().ok(),
            "MessagesWithError" => self.with_error = text.parse().ok(),
            _ => {}
        }
    }
}

/// A `Result` of the report while it is read.
#[derive(Default)]
struct Row {
    id: Option<u64>,
    is_error: bool,
    code: String,
    text: String,
}

/// Unpacks a report that was packed with gzip.
pub(super) fn unpack(packed: &[u8]) -> Result<Vec<u8>, String> {
    let mut text = Vec::new();
    let most = u64::try_from(LARGEST).unwrap_or(u64::MAX).saturating_add(1);
    let read = MultiGzDecoder::new(packed).take(most).read_to_end(&mut text);
    read.map_err(|problem| problem.to_string())?;
    if text.len() > LARGEST {
        return Err(format!("the report has more than {LARGEST} bytes"));
    }
    Ok(text)
}

/// The report in `bytes`.
pub(super) fn read(bytes: &[u8]) -> Result<Report, String> {
    let source = String::from_utf8_lossy(bytes);
    let mut reader = Reader::from_str(source.trim_start_matches('\u{feff}'));
    let (mut report, mut row, mut text) = (Report::default(), Row::default(), String::new());
    let mut path: Vec<String> = Vec::new();
    let mut is_report = false;
    loop {
        match reader
            .read_event()
            .map_err(|problem| body::cut(&problem.to_string()))?
        {
            Event::Start(start) => {
                if path.len() == DEEPEST {
                    return Err("the report is too deep".into());
                }
                path.push(start.local_name().as_ref().to_owned());
                text.clear();
                is_report |= is_at(&path, &["ProcessingReport"]);
                if is_at(&path, &["ProcessingReport", "Result"]) {
                    row = Row::default();
                }
            }
            Event::Text(part) => text.push_str(&part.xml_content(XmlVersion::Explicit1_0)),
            Event::CData(part) => text.push_str(&part.xml_content(XmlVersion::Explicit1_0)),
            Event::GeneralRef(part) => {
                match part.resolve_char_ref().map_err(|problem| problem.to_string())? {
                    Some(character) => text.push(character),
                    None => text.push_str(
                        quick_xml::escape::resolve_predefined_entity(
                            &part.xml_content(XmlVersion::Explicit1_0),
                        )
                        .ok_or("the report has an unknown entity")?,
                    ),
                }
            }
            Event::End(_) => {
                if is_at(&path, &["ProcessingReport", "Result"]) {
                    let row = std::mem::take(&mut row);
                    let id = row.id.ok_or("a result has no MessageID")?;
                    if row.is_error {
                        report.errors.insert(id, (row.code, row.text));
                    }
                } else if path.iter().any(|parent| parent == "Result") {
                    row.take(path.last().map_or("", String::as_str), text.trim())?;
                } else {
                    report.take(path.last().map_or("", String::as_str), text.trim());
                }
                path.pop();
                text.clear();
            }
            Event::DocType(_) => return Err("the report has a document type".into()),
            Event::Eof => break,
            Event::Empty(_) | Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
        }
        if text.len() > LONGEST_TEXT {
            return Err("the report has a text that is too long".into());
        }
    }
    if !is_report || !path.is_empty() {
        return Err("the document is no whole processing report".into());
    }
    Ok(report)
}

impl Row {
    fn take(&mut self, element: &str, text: &str) -> Result<(), String> {
        match element {
            "MessageID" => self.id = Some(text.parse().map_err(|_| "a MessageID is no number")?),
            // What is neither a warning nor known counts as an error: the order is looked up then.
            "ResultCode" => self.is_error = text != "Warning",
            "ResultMessageCode" => self.code = body::cut(text),
            "ResultDescription" => self.text = body::cut(text),
            _ => {}
        }
        Ok(())
    }
}

fn is_at(path: &[String], end: &[&str]) -> bool {
    path.len() >= end.len()
        && path[path.len() - end.len()..]
            .iter()
            .zip(end)
            .all(|(is, wanted)| is == wanted)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const REPORT: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<AmazonEnvelope><Header><DocumentVersion>1.02\
        </DocumentVersion></Header><MessageType>ProcessingReport</MessageType><Message><MessageID>1</MessageID>\
        <ProcessingReport><DocumentTransactionID>4</DocumentTransactionID><StatusCode>Complete</StatusCode>\
        <ProcessingSummary><MessagesProcessed>3</MessagesProcessed><MessagesSuccessful>2</MessagesSuccessful>\
        <MessagesWithError>1</MessagesWithError><MessagesWithWarning>1</MessagesWithWarning></ProcessingSummary>\
        <Result><MessageID>7</MessageID><ResultCode>Error</ResultCode><ResultMessageCode>18028</ResultMessageCode>\
        <ResultDescription>Shipped &amp; gone &#x2764;</ResultDescription></Result>\
        <Result><MessageID>8</MessageID><ResultCode>Warning</ResultCode></Result>\
        </ProcessingReport></Message></AmazonEnvelope>";

    #[test]
    fn a_report_tells_of_each_message() {
        let report = read(REPORT.as_bytes()).expect("a report");
        assert_eq!(
            report.verdict(7, 3),
            Verdict::Failed("18028".into(), "Shipped & gone \u{2764}".into())
        );
        assert_eq!(report.verdict(8, 3), Verdict::Succeeded);
        assert_eq!(report.verdict(9, 3), Verdict::Succeeded);
    }

    #[test]
    fn a_report_of_fewer_messages_than_were_sent_proves_no_success() {
        let report = read(REPORT.as_bytes()).expect("a report");
        assert_eq!(report.verdict(9, 4), Verdict::Unclear);
    }

    #[test]
    fn an_error_of_the_whole_file_is_an_error_of_each_message() {
        let text = REPORT.replace("<MessageID>7</MessageID>", "<MessageID>0</MessageID>");
        let report = read(text.as_bytes()).expect("a report");
        assert!(matches!(report.verdict(9, 3), Verdict::Failed(..)));
    }

    #[test]
    fn an_error_that_is_counted_but_not_told_proves_no_success() {
        let text = REPORT.replace("<MessagesWithError>1<", "<MessagesWithError>2<");
        let report = read(text.as_bytes()).expect("a report");
        assert_eq!(report.verdict(9, 3), Verdict::Unclear);
    }

    #[test]
    fn a_cut_off_report_is_no_report() {
        for end in 0..REPORT.len() {
            assert!(read(&REPORT.as_bytes()[..end]).is_err(), "{end}");
        }
    }

    #[test]
    fn a_report_with_a_document_type_is_refused() {
        let text = format!("<!DOCTYPE a [<!ENTITY b \"c\">]>{REPORT}");
        assert!(read(text.as_bytes()).is_err());
    }

    proptest! {
        #[test]
        fn no_bytes_make_the_reader_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            let _ = read(&bytes);
            let _ = unpack(&bytes);
        }

        #[test]
        fn a_description_is_read_as_it_was_written(text in "[ -~\u{a1}-\u{ff}]{0,80}") {
            let escaped = quick_xml::escape::escape(text.as_str());
            let report = REPORT.replace("Shipped &amp; gone &#x2764;", &escaped);
            let report = read(report.as_bytes()).expect("a report");
            prop_assert_eq!(report.verdict(7, 3), Verdict::Failed("18028".into(), text.trim().into()));
        }
    }
}
