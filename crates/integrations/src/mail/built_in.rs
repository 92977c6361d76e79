//! The built-in templates: every mail in every language, and the parts that they share. A new mail needs one line here
//! and nine files.

/// A language with its mails.
pub(super) struct Language {
    /// The code of the language, such as `nl`.
    pub(super) code: &'static str,
    /// The words of the shared parts in this language, as a JSON object.
    pub(super) words: &'static str,
    /// The mails.
    pub(super) mails: &'static [Texts],
}

/// The name of a mail and its three templates.
pub(super) struct Texts {
    pub(super) name: &'static str,
    pub(super) subject: &'static str,
    pub(super) text: &'static str,
    pub(super) html: &'static str,
}

macro_rules! texts {
    ($language:literal, $name:literal) => {
        Texts {
            name: $name,
            subject: include_str!(concat!("../../templates/", $language, "/", $name, ".subject")),
            text: include_str!(concat!("../../templates/", $language, "/", $name, ".txt")),
            html: include_str!(concat!("../../templates/", $language, "/", $name, ".html")),
        }
    };
}

macro_rules! language {
    ($language:literal) => {
        Language {
            code: $language,
            words: include_str!(concat!("../../templates/", $language, "/words.json")),
            mails: &[
                texts!($language, "cancellation_requested"),
                texts!($language, "confirm_cancellation"),
                texts!($language, "merchant_notice"),
                texts!($language, "merchant_refund_failed"),
                texts!($language, "merchant_request"),
                texts!($language, "merchant_request_overdue"),
                texts!($language, "order_canceled"),
                texts!($language, "order_confirmation"),
                texts!($language, "refund_failed"),
                texts!($language, "refund_paid"),
                texts!($language, "request_refused"),
                texts!($language, "request_withdrawn"),
                texts!($language, "reset_password"),
                texts!($language, "subscription_changed"),
            ],
        }
    };
}

/// The languages.
pub(super) const BUILT_IN: &[Language] = &[language!("en"), language!("nl"), language!("sv")];

/// The parts that the mails of all languages share, by file name: the frame of a mail, what the shop's own mails say,
/// the list of an order's items and amounts, and the end of a plain text.
pub(super) const PARTS: &[(&str, &str)] = &[
    ("footer.txt", include_str!("../../templates/footer.txt")),
    ("layout.html", include_str!("../../templates/layout.html")),
    ("notice.html", include_str!("../../templates/notice.html")),
    ("notice.txt", include_str!("../../templates/notice.txt")),
    ("order.html", include_str!("../../templates/order.html")),
    ("order.txt", include_str!("../../templates/order.txt")),
];

/// The name of the file with the words of the shared parts.
pub(super) const WORDS: &str = "words.json";
