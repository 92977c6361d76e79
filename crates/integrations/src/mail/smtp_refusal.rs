//! Tells which answers of a mail server refuse a mail for good, and after which answers the mail is sent again.

use countermand_app::ports::MailError;
use lettre::transport::smtp::Error;
use lettre::transport::smtp::response::Category;

/// The error that `problem` means for the mail. It is permanent only if the server refuses the mail itself.
pub(super) fn sorted(problem: &Error) -> MailError {
    // A code 53x concerns sign-in or encryption. The setting must be corrected, and the mail must not be dropped.
    let for_good = problem.is_permanent()
        && problem
            .status()
            .is_some_and(|code| code.category != Category::Unspecified3);
    if for_good {
        MailError::Permanent(problem.to_string())
    } else {
        MailError::Temporary(problem.to_string())
    }
}
