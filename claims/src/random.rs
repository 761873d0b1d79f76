//! Randomness as a parameter, so that tokens can be tested.

use std::sync::{Arc, Mutex, PoisonError};

use data_encoding::BASE64URL_NOPAD;
use rand::{Rng, SeedableRng, TryRng, rngs::StdRng, rngs::SysRng};

/// Where random bytes come from.
#[derive(Debug, Clone)]
pub enum Random {
    /// The operating system.
    System,
    /// A seeded generator, for tests and for the demo case.
    Seeded(Arc<Mutex<StdRng>>),
}

impl Random {
    /// A generator that always gives the same bytes.
    #[must_use]
    pub fn seeded(seed: u64) -> Self {
        Self::Seeded(Arc::new(Mutex::new(StdRng::seed_from_u64(seed))))
    }

    /// `N` random bytes.
    ///
    /// # Panics
    /// If the operating system gives no randomness: nothing safe can be done then.
    #[must_use]
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        match self {
            #[expect(clippy::expect_used, reason = "without randomness no token may be made")]
            Self::System => SysRng.try_fill_bytes(&mut bytes).expect("the operating system gives randomness"),
            Self::Seeded(rng) => rng.lock().unwrap_or_else(PoisonError::into_inner).fill_bytes(&mut bytes),
        }
        bytes
    }

    /// A token of 128 bits for a link or a form, in characters that stand in a URL.
    #[must_use]
    pub fn token(&self) -> String {
        BASE64URL_NOPAD.encode(&self.bytes::<16>())
    }

    /// A number from 0 to `below` − 1.
    #[must_use]
    pub fn below(&self, below: u32) -> u32 {
        u32::try_from((u64::from(u32::from_le_bytes(self.bytes())) * u64::from(below)) >> 32).unwrap_or(0)
    }
}
