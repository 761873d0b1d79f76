//! Work that comes round: matching, building filings, telling people, delivering mail and cleaning up, by whichever process takes it first.

use std::time::Duration;

use claims::{
    actions::{Recoup, build_filing, match_case, notices::look},
    store::{self, attempts, jobs, sessions, statements, submissions, tokens},
};
use tokio::sync::watch;

use keep_going::keep_going;

use crate::{
    documents::Documents,
    mail::{Post, worker},
};

mod keep_going;

/// How long work that panicked waits before it begins again: what broke it is likely to be still there.
const PAUSE: Duration = Duration::from_secs(60);

/// Runs until `stop` says so: mail every second, what people are to be told of every minute, the clean-up when it is due, and beside them matching, which can take long.
///
/// Each of the three goes on for itself: one that panics begins again and takes no other with it.
pub async fn run(recoup: Recoup, documents: Documents, post: Post, stop: watch::Receiver<bool>) {
    tokio::join!(
        keep_going("matching", PAUSE, stop.clone(), || matching(recoup.clone(), stop.clone())),
        keep_going("filings", PAUSE, stop.clone(), || filings(recoup.clone(), documents.clone(), stop.clone())),
        keep_going("mail and clean-up", PAUSE, stop.clone(), || {
            mail_and_clean_up(recoup.clone(), documents.clone(), post.clone(), stop.clone())
        })
    );
}

/// Matches the cases in which something changed, and every night all of them: scores depend on what else was filed.
async fn matching(recoup: Recoup, mut stop: watch::Receiver<bool>) {
    let owner = recoup.random.token();
    let mut tick = tokio::time::interval(Duration::from_millis(500));
    tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = tick.tick() => {}
            _ = stop.wait_for(|stop| *stop) => return,
        }
        if let Err(error) = nightly(&recoup, &owner).await {
            tracing::error!(error = format!("{error:#}"), "the nightly matching could not be called for");
        }
        // A run that is under way when the process stops is given up and given back: the next process begins it anew.
        let stopped = tokio::select! {
            done = match_case::run_due(&recoup, &owner) => {
                if let Err(error) = done {
                    tracing::error!(%error, "matching could not run: the database failed");
                }
                false
            }
            _ = stop.wait_for(|stop| *stop) => true,
        };
        if stopped {
            if let Err(error) = match_case::give_back(&recoup, &owner).await {
                tracing::error!(%error, "a run of matching could not be given back: it counts as killed");
            }
            return;
        }
    }
}

/// Builds the filings that were asked for.
async fn filings(recoup: Recoup, documents: Documents, mut stop: watch::Receiver<bool>) {
    let owner = recoup.random.token();
    let mut tick = tokio::time::interval(Duration::from_secs(1));
    tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = tick.tick() => {}
            _ = stop.wait_for(|stop| *stop) => return,
        }
        // As with matching: a build that is under way when the process stops is given back, and begun anew by the next.
        let stopped = tokio::select! {
            done = crate::filings::run_due(&recoup, &documents, &owner) => {
                if let Err(error) = done {
                    tracing::error!(error = format!("{error:#}"), "filings could not be built: the database failed");
                }
                false
            }
            _ = stop.wait_for(|stop| *stop) => true,
        };
        if stopped {
            if let Err(error) = build_filing::give_back(&recoup, &owner).await {
                tracing::error!(%error, "a build of a filing could not be given back: it counts as killed");
            }
            return;
        }
    }
}

/// Once a night, at three in the morning UTC, calls for a run of every case.
///
/// # Errors
/// If the database fails.
pub async fn nightly(recoup: &Recoup, owner: &str) -> anyhow::Result<bool> {
    const NAME: &str = "matching at night";
    let now = recoup.clock.now();
    let mut tx = recoup.store.read().await?;
    let due = jobs::is_due(&mut tx, NAME, now).await?;
    drop(tx);
    if !due {
        return Ok(false);
    }
    let mut tx = recoup.store.write().await?;
    let taken = jobs::take(&mut tx, NAME, owner, now, now + chrono::Duration::minutes(1)).await?;
    if taken {
        store::matching::want_all(&mut tx).await?;
        let night = now.date_naive().and_time(chrono::NaiveTime::MIN).and_utc() + chrono::Duration::hours(3);
        let next = if night > now { night } else { night + chrono::Duration::days(1) };
        jobs::give_back(&mut tx, NAME, owner, "", now, next).await?;
    }
    tx.commit().await?;
    Ok(taken)
}

async fn mail_and_clean_up(recoup: Recoup, documents: Documents, post: Post, mut stop: watch::Receiver<bool>) {
    let owner = recoup.random.token();
    let mut tick = tokio::time::interval(Duration::from_secs(1));
    tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            // Told to stop, it leases nothing more.
            biased;
            _ = stop.wait_for(|stop| *stop) => return,
            _ = tick.tick() => {}
        }
        if let Err(error) = look::run_due(&recoup, &owner).await {
            tracing::error!(%error, "nobody could be told of what happened: the database failed");
        }
        if let Err(error) = worker::run_once(&recoup, &post, &owner, &stop).await {
            tracing::error!(%error, "mail could not be delivered: the database failed");
        }
        if let Err(error) = clean_up(&recoup, &documents, &owner).await {
            tracing::error!(error = format!("{error:#}"), "the clean-up failed");
        }
    }
}

/// Hourly: what has expired goes.
///
/// # Errors
/// If the database or the document store fails.
pub async fn clean_up(recoup: &Recoup, documents: &Documents, owner: &str) -> anyhow::Result<bool> {
    let now = recoup.clock.now();
    let mut tx = recoup.store.read().await?;
    let due = jobs::is_due(&mut tx, "clean-up", now).await?;
    drop(tx);
    if !due {
        return Ok(false);
    }
    let mut tx = recoup.store.write().await?;
    let taken = jobs::take(&mut tx, "clean-up", owner, now, now + chrono::Duration::minutes(30)).await?;
    tx.commit().await?;
    if !taken {
        return Ok(false);
    }
    let cleaned = clean(recoup, documents, now).await;
    let words = cleaned.as_ref().err().map_or_else(String::new, |error| format!("{error:#}"));
    let mut tx = recoup.store.write().await?;
    jobs::give_back(&mut tx, "clean-up", owner, &words, now, now + chrono::Duration::hours(1)).await?;
    tx.commit().await?;
    cleaned.map(|()| true)
}

async fn clean(recoup: &Recoup, documents: &Documents, now: claims::Instant) -> anyhow::Result<()> {
    let mut tx = recoup.store.write().await?;
    let sessions = sessions::clean(&mut tx, now).await?;
    let tokens = tokens::clean(&mut tx, now - chrono::Duration::days(30)).await?;
    let attempts = attempts::clean(&mut tx, now - chrono::Duration::days(2)).await?;
    let submissions = submissions::clean(&mut tx, now - chrono::Duration::days(30)).await?;
    let imports = statements::clean(&mut tx, now - chrono::Duration::days(30)).await?;
    tx.commit().await?;
    let incoming = documents.clean(now - chrono::Duration::days(1)).await?;
    tracing::info!(sessions, tokens, attempts, submissions, imports, incoming, "cleaned up");
    Ok(())
}
