//! Payloads: those of jobs are sealed, because a mail may hold the key to an order or to an account.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use countermand_domain::OrderId;
use countermand_persistence::{ClaimedObligation, NewObligation};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Obligation;
use crate::App;
use crate::error::AppError;

/// The form of a sealed payload in its row. Rows of the first version hold the obligation itself.
#[derive(Serialize, Deserialize)]
struct Sealed {
    sealed: String,
}

impl App {
    /// The row of `obligation`, to be written with the change that causes it.
    pub(crate) fn owe<O: Obligation>(
        &self,
        obligation: &O,
        id: Uuid,
        order: Option<OrderId>,
        created_at: DateTime<Utc>,
    ) -> Result<NewObligation, AppError> {
        let key = id.to_string();
        let mut payload = text_of(obligation)?;
        if O::KIND.is_job() {
            let sealed = self.seal().seal(payload.as_bytes(), key.as_bytes());
            let sealed = URL_SAFE_NO_PAD.encode(sealed);
            payload = text_of(&Sealed { sealed })?;
        }
        Ok(NewObligation {
            id,
            kind: O::KIND.code().into(),
            unique_key: key,
            order,
            payload,
            created_at,
            due_at: None,
        })
    }

    /// The obligation in a row, or why it cannot be read.
    pub(super) fn obligation_in<O: Obligation>(&self, held: &ClaimedObligation) -> Result<O, String> {
        let unreadable = |problem: serde_json::Error| format!("the payload cannot be read: {problem}");
        let plain = self
            .opened_payload(&held.id, &held.payload)
            .ok_or("the payload was sealed with another secret than the installation's")?;
        serde_json::from_slice(&plain).map_err(unreadable)
    }

    /// The JSON of the obligation with this id and this payload; none if it was sealed with another secret.
    pub(crate) fn opened_payload(&self, id: &str, payload: &str) -> Option<Vec<u8>> {
        let Ok(Sealed { sealed }) = serde_json::from_str(payload) else {
            return Some(payload.as_bytes().to_vec());
        };
        let sealed = URL_SAFE_NO_PAD.decode(sealed).unwrap_or_default();
        self.seal().open(&sealed, id.as_bytes())
    }
}

fn text_of(value: &impl Serialize) -> Result<String, AppError> {
    serde_json::to_string(value).map_err(|problem| AppError::Internal(problem.to_string()))
}
