//! Tells which problems are the mail server's, which answers refuse a mail for good, and after which answers the mail
//! is sent again.

use countermand_app::ports::MailError;
use lettre::transport::smtp::Error;
use lettre::transport::smtp::response::Category;

/// The answer with which a server ends the session.
const CLOSING: u16 = 421;

/// The error that `problem` means for a mail that was being sent. It is permanent only if the server refuses the mail
/// itself.
pub(super) fn sorted(problem: &Error) -> MailError {
    let why = problem.to_string();
    match problem.status() {
        Some(code) if u16::from(code) == CLOSING => MailError::Unavailable(why),
        // A code 53x concerns sign-in or encryption. The setting must be corrected, and the mail must not be dropped.
        Some(code) if problem.is_permanent() && code.category != Category::Unspecified3 => {
            MailError::Permanent(why)
        }
        // A problem of the client means that the server lacks an ability, such as addresses with letters beyond ASCII.
        None if !problem.is_client() => MailError::Unavailable(why),
        Some(_) | None => MailError::Temporary(why),
    }
}

/// The error that `problem` means before a mail is sent: each problem is then one of the server.
pub(super) fn before_a_mail(problem: &Error) -> MailError {
    MailError::Unavailable(problem.to_string())
}
