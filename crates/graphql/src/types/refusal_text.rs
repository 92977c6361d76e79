//! Why an order cannot be canceled and what to do instead, as sentences in the language of a store view.

use countermand_domain::{CancellationRefusal, OrderState};

use crate::kit::Language;

/// One sentence in English, Dutch and Swedish.
type Sentence = [&'static str; 3];

/// Why `refusal` refuses the cancellation, as a true sentence: the messages of `cancelOrder` are Adobe's and say less.
pub(crate) fn message(refusal: &CancellationRefusal, language: &Language) -> &'static str {
    in_language(&message_of(refusal), language)
}

/// What the buyer can do instead.
pub(super) fn hint(refusal: &CancellationRefusal, language: &Language) -> &'static str {
    in_language(&hint_of(refusal), language)
}

fn in_language(sentence: &Sentence, language: &Language) -> &'static str {
    let [english, dutch, swedish] = *sentence;
    match language.code() {
        "nl" => dutch,
        "sv" => swedish,
        _ => english,
    }
}

const MANAGED_AT_CHANNEL: Sentence = [
    "The order is managed at the marketplace where it was placed.",
    "De bestelling wordt beheerd op de marktplaats waar ze is geplaatst.",
    "Ordern hanteras på den marknadsplats där den lades.",
];

const NO_SUCH_REFUND: Sentence = [
    "The chosen refund is more than what comes back, or is no amount.",
    "De gekozen terugbetaling is meer dan wat terugkomt, of is geen bedrag.",
    "Den valda återbetalningen är mer än det som återbetalas, eller inget belopp.",
];

fn message_of(refusal: &CancellationRefusal) -> Sentence {
    match refusal {
        CancellationRefusal::Unauthorized => [
            "The order belongs to another buyer.",
            "De bestelling is van een andere koper.",
            "Ordern tillhör en annan köpare.",
        ],
        CancellationRefusal::Disabled => [
            "The shop does not offer to cancel orders.",
            "De winkel biedt annuleren niet aan.",
            "Butiken erbjuder inte annullering.",
        ],
        CancellationRefusal::State(state) => message_of_state(*state),
        CancellationRefusal::Shipped => [
            "The order has been shipped.",
            "De bestelling is verzonden.",
            "Ordern har skickats.",
        ],
        CancellationRefusal::PartlyShipped => [
            "At least one item of the order has been shipped.",
            "Minstens één artikel van de bestelling is verzonden.",
            "Minst en artikel i ordern har skickats.",
        ],
        CancellationRefusal::QuoteStale => [
            "The quote for this cancellation is stale.",
            "De opgave voor deze annulering is verlopen.",
            "Uppgiften för den här annulleringen är inaktuell.",
        ],
        CancellationRefusal::CommentRequired => [
            "The shop asks for a comment.",
            "De winkel vraagt om een toelichting.",
            "Butiken ber om en kommentar.",
        ],
        CancellationRefusal::InFulfilment => [
            "The shipping process has begun.",
            "De verzending is al begonnen.",
            "Leveransen har påbörjats.",
        ],
        CancellationRefusal::ChannelManaged => MANAGED_AT_CHANNEL,
        CancellationRefusal::DigitalDelivered => [
            "A digital item of the order was delivered.",
            "Een digitaal artikel van de bestelling is geleverd.",
            "En digital artikel i ordern har levererats.",
        ],
        CancellationRefusal::GiftCardUsed => [
            "A gift card of the order was used.",
            "Een cadeaubon van de bestelling is gebruikt.",
            "Ett presentkort i ordern har använts.",
        ],
        CancellationRefusal::Subscription => [
            "An item of the order is a subscription.",
            "Een artikel van de bestelling is een abonnement.",
            "En artikel i ordern är en prenumeration.",
        ],
        CancellationRefusal::OpenInvoice => [
            "An invoice of the order is not paid.",
            "Een factuur van de bestelling is niet betaald.",
            "En faktura för ordern är inte betald.",
        ],
        CancellationRefusal::RequestOpen => [
            "A cancellation of the order was requested, and is not decided yet.",
            "Er is een annulering van de bestelling aangevraagd, en daarover is nog niet beslist.",
            "En annullering av ordern har begärts och är inte avgjord än.",
        ],
        CancellationRefusal::NothingOpen => [
            "No part of the order is left to cancel or to refund.",
            "Er is niets van de bestelling over om te annuleren of terug te betalen.",
            "Ingen del av ordern återstår att annullera eller återbetala.",
        ],
        CancellationRefusal::WindowClosed { .. } => [
            "The time in which you could cancel the order is over.",
            "De tijd waarin je de bestelling kon annuleren is voorbij.",
            "Tiden då du kunde annullera ordern är över.",
        ],
        CancellationRefusal::RequestOnly => [
            "The shop decides about the cancellation of this order.",
            "De winkel beslist over de annulering van deze bestelling.",
            "Butiken avgör om den här ordern annulleras.",
        ],
        CancellationRefusal::Selection(_) => [
            "The selected items cannot be canceled.",
            "De gekozen artikelen kunnen niet worden geannuleerd.",
            "De valda artiklarna kan inte annulleras.",
        ],
        CancellationRefusal::InvalidReason => [
            "The shop does not offer this reason.",
            "De winkel biedt deze reden niet aan.",
            "Butiken erbjuder inte den här orsaken.",
        ],
        CancellationRefusal::InvalidComment(_) => [
            "The comment is too long, or has characters that are not shown.",
            "De opmerking is te lang of bevat tekens die niet worden getoond.",
            "Kommentaren är för lång eller innehåller tecken som inte visas.",
        ],
        CancellationRefusal::Refund(_) => NO_SUCH_REFUND,
        CancellationRefusal::Unbalanced(_) => [
            "The amounts of the order do not add up.",
            "De bedragen van de bestelling kloppen niet.",
            "Orderns belopp stämmer inte.",
        ],
    }
}

