//! The built-in templates: every mail in every language. A new mail needs one line here and nine files.

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
        (
            $language,
            &[
                texts!($language, "confirm_cancellation"),
                texts!($language, "merchant_notice"),
                texts!($language, "order_canceled"),
                texts!($language, "order_confirmation"),
                texts!($language, "reset_password"),
            ],
        )
    };
}

/// The languages, each with its mails.
pub(super) const BUILT_IN: &[(&str, &[Texts])] = &[language!("en"), language!("nl"), language!("sv")];
