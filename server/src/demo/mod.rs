//! The demo case: the claims that the press reported, and about a hundred invented ones, filed over the weeks before it is loaded.
//!
//! Everything goes through the actions that the pages use, in one transaction, so that the case is there whole or not at all.
//! Documents come first: after a crash the next start finds the same bytes in their places. The content is the same on every
//! machine, but for the days, which count back from the day of loading.

use std::{collections::HashMap, path::Path, sync::Arc};

use anyhow::Context;
use chrono::{Days, Duration, NaiveTime};
use claims::{
    CaseId, Clock, Instant,
    actions::{Recoup, cases as case_actions, counsel, match_case},
    frozen::FrozenClaim,
    random::Random,
    store::{accounts, cases, documents::NewDocument, matching, outbox},
};
use futures::{StreamExt, TryStreamExt};

use crate::{
    documents::{Documents, kind},
    serve::Installation,
};

mod catalogue;
pub mod claims_filed;
mod dice;
mod entries;
mod filing;
pub mod fixtures;
mod letters;
mod mail;
mod papers;
pub mod pdf;
mod people;
mod sign_ins;
#[cfg(test)]
mod tests;

use claims_filed::{Course, Plan};
use filing::Filing;
use sign_ins::Accounts;

/// Short name of the case.
pub const SLUG: &str = "allegro";

/// Documents written at the same time: the disk is what is waited for.
const AT_ONCE: usize = 16;

/// Days between a claim and its amendment or withdrawal.
const LATER: i64 = 12;

/// Loads the demo case unless it is there, and gives the sign-ins, one a line.
///
/// # Errors
/// If something cannot be stored; then nothing was.
pub async fn load(installation: &Installation, data_dir: &Path) -> anyhow::Result<String> {
    let mut tx = installation.recoup.store.read().await?;
    let there = cases::by_slug(&mut tx, SLUG).await?.is_some();
    drop(tx);
    if there {
        return sign_ins::again(&installation.recoup, data_dir).await;
    }
    let today = installation.recoup.clock.now().date_naive().and_time(NaiveTime::MIN).and_utc();
    let plans = claims_filed::plans()?;
    let documents = keep_documents(&installation.documents, &plans).await?;
    let guide = papers::guide();
    let guide = keep_one(&installation.documents, &guide.name, guide.bytes()?).await?;
    let recoup = Recoup {
        store: installation.recoup.store.whole().await?,
        clock: Clock::fixed(today - Duration::days(claims_filed::DAYS + 6)),
        random: Random::seeded(2016),
        ..installation.recoup.clone()
    };
    let now = installation.recoup.clock.now();
    let filled = fill(&recoup, &installation.recoup.random, (today, now), &plans, &documents, &guide).await;
    let lines = match filled {
        Ok(lines) => lines,
        Err(error) => {
            recoup.store.close().await;
            return Err(error.context("the demo case was not loaded, and nothing of it was kept"));
        }
    };
    // The passwords are on disk before anything can be signed in to.
    sign_ins::keep(data_dir, &lines)?;
    recoup.store.commit_whole().await?;
    Ok(lines)
}

/// Writes every document of the plans; gives what is known of each, plan by plan.
async fn keep_documents(documents: &Documents, plans: &[Plan]) -> anyhow::Result<Vec<Vec<NewDocument>>> {
    let papers = plans.iter().enumerate().flat_map(|(plan, of)| of.documents.iter().map(move |paper| (plan, paper)));
    let kept: Vec<(usize, NewDocument)> = futures::stream::iter(papers)
        .map(|(plan, paper)| async move { anyhow::Ok((plan, keep_one(documents, &paper.name, paper.bytes()?).await?)) })
        .buffered(AT_ONCE)
        .try_collect()
        .await?;
    let mut of_plans: Vec<Vec<NewDocument>> = plans.iter().map(|_| Vec::new()).collect();
    for (plan, document) in kept {
        of_plans[plan].push(document);
    }
    Ok(of_plans)
}

async fn keep_one(documents: &Documents, name: &str, bytes: Vec<u8>) -> anyhow::Result<NewDocument> {
    let media_type = kind::find(name, &bytes).map_err(|why| anyhow::anyhow!("{name}: {why}"))?;
    // Not apart: the demo drew them itself.
    let counted = (media_type == "application/pdf").then(|| render::exhibits::pages(bytes.clone())).transpose();
    let (pages, unreadable) = match counted {
        Ok(pages) => (pages, None),
        Err(reason) => (None, Some(reason)),
    };
    let stream = futures::stream::iter([Ok::<_, std::io::Error>(bytes::Bytes::from(bytes))]);
    let incoming = documents.receive(stream, u64::MAX).await?;
    documents.keep(&incoming).await.with_context(|| format!("{name} cannot be stored"))?;
    Ok(NewDocument {
        sha256: incoming.sha256,
        name: name.to_owned(),
        media_type: media_type.to_owned(),
        bytes: i64::try_from(incoming.bytes)?,
        pages,
        unreadable,
    })
}

