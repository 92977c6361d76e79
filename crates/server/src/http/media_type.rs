//! The media types of GraphQL over HTTP: which bodies are read, and which answers a client accepts.

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};

/// The media type of an answer. Both types are JSON and differ in the meaning of the HTTP status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum MediaType {
    /// The status is 200 for every answer, because clients drop the message of an answer with another status.
    Json,
    /// The status tells whether the operation ran.
    GraphQlResponse,
}

impl MediaType {
    /// The media type that the client accepts: JSON if it names none, and none if it accepts neither of the two.
    pub(super) fn accepted(headers: &HeaderMap) -> Option<Self> {
        let ranges = ranges(headers);
        if ranges.is_empty() {
            return Some(Self::Json);
        }
        let quality = |name: &str| {
            ranges
                .iter()
                .filter(|it| it.covers(name))
                .max_by_key(|it| it.exactness())
        };
        let json = quality("application/json").map_or(0, |it| it.quality);
        let response = quality("application/graphql-response+json");
        match response {
            // Only a client that names this type is known to read it; a client that sends `*/*` may not.
            Some(it) if it.exactness() == 2 && it.quality > 0 && it.quality >= json => {
                Some(Self::GraphQlResponse)
            }
            _ if json > 0 => Some(Self::Json),
            Some(it) if it.quality > 0 => Some(Self::GraphQlResponse),
            _ => None,
        }
    }

    /// The header `Content-Type` of an answer.
    pub(super) fn header(self) -> (HeaderName, HeaderValue) {
        let value = match self {
            Self::Json => "application/json; charset=utf-8",
            Self::GraphQlResponse => "application/graphql-response+json; charset=utf-8",
        };
        (header::CONTENT_TYPE, HeaderValue::from_static(value))
    }
}

/// Whether the client names the media type of server-sent events.
pub(super) fn accepts_events(headers: &HeaderMap) -> bool {
    let named = |range: &Range| range.name == "text/event-stream" && range.quality > 0;
    ranges(headers).iter().any(named)
}

/// The media ranges of the header `Accept`.
fn ranges(headers: &HeaderMap) -> Vec<Range> {
    let values = headers.get_all(header::ACCEPT).into_iter();
    values
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter_map(Range::read)
        .collect()
}

/// Whether the header says that the body is JSON in UTF-8. Other types are refused, because pages of other origins can
/// send them without a CORS permission.
pub(super) fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|it| it.to_str().ok());
    let mut parts = kind.unwrap_or_default().split(';').map(str::trim);
    let is_json = parts
        .next()
        .is_some_and(|it| it.eq_ignore_ascii_case("application/json"));
    is_json && parts.filter(|it| !it.is_empty()).all(is_utf8)
}

fn is_utf8(parameter: &str) -> bool {
    parameter.split_once('=').is_some_and(|(name, value)| {
        let value = value.trim().trim_matches('"');
        let is_utf8 = value.eq_ignore_ascii_case("utf-8") || value.eq_ignore_ascii_case("utf8");
        name.trim().eq_ignore_ascii_case("charset") && is_utf8
    })
}

/// A media range in an `Accept` header.
#[derive(Debug)]
struct Range {
    /// The name in lower case, such as `application/*`.
    name: String,
    /// The quality in thousandths.
    quality: u16,
}

impl Range {
    fn read(text: &str) -> Option<Self> {
        let mut parts = text.split(';').map(str::trim);
        let name = parts.next().filter(|name| !name.is_empty())?.to_ascii_lowercase();
        let mut parameters = parts.filter_map(|it| it.split_once('='));
        let quality = parameters
            .find(|(name, _)| name.trim().eq_ignore_ascii_case("q"))
            .map_or(1000, |(_, value)| thousandths(value.trim()));
        Some(Self { name, quality })
    }

    fn covers(&self, name: &str) -> bool {
        self.name == name || self.name == "application/*" || self.name == "*/*"
    }

    /// How exact the range is; the most exact range decides.
    fn exactness(&self) -> u8 {
        match self.name.as_str() {
            "*/*" => 0,
            "application/*" => 1,
            _ => 2,
        }
    }
}

/// A quality in thousandths: `0.9` is 900. A text that is not a number from 0 to 1 counts as 1.
fn thousandths(text: &str) -> u16 {
    let Some(fraction) = text.strip_prefix('0') else {
        return 1000;
    };
    let digits = format!("{:0<3}", fraction.strip_prefix('.').unwrap_or_default());
    digits.get(..3).and_then(|it| it.parse().ok()).unwrap_or(1000)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(name: HeaderName, value: &str) -> HeaderMap {
        let value = HeaderValue::from_str(value).expect("a value");
        HeaderMap::from_iter([(name, value)])
    }

    #[test]
    fn the_client_says_what_it_reads() {
        let accepted = |value: &str| MediaType::accepted(&with(header::ACCEPT, value));
        assert_eq!(MediaType::accepted(&HeaderMap::new()), Some(MediaType::Json));
        for json in [
            "",
            "*/*",
            "application/*",
            "application/json",
            "Application/JSON; charset=utf-8",
            "text/html,application/xhtml+xml,*/*;q=0.8",
            "application/json, application/graphql-response+json;q=0.9",
            "application/graphql-response+json;q=0, */*",
        ] {
            assert_eq!(accepted(json), Some(MediaType::Json), "{json}");
        }
        for response in [
            "application/graphql-response+json",
            "application/graphql-response+json, application/json;q=0.9",
            "application/graphql-response+json,application/graphql+json,application/json,text/event-stream",
            "application/json;q=0, */*",
            "application/graphql-response+json, */*;q=0.001",
        ] {
            assert_eq!(accepted(response), Some(MediaType::GraphQlResponse), "{response}");
        }
        for neither in [
            "text/html",
            "application/xml",
            "*/*;q=0",
            "application/json;q=0.0",
        ] {
            assert_eq!(accepted(neither), None, "{neither}");
        }
    }

    #[test]
    fn events_are_for_clients_that_name_them() {
        let accepts = |value: &str| accepts_events(&with(header::ACCEPT, value));
        assert!(accepts("text/event-stream") && accepts("application/json, Text/Event-Stream;q=0.5"));
        for other in ["*/*", "text/*", "text/event-stream;q=0", "application/json"] {
            assert!(!accepts(other), "{other}");
        }
    }

    #[test]
    fn a_body_is_json_in_utf8() {
        let json = |value: &str| is_json(&with(header::CONTENT_TYPE, value));
        for fine in [
            "application/json",
            "Application/JSON; charset=UTF-8",
            "application/json;charset=\"utf-8\";",
        ] {
            assert!(json(fine), "{fine}");
        }
        for wrong in [
            "",
            "text/plain",
            "application/jsonx",
            "application/json; charset=iso-8859-1",
            "application/json; boundary=x",
            "application/json+x",
        ] {
            assert!(!json(wrong), "{wrong}");
        }
        assert!(!is_json(&HeaderMap::new()));
    }
}
