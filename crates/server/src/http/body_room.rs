//! The memory for the bodies of requests: one budget for all bodies that are read or answered at the same time.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The memory for all bodies together, in bytes, in an installation that sets none.
const ROOM: usize = 64 * 1024 * 1024;
/// The bytes of each body that do not count. The largest body of known storefronts has about 10 KB, so a storefront is
/// answered while large bodies use up the budget.
const FREE: usize = 16 * 1024;

/// The memory that bodies share. A clone shares it, too.
#[derive(Debug, Clone)]
pub struct BodyRoom(Arc<Semaphore>);

/// A body in memory. Its part of the budget is free again when this value and its [`BodyPlace`] are dropped.
#[derive(Debug)]
pub(super) struct KeptBody {
    bytes: Vec<u8>,
    place: BodyPlace,
}

/// A part of the budget.
#[derive(Debug)]
pub(super) struct BodyPlace {
    room: Arc<Semaphore>,
    taken: Option<OwnedSemaphorePermit>,
}

impl BodyRoom {
    /// Memory for `bytes` bytes of bodies, besides the first 16 KiB of each body.
    #[must_use]
    pub fn of(bytes: usize) -> Self {
        Self(Arc::new(Semaphore::new(bytes.min(Semaphore::MAX_PERMITS))))
    }

    /// An empty body.
    pub(super) fn begin(&self) -> KeptBody {
        KeptBody {
            bytes: Vec::new(),
            place: BodyPlace {
                room: self.0.clone(),
                taken: None,
            },
        }
    }
}

impl Default for BodyRoom {
    fn default() -> Self {
        Self::of(ROOM)
    }
}

impl KeptBody {
    pub(super) fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Adds `chunk`. The result is false if the budget has no room for it; the body is then as before.
    pub(super) fn add(&mut self, chunk: &[u8]) -> bool {
        let counted = |len: usize| len.saturating_sub(FREE);
        let more = counted(self.len() + chunk.len()) - counted(self.len());
        if !self.place.take(more) {
            return false;
        }
        self.bytes.extend_from_slice(chunk);
        true
    }

    /// The bytes, and the part of the budget, which stays taken while values that were read from the bytes are in use.
    pub(super) fn into_parts(self) -> (Vec<u8>, BodyPlace) {
        (self.bytes, self.place)
    }
}

impl BodyPlace {
    fn take(&mut self, bytes: usize) -> bool {
        if bytes == 0 {
            return true;
        }
        let taken = u32::try_from(bytes)
            .ok()
            .and_then(|bytes| self.room.clone().try_acquire_many_owned(bytes).ok());
        match (taken, &mut self.taken) {
            (None, _) => return false,
            (Some(more), Some(taken)) => taken.merge(more),
            (Some(more), empty @ None) => *empty = Some(more),
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_share_the_room_beyond_their_first_bytes() {
        let bytes = |count| vec![0; count];
        let room = BodyRoom::of(1_000);
        let (mut first, mut second) = (room.begin(), room.begin());
        assert!(first.add(&bytes(FREE)) && first.add(&bytes(900)));
        assert!(second.add(&bytes(FREE + 100)));
        assert!(!second.add(&bytes(1)) && !first.add(&bytes(1)));
        assert_eq!((first.len(), second.len()), (FREE + 900, FREE + 100));
        assert!(room.begin().add(&bytes(FREE)), "small bodies are taken");
        let (_, place) = first.into_parts();
        assert!(!second.add(&bytes(1)), "the values of the body are in use");
        drop(place);
        assert!(second.add(&bytes(900)));
    }
}
