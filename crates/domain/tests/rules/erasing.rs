//! Notes and the erasure of a buyer: what is added, what stays, and what is replaced.

use countermand_domain::{
    Address, Comment, Coupon, CustomerGroup, ERASED, EventData, FreeTextProblem, GiftCardDetail, Invoice,
    InvoiceRequest, ItemPosition, Money, NoteRefusal, NoteRequest, Order, OrderItem, OrderState,
    ProductOption, Quantity, RowMoney, ShipmentRequest, Tracking, invariants,
};

use crate::shop::{Basket, at, currency, policy, request, staff};

/// A text that stands in every place of an order where something about the buyer may stand.
const PERSONAL: &str = "Annabel";

fn personal() -> String {
    PERSONAL.into()
}

fn address() -> Address {
    Address {
        firstname: PERSONAL.into(),
        lastname: PERSONAL.into(),
        middlename: Some(personal()),
        prefix: Some(personal()),
        suffix: Some(personal()),
        company: Some(personal()),
        street: vec![PERSONAL.into()],
        city: PERSONAL.into(),
        region: Some(personal()),
        region_id: Some(personal()),
        postcode: Some(personal()),
        country: "NL".into(),
        telephone: Some(personal()),
        fax: Some(personal()),
        vat_id: Some(personal()),
    }
}

/// A paid and shipped order with [`PERSONAL`] in each of these places.
fn order() -> Order {
    let usd = |cents| Money::new(cents, currency("USD"));
    let item = OrderItem::new(
        ItemPosition(1),
        "mug",
        "A mug",
        Quantity::whole(2),
        RowMoney::net(usd(2000)),
    );
    let mut order = Basket::of(vec![item], RowMoney::net(usd(500))).order();
    order.customer.email = PERSONAL.into();
    order.customer.firstname = PERSONAL.into();
    order.customer.lastname = PERSONAL.into();
    order.customer.middlename = Some(personal());
    order.customer.prefix = Some(personal());
    order.customer.suffix = Some(personal());
    order.customer.group = CustomerGroup::from_number(3);
    order.billing_address = address();
    order.shipping_address = Some(address());
    order.payment.additional_data = vec![("Name on the card".into(), PERSONAL.into())];
    order.coupons = vec![Coupon {
        code: PERSONAL.into(),
        expires_at: None,
    }];
    order.items[0].entered_options = vec![ProductOption {
        label: "Engraving".into(),
        value: PERSONAL.into(),
    }];
    order.items[0].gift_card = Some(GiftCardDetail {
        sender_name: Some(personal()),
        sender_email: Some(personal()),
        recipient_name: Some(personal()),
        recipient_email: Some(personal()),
        message: Some(personal()),
    });
    order.comments = vec![Comment {
        text: PERSONAL.into(),
        status: "pending".into(),
        visible_on_front: true,
        customer_notified: None,
        created_at: at(0),
    }];
    let paid = order
        .invoice(&InvoiceRequest::default(), &staff(), at(1))
        .expect("it can be invoiced");
    let parcel = ShipmentRequest {
        lines: Vec::new(),
        tracking: vec![Tracking {
            carrier: "ups".into(),
            title: "UPS".into(),
            number: PERSONAL.into(),
        }],
        overrides_request: false,
    };
    paid.after
        .ship(&parcel, &staff(), at(2))
        .expect("it can be shipped")
        .after
}

#[test]
fn an_erased_order_names_its_buyer_nowhere_and_adds_up() {
    let before = order();
    let erased = before.erase_buyer(&staff(), at(3));
    let after = &erased.after;
    assert!(!format!("{erased:?}").contains(PERSONAL), "{erased:#?}");
    assert_eq!((after.customer.id, after.customer.group), (None, None));
    assert_eq!(after.customer.email, "erased-10000000001@erased.invalid");
    assert_eq!(
        (
            after.customer.lastname.as_str(),
            after.billing_address.country.as_str()
        ),
        (ERASED, "NL")
    );
    assert_eq!(after.items[0].entered_options[0].label, "Engraving");
    assert_eq!(after.version, before.version + 1);
    assert_eq!(erased.event.data, EventData::BuyerErased);
    assert_eq!(erased.effects, []);
    // What the law wants kept.
    assert_eq!((after.totals, after.state), (before.totals, OrderState::Complete));
    assert_eq!(after.number, before.number);
    assert_eq!(after.placed_at, before.placed_at);
    assert_eq!(after.invoices, before.invoices);
    let lines = |order: &Order| {
        order
            .shipments
            .iter()
            .map(|it| (it.number.clone(), it.lines.clone()))
            .collect::<Vec<_>>()
    };
    assert_eq!(lines(after), lines(&before));
    let numbers = |invoices: &[Invoice]| invoices.iter().map(|it| it.number.clone()).collect::<Vec<_>>();
    assert_eq!(numbers(&after.invoices), ["000000001-1"]);
    assert_eq!(after.items[0].quantities, before.items[0].quantities);
    assert_eq!(invariants::broken_by(after).count(), 0);
}

#[test]
fn an_order_can_be_canceled_after_the_erasure() {
    let order = Order {
        shipments: Vec::new(),
        ..Basket::of(
            vec![OrderItem::new(
                ItemPosition(1),
                "mug",
                "A mug",
                Quantity::whole(1),
                RowMoney::net(Money::new(1000, currency("USD"))),
            )],
            RowMoney::net(Money::new(0, currency("USD"))),
        )
        .order()
    };
    let erased = order.erase_buyer(&staff(), at(1)).after;
    let canceled = erased.cancel(&request(staff(), "Other"), &policy(true), at(2));
    assert_eq!(
        canceled.expect("it can be canceled").after.state,
        OrderState::Canceled
    );
}

#[test]
fn a_note_is_a_line_of_history_in_every_state() {
    let order = order();
    for state in OrderState::ALL {
        let order = Order {
            state: *state,
            ..order.clone()
        };
        for is_for_buyer in [false, true] {
            let note = NoteRequest {
                text: " 1 < 2\n".into(),
                is_for_buyer,
            };
            let noted = order.add_note(&note, &staff(), at(5)).expect("a note");
            let line = noted.after.comments.last().expect("a line");
            assert_eq!(
                (line.text.as_str(), line.visible_on_front),
                ("1 &lt; 2", is_for_buyer)
            );
            assert_eq!((line.created_at, noted.after.state), (at(5), *state));
            assert_eq!(noted.event.data, EventData::NoteAdded { is_for_buyer });
        }
    }
}

#[test]
fn a_note_has_a_text_of_limited_length_without_control_characters() {
    let order = order();
    let refusal = |text: &str| {
        let note = NoteRequest {
            text: text.into(),
            is_for_buyer: false,
        };
        order.add_note(&note, &staff(), at(5)).err()
    };
    let control = NoteRefusal::Text(FreeTextProblem::ControlCharacter);
    assert_eq!(refusal(" \n\t"), Some(NoteRefusal::Empty));
    assert_eq!(
        refusal(&"é".repeat(2_001)),
        Some(NoteRefusal::Text(FreeTextProblem::TooLong(2_000)))
    );
    assert_eq!(refusal(&"é".repeat(2_000)), None);
    assert_eq!(refusal("a\u{7}"), Some(control));
    assert_eq!(refusal("\u{202e}a"), Some(control));
    assert_eq!(refusal("first line\r\nsecond\tline"), None);
}
