//! `countermand mail preview`: writes every mail in every language to files.

use countermand_tests::process;

use crate::program::PROGRAM;

const MAILS: [&str; 14] = [
    "confirm_cancellation",
    "cancellation_requested",
    "refund_failed",
    "refund_paid",
    "request_refused",
    "request_withdrawn",
    "merchant_refund_failed",
    "merchant_request",
    "merchant_request_overdue",
    "merchant_notice",
    "order_canceled",
    "order_confirmation",
    "reset_password",
    "subscription_changed",
];

#[test]
fn every_mail_is_written_in_every_language() {
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().join("not/yet/there");
    let run = process::run(PROGRAM, &["mail", "preview", "--out", &out.display().to_string()]);
    assert_eq!((run.code, run.err.as_str()), (0, ""), "{run:?}");
    for locale in ["en", "nl", "sv"] {
        for mail in MAILS {
            let line = run
                .out
                .lines()
                .find(|it| it.contains(&format!("{locale}/{mail}.eml")));
            assert!(
                line.is_some_and(|it| it.trim_start().starts_with(locale)),
                "{}",
                run.out
            );
            for extension in ["eml", "txt", "html"] {
                let file = out.join(locale).join(format!("{mail}.{extension}"));
                let text = std::fs::read_to_string(&file).expect("a readable file");
                let told = if mail == "reset_password" {
                    "password"
                } else {
                    "000000012"
                };
                assert!(text.contains(told), "{}: {text}", file.display());
            }
        }
    }
    assert!(
        run.out
            .contains("Bekräfta annulleringen av din order hos Example Store"),
        "{}",
        run.out
    );
}

#[test]
fn a_preview_shows_the_shops_own_templates_and_names_broken_ones() {
    let folder = tempfile::tempdir().expect("a folder");
    let templates = folder.path().join("templates");
    std::fs::create_dir_all(templates.join("nl_BE")).expect("made");
    let own = templates.join("nl_BE/order_canceled.subject");
    std::fs::write(&own, "Weg ermee: {{ order_number }}").expect("written");
    std::fs::write(templates.join("nl_BE/order_cancelled.txt"), "").expect("written");
    let out = folder.path().join("out").display().to_string();
    let templates = templates.display().to_string();
    let arguments = [
        "mail",
        "preview",
        "--out",
        &out,
        "--templates",
        &templates,
        "--locale",
        "nl_BE",
    ];
    let run = process::run(PROGRAM, &arguments);
    assert_eq!(run.code, 0, "{run:?}");
    assert!(run.out.contains("Weg ermee: 000000012"), "{run:?}");
    assert!(
        run.out.contains("Je bestelling 000000012 bij Example Store"),
        "the delivered Dutch: {run:?}"
    );
    assert_eq!(
        run.out.lines().count(),
        1 + MAILS.len(),
        "one language only: {run:?}"
    );
    assert!(
        run.err.contains("order_cancelled.txt") && run.err.contains("WARN"),
        "{run:?}"
    );

    std::fs::write(&own, "{{ nothing }}").expect("written");
    let database = format!("sqlite:{}", folder.path().join("shop.db").display());
    let serve = [
        "serve",
        "--mail-templates",
        &templates,
        "--database-url",
        &database,
    ];
    for arguments in [arguments.as_slice(), serve.as_slice()] {
        let run = process::run(PROGRAM, arguments);
        assert_eq!(run.code, 1, "{run:?}");
        let refused = "nl_BE/order_canceled.subject, line 1: undefined value";
        assert!(
            run.err.contains(refused) && run.err.contains("countermand: "),
            "{run:?}"
        );
    }
}