fn message_of_state(state: OrderState) -> Sentence {
    match state {
        OrderState::PaymentReview => [
            "The payment of the order is under review.",
            "De betaling van de bestelling wordt gecontroleerd.",
            "Betalningen för ordern granskas.",
        ],
        OrderState::Holded => [
            "The order is on hold.",
            "De bestelling staat in de wacht.",
            "Ordern är pausad.",
        ],
        OrderState::Complete => [
            "The order is complete.",
            "De bestelling is afgerond.",
            "Ordern är slutförd.",
        ],
        OrderState::Closed => [
            "The order is closed.",
            "De bestelling is gesloten.",
            "Ordern är stängd.",
        ],
        OrderState::Canceled => [
            "The order is canceled already.",
            "De bestelling is al geannuleerd.",
            "Ordern är redan annullerad.",
        ],
        OrderState::New | OrderState::PendingPayment | OrderState::Processing => [
            "The state of the order does not allow canceling.",
            "De toestand van de bestelling laat annuleren niet toe.",
            "Orderns tillstånd tillåter inte annullering.",
        ],
    }
}

fn hint_of(refusal: &CancellationRefusal) -> Sentence {
    match refusal {
        CancellationRefusal::Unauthorized => [
            "Sign in with the account that placed the order.",
            "Log in met het account waarmee is besteld.",
            "Logga in med kontot som lade ordern.",
        ],
        CancellationRefusal::Disabled => [
            "Ask the shop to cancel the order.",
            "Vraag de winkel om de bestelling te annuleren.",
            "Be butiken att annullera ordern.",
        ],
        CancellationRefusal::State(state) => hint_of_state(*state),
        CancellationRefusal::QuoteStale => [
            "Look at what comes back again, then cancel.",
            "Bekijk opnieuw wat je terugkrijgt en annuleer dan.",
            "Se på nytt vad du får tillbaka och annullera sedan.",
        ],
        CancellationRefusal::CommentRequired => [
            "Say in a few words why you cancel.",
            "Vertel in een paar woorden waarom je annuleert.",
            "Skriv med några ord varför du annullerar.",
        ],
        CancellationRefusal::Shipped | CancellationRefusal::PartlyShipped => [
            "Ask the shop whether you may return the item after it arrives.",
            "Vraag de winkel om het artikel na ontvangst te mogen terugsturen.",
            "Be butiken om en retur när artikeln har kommit fram.",
        ],
        CancellationRefusal::InFulfilment => [
            "Ask the shop to stop the shipment, or return the items after they arrive.",
            "Vraag de winkel om de verzending te stoppen, of stuur de artikelen na ontvangst terug.",
            "Be butiken att stoppa leveransen, eller returnera artiklarna när de har kommit fram.",
        ],
        CancellationRefusal::ChannelManaged => [
            "Cancel the order at the marketplace where you placed it.",
            "Annuleer de bestelling op de marktplaats waar je ze hebt geplaatst.",
            "Avbryt ordern på den marknadsplats där du lade den.",
        ],
        CancellationRefusal::DigitalDelivered | CancellationRefusal::GiftCardUsed => [
            "Cancel the other items one by one, or ask the shop about this item.",
            "Annuleer de andere artikelen los, of vraag de winkel naar dit artikel.",
            "Annullera de andra artiklarna var för sig, eller fråga butiken om den här artikeln.",
        ],
        CancellationRefusal::Subscription => [
            "End the subscription in the list of your subscriptions, and cancel the other items one by one.",
            "Beëindig het abonnement in de lijst van je abonnementen, en annuleer de andere artikelen los.",
            "Avsluta prenumerationen i listan över dina prenumerationer och annullera de andra artiklarna var för sig.",
        ],
        CancellationRefusal::OpenInvoice => [
            "Pay the invoice, or ask the shop to withdraw it.",
            "Betaal de factuur, of vraag de winkel om de factuur in te trekken.",
            "Betala fakturan, eller be butiken att dra tillbaka den.",
        ],
        CancellationRefusal::RequestOpen => [
            "Wait for the shop's answer, or take the request back.",
            "Wacht op het antwoord van de winkel, of trek de aanvraag in.",
            "Vänta på butikens svar eller ta tillbaka begäran.",
        ],
        CancellationRefusal::NothingOpen => ASK_ABOUT_THE_REFUND,
        CancellationRefusal::WindowClosed { may_ask: false } => [
            "Ask the shop whether you may return the items after they arrive.",
            "Vraag de winkel om de artikelen na ontvangst te mogen terugsturen.",
            "Be butiken om en retur när artiklarna har kommit fram.",
        ],
        CancellationRefusal::WindowClosed { may_ask: true } | CancellationRefusal::RequestOnly => [
            "Request the cancellation; the shop answers you.",
            "Vraag de annulering aan; de winkel geeft je antwoord.",
            "Begär annulleringen, så svarar butiken dig.",
        ],
        CancellationRefusal::Selection(_) => [
            "Choose items and quantities that are left.",
            "Kies artikelen en aantallen die over zijn.",
            "Välj artiklar och antal som återstår.",
        ],
        CancellationRefusal::InvalidReason => [
            "Choose a reason from the list of the shop.",
            "Kies een reden uit de lijst van de winkel.",
            "Välj en orsak från butikens lista.",
        ],
        CancellationRefusal::InvalidComment(_) => [
            "Shorten the comment to 2,000 characters.",
            "Kort de opmerking in tot 2000 tekens.",
            "Korta kommentaren till 2 000 tecken.",
        ],
        CancellationRefusal::Refund(_) => [
            "Choose an amount within the money that comes back.",
            "Kies een bedrag binnen het geld dat terugkomt.",
            "Välj ett belopp inom det som återbetalas.",
        ],
        CancellationRefusal::Unbalanced(_) => [
            "Ask the shop to check the order.",
            "Vraag de winkel om de bestelling te controleren.",
            "Be butiken att kontrollera ordern.",
        ],
    }
}

