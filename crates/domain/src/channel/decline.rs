//! The merchant declines what the buyer asked for at the channel: it is remembered, and not opened again.

use chrono::{DateTime, Utc};

use super::eligibility::{ChannelBlock, ChannelCommandRefusal};
use super::record::{ChannelRecord, DeclinedRequest};

impl ChannelRecord {
    /// The record while the same decline as in [`ChannelRecord::decline_requests`] is on its way to the channel: until
    /// `until`, no other command decides about the order.
    pub fn begin_decline(
        &self,
        items: Option<&[String]>,
        until: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Result<Self, ChannelCommandRefusal> {
        self.refuse_while_declining(now)?;
        self.decline_requests(items, "", "", now)?;
        Ok(Self {
            declining_until: Some(until),
            ..self.next()
        })
    }

    /// The record after the channel did not take the decline.
    #[must_use]
    pub fn end_decline(&self) -> Self {
        Self {
            declining_until: None,
            ..self.next()
        }
    }

    /// The record after the merchant declined the buyer's open requests for `items`, or all of them. Refused where the
    /// channel has canceled the order, and while the outcome of a cancellation is open: the order would be held and
    /// released at the same time.
    pub fn decline_requests(
        &self,
        items: Option<&[String]>,
        reason: &str,
        actor: &str,
        now: DateTime<Utc>,
    ) -> Result<Self, ChannelCommandRefusal> {
        self.refuse_at(|block| match block {
            ChannelBlock::AlreadyCanceled | ChannelBlock::RequestOpen => true,
            ChannelBlock::ChannelManaged | ChannelBlock::PartlyShipped | ChannelBlock::Shipped => false,
        })?;
        let is_named = |item: &str| items.is_none_or(|named| named.iter().any(|it| it == item));
        let named = items.unwrap_or_default();
        if let Some(item) = named.iter().find(|item| !self.order.is_requested(item)) {
            return Err(ChannelCommandRefusal::NotRequested(item.clone()));
        }
        let (chosen, left): (Vec<_>, Vec<_>) = self
            .order
            .open_requests()
            .partition(|(item, _)| is_named(&item.id));
        if chosen.is_empty() {
            return Err(ChannelCommandRefusal::NoOpenRequest);
        }
        // The channel is told of a request by its id, so a request is declined as a whole.
        let is_left = |id: &String| left.iter().any(|(_, other)| other.id.as_ref() == Some(id));
        let shared = chosen
            .iter()
            .find(|(_, request)| request.id.as_ref().is_some_and(is_left));
        if let Some((item, _)) = shared {
            return Err(ChannelCommandRefusal::OneRequest(item.id.clone()));
        }
        let chosen: Vec<_> = chosen.iter().map(|(item, _)| item.id.as_str()).collect();
        let mut after = self.end_decline();
        for item in &mut after.order.items {
            let request = chosen.contains(&item.id.as_str()).then(|| item.request.take());
            if let Some(request) = request.flatten() {
                after.declined.push(DeclinedRequest {
                    item: item.id.clone(),
                    request,
                    reason: reason.into(),
                });
            }
        }
        let what = if left.is_empty() {
            "the buyer's request is declined".to_owned()
        } else {
            format!("the buyer's request is declined for {}", chosen.join(", "))
        };
        after.write_down(actor, format!("{what}: {reason}"), now);
        after.keep_time_of_request(now);
        Ok(after)
    }
}
