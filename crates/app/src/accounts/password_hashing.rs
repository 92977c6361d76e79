//! Hashes passwords in a fixed number of slots. The memory of a
//! slot is used again, and is freed when it is idle for a while.

use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use argon2::password_hash::phc::{Output, ParamsString, PasswordHash, Salt};
use argon2::password_hash::{self, try_generate_salt};
use argon2::{Algorithm, Argon2, Block, Params, Version};
use countermand_domain::MAX_PASSWORD_LENGTH;
use tokio::sync::Semaphore;

use crate::error::AppError;

/// Hashing takes 19 MiB and some ten milliseconds of one core on purpose, so there is one slot for each core. Sign-ins
/// beyond that wait in the order in which they came, each until its request is out of time.
static HASHING_SLOTS: LazyLock<HashingSlots> = LazyLock::new(|| {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    HashingSlots::new(cores.min(MOST_SLOTS))
});

/// Sixteen slots take 304 MiB while all of them are busy: more cores than that do not hash passwords.
const MOST_SLOTS: usize = 16;

/// How long the memory of a slot is kept after its last use.
const MEMORY_KEPT: Duration = Duration::from_secs(5);

/// How many blocks of 1 KiB are reserved at once. The GNU allocator maps a request for more than 32 MiB on its own,
/// always, and so returns it to the system when it is freed; of what is reserved, only what is used takes memory.
const RESERVED_BLOCKS: usize = 33 * 1024;

/// A hash that no known password has. It is checked where there is no account or no password, so that both take as
/// long as a wrong password does. It costs what [`PasswordCost::default`] says.
const DUMMY_HASH: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// The cost of hashing a new password with argon2id. A hash contains its cost, so the cost may change later.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PasswordCost {
    /// Memory in KiB.
    memory: u32,
    /// How often the memory is gone through.
    passes: u32,
}

impl PasswordCost {
    /// The least memory that OWASP's cheat sheet on password storage lists: 7 MiB, with five passes.
    pub const LEAST_MEMORY: Self = Self {
        memory: 7 * 1024,
        passes: 5,
    };

    fn argon2(self) -> argon2::Result<Argon2<'static>> {
        Ok(Params::new(self.memory, self.passes, 1, None)?.into())
    }
}

impl Default for PasswordCost {
    /// 19 MiB and two passes, from the same list.
    fn default() -> Self {
        Self {
            memory: Params::DEFAULT_M_COST,
            passes: Params::DEFAULT_T_COST,
        }
    }
}

/// Hashes a new password; the text says how it was hashed.
pub(crate) async fn hash_password(password: String, cost: PasswordCost) -> Result<String, AppError> {
    let hashed = in_slot(move |memory| memory.hash_new(password.as_bytes(), cost)).await?;
    hashed.map_err(|problem| AppError::Internal(problem.to_string()))
}

/// Whether `password` is the one of the hash `kept`. Without a hash the answer is no, and takes as long.
pub(crate) async fn check_password(kept: Option<String>, password: String) -> Result<bool, AppError> {
    in_slot(move |memory| {
        let length = password.len().min(MAX_PASSWORD_LENGTH);
        let hash = kept.as_deref().unwrap_or(DUMMY_HASH);
        let matches = memory.matches(&password.as_bytes()[..length], hash);
        // A longer password was never taken, and must not cost more time.
        matches.unwrap_or(false) && kept.is_some() && length == password.len()
    })
    .await
}

/// Runs `hashing` away from the threads that answer requests, once there is a slot.
async fn in_slot<T: Send + 'static>(
    hashing: impl FnOnce(&mut SlotMemory) -> T + Send + 'static,
) -> Result<T, AppError> {
    let slots = &*HASHING_SLOTS;
    let slot = slots.free.acquire().await;
    let slot = slot.map_err(|problem| AppError::Internal(problem.to_string()))?;
    // The hashing goes on to its end even if the request is gone: the slot is taken until then.
    let working = tokio::task::spawn_blocking(move || {
        let mut memory = slots.take_memory();
        let outcome = hashing(&mut memory);
        slots.keep_memory(memory);
        drop(slot);
        tokio::spawn(async {
            tokio::time::sleep(MEMORY_KEPT).await;
            slots.free_memory_unused_for(MEMORY_KEPT);
        });
        outcome
    });
    working
        .await
        .map_err(|problem| AppError::Internal(problem.to_string()))
}

/// The slots: who may hash now, and the memory that waits for the next hashing.
struct HashingSlots {
    free: Semaphore,
    kept: Mutex<Vec<(SlotMemory, Instant)>>,
}

impl HashingSlots {
    fn new(count: usize) -> Self {
        Self {
            free: Semaphore::new(count),
            kept: Mutex::default(),
        }
    }

    /// The memory that was used last, so that memory which is not needed stays unused; new memory if there is none.
    fn take_memory(&self) -> SlotMemory {
        let kept = self.kept().pop();
        kept.map_or_else(SlotMemory::reserve, |(memory, _)| memory)
    }

