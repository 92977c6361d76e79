//! Requests for a cancellation: what they hold back, how they are decided, and what of them can come too late.

use countermand_domain::{
    Actor, ApproveRequest, Audiences, CancellationIntent, CancellationRefusal, DocumentRefusal, FeeRule,
    FulfilmentRefusal, InvoiceRequest, ItemPosition, LineRefusal, Order, OrderState, Quantity, RefundChoice,
    RefundRefusal, RefundShare, RequestCancellation, RequestRefusal, RequestStatus, RowMoney, Selection,
    ShipmentRequest,
};

use super::{basket_of, invoiced, order_of, units, usd, whole};
use crate::shop::{at, buyer_of, policy, request, staff};

fn asking(order: &Order, selection: Selection) -> RequestCancellation {
    RequestCancellation {
        actor: buyer_of(order),
        intent: CancellationIntent {
            reason: "Other".into(),
            comment: Some(" Too big. ".into()),
            selection,
            quote: None,
            refund: RefundChoice::default(),
        },
        is_confirmed: true,
    }
}

fn requested(order: &Order, lines: &[(i32, i64)]) -> Order {
    let selection = if lines.is_empty() {
        Selection::All
    } else {
        Selection::Items(whole(lines))
    };
    let asked = order.request_cancellation(&asking(order, selection), &policy(true), at(3));
    asked.expect("it can be asked for").after
}

fn approval(items: Option<&[(i32, i64)]>) -> ApproveRequest {
    ApproveRequest {
        actor: staff(),
        items: items.map(whole),
        reason: None,
        notifies_customer: None,
        refund: None,
    }
}

fn approved(order: &Order, items: Option<&[(i32, i64)]>) -> Order {
    let approved = order.approve_cancellation_request(&approval(items), &policy(true), at(5));
    approved.expect("it can be approved").after
}

fn status(order: &Order) -> Option<RequestStatus> {
    order.cancellation_request.as_ref().map(|request| request.status)
}

fn parcel(lines: &[(i32, i64)], overrides_request: bool) -> ShipmentRequest {
    ShipmentRequest {
        lines: whole(lines),
        tracking: Vec::new(),
        overrides_request,
    }
}

#[test]
fn a_request_cancels_nothing_and_shows_reason_and_comment() {
    let order = requested(&order_of(&[2, 1]), &[(1, 1)]);
    let request = order.open_request().expect("an open request");
    assert_eq!(request.reason_code.as_deref(), Some("other"));
    assert_eq!(request.comment.as_deref(), Some("Too big."));
    assert!(!request.is_whole);
    assert_eq!(order.requested_units(&order.items[0]), Quantity::whole(1));
    assert_eq!(order.requested_units(&order.items[1]), Quantity::ZERO);
    assert_eq!(order.state, OrderState::New);
    assert_eq!(units(&order), [[2, 0, 0, 0], [1, 0, 0, 0]]);
    let lines: Vec<_> = order.comments.iter().map(|it| it.text.as_str()).collect();
    assert_eq!(lines, ["Cancellation requested: Other", "Too big."]);
}

#[test]
fn the_rest_of_a_free_item_of_which_a_fraction_is_invoiced_can_be_asked_for() {
    let mut basket = basket_of(&[3]);
    basket.shipping = RowMoney::zero(usd(0).currency());
    basket.items[0].ordered = basket.shipping;
    let order = basket.order();
    let fraction = InvoiceRequest {
        lines: vec![(ItemPosition(1), Quantity::from_scaled(30))],
        ..InvoiceRequest::default()
    };
    let invoiced = order.invoice(&fraction, &staff(), at(1));
    let order = invoiced.expect("it can be invoiced").after;
    let rest = Quantity::whole(3).minus(Quantity::from_scaled(30));
    let selection = Selection::Items(vec![(ItemPosition(1), rest)]);
    let asked = order.request_cancellation(&asking(&order, selection), &policy(true), at(3));
    let asked = asked.expect("it can be asked for").after;
    assert_eq!(asked.requested_units(&asked.items[0]), rest);
    let after = approved(&asked, None);
    assert_eq!(after.items[0].quantities.canceled, rest);
}

#[test]
fn an_order_has_one_open_request_and_its_buyer_cannot_cancel_meanwhile() {
    let order = requested(&order_of(&[2]), &[(1, 1)]);
    let again = order.request_cancellation(&asking(&order, Selection::All), &policy(true), at(4));
    assert_eq!(again, Err(RequestRefusal::RequestOpen));
    let canceled = order.cancel(&request(buyer_of(&order), "Other"), &policy(true), at(4));
    assert_eq!(canceled, Err(CancellationRefusal::RequestOpen));
    let withdrawn = order.withdraw_cancellation_request(&buyer_of(&order), false, at(4));
    let withdrawn = withdrawn.expect("it can be taken back").after;
    assert_eq!(status(&withdrawn), Some(RequestStatus::Withdrawn));
    let second = requested(&withdrawn, &[]);
    assert_eq!(second.open_request().map(|it| it.number), Some(2));
}

