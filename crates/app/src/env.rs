//! The sources of the time, of new identifiers and of random bytes.

use std::fmt;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::clock::Clock;

/// The sources of time, identifiers and chance. A test passes in seeded ones, and then every run makes the same rows,
/// answers and mails. Salts of passwords are the exception: the hashing library draws them.
#[derive(Clone)]
pub struct Env {
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Makes identifiers.
    pub ids: Arc<dyn Ids>,
    /// Makes bytes that cannot be guessed.
    pub chance: Arc<dyn Chance>,
}

/// Makes identifiers.
pub trait Ids: Send + Sync {
    /// A new identifier: a UUID of version 7, which sorts by the time it was made at.
    fn next(&self) -> Uuid;
}

/// Makes bytes that cannot be guessed: keys, tokens and nonces are made of them.
pub trait Chance: Send + Sync {
    /// Fills `bytes`.
    fn fill(&self, bytes: &mut [u8]);
}

const ALPHANUMERIC: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

impl Env {
    /// Now.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// A new identifier.
    #[must_use]
    pub fn next_id(&self) -> Uuid {
        self.ids.next()
    }

    /// Bytes that cannot be guessed.
    #[must_use]
    pub fn bytes<const LENGTH: usize>(&self) -> [u8; LENGTH] {
        let mut bytes = [0_u8; LENGTH];
        self.chance.fill(&mut bytes);
        bytes
    }

    /// A text of `length` letters and digits that cannot be guessed; each of the 62 is equally likely.
    #[must_use]
    pub fn alphanumeric(&self, length: usize) -> String {
        let mut text = String::with_capacity(length);
        while text.len() < length {
            let [byte] = self.bytes::<1>();
            // 248 is four times 62: the bytes above it would make some characters likelier than others.
            if let Some(character) = (byte < 248).then(|| ALPHANUMERIC[usize::from(byte % 62)]) {
                text.push(char::from(character));
            }
        }
        text
    }

    /// A number from 0 to `most`, for waiting times: the smaller ones are likelier by less than one in a billion.
    #[must_use]
    pub fn at_most(&self, most: u32) -> u32 {
        let drawn = u64::from_be_bytes(self.bytes()) % (u64::from(most) + 1);
        u32::try_from(drawn).unwrap_or(most)
    }
}

impl fmt::Debug for Env {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Env").finish_non_exhaustive()
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use std::sync::atomic::{AtomicU8, Ordering};

    use super::*;

    /// A source that counts up from zero.
    #[derive(Default)]
    struct Counting(AtomicU8);

    impl Chance for Counting {
        fn fill(&self, bytes: &mut [u8]) {
            for byte in bytes {
                *byte = self.0.fetch_add(1, Ordering::Relaxed);
            }
        }
    }

    impl Clock for Counting {
        fn now(&self) -> DateTime<Utc> {
            DateTime::UNIX_EPOCH
        }
    }

    impl Ids for Counting {
        fn next(&self) -> Uuid {
            Uuid::from_u128(u128::from(self.0.fetch_add(1, Ordering::Relaxed)))
        }
    }

    /// An environment that only counts.
    pub(crate) fn counting_env() -> Env {
        let counting = Arc::new(Counting::default());
        Env {
            clock: counting.clone(),
            ids: counting.clone(),
            chance: counting,
        }
    }

    #[test]
    fn a_text_has_its_length_and_every_letter_and_digit_as_often() {
        let env = counting_env();
        let text = env.alphanumeric(248);
        assert_eq!(text.len(), 248);
        for character in ALPHANUMERIC {
            let times = text.bytes().filter(|it| it == character).count();
            assert_eq!(times, 4, "{}", char::from(*character));
        }
        assert!((0..100).all(|_| env.at_most(3) <= 3));
    }
}
