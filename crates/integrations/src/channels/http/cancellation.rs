//! A cancellation as the protocol writes it.

use countermand_domain::channel::{ChannelAnswer, SentCancellation};
use countermand_domain::money::Quantity;
use serde::Deserialize;
use serde_json::{Number, Value, json};

use crate::http::cut;

/// The largest number of characters in a message to the channel.
const LONGEST_MESSAGE: usize = 500;
/// The largest number of characters that are kept of the reason of a denial.
const LONGEST_DENIAL: usize = 250;
/// The code of a denial because of a shipment.
const ALREADY_SHIPPED: &str = "ALREADY_SHIPPED";

/// The channel's answer: what became of a cancellation.
#[derive(Deserialize)]
pub(super) struct WireCancellation {
    id: String,
    state: String,
    #[serde(default)]
    denial: Option<WireDenial>,
}

#[derive(Deserialize)]
struct WireDenial {
    #[serde(default)]
    code: Option<String>,
    #[serde(default)]
    reason: Option<String>,
}

impl WireCancellation {
    /// The answer to the cancellation `id`.
    pub(super) fn answer(self, id: &str) -> ChannelAnswer {
        if !self.id.eq_ignore_ascii_case(id) {
            return ChannelAnswer::Unknown {
                why: "the channel answers about another cancellation".to_owned(),
            };
        }
        match self.state.as_str() {
            "OPEN" => ChannelAnswer::Accepted {
                reference: id.to_owned(),
            },
            "ACCEPTED" => ChannelAnswer::Canceled,
            "DENIED" => self
                .denial
                .map_or_else(|| denied(None, None), |it| denied(it.code, it.reason)),
            other => ChannelAnswer::Unknown {
                why: format!("the channel says {}", cut(other, 64)),
            },
        }
    }
}

fn denied(code: Option<String>, reason: Option<String>) -> ChannelAnswer {
    let code = code.unwrap_or_else(|| "DENIED".to_owned());
    if code == ALREADY_SHIPPED {
        return ChannelAnswer::TooLate;
    }
    ChannelAnswer::Rejected {
        code: cut(&code, 64),
        text: cut(&reason.unwrap_or_default(), LONGEST_DENIAL),
    }
}

/// The request for a cancellation.
pub(super) fn body_of(cancellation: &SentCancellation) -> Value {
    let items = cancellation.items.iter();
    let items: Vec<_> = items
        .map(|(id, quantity)| json!({ "id": id, "quantity": number(*quantity) }))
        .collect();
    json!({
        "order": cancellation.number.as_str(),
        "reason": cancellation.reason_code,
        "message": cancellation.comment.as_deref().map(|text| cut(text, LONGEST_MESSAGE)),
        "items": items,
    })
}

/// The quantity as a JSON number: whole units without a point.
fn number(quantity: Quantity) -> Number {
    let scaled = quantity.scaled();
    if quantity.is_whole() {
        return Number::from(scaled / 10_000);
    }
    let (whole, part) = (scaled / 10_000, (scaled % 10_000).abs());
    let text = format!("{whole}.{part:04}");
    text.parse().unwrap_or_else(|_| Number::from(whole))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(text: &str) -> ChannelAnswer {
        serde_json::from_str::<WireCancellation>(text)
            .expect("an answer")
            .answer("0198c0de")
    }

    #[test]
    fn each_state_is_an_answer_and_an_unknown_state_is_unknown() {
        assert_eq!(
            answer(r#"{"id":"0198C0DE","state":"OPEN"}"#),
            ChannelAnswer::Accepted {
                reference: "0198c0de".into()
            }
        );
        assert_eq!(
            answer(r#"{"id":"0198c0de","state":"ACCEPTED","more":1}"#),
            ChannelAnswer::Canceled
        );
        assert_eq!(
            answer(r#"{"id":"0198c0de","state":"DENIED","denial":{"code":"ALREADY_SHIPPED"}}"#),
            ChannelAnswer::TooLate
        );
        let ChannelAnswer::Rejected { code, text } = answer(r#"{"id":"0198c0de","state":"DENIED"}"#) else {
            panic!("a denial is a rejection");
        };
        assert_eq!((code.as_str(), text.as_str()), ("DENIED", ""));
        for unknown in [
            r#"{"id":"0198c0de","state":"MAYBE"}"#,
            r#"{"id":"other","state":"ACCEPTED"}"#,
        ] {
            assert!(
                matches!(answer(unknown), ChannelAnswer::Unknown { .. }),
                "{unknown}"
            );
        }
    }

    #[test]
    fn quantities_are_numbers_with_the_decimals_that_they_have() {
        for (scaled, text) in [(20_000, "2"), (15_000, "1.5"), (5, "0.0005")] {
            let number = number(Quantity::from_scaled(scaled));
            assert_eq!(number.to_string(), text);
            assert_eq!(
                Quantity::parse(&number.to_string()).expect("an answer").scaled(),
                scaled
            );
        }
    }
}