#[test]
fn an_approved_request_cancels_what_it_asks_for() {
    let paid = invoiced(&order_of(&[2, 1]), &[]);
    let part = approved(&requested(&paid, &[(1, 1)]), None);
    assert_eq!(status(&part), Some(RequestStatus::Approved));
    assert_eq!(units(&part), [[2, 2, 0, 1], [1, 1, 0, 0]]);
    let all = approved(&requested(&part, &[]), None);
    assert_eq!(all.state, OrderState::Closed);
    assert_eq!(all.totals.refunded, paid.totals.grand_total);
    let half = approved(&requested(&paid, &[(1, 2), (2, 1)]), Some(&[(1, 2)]));
    assert_eq!(status(&half), Some(RequestStatus::PartlyApproved));
    assert_eq!(units(&half), [[2, 2, 0, 2], [1, 1, 0, 0]]);
}

#[test]
fn more_than_was_asked_for_is_not_approved() {
    let order = requested(&order_of(&[2, 1]), &[(1, 1)]);
    for (items, left) in [([(1, 2)], 1), ([(2, 1)], 0)] {
        let refused = order.approve_cancellation_request(&approval(Some(&items)), &policy(true), at(5));
        let too_many = LineRefusal::TooMany {
            item: ItemPosition(items[0].0),
            asked: Quantity::whole(items[0].1),
            left: Quantity::whole(left),
        };
        assert_eq!(refused, Err(RequestRefusal::Items(too_many)));
    }
}

#[test]
fn an_approval_needs_no_switch_and_a_declined_request_needs_a_reason() {
    let order = requested(&order_of(&[1]), &[]);
    let off = order.approve_cancellation_request(&approval(None), &policy(false), at(5));
    assert_eq!(off.expect("staff decides").after.state, OrderState::Canceled);
    let silent = order.decline_cancellation_request("  ", &staff(), at(5));
    assert_eq!(silent, Err(RequestRefusal::ReasonMissing));
    let declined = order.decline_cancellation_request("Packed", &staff(), at(5));
    let declined = declined.expect("it can be declined").after;
    assert_eq!(status(&declined), Some(RequestStatus::Declined));
    let again = declined.approve_cancellation_request(&approval(None), &policy(true), at(6));
    assert_eq!(again, Err(RequestRefusal::NoOpenRequest));
}

#[test]
fn an_open_request_holds_shipments_back_until_staff_overrides_it() {
    let order = requested(&order_of(&[2, 1]), &[(1, 2)]);
    let held = order.ship(&parcel(&[(2, 1)], false), &staff(), at(4));
    assert_eq!(held, Err(DocumentRefusal::CancellationRequested));
    let other = order.ship(&parcel(&[(2, 1)], true), &staff(), at(4));
    assert_eq!(
        status(&other.expect("staff decides").after),
        Some(RequestStatus::Open)
    );
    let part = order.ship(&parcel(&[(1, 1)], true), &staff(), at(4));
    let part = part.expect("staff decides").after;
    assert_eq!(part.requested_units(&part.items[0]), Quantity::whole(1));
    let late = part.ship(&parcel(&[(1, 1)], true), &staff(), at(5));
    let late = late.expect("staff decides").after;
    assert_eq!(status(&late), Some(RequestStatus::TooLate));
    let again = late.approve_cancellation_request(&approval(None), &policy(true), at(6));
    assert_eq!(again, Err(RequestRefusal::TooLate));
    let next = late.ship(&parcel(&[(2, 1)], false), &staff(), at(6));
    assert!(next.is_ok(), "{next:?}");
}

#[test]
fn units_that_the_warehouse_packs_can_be_requested_and_leave_fulfilment_when_staff_approves() {
    let order = order_of(&[2]);
    let packed = order.start_fulfilment(&whole(&[(1, 1)]), &staff(), at(2));
    let packed = packed.expect("it can be packed").after;
    let canceled = packed.cancel(&request(buyer_of(&packed), "Other"), &policy(true), at(3));
    assert_eq!(canceled, Err(CancellationRefusal::InFulfilment));
    let asked = requested(&packed, &[]);
    let by_deadline = ApproveRequest {
        actor: Actor::System,
        ..approval(None)
    };
    let held = asked.approve_cancellation_request(&by_deadline, &policy(true), at(5));
    assert_eq!(held, Err(CancellationRefusal::InFulfilment.into()));
    let more = asked.start_fulfilment(&whole(&[(1, 1)]), &staff(), at(5));
    assert_eq!(more, Err(FulfilmentRefusal::CancellationRequested));
    let approved = asked.approve_cancellation_request(&approval(None), &policy(true), at(6));
    let approved = approved.expect("staff may");
    assert_eq!(approved.after.state, OrderState::Canceled);
    assert!(!approved.after.is_in_fulfilment());
    let facts = approved.cancellation().expect("a cancellation");
    assert_eq!(facts.released, whole(&[(1, 1)]));
    let told = approved.after.comments.iter();
    let told: Vec<_> = told
        .filter(|it| it.text.starts_with("No more in fulfilment"))
        .collect();
    assert!(told.len() == 1 && !told[0].visible_on_front, "{told:?}");
}

