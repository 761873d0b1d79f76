//! The worker: leases mails that are due, delivers them, settles what became of each.

use std::time::Instant;

use chrono::Duration;
use claims::{
    actions::{Failure, Recoup, letters::ReceiptFile},
    store::{
        Error, cases,
        outbox::{self, Mail},
    },
};
use tokio::sync::watch;

use super::{Post, Undelivered};

/// Mails taken at a time.
const BATCH: i64 = 20;

/// Between two tries to write down what became of a mail.
const PAUSE: std::time::Duration = std::time::Duration::from_secs(1);

/// How long a worker may hold a mail before another may take it: longer than any delivery takes.
fn lease() -> Duration {
    Duration::minutes(5)
}

/// Delivers what is due, until `stop` says so; gives how many mails were tried or found to be sent no more.
///
/// # Errors
/// If the database fails; leased mails are taken up again when their lease ends.
pub async fn run_once(recoup: &Recoup, post: &Post, owner: &str, stop: &watch::Receiver<bool>) -> Result<usize, Error> {
    let now = recoup.clock.now();
    // By the clock that nobody sets, and from before the lease: it does not end earlier.
    let lease_ends = Instant::now() + lease().to_std().unwrap_or_default();
    let mut tx = recoup.store.write().await?;
    let mails = outbox::lease(&mut tx, owner, BATCH, now, now + lease()).await?;
    tx.commit().await?;
    let mut rest = mails.as_slice();
    while let [mail, others @ ..] = rest {
        // A server that keeps every mail waiting must not hold the last of them longer than their lease.
        let slow = recoup.clock.now() - now > lease() / 2;
        if slow {
            tracing::warn!("the mail server is slow; the rest is given back");
        }
        if slow || *stop.borrow() {
            give_back(recoup, rest, owner).await?;
            break;
        }
        carry_out(recoup, post, mail, owner, lease_ends).await?;
        rest = others;
    }
    Ok(mails.len() - rest.len())
}

async fn give_back(recoup: &Recoup, mails: &[Mail], owner: &str) -> Result<(), Error> {
    let mut tx = recoup.store.write().await?;
    for mail in mails {
        outbox::give_back(&mut tx, mail.id, owner).await?;
    }
    tx.commit().await
}

/// Delivers a leased mail and writes down what became of it.
async fn carry_out(recoup: &Recoup, post: &Post, mail: &Mail, owner: &str, lease_ends: Instant) -> Result<(), Error> {
    let attempts = mail.attempts + 1;
    let wait = wait(attempts, recoup.random.below(1_000));
    if !begin(recoup, mail, owner, wait).await? {
        return Ok(());
    }
    let mut receipts = Vec::new();
    let outcome = deliver(recoup, post, mail, &mut receipts).await;
    let now = recoup.clock.now();
    let (state, detail, next_at) = match outcome {
        Ok(detail) => ("sent", detail, now),
        Err(Undelivered::Never(why)) => ("failed", why, now),
        Err(Undelivered::Later(why)) if now + wait > mail.give_up_at => ("failed", given_up(attempts, &why), now),
        Err(Undelivered::Later(why)) => ("waiting", why, now + wait),
    };
    if state != "sent" {
        warn(mail, state, &detail);
    }
    // What became of the mail is known here alone: while the lease holds, a database that is away is waited for, or the mail would
    // go out twice.
    persist(lease_ends, PAUSE, || settle(recoup, mail, owner, (state, &detail), (next_at, now), &receipts)).await
}

/// Whether the delivery of a leased mail begins: not if it is sent no more, which is written down, nor if the lease was lost.
async fn begin(recoup: &Recoup, mail: &Mail, owner: &str, wait: Duration) -> Result<bool, Error> {
    let now = recoup.clock.now();
    let mut tx = recoup.store.write_soon().await?;
    let ended = match outbox::unwanted(&mut tx, mail).await? {
        Some(why) => Some(("discarded", why)),
        // Only a delivery that nobody settled leaves a mail to be tried again after its time.
        None if mail.next_at > mail.give_up_at => {
            Some(("failed", given_up(mail.attempts, "the program ended during the last")))
        }
        None => None,
    };
    let begins = match ended {
        None => outbox::begin(&mut tx, mail.id, owner, now + wait).await?,
        Some((state, why)) => {
            if state == "failed" {
                warn(mail, state, &why);
            }
            outbox::settle(&mut tx, mail.id, owner, state, &why, now, now).await?;
            false
        }
    };
    tx.commit().await?;
    Ok(begins)
}

