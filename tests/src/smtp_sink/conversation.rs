//! One conversation of the mail server with a client.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

use super::{AcceptedMail, Fault, Shared, locked};

trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

/// What client and server agreed on so far.
struct Conversation {
    stream: BufReader<Box<dyn Stream>>,
    shared: Arc<Shared>,
    encrypted: bool,
    user: Option<String>,
    from: Option<String>,
    to: Vec<String>,
}

/// Whether the conversation goes on.
#[derive(PartialEq, Eq)]
enum Next {
    Command,
    Tls,
    End,
}

/// Answers commands until one side closes the connection.
pub(super) async fn hold(stream: TcpStream, shared: Arc<Shared>) {
    let mut conversation = Conversation {
        stream: BufReader::new(Box::new(stream)),
        shared,
        encrypted: false,
        user: None,
        from: None,
        to: Vec::new(),
    };
    // A client that closes the connection half way ends its conversation, not the server.
    let _ = conversation.run().await;
}

impl Conversation {
    async fn run(&mut self) -> std::io::Result<()> {
        if self.fault() == Fault::Unavailable {
            return self.say("421 come back later").await;
        }
        self.say("220 localhost ESMTP").await?;
        while let Some(line) = self.line().await? {
            match self.answer(&line).await? {
                Next::Command => {}
                Next::Tls => self.encrypt().await?,
                Next::End => return Ok(()),
            }
        }
        Ok(())
    }

    async fn answer(&mut self, line: &str) -> std::io::Result<Next> {
        locked(&self.shared.heard).push(line.to_owned());
        let command = line.split([' ', ':']).next().unwrap_or_default().to_uppercase();
        if let Fault::Answer(failing, answer) = self.fault()
            && failing == command
            && command != "DATA"
        {
            self.say(answer).await?;
            return Ok(Next::Command);
        }
        let offer = self.shared.offer;
        match command.as_str() {
            "EHLO" => self.say(&self.greeting()).await?,
            "HELO" | "NOOP" => self.say("250 fine").await?,
            "RSET" => {
                (self.from, self.to) = (None, Vec::new());
                self.say("250 fine").await?;
            }
            "QUIT" => {
                self.say("221 bye").await?;
                return Ok(Next::End);
            }
            "STARTTLS" if offer.starttls && !self.encrypted => {
                self.say("220 go on").await?;
                return Ok(Next::Tls);
            }
            _ if offer.starttls && !self.encrypted => self.say("530 STARTTLS first").await?,
            "AUTH" if offer.login.is_some() => self.sign_in(line).await?,
            _ if offer.login.is_some() && self.user.is_none() => self.say("530 sign in first").await?,
            "MAIL" => self.mail(line).await?,
            "RCPT" if self.from.is_some() => self.receiver(line).await?,
            "DATA" if !self.to.is_empty() => return self.data().await,
            "RCPT" | "DATA" => self.say("503 not yet").await?,
            _ => self.say("500 what?").await?,
        }
        Ok(Next::Command)
    }

    fn greeting(&self) -> String {
        let offer = self.shared.offer;
        let mut lines = vec!["250-localhost"];
        if offer.eight_bit {
            lines.extend(["250-8BITMIME", "250-SMTPUTF8"]);
        }
        if offer.starttls && !self.encrypted {
            lines.push("250-STARTTLS");
        } else if offer.login.is_some() {
            lines.push("250-AUTH PLAIN LOGIN");
        }
        lines.push("250 SIZE 1000000");
        lines.join("\r\n")
    }

    async fn sign_in(&mut self, line: &str) -> std::io::Result<()> {
        let mut words = line.split_whitespace().skip(1);
        let method = words.next().unwrap_or_default().to_uppercase();
        let first = words.next().map(str::to_owned);
        let given = match method.as_str() {
            "PLAIN" => {
                let answer = match first {
                    Some(answer) => answer,
                    None => self.ask("334 ").await?,
                };
                let parts = decoded(&answer);
                let mut parts = parts.split('\0').skip(1).map(str::to_owned);
                (parts.next().unwrap_or_default(), parts.next().unwrap_or_default())
            }
            "LOGIN" => {
                let user = match first {
                    Some(user) => user,
                    None => self.ask("334 VXNlcm5hbWU6").await?,
                };
                let password = self.ask("334 UGFzc3dvcmQ6").await?;
                (decoded(&user), decoded(&password))
            }
            _ => return self.say("504 not this way").await,
        };
        let expected = self.shared.offer.login;
        if expected.is_some_and(|(user, password)| (user, password) == (&given.0, &given.1)) {
            self.user = Some(given.0);
            self.say("235 welcome").await
        } else {
            self.say("535 who are you?").await
        }
    }