#[test]
fn the_warehouse_packs_whole_units_of_an_item_that_was_ordered_in_whole_units() {
    let order = order_of(&[2]);
    let half = [(ItemPosition(1), Quantity::from_scaled(5_000))];
    let refused = LineRefusal::NotWhole(ItemPosition(1)).into();
    assert_eq!(order.start_fulfilment(&half, &staff(), at(2)), Err(refused));
    let packed = order.start_fulfilment(&whole(&[(1, 2)]), &staff(), at(2));
    let packed = packed.expect("it can be packed").after;
    let refused = LineRefusal::NotWhole(ItemPosition(1)).into();
    assert_eq!(packed.release_fulfilment(&half, &staff(), at(3)), Err(refused));
}

#[test]
fn an_approval_of_a_part_releases_only_the_units_that_it_needs() {
    let order = order_of(&[3, 2]);
    let packed = order.start_fulfilment(&whole(&[(1, 2), (2, 1)]), &staff(), at(2));
    let packed = packed.expect("it can be packed").after;
    let asked = requested(&packed, &[(1, 2)]);
    let approved = approved(&asked, None);
    let in_fulfilment = |index: usize| approved.items[index].quantities.in_fulfilment;
    assert_eq!(
        [0, 1].map(in_fulfilment),
        [Quantity::whole(1), Quantity::whole(1)]
    );
    assert_eq!(approved.items[0].quantities.canceled, Quantity::whole(2));
}

#[test]
fn a_buyer_who_cancels_what_the_warehouse_packs_opens_a_request() {
    let packed = order_of(&[2]).start_fulfilment(&[], &staff(), at(2));
    let packed = packed.expect("it can be packed").after;
    assert!(packed.may_be_canceled_by(&buyer_of(&packed), &policy(true), at(3)));
    let asked = packed.cancel_or_request(&request(buyer_of(&packed), "Other"), &policy(true), at(3));
    let asked = asked.expect("a request").after;
    assert_eq!(status(&asked), Some(RequestStatus::Open));
    assert_eq!(asked.state, packed.state);
    assert!(!asked.may_be_canceled_by(&buyer_of(&asked), &policy(true), at(4)));
}

#[test]
fn an_approval_takes_the_fee_of_the_buyer_unless_staff_decides_about_the_refund() {
    let order = requested(&invoiced(&order_of(&[2]), &[]), &[]);
    let mut policy = policy(true);
    policy.rules.fee = FeeRule::Fixed(40_000);
    let approved = |refund: Option<RefundShare>, note: Option<&str>| {
        let command = ApproveRequest {
            refund: refund.map(|share| RefundChoice {
                share,
                note: note.map(str::to_owned),
            }),
            ..approval(None)
        };
        order.approve_cancellation_request(&command, &policy, at(5))
    };
    let note = Some("The lid was engraved");
    for (refund, back) in [
        (None, 2600),
        (Some(RefundShare::Full), 3000),
        (Some(RefundShare::Nothing), 0),
        (Some(RefundShare::Amount("7.50".into())), 750),
        (Some(RefundShare::AllBut("1.00".into())), 2900),
    ] {
        let approved = approved(refund, note).expect("an approval");
        let facts = approved.cancellation().expect("a cancellation");
        assert_eq!((facts.refunded_total, facts.fee), (usd(back), usd(3000 - back)));
    }
    let missing = approved(Some(RefundShare::Nothing), None);
    let refusal = CancellationRefusal::Refund(RefundRefusal::NoteMissing);
    assert_eq!(missing, Err(refusal.into()));
    let too_much = approved(Some(RefundShare::Amount("30.01".into())), note);
    let refusal = CancellationRefusal::Refund(RefundRefusal::TooMuch(usd(3000)));
    assert_eq!(too_much, Err(refusal.into()));
}

#[test]
fn a_cancellation_by_staff_fulfills_the_request_that_it_covers() {
    let order = requested(&order_of(&[2]), &[(1, 1)]);
    let canceled = order.cancel(&request(staff(), "Other"), &policy(true), at(4));
    assert_eq!(
        status(&canceled.expect("staff may").after),
        Some(RequestStatus::Approved)
    );
}

#[test]
fn a_request_without_a_reason_is_taken_and_one_with_an_unknown_reason_is_not() {
    let order = order_of(&[1]);
    let mut asked = asking(&order, Selection::All);
    asked.intent.reason.clear();
    let missing = order.request_cancellation(&asked, &policy(true), at(3));
    assert_eq!(missing, Err(CancellationRefusal::InvalidReason.into()));
    let mut optional = policy(true);
    optional.rules.reason_required = Audiences::default();
    let taken = order.request_cancellation(&asked, &optional, at(3));
    let canceled = approved(&taken.expect("the reason is optional").after, None);
    assert_eq!(canceled.state, OrderState::Canceled);
    asked.intent.reason = "Because".into();
    let refused = order.request_cancellation(&asked, &policy(true), at(3));
    assert_eq!(refused, Err(CancellationRefusal::InvalidReason.into()));
    let off = order.request_cancellation(&asking(&order, Selection::All), &policy(false), at(3));
    assert_eq!(off, Err(CancellationRefusal::Disabled.into()));
}
