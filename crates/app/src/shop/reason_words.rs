//! Reasons in words, for the audit log: `late "Too late" (nl "Te laat")`.

use countermand_domain::{CancellationReason, ReasonList, Shop};

/// The code and every text of `reason`.
pub(crate) fn reason_in_words(reason: &CancellationReason, shop: &Shop) -> String {
    let texts = reason.translations.iter().map(|(store, text)| {
        let code = shop.store(*store).map_or("?", |store| store.code.as_str());
        format!("{code} \"{text}\"")
    });
    let texts: Vec<_> = texts.collect();
    let texts = if texts.is_empty() {
        String::new()
    } else {
        format!(" ({})", texts.join(", "))
    };
    format!("{} \"{}\"{texts}", reason.code, reason.description)
}

/// The codes and the texts of all reasons, in their sequence.
pub(crate) fn reasons_in_words(reasons: &ReasonList, shop: &Shop) -> String {
    let words = reasons.reasons().iter().map(|it| reason_in_words(it, shop));
    words.collect::<Vec<_>>().join(", ")
}