    fn keep_memory(&self, memory: SlotMemory) {
        self.kept().push((memory, Instant::now()));
    }

    fn free_memory_unused_for(&self, time: Duration) {
        self.kept().retain(|(_, used_at)| used_at.elapsed() < time);
    }

    fn kept(&self) -> MutexGuard<'_, Vec<(SlotMemory, Instant)>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The memory of one slot. What one hashing leaves there is overwritten by the next before it is read.
struct SlotMemory(Vec<Block>);

impl SlotMemory {
    fn reserve() -> Self {
        Self(Vec::with_capacity(RESERVED_BLOCKS))
    }

    fn hash_new(&mut self, password: &[u8], cost: PasswordCost) -> password_hash::Result<String> {
        let argon2 = cost.argon2()?;
        let salt = Salt::new(&try_generate_salt()?)?;
        let hash = PasswordHash {
            algorithm: Algorithm::default().ident(),
            version: Some(Version::default().into()),
            params: ParamsString::try_from(argon2.params())?,
            salt: Some(salt),
            hash: Some(self.hash(&argon2, password, &salt)?),
        };
        Ok(hash.to_string())
    }

    fn matches(&mut self, password: &[u8], hash: &str) -> password_hash::Result<bool> {
        let kept = PasswordHash::new(hash)?;
        let algorithm = Algorithm::try_from(kept.algorithm.as_str())?;
        let version = kept.version.map(Version::try_from).transpose()?;
        let argon2 = Argon2::new(algorithm, version.unwrap_or_default(), Params::try_from(&kept)?);
        let (Some(salt), Some(expected)) = (kept.salt, kept.hash) else {
            return Ok(false);
        };
        // Outputs are compared in constant time.
        Ok(self.hash(&argon2, password, &salt)? == expected)
    }

    fn hash(&mut self, argon2: &Argon2<'_>, password: &[u8], salt: &[u8]) -> password_hash::Result<Output> {
        let blocks = argon2.params().block_count();
        if self.0.len() < blocks {
            self.0.resize(blocks, Block::new());
        }
        let length = argon2.params().output_len();
        let mut output = [0; Output::MAX_LENGTH];
        let output = output
            .get_mut(..length.unwrap_or(Params::DEFAULT_OUTPUT_LEN))
            .ok_or(password_hash::Error::OutputSize)?;
        argon2.hash_password_into_with_memory(password, salt, output, self.0.as_mut_slice())?;
        Ok(Output::new(output)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(hash: &str) -> PasswordHash {
        PasswordHash::new(hash).expect("a hash")
    }

    #[tokio::test]
    async fn only_the_right_password_matches_its_hash() {
        for cost in [PasswordCost::default(), PasswordCost::LEAST_MEMORY] {
            let hash = hash_password("Secret-123".into(), cost).await.expect("hashed");
            let check = |typed: &str| check_password(Some(hash.clone()), typed.into());
            assert!(check("Secret-123").await.expect("checked"));
            for wrong in ["Secret-124", "", "Secret-123 ", &"x".repeat(100_000)] {
                assert!(!check(wrong).await.expect("checked"), "{wrong}");
            }
        }
    }

    #[tokio::test]
    async fn a_hash_of_the_library_is_read() {
        use argon2::PasswordHasher;
        let hash = Argon2::default().hash_password_with_salt(b"Secret-123", b"some salt");
        let hash = hash.expect("hashed").to_string();
        let right = check_password(Some(hash), "Secret-123".into()).await;
        assert!(right.expect("checked"));
    }

    #[tokio::test]
    async fn a_missing_account_costs_what_a_password_costs() {
        let hash = hash_password("Secret-123".into(), PasswordCost::default()).await;
        let (real, dummy) = (parsed(&hash.expect("hashed")), parsed(DUMMY_HASH));
        assert_eq!(
            (real.algorithm, real.version, real.params),
            (dummy.algorithm, dummy.version, dummy.params)
        );
        assert_eq!(real.hash.map(|it| it.len()), dummy.hash.map(|it| it.len()));
        assert!(!check_password(None, "Secret-123".into()).await.expect("checked"));
    }

    #[test]
    fn the_memory_of_a_slot_is_used_again_and_then_freed() {
        let slots = HashingSlots::new(1);
        let mut memory = slots.take_memory();
        memory
            .hash_new(b"Secret-123", PasswordCost::LEAST_MEMORY)
            .expect("hashed");
        slots.keep_memory(memory);
        slots.free_memory_unused_for(Duration::from_secs(60));
        assert_eq!(slots.kept().len(), 1);
        assert_eq!(slots.take_memory().0.len(), 7 * 1024);
        slots.keep_memory(SlotMemory::reserve());
        slots.free_memory_unused_for(Duration::ZERO);
        assert_eq!(slots.kept().len(), 0);
    }
}