    /// Refuses parameters of an extension that the server did not offer.
    async fn mail(&mut self, line: &str) -> std::io::Result<()> {
        let Some((address, parameters)) = path(line, "MAIL FROM:") else {
            return self.say("501 MAIL FROM:<address>").await;
        };
        let eight_bit = self.shared.offer.eight_bit;
        let known = parameters.split_whitespace().all(|it| {
            it.starts_with("SIZE=")
                || it == "BODY=7BIT"
                || (eight_bit && matches!(it, "BODY=8BITMIME" | "SMTPUTF8"))
        });
        if !known {
            return self.say("555 no such parameter").await;
        }
        self.from = Some(address);
        self.say("250 fine").await
    }

    async fn receiver(&mut self, line: &str) -> std::io::Result<()> {
        let Some((address, "")) = path(line, "RCPT TO:") else {
            return self.say("501 RCPT TO:<address>").await;
        };
        self.to.push(address);
        self.say("250 fine").await
    }

    async fn data(&mut self) -> std::io::Result<Next> {
        self.say("354 go on").await?;
        let mut content = Vec::new();
        loop {
            let mut line = Vec::new();
            if self.stream.read_until(b'\n', &mut line).await? == 0 {
                return Ok(Next::End);
            }
            if line == b".\r\n" {
                break;
            }
            // The sender doubled a dot at the start of a line.
            let line = line.strip_prefix(b".").unwrap_or(&line);
            if !line.ends_with(b"\r\n") || line[..line.len() - 2].contains(&b'\r') || line.len() > 1000 {
                self.say("554 lines end with CR LF and have 998 bytes at most")
                    .await?;
                return Ok(Next::End);
            }
            content.extend_from_slice(line);
        }
        let fault = self.fault();
        if let Fault::Answer("DATA", answer) = fault {
            self.say(answer).await?;
            return Ok(Next::Command);
        }
        if !content.is_ascii() && !self.shared.offer.eight_bit {
            self.say("554 ASCII only").await?;
            return Ok(Next::Command);
        }
        let mail = AcceptedMail {
            from: self.from.take().unwrap_or_default(),
            to: std::mem::take(&mut self.to),
            content,
            encrypted: self.encrypted,
            user: self.user.clone(),
        };
        locked(&self.shared.accepted).push(mail);
        if fault == Fault::HangsUpAfterData {
            return Ok(Next::End);
        }
        self.say("250 kept").await?;
        if fault == Fault::HangsUpAfterMail {
            return Ok(Next::End);
        }
        Ok(Next::Command)
    }

    /// Starts TLS and forgets what the client said before, as the standard requires.
    async fn encrypt(&mut self) -> std::io::Result<()> {
        let nothing: Box<dyn Stream> = Box::new(tokio::io::empty());
        let plain = std::mem::replace(&mut self.stream, BufReader::new(nothing)).into_inner();
        let encrypted = self.shared.tls.0.accept(plain).await?;
        self.stream = BufReader::new(Box::new(encrypted));
        self.encrypted = true;
        Ok(())
    }

    async fn ask(&mut self, question: &str) -> std::io::Result<String> {
        self.say(question).await?;
        Ok(self.line().await?.unwrap_or_default())
    }

    async fn line(&mut self) -> std::io::Result<Option<String>> {
        let mut line = String::new();
        let length = self.stream.read_line(&mut line).await?;
        Ok((length > 0).then(|| line.trim_end_matches(['\r', '\n']).to_owned()))
    }

    async fn say(&mut self, answer: &str) -> std::io::Result<()> {
        if let Fault::Slow(wait) = self.fault() {
            tokio::time::sleep(wait).await;
        }
        self.stream.write_all(format!("{answer}\r\n").as_bytes()).await?;
        self.stream.flush().await
    }

    fn fault(&self) -> Fault {
        *locked(&self.shared.fault)
    }
}

/// The address between angle brackets after `command`, and the text that follows it.
fn path<'a>(line: &'a str, command: &str) -> Option<(String, &'a str)> {
    let start = line.get(..command.len())?;
    let rest = line[command.len()..].trim_start().strip_prefix('<')?;
    let (address, rest) = rest.split_once('>')?;
    start
        .eq_ignore_ascii_case(command)
        .then(|| (address.to_owned(), rest.trim()))
}

fn decoded(text: &str) -> String {
    let bytes = STANDARD.decode(text).unwrap_or_default();
    String::from_utf8_lossy(&bytes).into_owned()
}