/// Makes the case and files everything; gives the lines of the sign-ins.
async fn fill(
    recoup: &Recoup,
    random: &Random,
    (today, now): (Instant, Instant),
    plans: &[Plan],
    documents: &[Vec<NewDocument>],
    guide: &NewDocument,
) -> anyhow::Result<String> {
    let (people, lines) = sign_ins::add(recoup, random).await?;
    let case = open_case(recoup, &people, today, guide).await?;
    // Nobody knows these bytes: the accounts of invented people cannot be signed in to.
    let nobody: Arc<str> = recoup.passwords.hash(&random.token()).await?.into();

    let mut schedule: Vec<(Instant, bool, usize)> = Vec::new();
    for (index, plan) in plans.iter().enumerate() {
        let start = today - Duration::minutes(plan.minutes_before);
        schedule.push((start, false, index));
        if !matches!(plan.course, Course::Draft | Course::Sent) {
            schedule.push((start + Duration::days(LATER), true, index));
        }
    }
    schedule.sort();
    let mut filed = HashMap::new();
    let mut invented = Vec::new();
    for (at, later, index) in schedule {
        let plan = &plans[index];
        filing::move_on(recoup, at);
        if later {
            if let Some((id, account)) = filed.get(&index) {
                Filing { recoup, account: *account }.go_on(*id, plan).await?;
            }
            continue;
        }
        let account = match &plan.filer {
            None => people.claimant,
            Some(filer) => {
                invented.push(filer.email.clone());
                sign_ins::add_invented(recoup, &filer.email, &filer.name, &nobody).await?
            }
        };
        let id = Filing { recoup, account }.file(plan, &documents[index]).await?;
        filed.insert(index, (id, account));
    }
    anyhow::ensure!(recoup.clock.now() < today, "the demo files claims in the future");
    // Of what came weeks ago counsel was told then.
    let recent = today - Duration::days(4);
    let mut tx = recoup.store.write().await?;
    for (version, _, frozen) in matching::untold(&mut tx, case).await? {
        if FrozenClaim::read(&frozen)?.received_at < recent {
            matching::told(&mut tx, version).await?;
        }
    }
    tx.commit().await?;
    match_case::run_due(recoup, "demo").await?;
    letters::draft(recoup, people.counsel, case).await?;
    take_mails_back(recoup, &invented, today).await?;
    filing::move_on(recoup, now);
    mail::fill(recoup, case, people.counsel, now).await?;
    tracing::info!(case = case.0, claims = filed.len(), "the demo case is loaded");
    Ok(lines)
}

async fn open_case(recoup: &Recoup, people: &Accounts, today: Instant, guide: &NewDocument) -> anyhow::Result<CaseId> {
    let deadline = today.date_naive().checked_add_days(Days::new(115));
    let mut tx = recoup.store.read().await?;
    let administrator =
        accounts::actor(&mut tx, people.administrator).await?.context("the administrator is missing")?;
    drop(tx);
    let case = case_actions::add(recoup, &administrator, &fixtures::case(deadline)?).await?;
    case_actions::add_document(recoup, &administrator, case, guide).await?;
    recoup.clock.advance(Duration::hours(2));
    counsel::appoint(recoup, case, people.counsel).await?;
    Ok(case)
}

/// Nobody reads the mail of invented people, and what counsel was told weeks ago has long been read. Those mails are taken back
/// before anything is committed, so that nothing is delivered that has no reader; the claimant's receipts and the last days'
/// mails to counsel stay in the outbox and are delivered as always.
async fn take_mails_back(recoup: &Recoup, invented: &[String], today: Instant) -> anyhow::Result<()> {
    let recent = today - Duration::days(4);
    let mut tx = recoup.store.write().await?;
    for mail in outbox::list(&mut tx, Some("waiting"), i64::MAX, 0).await? {
        let read_long_ago = mail.recipient == sign_ins::COUNSEL && mail.created_at < recent;
        if read_long_ago || invented.contains(&mail.recipient) {
            outbox::take_back(&mut tx, mail.id).await?;
        }
    }
    Ok(tx.commit().await?)
}
