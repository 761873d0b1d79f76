//! The worker: leases mails that are due, delivers them, settles what became of each.

use chrono::Duration;
use claims::{
    actions::{Failure, Recoup, letters::ReceiptFile},
    store::{
        cases,
        outbox::{self, Mail},
    },
};

use super::{Post, Undelivered};

/// Mails taken at a time.
const BATCH: i64 = 20;

/// How often the worker tries to write down what became of a mail: with the waits between, less than what is left of the lease.
const SETTLE_TRIES: u32 = 10;

/// What the log of a letter says whose claim was withdrawn before it went out.
const CLAIM_WITHDRAWN: &str = "not sent: the claim was withdrawn after the mail was queued";

/// How long a worker may hold a mail before another may take it: longer than any delivery takes.
fn lease() -> Duration {
    Duration::minutes(5)
}

/// Delivers what is due; gives how many mails were tried.
///
/// # Errors
/// If the database fails; leased mails are taken up again when their lease ends.
pub async fn run_once(recoup: &Recoup, post: &Post, owner: &str) -> Result<usize, claims::store::Error> {
    let now = recoup.clock.now();
    let mut tx = recoup.store.write().await?;
    let mails = outbox::lease(&mut tx, owner, BATCH, now, now + lease()).await?;
    tx.commit().await?;
    for mail in &mails {
        // A server that keeps every mail waiting must not hold the last of them longer than their lease.
        if recoup.clock.now() - now > lease() / 2 {
            tracing::warn!("the mail server is slow; the rest is taken up when its lease ends");
            break;
        }
        let mut receipts = Vec::new();
        let outcome = deliver(recoup, post, mail, &mut receipts).await;
        let now = recoup.clock.now();
        let (state, detail, next_at) = match outcome {
            Ok(Some(detail)) => ("sent", detail, now),
            Ok(None) => ("discarded", CLAIM_WITHDRAWN.to_owned(), now),
            Err(Undelivered::Never(why)) => ("failed", why, now),
            Err(Undelivered::Later(why)) => {
                let next = now + wait(mail.attempts, recoup.random.below(1_000));
                if next > mail.give_up_at {
                    ("failed", format!("given up after {} attempts: {why}", mail.attempts), now)
                } else {
                    ("waiting", why, next)
                }
            }
        };
        if !["sent", "discarded"].contains(&state) {
            tracing::warn!(
                mail = mail.id.0,
                state,
                why = crate::logs::without_words(&detail),
                "a mail was not delivered"
            );
        }
        let mut tries = 0;
        while let Err(error) = settle(recoup, mail, owner, (state, &detail), (next_at, now), &receipts).await {
            tries += 1;
            if tries == SETTLE_TRIES {
                return Err(error);
            }
            // What became of the mail is known here alone: while the lease holds, a database that is away is waited for, or the
            // mail would go out twice.
            tokio::time::sleep(std::time::Duration::from_secs(1)).await;
        }
    }
    Ok(mails.len())
}

/// Delivers a mail and gives what the server said; `None` if it is a letter whose claim was withdrawn since, which is not sent. The receipts
/// that went with it are added to `receipts`.
async fn deliver(
    recoup: &Recoup,
    post: &Post,
    mail: &Mail,
    receipts: &mut Vec<ReceiptFile>,
) -> Result<Option<String>, Undelivered> {
    let later = |why: Failure| Undelivered::Later(why.to_string());
    if claim_withdrawn(recoup, mail).await.map_err(later)? {
        return Ok(None);
    }
    let (attachments, among) = crate::letters::attachments(recoup, mail.id).await.map_err(later)?;
    receipts.extend(among);
    let reply_to = reply_to(recoup, mail).await.map_err(later)?;
    post.deliver(&Mail { attachments, reply_to, ..mail.clone() }).await.map(Some)
}

async fn claim_withdrawn(recoup: &Recoup, mail: &Mail) -> Result<bool, Failure> {
    let mut tx = recoup.store.read().await?;
    Ok(outbox::claim_withdrawn(&mut tx, mail.id).await?)
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
    mail: &outbox::Mail,
    owner: &str,
    (state, detail): (&str, &str),
    (next_at, now): (claims::Instant, claims::Instant),
    receipts: &[ReceiptFile],
) -> Result<(), claims::store::Error> {
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
    use super::*;

    #[test]
    fn the_wait_doubles_and_ends() {
        assert_eq!(wait(1, 0), Duration::seconds(30));
        assert_eq!(wait(4, 0), Duration::seconds(240));
        assert_eq!(wait(40, 0), Duration::hours(6));
        assert!(wait(1, 999) > Duration::seconds(37) && wait(1, 999) < Duration::seconds(38));
    }
}
