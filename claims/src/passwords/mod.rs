//! Passwords: Argon2id, off the async threads, a bounded number at a time, so that a storm of sign-ins does not stall the site. And
//! whether attackers would try a new one early ([`guessed`], [`breached`]).

use std::sync::Arc;

use argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use tokio::sync::Semaphore;

use crate::random::Random;

mod breached;
mod guessed;

pub use breached::{Breached, BreachedError};

/// Memory in KiB, passes and lanes of Argon2id: the OWASP Password Storage Cheat Sheet's first recommendation for 19 MiB.
const COST: (u32, u32, u32) = (19_456, 2, 1);

/// Hashes and verifies passwords.
#[derive(Debug, Clone)]
pub struct Passwords {
    slots: Arc<Semaphore>,
    random: Random,
    /// What is verified where there is no account, so that this takes as long.
    nobody: Arc<str>,
    breached: Option<Arc<Breached>>,
}

/// Hashing failed: out of memory, or the runtime is stopping.
#[derive(Debug, thiserror::Error)]
#[error("the password could not be hashed: {0}")]
pub struct HashingFailed(String);

impl Passwords {
    /// At most `concurrency` hashes at a time.
    ///
    /// # Errors
    /// If the parameters are refused by the library.
    pub fn new(concurrency: usize, random: Random) -> Result<Self, HashingFailed> {
        let nobody = hash_now(b"nobody has this password", &random.bytes())?;
        Ok(Self { slots: Arc::new(Semaphore::new(concurrency.max(1))), random, nobody: nobody.into(), breached: None })
    }

    /// Refuses passwords of a list of breached ones from now on.
    #[must_use]
    pub fn refusing(self, breached: Breached) -> Self {
        Self { breached: Some(Arc::new(breached)), ..self }
    }

    /// Why a new password is refused because attackers know it, if they do: they would guess it soon, also with what they know about its
    /// owner (`about`: address and name), or it was in a breach.
    ///
    /// # Errors
    /// [`HashingFailed`]. A list that cannot be read is logged, and lets the password pass: nobody can mend it by another choice.
    pub async fn known_problem(&self, password: &str, about: &[&str]) -> Result<Option<&'static str>, HashingFailed> {
        let password = password.to_owned();
        let about: Vec<String> = about.iter().map(|&fact| fact.to_owned()).collect();
        let breached = self.breached.clone();
        self.off_thread(move || {
            if guessed::soon(&password, &about) {
                return Some(
                    "This password is easy to guess: it is made of what everybody uses, or of your name or address. Choose another, for example a few words in a row.",
                );
            }
            let was_breached = breached.and_then(|list| {
                list.contains(&password).inspect_err(|error| log::error!("breached passwords are not refused: {error}")).ok()
            });
            was_breached.unwrap_or(false).then_some(
                "This password was stolen from some other site and is on lists that attackers use. Choose another, for example a few words in a row.",
            )
        })
        .await
    }

    /// The PHC string of a password.
    ///
    /// # Errors
    /// [`HashingFailed`].
    pub async fn hash(&self, password: &str) -> Result<String, HashingFailed> {
        let (password, salt) = (password.as_bytes().to_vec(), self.random.bytes());
        self.off_thread(move || hash_now(&password, &salt)).await?
    }

    /// Whether a password is the one of a PHC string. Without one (`None`) the answer is no, after the same work.
    ///
    /// # Errors
    /// [`HashingFailed`].
    pub async fn verify(&self, password: &str, hash: Option<&str>) -> Result<bool, HashingFailed> {
        let exists = hash.is_some();
        let (password, hash) = (password.as_bytes().to_vec(), hash.unwrap_or(&self.nobody).to_owned());
        let fits = self
            .off_thread(move || {
                PasswordHash::new(&hash).is_ok_and(|hash| Argon2::default().verify_password(&password, &hash).is_ok())
            })
            .await?;
        Ok(fits && exists)
    }

    async fn off_thread<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, HashingFailed> {
        let slot = self.slots.clone().acquire_owned().await.map_err(|error| HashingFailed(error.to_string()))?;
        // The slot goes with the work, which goes on if whoever waits for it goes away.
        let bounded = move || {
            let done = work();
            drop(slot);
            done
        };
        tokio::task::spawn_blocking(bounded).await.map_err(|error| HashingFailed(error.to_string()))
    }
}

fn hash_now(password: &[u8], salt: &[u8; 16]) -> Result<String, HashingFailed> {
    let (memory, passes, lanes) = COST;
    let params = Params::new(memory, passes, lanes, None).map_err(|error| HashingFailed(error.to_string()))?;
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_with_salt(password, salt)
        .map(|hash| hash.to_string())
        .map_err(|error| HashingFailed(error.to_string()))
}

#[cfg(test)]
mod tests {
    use std::{sync::mpsc, time::Duration};

    use super::*;

    // OWASP Password Storage Cheat Sheet: Argon2id with at least 19 MiB and two passes.
    #[test]
    fn what_is_kept_is_argon2id_with_a_salt_and_costs_enough() {
        let kept = hash_now(b"seven quiet cellos", &[7; 16]).unwrap();
        let (memory, passes, lanes) = COST;
        assert!(memory >= 19 * 1_024 && passes >= 2);
        assert!(kept.starts_with(&format!("$argon2id$v=19$m={memory},t={passes},p={lanes}$")), "{kept}");
        assert_ne!(kept, hash_now(b"seven quiet cellos", &[8; 16]).unwrap());
    }

    #[tokio::test]
    async fn work_keeps_its_slot_when_nobody_waits_for_it_any_more() {
        let passwords = Passwords::new(1, Random::System).unwrap();
        let (begun, begins) = tokio::sync::oneshot::channel();
        let (go, goes) = mpsc::channel::<()>();
        let waiting = tokio::spawn({
            let passwords = passwords.clone();
            async move {
                passwords
                    .off_thread(move || {
                        let _ = begun.send(());
                        let _ = goes.recv_timeout(Duration::from_secs(60));
                    })
                    .await
            }
        });
        begins.await.unwrap();
        waiting.abort();
        assert!(waiting.await.unwrap_err().is_cancelled());
        assert_eq!(passwords.slots.available_permits(), 0, "the work goes on, and counts");
        go.send(()).unwrap();
        passwords.off_thread(|| ()).await.unwrap();
    }
}
