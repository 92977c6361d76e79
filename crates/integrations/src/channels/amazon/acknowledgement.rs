//! The feed that cancels: an XML message for each order, with all of its open items.

use std::io;

use countermand_domain::channel::{ChannelOrderNumber, SentCancellation};
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};

/// The type of the feed.
pub(super) const FEED_TYPE: &str = "POST_ORDER_ACKNOWLEDGEMENT_DATA";

/// The number of the message that cancels an order: the digits of the order's number. So the report can be read
/// without a list of what was sent, and in any order. None when the number is not one of Amazon's.
pub(super) fn message_id(number: &ChannelOrderNumber) -> Option<u64> {
    let parts: Vec<&str> = number.as_str().split('-').collect();
    let fits = parts.len() == 3
        && parts
            .iter()
            .zip([3, 7, 7])
            .all(|(part, length)| part.len() == length)
        && parts.concat().bytes().all(|byte| byte.is_ascii_digit());
    fits.then(|| parts.concat().parse().ok())
        .flatten()
        .filter(|id| *id > 0)
}

/// The feed with a message for each cancellation.
pub(super) fn write(seller_id: &str, cancellations: &[&SentCancellation]) -> io::Result<String> {
    let mut writer = Writer::new(Vec::new());
    writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    writer
        .create_element("AmazonEnvelope")
        .with_attribute(("xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance"))
        .with_attribute(("xsi:noNamespaceSchemaLocation", "amzn-envelope.xsd"))
        .write_inner_content(|xml| {
            xml.create_element("Header").write_inner_content(|xml| {
                element(xml, "DocumentVersion", "1.01")?;
                element(xml, "MerchantIdentifier", seller_id)
            })?;
            element(xml, "MessageType", "OrderAcknowledgement")?;
            cancellations
                .iter()
                .try_for_each(|cancellation| message(xml, cancellation))
        })?;
    String::from_utf8(writer.into_inner()).map_err(io::Error::other)
}

fn message(xml: &mut Writer<Vec<u8>>, cancellation: &SentCancellation) -> io::Result<()> {
    let id = message_id(&cancellation.number).ok_or_else(|| io::Error::other("not an order number"))?;
    xml.create_element("Message").write_inner_content(|xml| {
        element(xml, "MessageID", &id.to_string())?;
        xml.create_element("OrderAcknowledgement")
            .write_inner_content(|xml| {
                element(xml, "AmazonOrderID", cancellation.number.as_str())?;
                element(xml, "StatusCode", "Failure")?;
                cancellation.items.iter().try_for_each(|(item, _)| {
                    xml.create_element("Item").write_inner_content(|xml| {
                        element(xml, "AmazonOrderItemCode", item)?;
                        element(xml, "CancelReason", &cancellation.reason_code)
                    })?;
                    Ok(())
                })
            })?;
        Ok(())
    })?;
    Ok(())
}

/// Writes an element with a text. Characters that XML cannot hold are left out.
fn element(xml: &mut Writer<Vec<u8>>, name: &str, text: &str) -> io::Result<()> {
    let text: String = text.chars().filter(|it| is_xml(*it)).collect();
    xml.create_element(name)
        .write_text_content(BytesText::new(&text))?;
    Ok(())
}

fn is_xml(character: char) -> bool {
    !character.is_control() && !matches!(character, '\u{fffe}' | '\u{ffff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_numbers_of_amazon_have_a_message() {
        let id = |text: &str| message_id(&ChannelOrderNumber::parse(text).expect("a number"));
        assert_eq!(id("026-1234567-1234567"), Some(2_612_345_671_234_567));
        for other in [
            "1",
            "123-1234567-123456",
            "12-12345678-1234567",
            "a23-1234567-1234567",
            "000-0000000-0000000",
        ] {
            assert_eq!(id(other), None, "{other}");
        }
    }
}
