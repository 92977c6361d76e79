//! An answer of a server, with short ways to the parts that tests compare.

use serde_json::Value;

/// The answer to one request.
#[derive(Debug, Clone)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// HTTP headers, with names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Value,
    /// The bytes of the body.
    pub text: String,
}

impl Answer {
    /// The value at a JSON pointer below `data`.
    ///
    /// # Panics
    /// When the answer has errors. A test that expects errors asks for [`Answer::error`].
    #[must_use]
    pub fn data(&self, pointer: &str) -> &Value {
        assert!(
            self.body.get("errors").is_none(),
            "unexpected errors: {:#}",
            self.body
        );
        self.body
            .pointer(&format!("/data{pointer}"))
            .unwrap_or_else(|| panic!("no {pointer} in {:#}", self.body))
    }

    /// The message of the first top-level error.
    ///
    /// # Panics
    /// When the answer has no errors.
    #[must_use]
    pub fn error(&self) -> &str {
        self.body
            .pointer("/errors/0/message")
            .and_then(Value::as_str)
            .unwrap_or_else(|| panic!("no error in {:#}", self.body))
    }

    /// The category of the first top-level error.
    ///
    /// # Panics
    /// When the answer has no errors.
    #[must_use]
    pub fn category(&self) -> &str {
        let category = self
            .body
            .pointer("/errors/0/extensions/category")
            .and_then(Value::as_str);
        category.unwrap_or_else(|| panic!("no category in {:#}", self.body))
    }

    /// The value of a header.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }
}