fn hint_of_state(state: OrderState) -> Sentence {
    match state {
        OrderState::PaymentReview => [
            "Wait until the payment is reviewed, or ask the shop.",
            "Wacht tot de betaling is gecontroleerd, of vraag het de winkel.",
            "Vänta tills betalningen har granskats, eller fråga butiken.",
        ],
        OrderState::Holded => [
            "Ask the shop to release the order.",
            "Vraag de winkel om de bestelling vrij te geven.",
            "Be butiken att släppa ordern.",
        ],
        OrderState::Complete => [
            "Ask the shop whether you may return the items.",
            "Vraag de winkel om de artikelen te mogen terugsturen.",
            "Be butiken om en retur av artiklarna.",
        ],
        OrderState::Closed | OrderState::Canceled => ASK_ABOUT_THE_REFUND,
        OrderState::New | OrderState::PendingPayment | OrderState::Processing => [
            "Ask the shop to cancel the order.",
            "Vraag de winkel om de bestelling te annuleren.",
            "Be butiken att annullera ordern.",
        ],
    }
}

/// The hint where nothing is left to cancel.
const ASK_ABOUT_THE_REFUND: Sentence = [
    "Ask the shop about a refund that you still expect.",
    "Vraag de winkel naar een terugbetaling die je nog verwacht.",
    "Fråga butiken om en återbetalning som du fortfarande väntar på.",
];

#[cfg(test)]
mod tests {
    use countermand_domain::Command;

    use super::*;

    #[test]
    fn an_order_under_payment_review_is_not_called_closed_or_on_hold() {
        let refusal = CancellationRefusal::State(OrderState::PaymentReview);
        let said = |locale: &str| message(&refusal, &Language::of(locale));
        assert_eq!(said("en_US"), "The payment of the order is under review.");
        assert_eq!(
            said("nl_BE"),
            "De betaling van de bestelling wordt gecontroleerd."
        );
        assert_eq!(said("sv_SE"), "Betalningen för ordern granskas.");
        assert_eq!(said("de_DE"), said("en_US"), "there is no German");
    }

    #[test]
    fn every_state_has_its_own_sentence() {
        let refused = OrderState::ALL
            .iter()
            .filter(|state| !state.allows(Command::Cancel));
        let mut sentences: Vec<_> = refused.map(|state| message_of_state(*state)[0]).collect();
        let states = sentences.len();
        sentences.sort_unstable();
        sentences.dedup();
        assert_eq!(sentences.len(), states);
    }
}
