//! The second website of the demo with its three store views, and their names for statuses.

/// The code of the second website. The first website, `base`, exists in every new database.
pub const EUROPE_CODE: &str = "europe";
/// The name of the second website.
pub const EUROPE_NAME: &str = "Europe";

/// A store view that the demo creates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DemoStore {
    /// The code of the store view, for the header `Store`.
    pub code: &'static str,
    /// The name of the store view.
    pub name: &'static str,
    /// The code of the website.
    pub website: &'static str,
    /// The code of the store group.
    pub group: &'static str,
    /// The name of the store group.
    pub group_name: &'static str,
    /// The locale, such as `nl_NL`.
    pub locale: &'static str,
    /// The IANA name of the time zone.
    pub timezone: &'static str,
    /// The ISO 4217 code of the currency.
    pub currency: &'static str,
}

/// The names of a status in two store views.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DemoTexts {
    /// The code of the status.
    pub code: &'static str,
    /// The code of the store view, and the name there.
    pub texts: [(&'static str, &'static str); 2],
}

/// The store views to create, in this sequence. They get the numbers 2, 3 and 4.
#[must_use]
pub fn stores() -> Vec<DemoStore> {
    let english = DemoStore {
        code: "en_eu",
        name: "Europe (English)",
        website: EUROPE_CODE,
        group: "europe_shop",
        group_name: "European shop",
        locale: "en_IE",
        timezone: "Europe/Dublin",
        currency: "EUR",
    };
    vec![
        english,
        DemoStore {
            code: "nl",
            name: "Nederland",
            locale: "nl_NL",
            timezone: "Europe/Amsterdam",
            ..english
        },
        DemoStore {
            code: "sv",
            name: "Sverige",
            locale: "sv_SE",
            timezone: "Europe/Stockholm",
            currency: "SEK",
            ..english
        },
    ]
}

/// The translations of the contract's statuses (`docs/contract.md` section 6.1).
#[must_use]
pub fn status_labels() -> Vec<DemoTexts> {
    vec![
        texts("pending", "In afwachting", "Väntar"),
        texts("pending_payment", "Wacht op betaling", "Väntar på betalning"),
        texts("processing", "In behandeling", "Behandlas"),
        texts("fraud", "Vermoeden van fraude", "Misstänkt bedrägeri"),
        texts(
            "payment_review",
            "Betaling wordt gecontroleerd",
            "Betalningen granskas",
        ),
        texts("holded", "Aangehouden", "Pausad"),
        texts("complete", "Voltooid", "Slutförd"),
        texts("closed", "Gesloten", "Stängd"),
        texts("canceled", "Geannuleerd", "Annullerad"),
    ]
}

fn texts(code: &'static str, dutch: &'static str, swedish: &'static str) -> DemoTexts {
    DemoTexts {
        code,
        texts: [("nl", dutch), ("sv", swedish)],
    }
}
