//! An order that uses every feature, and the steps of its life.

use countermand_domain::channel::ChannelOrderNumber;
use countermand_domain::{
    Address, BundleOption, Charged, Comment, Coupon, CreditMemoRequest, Currency, CustomerGroup, Discount,
    GiftCardDetail, GiftCardsUsed, InvoiceRequest, ItemPosition, ItemPrices, Money, Order, OrderChannel,
    OrderId, OrderItem, OtherCharge, OtherCredit, Payment, PaymentKind, PaymentTender, PaymentTransaction,
    PointsUsed, ProductOption, ProductType, Quantity, RefundOrder, RowMoney, ShipmentRequest, Subscription,
    SubscriptionEnd, TaxLine, TenderKind, Tracking, TransactionKind, Transition, UnitPrice,
};

use crate::shop::{at, currency, hold, order_of, staff, subscription};

/// Gives the text for a field that holds at most this many characters.
pub(crate) type Words<'a> = &'a dyn Fn(usize) -> String;

/// The length of a text in a field without a limit of its own: more than 64 KiB of four-byte characters.
const UNLIMITED: usize = 17_000;

/// An order that uses every field.
pub(crate) fn full_order(id: OrderId, currency_: Currency, words: Words) -> Order {
    let credits = Money::new(500, currency_);
    let mut order = order_of(id, items(currency_, words), row([1_500, 315, 7, 33], currency_));
    let owed = order
        .totals
        .grand_total
        .checked_sub(credits)
        .and_then(|owed| owed.checked_add(Money::new(600, currency_)))
        .expect("one currency");
    order.totals.credits = credits;
    order.totals.stored_value = Money::new(200, currency_);
    order.other_credits = vec![OtherCredit {
        code: words(255),
        label: words(255),
        amount: credits,
    }];
    order.other_charges = [None, Some(ItemPosition(1))]
        .map(|item| OtherCharge::new(&words(255), &words(255), item, Money::new(300, currency_)))
        .into();
    order.totals.grand_total = owed;
    order.totals.base_grand_total = Money::new(owed.minor() * 91 / 100, currency("EUR"));
    order.number = words(50).into();
    order.external_id = Some(i64::MAX);
    order.status = words(32);
    order.customer.email = words(254);
    order.customer.firstname = words(255);
    order.customer.lastname = words(255);
    order.customer.middlename = Some(words(255));
    order.customer.prefix = Some(words(40));
    order.customer.suffix = Some(words(40));
    order.customer.group = CustomerGroup::from_number(i32::MAX.into());
    order.billing_address = address(words);
    order.shipping_address = Some(Address {
        street: vec![],
        ..address(words)
    });
    order.shipping.method = Some(words(120));
    order.shipping.description = Some(words(255));
    order.payment = payment(owed, words);
    order.taxes = [210_000, 0]
        .map(|rate| TaxLine {
            title: words(255),
            rate,
            amount: Money::new(945, currency_),
        })
        .into();
    order.discounts = [None, Some(words(255))]
        .map(|coupon| Discount {
            label: words(255),
            amount: Money::new(133, currency_),
            coupon,
        })
        .into();
    order.coupons = [None, Some(at(1_440))]
        .map(|expires_at| Coupon {
            code: words(255),
            expires_at,
        })
        .into();
    order.points = Some(PointsUsed {
        count: i64::MAX,
        expires_at: Some(at(2_880)),
    });
    order.gift_cards = Some(GiftCardsUsed {
        amount: Money::new(120, currency_),
        expires_at: at(4_320),
    });
    let end = SubscriptionEnd {
        at: at(1_440),
        asked_at: at(1),
        reason_code: Some(words(64)),
        reason: Some(words(255)),
        comment: Some(words(2_000)),
        credit_memo: None,
    };
    order.channel = ChannelOrderNumber::parse(&format!("303-{}", order.id)).map(|number| OrderChannel {
        name: "amazon-de".into(),
        number,
        canceled_at: None,
    });
    order.subscriptions = [(1, None), (4, Some(end))]
        .map(|(item, end)| Subscription {
            id: format!("{item}{}", words(63)),
            item: ItemPosition(item),
            end,
            ..subscription("", 0)
        })
        .into();
    order.comments = [None, Some(false), Some(true)]
        .map(|customer_notified| comment(customer_notified, words))
        .into();
    order
}

/// Four changes of the order: invoice, shipment, credit memo, hold. `words` are those of the tracking numbers.
pub(crate) fn life_to_hold(order: &Order, words: Words) -> Vec<Transition> {
    let two_rows = InvoiceRequest {
        lines: vec![
            (ItemPosition(1), Quantity::whole(2)),
            (ItemPosition(4), Quantity::whole(1)),
        ],
        ..InvoiceRequest::default()
    };
    let parcel = ShipmentRequest {
        lines: vec![(ItemPosition(1), Quantity::whole(1))],
        tracking: vec![tracking(words), tracking(words)],
        overrides_request: false,
    };
    let kept = CreditMemoRequest {
        lines: Some(vec![
            (ItemPosition(1), Quantity::whole(1)),
            (ItemPosition(4), Quantity::whole(1)),
        ]),
        refund_shipping: true,
        adjustment: Money::new(-7, order.currency()),
        refund_order: RefundOrder::InProportion,
    };
    let invoiced = order.invoice(&two_rows, &staff(), at(1)).expect("an invoice");
    let shipped = invoiced.after.ship(&parcel, &staff(), at(2)).expect("a parcel");
    let credited = shipped
        .after
        .credit(&kept, &staff(), at(3))
        .expect("a credit memo");
    let held = hold(&credited.after, 4);
    vec![invoiced, shipped, credited, held]
}

