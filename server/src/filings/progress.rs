//! How far a build is, told to the database now and then.

use std::{sync::Mutex, time::Duration as Every};

use chrono::Duration;
use claims::{
    BuildId, Instant,
    actions::{Failure, Recoup, build_filing},
};
use tokio::task::JoinSet;

/// Tells how far a build is. Telling also keeps its lease.
pub struct Progress {
    to: Option<(Recoup, BuildId, String)>,
    told: Mutex<Option<(String, Instant)>>,
}

impl Progress {
    /// Progress of a build.
    #[must_use]
    pub fn new(recoup: Recoup, id: BuildId, owner: String) -> Self {
        Self { to: Some((recoup, id, owner)), told: Mutex::new(None) }
    }

    /// Progress that nobody hears of.
    #[must_use]
    pub fn silent() -> Self {
        Self { to: None, told: Mutex::new(None) }
    }

    /// Keeps the lease, whatever is said or not, until what is given is dropped. It ends by itself only when another process took the
    /// build over, or the database fails for longer than the lease lasts.
    #[must_use]
    pub fn keep_lease(&self, every: Every) -> JoinSet<Failure> {
        let mut beats = JoinSet::new();
        let Some((recoup, id, owner)) = self.to.clone() else { return beats };
        beats.spawn(async move {
            let mut kept = recoup.clock.now();
            loop {
                tokio::time::sleep(every).await;
                match build_filing::hold(&recoup, id, &owner).await {
                    Ok(()) => kept = recoup.clock.now(),
                    Err(lost @ Failure::Said(_)) => return lost,
                    Err(error) if recoup.clock.now() - kept > build_filing::LEASE => return error,
                    Err(error) => {
                        tracing::warn!(%error, "the lease of a build could not be kept, and will be tried again");
                    }
                }
            }
        });
        beats
    }

    /// Says what is done: of a stage that goes on, at most once a second.
    ///
    /// # Errors
    /// If another process took the build over: then this one must stop.
    pub async fn say(&self, stage: &str, done: usize, total: usize) -> Result<(), Failure> {
        let Some((recoup, id, owner)) = &self.to else { return Ok(()) };
        let now = recoup.clock.now();
        {
            let mut told = self.told.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            if told.as_ref().is_some_and(|(last, at)| last == stage && now - *at < Duration::seconds(1) && done < total)
            {
                return Ok(());
            }
            *told = Some((stage.to_owned(), now));
        }
        build_filing::progress(recoup, *id, owner, stage, done, total).await
    }
}
