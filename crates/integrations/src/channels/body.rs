//! Reads the body of an answer up to a limit, and texts of the outside.

use reqwest::Response;

/// The longest text of the outside that is shown, in characters.
const LONGEST_TEXT: usize = 300;

/// The body, or why it cannot be read.
pub(super) async fn read(mut response: Response, largest: usize) -> Result<Vec<u8>, String> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(shown)? {
        if body.len() + chunk.len() > largest {
            return Err(format!("the answer has more than {largest} bytes"));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// The problem without the address, which may hold a signature.
pub(super) fn shown(problem: reqwest::Error) -> String {
    let what = if problem.is_timeout() {
        "no answer in time"
    } else {
        "the connection failed"
    };
    format!("{what}: {}", problem.without_url())
}

/// The first 300 characters of `text`.
pub(super) fn cut(text: &str) -> String {
    text.chars().take(LONGEST_TEXT).collect()
}
