//! `countermand channel`: the names that a channel of the file may have.

use countermand_tests::process;

use super::migrated;
use crate::program::PROGRAM;

#[test]
fn a_channel_has_a_name_that_a_rule_can_tell_from_the_word_for_no_channel() {
    let (folder, url) = migrated();
    let file = folder.path().join("channels.json");
    let secret = folder.path().join("token");
    std::fs::write(&secret, "market-token").expect("written");
    let listed = |name: &str| {
        let text = format!(
            r#"{{ "channels": [{{ "name": "{name}", "http": {{ "address": "https://market.example", "token": {{ "file": "{}" }} }} }}] }}"#,
            secret.display()
        );
        std::fs::write(&file, text).expect("written");
        let file = file.to_str().expect("a path");
        process::run(
            PROGRAM,
            &["channel", "list", "--channels", file, "--database-url", &url],
        )
    };
    let known = listed("our-market");
    assert_eq!(known.code, 0, "{known:?}");
    assert!(known.out.contains("our-market"), "{known:?}");
    for (name, problem) in [
        ("none", "`none` means no channel in the rules of a policy"),
        (
            "Our market",
            "a name has 1 to 32 lower case letters, digits and hyphens",
        ),
    ] {
        let refused = listed(name);
        assert_ne!(refused.code, 0, "{refused:?}");
        assert!(refused.err.contains(problem), "{refused:?}");
    }
}
