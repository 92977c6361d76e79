//! Reasons in words, for the audit log: `late "Too late" (nl "Te laat")`.

use countermand_domain::{CancellationReason, ReasonList, Shop};

use crate::shop::reason_rules_text::rules_in_words;

/// The code and every text of `reason`, and its rules that are not the usual ones.
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
    let rules = rules_in_words(&reason.rules);
    format!("{} \"{}\"{texts}{rules}", reason.code, reason.description)
}

/// The codes and the texts of all reasons, in their sequence.
pub(crate) fn reasons_in_words(reasons: &ReasonList, shop: &Shop) -> String {
    let words = reasons.reasons().iter().map(|it| reason_in_words(it, shop));
    words.collect::<Vec<_>>().join(", ")
}