fn given_up(attempts: i64, why: &str) -> String {
    format!("given up after {attempts} attempts: {why}")
}

fn warn(mail: &Mail, state: &str, why: &str) {
    tracing::warn!(mail = mail.id.0, state, why = crate::logs::without_words(why), "a mail was not delivered");
}

/// Tries until it works, with pauses, or `end` has come.
async fn persist<E, F>(end: Instant, pause: std::time::Duration, attempt: impl Fn() -> F) -> Result<(), E>
where
    F: Future<Output = Result<(), E>>,
{
    loop {
        match attempt().await {
            Err(_) if Instant::now() + pause < end => tokio::time::sleep(pause).await,
            done => return done,
        }
    }
}

/// Delivers a mail and gives what the server said. The receipts that went with it are added to `receipts`.
async fn deliver(
    recoup: &Recoup,
    post: &Post,
    mail: &Mail,
    receipts: &mut Vec<ReceiptFile>,
) -> Result<String, Undelivered> {
    let later = |why: Failure| Undelivered::Later(why.to_string());
    let (attachments, among) = crate::letters::attachments(recoup, mail.id).await.map_err(later)?;
    receipts.extend(among);
    let reply_to = reply_to(recoup, mail).await.map_err(later)?;
    post.deliver(&Mail { attachments, reply_to, ..mail.clone() }).await
}

/// Where an answer to a mail goes: the contact of its case. Empty for a mail about no case, and where the contact has no address.
async fn reply_to(recoup: &Recoup, mail: &Mail) -> Result<String, Failure> {
    let Some(case) = mail.case_id else { return Ok(String::new()) };
    let mut tx = recoup.store.read().await?;
    let Some(case) = cases::by_id(&mut tx, case).await? else { return Ok(String::new()) };
    Ok(case.read()?.settings.contact_address().unwrap_or_default())
}

async fn settle(
    recoup: &Recoup,
    mail: &Mail,
    owner: &str,
    (state, detail): (&str, &str),
    (next_at, now): (claims::Instant, claims::Instant),
    receipts: &[ReceiptFile],
) -> Result<(), Error> {
    // One transaction a mail: with SQLite, whoever sends a claim would wait for the disk as often as mails go out.
    let mut tx = recoup.store.write_soon().await?;
    // Also of a mail that failed: a server may have taken what it said it did not.
    for file in receipts {
        file.keep(&mut tx).await?;
    }
    if !outbox::settle(&mut tx, mail.id, owner, state, detail, next_at, now).await? {
        tracing::warn!(mail = mail.id.0, "the lease of a mail ended before its delivery");
    }
    tx.commit().await
}

/// The wait after a number of attempts: 30 seconds, doubling, at most 6 hours, plus up to a quarter of jitter (given in
/// thousandths) so that mails that failed together are not tried together.
fn wait(attempts: i64, jitter: u32) -> Duration {
    let doubled = 30_000_i64.saturating_mul(1 << (attempts - 1).clamp(0, 20)).min(6 * 3_600_000);
    Duration::milliseconds(doubled + doubled / 4 * i64::from(jitter) / 1_000)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    #[test]
    fn the_wait_doubles_and_ends() {
        assert_eq!(wait(1, 0), Duration::seconds(30));
        assert_eq!(wait(4, 0), Duration::seconds(240));
        assert_eq!(wait(40, 0), Duration::hours(6));
        assert!(wait(1, 999) > Duration::seconds(37) && wait(1, 999) < Duration::seconds(38));
    }

    #[tokio::test]
    async fn a_database_that_is_away_is_waited_for_as_long_as_the_lease_holds() {
        let (hour, none) = (std::time::Duration::from_secs(3_600), std::time::Duration::ZERO);
        let tries = AtomicU32::new(0);
        // However often it takes.
        let away = |times| {
            let tries = &tries;
            move || std::future::ready(if tries.fetch_add(1, Ordering::SeqCst) < times { Err("away") } else { Ok(()) })
        };
        assert_eq!(persist(Instant::now() + hour, none, away(100)).await, Ok(()));
        assert_eq!(tries.swap(0, Ordering::SeqCst), 101);
        // The lease has ended, or would before the next try.
        for (end, pause) in [(Instant::now(), none), (Instant::now() + hour, hour)] {
            assert_eq!(persist(end, pause, away(100)).await, Err("away"));
            assert_eq!(tries.swap(0, Ordering::SeqCst), 1);
        }
    }
}
