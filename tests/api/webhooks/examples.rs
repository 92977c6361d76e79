//! The examples of `docs/events.md` that verify a message in Python and in a shell: each takes what the shop has just
//! signed, and refuses what was changed and what is too old.

use std::io;
use std::process::Stdio;
use std::time::SystemTime;

use chrono::{DateTime, TimeDelta, Utc};
use countermand_app::obligations::Settlement;
use countermand_domain::StaffRole;
use countermand_tests::webhook_receiver::WebhookReceiver;
use countermand_tests::{TestShop, on_sqlite};
use serde_json::json;
use tokio::io::AsyncWriteExt;
use tokio::process::Command;

use super::{Endpoint, endpoint, work};

const PAGE: &str = include_str!("../../../docs/events.md");
/// What the examples say about a message that they refuse.
const WRONG: &str = "the signature is wrong";
const TOO_OLD: &str = "the message is too old, or the clock is wrong";
/// Calls the example in Python with its arguments: the secret and the headers. The body comes from standard input.
const PYTHON_CALL: &str =
    "\nimport json, sys\nverify(sys.argv[1], json.loads(sys.argv[2]), sys.stdin.buffer.read())\n";

/// A message, and the secret with which it is verified.
#[derive(Debug, Clone)]
struct Message {
    secret: String,
    id: String,
    timestamp: String,
    signature: String,
    body: Vec<u8>,
}

#[derive(Debug, Clone, Copy)]
enum Language {
    Python,
    Shell,
}

on_sqlite!(
    the_examples_of_the_page_take_only_what_the_shop_has_just_signed,
    |shop| async move {
        let receiver = WebhookReceiver::start().await;
        let made = endpoint(&shop, &receiver.address, &[]).await;
        // The examples go by the clock of the machine, and allow five minutes.
        let now = DateTime::<Utc>::from(SystemTime::now());
        let old = signed_at(&shop, &receiver, &made, now - TimeDelta::minutes(6)).await;
        let fresh = signed_at(&shop, &receiver, &made, now).await;
        let ahead = signed_at(&shop, &receiver, &made, now + TimeDelta::minutes(6)).await;
        let rotated = Message {
            signature: format!("v1,{} {}", "A".repeat(44), fresh.signature),
            ..fresh.clone()
        };
        let wrong = [
            Message {
                body: [fresh.body.as_slice(), b" "].concat(),
                ..fresh.clone()
            },
            Message {
                id: old.id.clone(),
                ..fresh.clone()
            },
            Message {
                timestamp: (now.timestamp() + 1).to_string(),
                ..fresh.clone()
            },
            Message {
                secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".to_owned(),
                ..fresh.clone()
            },
            Message {
                signature: "v1,".to_owned(),
                ..fresh.clone()
            },
        ];
        for language in [Language::Python, Language::Shell] {
            let Some(taken) = language.verdict(&fresh).await else {
                continue;
            };
            assert_eq!(taken, Ok(()), "{language:?}");
            assert_eq!(language.verdict(&rotated).await, Some(Ok(())), "{language:?}");
            for message in &wrong {
                language.refuses(message, WRONG).await;
            }
            for message in [&old, &ahead] {
                language.refuses(message, TOO_OLD).await;
            }
        }
    }
);

/// A message to the endpoint `made` that the shop signed at this time.
async fn signed_at(
    shop: &TestShop,
    receiver: &WebhookReceiver,
    made: &Endpoint,
    at: DateTime<Utc>,
) -> Message {
    shop.wait(at - shop.now());
    // The shop's own token is no longer valid at that time.
    let owner = shop.staff(StaffRole::Owner, None).await;
    let input = json!({ "endpoint_id": made.id });
    let asked = shop.staff_asks("sendTestEvent", &input, "event_id").token(&owner);
    let done = asked.send().await;
    assert_eq!(done.data("/sendTestEvent/user_errors"), &json!([]));
    assert_eq!(work(shop).await, [Settlement::Met]);
    let message = receiver.received().pop().expect("a message");
    let header = |name| message.header(name).to_owned();
    Message {
        secret: made.secret.clone(),
        id: header("webhook-id"),
        timestamp: header("webhook-timestamp"),
        signature: header("webhook-signature"),
        body: message.body.to_vec(),
    }
}

impl Language {
    /// What the example says about `message`: nothing where it takes it. None where there is no Python, unless
    /// `COUNTERMAND_REQUIRE_PYTHON` is 1.
    async fn verdict(self, message: &Message) -> Option<Result<(), String>> {
        let mut command = match self {
            Self::Python => {
                let headers = json!({
                    "webhook-id": message.id,
                    "webhook-timestamp": message.timestamp,
                    "webhook-signature": message.signature,
                });
                let mut python = Command::new("python3");
                python.args(["-c", &format!("{}{PYTHON_CALL}", example("python"))]);
                python.args([&message.secret, &headers.to_string()]);
                python
            }
            Self::Shell => {
                let mut shell = Command::new("sh");
                shell.args(["-c", &format!("{}\nverify", example("sh"))]);
                shell.env("WEBHOOK_SECRET", &message.secret);
                shell.env("ID", &message.id).env("TIMESTAMP", &message.timestamp);
                shell.env("SIGNATURE", &message.signature);
                shell
            }
        };
        match verdict_of(&mut command, &message.body).await {
            Ok(verdict) => Some(verdict),
            Err(problem) => {
                let required = std::env::var("COUNTERMAND_REQUIRE_PYTHON").is_ok_and(|it| it == "1");
                assert!(!required, "{self:?} is required: {problem}");
                eprintln!("the example in {self:?} was left out: {problem}");
                None
            }
        }
    }

    async fn refuses(self, message: &Message, why: &str) {
        let verdict = self.verdict(message).await.expect("the program is there");
        let said = verdict.expect_err("a refusal");
        assert!(said.contains(why), "{self:?}: {said}\n{message:?}");
    }
}

/// Runs the command with `body` as its input: the error is what it says when it fails.
async fn verdict_of(command: &mut Command, body: &[u8]) -> io::Result<Result<(), String>> {
    let mut running = command
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()?;
    let mut input = running.stdin.take().expect("the input is piped");
    // An example that refuses the headers ends before it has read the body.
    let _ = input.write_all(body).await;
    drop(input);
    let ended = running.wait_with_output().await?;
    let said = String::from_utf8_lossy(&ended.stderr).into_owned();
    Ok(if ended.status.success() { Ok(()) } else { Err(said) })
}

/// The code of the page in this language that verifies a signature.
fn example(language: &str) -> &'static str {
    let (_, section) = PAGE.split_once("\n## Verify a signature\n").expect("a section");
    let (section, _) = section.split_once("\n## ").expect("a section after it");
    let (_, block) = section
        .split_once(&format!("\n```{language}\n"))
        .expect("a block");
    let (code, _) = block.split_once("\n```\n").expect("the end of the block");
    code
}
