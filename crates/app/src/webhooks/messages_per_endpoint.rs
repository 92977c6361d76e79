//! How many messages may be under way to each endpoint, so that one that does not answer holds no worker for itself.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The most messages under way to one endpoint that took the last one, from one process.
const MOST: usize = 8;
/// The most messages under way to another endpoint: so all endpoints that there may be can fail, and places are left for
/// those that answer.
const MOST_AT_FIRST: usize = 1;

/// The messages under way to each endpoint.
#[derive(Debug, Clone, Default)]
pub(crate) struct PerEndpoint(Arc<Mutex<HashMap<String, Endpoint>>>);

/// A message under way; it ends with this value.
#[derive(Debug)]
pub(crate) struct Place {
    all: PerEndpoint,
    endpoint: String,
}

#[derive(Debug, Default)]
struct Endpoint {
    under_way: usize,
    /// Whether the endpoint took the last message.
    is_taking: bool,
}

impl PerEndpoint {
    /// A place for one more message to `endpoint`; none when as many as may be are under way.
    pub(crate) fn place(&self, endpoint: &str) -> Option<Place> {
        let mut endpoints = self.endpoints();
        let state = endpoints.entry(endpoint.to_owned()).or_default();
        if state.is_full() {
            return None;
        }
        state.under_way += 1;
        Some(Place {
            all: self.clone(),
            endpoint: endpoint.to_owned(),
        })
    }

    /// The endpoints that take no more messages now.
    pub(crate) fn full(&self) -> Vec<String> {
        let endpoints = self.endpoints();
        let full = endpoints.iter().filter(|(_, state)| state.is_full());
        full.map(|(endpoint, _)| endpoint.clone()).collect()
    }

    fn endpoints(&self) -> MutexGuard<'_, HashMap<String, Endpoint>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Place {
    /// Tells whether the endpoint took the message.
    pub(crate) fn ends(self, is_taken: bool) {
        if let Some(state) = self.all.endpoints().get_mut(&self.endpoint) {
            state.is_taking = is_taken;
        }
    }
}

impl Endpoint {
    fn is_full(&self) -> bool {
        self.under_way >= if self.is_taking { MOST } else { MOST_AT_FIRST }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut endpoints = self.all.endpoints();
        if let Some(state) = endpoints.get_mut(&self.endpoint) {
            state.under_way -= 1;
            if state.under_way == 0 && !state.is_taking {
                endpoints.remove(&self.endpoint);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_endpoint_that_takes_messages_has_its_places_and_another_one_its_own() {
        let places = PerEndpoint::default();
        places.place("a").expect("a place").ends(true);
        let mut taken: Vec<_> = (0..MOST).filter_map(|_| places.place("a")).collect();
        assert_eq!(taken.len(), MOST);
        assert!(places.place("a").is_none());
        assert_eq!(places.full(), ["a"]);
        assert!(places.place("b").is_some());
        taken.pop();
        assert!(places.place("a").is_some());
    }

    #[test]
    fn an_endpoint_has_one_place_at_first_and_after_a_message_that_it_did_not_take() {
        let places = PerEndpoint::default();
        let first = places.place("a").expect("one place");
        assert!(places.place("a").is_none());
        assert_eq!(places.full(), ["a"]);
        first.ends(true);
        places.place("a").expect("a place").ends(false);
        let _one = places.place("a").expect("one place");
        assert!(places.place("a").is_none());
    }
}