fn items(currency: Currency, words: Words) -> Vec<OrderItem> {
    let zero = RowMoney::zero(currency);
    let quantities = ["3", "1", "1", "2", "4", "2", "2.5", "2.5", "1", "0.3333"];
    let mut items: Vec<OrderItem> = (1_i32..)
        .zip(quantities)
        .map(|(position, quantity)| {
            let quantity = Quantity::parse(quantity).expect("a quantity");
            let money = row([3_000, 630, 12, 100], currency);
            let mut item = OrderItem::new(ItemPosition(position), &words(255), &words(255), quantity, money);
            item.prices.price = UnitPrice::from_ten_thousandths(123_456);
            item
        })
        .collect();
    if let [
        simple,
        service,
        files,
        bundle,
        part,
        other_part,
        choice,
        chosen,
        card,
        grouped,
    ] = &mut items[..]
    {
        simple.external_id = Some(1);
        simple.prices = ItemPrices {
            original_price: Some(UnitPrice::from_ten_thousandths(i64::MAX)),
            ..simple.prices
        };
        simple.selected_options = vec![option(words), option(words)];
        simple.entered_options = vec![option(words)];
        become_type(service, ProductType::Virtual);
        become_type(files, ProductType::Downloadable);
        files.downloadable_links = vec![words(UNLIMITED), words(255)];
        become_type(bundle, ProductType::Bundle);
        bundle.bundle_options = vec![BundleOption {
            label: words(255),
            values: vec![words(255), words(255)],
        }];
        (bundle.counts, bundle.ordered) = (false, zero);
        (part.parent, other_part.parent) = (Some(ItemPosition(4)), Some(ItemPosition(4)));
        become_type(choice, ProductType::Configurable);
        (chosen.parent, chosen.counts, chosen.ordered) = (Some(ItemPosition(7)), false, zero);
        become_type(card, ProductType::GiftCard);
        card.gift_card = Some(GiftCardDetail {
            sender_name: Some(words(255)),
            sender_email: Some(words(255)),
            recipient_name: Some(words(255)),
            recipient_email: None,
            message: Some(words(UNLIMITED)),
        });
        become_type(grouped, ProductType::Grouped);
    }
    items
}

fn become_type(item: &mut OrderItem, product_type: ProductType) {
    item.product_type = product_type;
    item.is_virtual = match product_type {
        ProductType::Virtual | ProductType::Downloadable | ProductType::GiftCard => true,
        ProductType::Simple | ProductType::Bundle | ProductType::Configurable | ProductType::Grouped => false,
    };
}

fn payment(owed: Money, words: Words) -> Payment {
    let half = Money::new(owed.minor() / 2, owed.currency());
    let rest = owed.checked_sub(half).expect("one currency");
    let authorization = |tender, amount: Money, reference| PaymentTransaction {
        kind: TransactionKind::Authorization,
        tender,
        amount,
        charged: Some(Charged {
            amount: Money::new(amount.minor() * 11, currency("SEK")),
            used: Money::zero(currency("SEK")),
        }),
        used: Money::zero(owed.currency()),
        owed: Money::zero(owed.currency()),
        abandoned: Money::zero(owed.currency()),
        outside: Money::zero(owed.currency()),
        reference,
        created_at: at(0),
    };
    Payment {
        method: words(128),
        title: words(255),
        kind: PaymentKind::Online,
        additional_data: vec![(words(255), words(255)), (words(255), words(255))],
        tenders: [(TenderKind::Provider, half), (TenderKind::GiftCard, rest)]
            .map(|(kind, amount)| PaymentTender {
                kind,
                method: words(128),
                title: words(255),
                amount,
            })
            .into(),
        transactions: vec![
            authorization(0, half, Some(words(255))),
            authorization(1, rest, None),
        ],
    }
}

fn address(words: Words) -> Address {
    Address {
        firstname: words(255),
        lastname: words(255),
        middlename: Some(words(255)),
        prefix: Some(words(40)),
        suffix: Some(words(40)),
        company: Some(words(255)),
        street: vec![words(255), words(255)],
        city: words(255),
        region: Some(words(255)),
        region_id: Some(words(32)),
        postcode: Some(words(255)),
        country: words(2),
        telephone: Some(words(255)),
        fax: Some(words(255)),
        vat_id: Some(words(255)),
    }
}

fn comment(customer_notified: Option<bool>, words: Words) -> Comment {
    Comment {
        text: words(UNLIMITED),
        status: words(32),
        visible_on_front: customer_notified.is_some(),
        customer_notified,
        created_at: at(0),
    }
}

fn option(words: Words) -> ProductOption {
    ProductOption {
        label: words(255),
        value: words(UNLIMITED),
    }
}

fn tracking(words: Words) -> Tracking {
    Tracking {
        carrier: words(255),
        title: words(255),
        number: words(255),
    }
}

/// An amount made of net, tax, tax compensation and discount, in minor units.
fn row([net, tax, tax_compensation, discount]: [i64; 4], currency: Currency) -> RowMoney {
    let money = |minor| Money::new(minor, currency);
    RowMoney {
        net: money(net),
        tax: money(tax),
        tax_compensation: money(tax_compensation),
        discount: money(discount),
    }
}
