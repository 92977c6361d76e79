//! The access token: read once for all tasks, and read again some minutes before it ends.

use chrono::{DateTime, TimeDelta, Utc};
use countermand_app::ports::ChannelError;
use reqwest::{Client, StatusCode, Url};
use serde_json::Value;
use tokio::sync::Mutex;
use url::form_urlencoded::Serializer;

use super::body;
use super::secret::Secret;

/// How long before its end a token is read again, at most.
const MARGIN: TimeDelta = TimeDelta::minutes(5);
/// The longest time that a token is kept, in seconds.
const LONGEST_LIFETIME: i64 = 24 * 3600;
/// The largest answer that is read, in bytes.
const LARGEST: usize = 64 * 1024;
/// How long to wait when the token service asks for patience.
const PAUSE: TimeDelta = TimeDelta::minutes(1);

/// What is sent to the service that gives out access tokens.
pub(super) struct TokenRequest<'a> {
    pub(super) address: &'a Url,
    pub(super) grant_type: &'a str,
    pub(super) client_id: &'a str,
    pub(super) client_secret: &'a Secret,
    /// The token of the seller's consent; none where the password of the application is enough.
    pub(super) refresh_token: Option<&'a Secret>,
    /// How many seconds a token is valid when the answer does not say it.
    pub(super) usual_lifetime: i64,
}

/// The access token of a seller.
#[derive(Debug, Default)]
pub(super) struct AccessToken(Mutex<Option<Known>>);

#[derive(Debug, Clone)]
struct Known {
    token: Secret,
    refresh_at: DateTime<Utc>,
}

impl AccessToken {
    /// The token. It is read anew when it ends soon, and when it is `refused`, the token that the API did not take. Of
    /// several tasks only one reads it; the others wait for the result.
    pub(super) async fn get(
        &self,
        client: &Client,
        request: &TokenRequest<'_>,
        refused: Option<&Secret>,
        now: DateTime<Utc>,
    ) -> Result<Secret, ChannelError> {
        let mut known = self.0.lock().await;
        if let Some(known) = known.as_ref()
            && now < known.refresh_at
            && refused != Some(&known.token)
        {
            return Ok(known.token.clone());
        }
        *known = None;
        let read = read(client, request, now).await?;
        let token = read.token.clone();
        *known = Some(read);
        Ok(token)
    }
}

impl TokenRequest<'_> {
    fn form(&self) -> String {
        let mut form = Serializer::new(String::new());
        form.append_pair("grant_type", self.grant_type);
        if let Some(token) = self.refresh_token {
            form.append_pair("refresh_token", token.reveal());
        }
        form.append_pair("client_id", self.client_id)
            .append_pair("client_secret", self.client_secret.reveal())
            .finish()
    }
}

async fn read(
    client: &Client,
    request: &TokenRequest<'_>,
    now: DateTime<Utc>,
) -> Result<Known, ChannelError> {
    let asked = client
        .post(request.address.clone())
        .header("content-type", "application/x-www-form-urlencoded;charset=UTF-8")
        .body(request.form())
        .send()
        .await;
    let response = asked.map_err(|problem| ChannelError::Unavailable(body::shown(problem)))?;
    let status = response.status();
    let text = body::read(response, LARGEST)
        .await
        .map_err(ChannelError::Unavailable)?;
    let answer: Value = serde_json::from_slice(&text).unwrap_or_default();
    match status {
        StatusCode::OK => {}
        StatusCode::TOO_MANY_REQUESTS => return Err(ChannelError::Throttled { until: now + PAUSE }),
        status if status.is_client_error() => {
            let code = answer["error"].as_str().unwrap_or("no code");
            let text = answer["error_description"].as_str().unwrap_or_default();
            let why = format!("{status}: {code}: {text}");
            return Err(ChannelError::Unauthorized(body::cut(&why)));
        }
        status => {
            return Err(ChannelError::Unavailable(format!(
                "the token service answers {status}"
            )));
        }
    }
    let Some(token) = answer["access_token"].as_str().filter(|token| !token.is_empty()) else {
        return Err(ChannelError::Unreadable(
            "the token service answers without a token".into(),
        ));
    };
    let lifetime = answer["expires_in"]
        .as_i64()
        .unwrap_or(request.usual_lifetime)
        .clamp(0, LONGEST_LIFETIME);
    let lifetime = TimeDelta::seconds(lifetime);
    Ok(Known {
        token: Secret::new(token),
        refresh_at: now + lifetime - MARGIN.min(lifetime / 2),
    })
}
