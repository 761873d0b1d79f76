//! Matching a case: who filed twice, what money is claimed twice, and what that leaves of the sums.
//!
//! A change that calls for it (a claim sent, amended or withdrawn; a decision) says so in its own transaction
//! ([`crate::store::matching::want`]); a worker takes the case, reads everything as of one moment, reckons without holding
//! the database, and writes the outcome in one transaction, together with the mails that tell counsel of new claims; only new
//! descriptions of releases, which say nothing yet, are written before, some at a time. What a person decided is read, never
//! changed. The same claims and decisions give the same figures, however often and in whatever order they came.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};

use chrono::Duration;

use super::{Failure, Recoup};
use crate::{
    CaseId, ClaimId, Instant, ReleaseId, background,
    matching::{model, run::Phase},
    store::{claims, matches, matching, overlaps, registered, releases, removed},
};

mod copies;
mod input;
mod reckoning;
mod telling;

pub use input::{Place, channel_key, description, place, stock_counts};

use input::Input;
use reckoning::Outcome;

/// A run that shows no sign of life for this long was killed.
const LEASE: Duration = Duration::minutes(5);
/// How soon a run that failed is tried again.
const AGAIN: Duration = Duration::minutes(10);
/// How often a run is begun before it counts as failed: one that takes its process with it would else do so again after every lease.
const ATTEMPTS: i64 = 3;
/// How soon a run is tried again that was begun so often. Of claims that come in meanwhile counsel is told without it.
const WORN_OUT: Duration = Duration::days(1);
/// How often a run says how far it is.
const PROGRESS: std::time::Duration = std::time::Duration::from_millis(700);

/// Matches every case in which a run is due, and tells of the claims for which none comes soon; gives how many runs there were.
///
/// # Errors
/// If the database fails. A case that cannot be matched is logged, says so on its pages, and is tried again.
pub async fn run_due(recoup: &Recoup, owner: &str) -> Result<usize, Failure> {
    let mut tx = recoup.store.read().await?;
    let due = matching::due(&mut tx, recoup.clock.now()).await?;
    drop(tx);
    let mut runs = 0;
    for case in due {
        runs += usize::from(run(recoup, case, owner).await?);
    }
    tell_without(recoup).await?;
    Ok(runs)
}

/// Tells of the sent versions of cases that wait long for their next run, because the last ones failed.
async fn tell_without(recoup: &Recoup) -> Result<(), Failure> {
    let now = recoup.clock.now();
    let mut tx = recoup.store.read().await?;
    let waiting = matching::untold_until(&mut tx, now + AGAIN).await?;
    drop(tx);
    for case in waiting {
        let mut tx = recoup.store.write().await?;
        matching::lock(&mut tx, case).await?;
        // Counsel may have asked for a run meanwhile: it tells more of them.
        if matching::untold_until(&mut tx, now + AGAIN).await?.contains(&case) {
            telling::tell(recoup, &mut tx, case, None, now).await?;
            tx.commit().await?;
        }
    }
    Ok(())
}

/// Gives the runs back that a process has taken, which is told to stop and has dropped them: they are due at once, and were not killed.
///
/// # Errors
/// If the database fails.
pub async fn give_back(recoup: &Recoup, owner: &str) -> Result<(), Failure> {
    let mut tx = recoup.store.write().await?;
    for (case, held) in matching::held_by(&mut tx, &format!("{owner}#")).await? {
        let killed = attempt_of(&held) - 1;
        let before = (killed > 0).then(|| (owner_of(owner, killed), recoup.clock.now()));
        matching::give_back(&mut tx, case, &held, before.as_ref()).await?;
    }
    Ok(tx.commit().await?)
}

/// Matches a case if a run is due and no other process has it.
///
/// # Errors
/// If the database fails.
pub async fn run(recoup: &Recoup, case: CaseId, owner: &str) -> Result<bool, Failure> {
    let Some(run) = Run::begin(recoup, case, owner).await? else { return Ok(false) };
    run.end(recoup).await?;
    Ok(true)
}

/// A run that has read the case and is still to reckon: what happens in the case from then on is for the next one.
#[derive(Debug)]
pub struct Run {
    case: CaseId,
    owner: String,
    input: Result<Input, Failure>,
}

impl Run {
    /// Takes the run of a case, if one is due and no other process has it, and reads everything as of one moment.
    ///
    /// # Errors
    /// If the run cannot be taken; a case that cannot be read fails at the end.
    pub async fn begin(recoup: &Recoup, case: CaseId, owner: &str) -> Result<Option<Self>, Failure> {
        let now = recoup.clock.now();
        let mut tx = recoup.store.write().await?;
        let (attempt, owner) = attempt(owner, matching::left_behind(&mut tx, case, now).await?.as_deref());
        if !matching::take(&mut tx, case, &owner, now, now + LEASE).await? {
            return Ok(None);
        }
        if attempt > ATTEMPTS {
            tracing::error!(case = case.0, "matching was begun {ATTEMPTS} times and never ended");
            give_up(recoup, &mut tx, case, &owner, BROKEN_OFF, now + WORN_OUT).await?;
            tx.commit().await?;
            return Ok(None);
        }
        tx.commit().await?;
        let input = read(recoup, case).await;
        Ok(Some(Self { case, owner, input }))
    }

    /// Reckons and writes the outcome in one transaction; what went wrong is written in its place.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn end(self, recoup: &Recoup) -> Result<(), Failure> {
        let Self { case, owner, input } = self;
        let done = match input {
            Ok(input) => reckon_and_keep(recoup, case, &owner, input).await,
            Err(failure) => Err(failure),
        };
        if let Err(failure) = done {
            tracing::error!(case = case.0, error = %failure, "matching failed");
            let mut tx = recoup.store.write().await?;
            let again = recoup.clock.now() + AGAIN;
            give_up(recoup, &mut tx, case, &owner, &failure.to_string(), again).await?;
            tx.commit().await?;
        }
        Ok(())
    }
}

/// What people are told of a run that never ended.
const BROKEN_OFF: &str =
    "The program was stopped each time while it matched this case. See its log; “Match all again” tries at once.";

/// The attempt that a run is, and its owner, who says so: a killed process leaves nothing behind but its lease.
fn attempt(owner: &str, left_behind: Option<&str>) -> (i64, String) {
    let attempt = left_behind.map_or(0, attempt_of) + 1;
    (attempt, owner_of(owner, attempt))
}

/// Which attempt the owner of a run says that it is.
fn attempt_of(owner: &str) -> i64 {
    owner.rsplit_once('#').and_then(|(_, n)| n.parse().ok()).unwrap_or(1)
}

fn owner_of(process: &str, attempt: i64) -> String {
    format!("{process}#{attempt}")
}

/// Ends a run that failed; it is tried again from `again` on.
async fn give_up(
    recoup: &Recoup,
    tx: &mut crate::store::Tx,
    case: CaseId,
    owner: &str,
    why: &str,
    again: Instant,
) -> Result<(), Failure> {
    matching::fail(tx, case, owner, why, again).await?;
    // Nobody waits for a mail about a new claim because matching has a mistake.
    telling::tell(recoup, tx, case, None, recoup.clock.now()).await
}

async fn read(recoup: &Recoup, case: CaseId) -> Result<Input, Failure> {
    let mut tx = recoup.store.read().await?;
    Input::read(&mut tx, case).await
}

async fn reckon_and_keep(recoup: &Recoup, case: CaseId, owner: &str, input: Input) -> Result<(), Failure> {
    let seen = input.seen;
    let (outcome, input) = reckon(recoup, case, owner, input).await?;
    let ids = describe(recoup, case, owner, &input).await?;
    let now = recoup.clock.now();
    let mut tx = recoup.store.write().await?;
    let ran = matching::Ran {
        seen,
        engine: model::VERSION,
        claims: i64::try_from(input.parties.len()).unwrap_or(i64::MAX),
        lines: i64::try_from(input.lines.len()).unwrap_or(i64::MAX),
        members: outcome.members,
    };
    if !matching::finish(&mut tx, case, owner, &ran, now).await? {
        // The lease ran out and another process took the case: what it writes is as good as ours.
        return Ok(());
    }
    keep(&mut tx, case, &input, &ids, &outcome, now).await?;
    telling::tell(recoup, &mut tx, case, Some(&input), now).await?;
    telling::found(recoup, &mut tx, case, outcome.members.0, now).await?;
    Ok(tx.commit().await?)
}

/// Reckons on a thread of its own, and says meanwhile how far it is.
async fn reckon(recoup: &Recoup, case: CaseId, owner: &str, input: Input) -> Result<(Outcome, Input), Failure> {
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    // Place of the phase times 10,000, plus thousandths.
    let at = Arc::new(AtomicU32::new(0));
    let said = Arc::clone(&at);
    let mut work = background::start(move || {
        let outcome = reckoning::reckon(&input, threads, |step, share| {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share from 0 to 1")]
            let thousandths = (share.clamp(0.0, 1.0) * 1_000.0) as u32;
            said.store(step * 10_000 + thousandths, Ordering::Relaxed);
        });
        (outcome, input)
    });
    loop {
        match tokio::time::timeout(PROGRESS, &mut work).await {
            Ok(done) => return done.map_err(|error| Failure::Internal(format!("matching broke: {error}"))),
            Err(_) => {
                let at = at.load(Ordering::Relaxed);
                let phase = PHASES.get(at as usize / 10_000).copied().unwrap_or_default();
                let mut tx = recoup.store.write().await?;
                let until = recoup.clock.now() + LEASE;
                matching::progress(&mut tx, case, owner, phase, i64::from(at % 10_000), until).await?;
                tx.commit().await?;
            }
        }
    }
}

/// The phases of a run, in order.
const PHASES: [&str; 3] = ["claimants", "releases", "overlaps"];

/// How much of a part of the engine's work is done when a phase is so far.
fn share_of(phase: Phase, share: f64) -> f64 {
    match phase {
        Phase::Block => share * 0.1,
        Phase::Compare => 0.1 + share * 0.8,
        Phase::Cluster => 0.9 + share * 0.1,
    }
}

/// New descriptions written in one transaction: a case of a million lines may have as many of them, and whoever signs in or saves a line
/// meanwhile waits for one transaction at most.
const DESCRIPTIONS: usize = 4_000;

/// The rows of all descriptions, by place. New ones get theirs, oldest first in the order of their keys, so that a second machine numbers
/// them alike; each is a release of its own until [`keep`] says otherwise, which changes no figure.
async fn describe(recoup: &Recoup, case: CaseId, owner: &str, input: &Input) -> Result<Vec<ReleaseId>, Failure> {
    let known = |place: usize| input.known_releases.get(place).copied().flatten().map(|(id, _)| id);
    let mut ids: Vec<Option<ReleaseId>> = (0..input.descriptions.len()).map(known).collect();
    let new: Vec<usize> = ids.iter().enumerate().filter(|(_, id)| id.is_none()).map(|(place, _)| place).collect();
    for places in new.chunks(DESCRIPTIONS) {
        let of = |place: &usize| (input.descriptions[*place].key(), input.descriptions[*place].words());
        let described: Vec<(String, String)> = places.iter().map(of).collect();
        let mut tx = recoup.store.write().await?;
        // First this row, as everywhere; it also says that the run goes on.
        matching::progress(&mut tx, case, owner, "overlaps", 10_000, recoup.clock.now() + LEASE).await?;
        let rows: HashMap<String, ReleaseId> = releases::add(&mut tx, case, &described).await?.into_iter().collect();
        tx.commit().await?;
        for (place, (key, _)) in places.iter().zip(&described) {
            ids[*place] = rows.get(key).copied();
        }
    }
    let lost = || Failure::Internal("a description of a release was written and not given back".to_owned());
    ids.into_iter().map(|id| id.ok_or_else(lost)).collect()
}

async fn keep(
    tx: &mut crate::store::Tx,
    case: CaseId,
    input: &Input,
    ids: &[ReleaseId],
    outcome: &Outcome,
    now: Instant,
) -> Result<(), Failure> {
    matches::replace(tx, case, &outcome.matches, model::VERSION, now).await?;

    let mut oldest: BTreeMap<usize, ReleaseId> = BTreeMap::new();
    for (place, first) in outcome.releases.iter().enumerate() {
        let id = oldest.entry(*first).or_insert(ids[place]);
        *id = (*id).min(ids[place]);
    }
    let mut moved = Vec::new();
    for (place, first) in outcome.releases.iter().enumerate() {
        let (id, release) = (ids[place], oldest[first]);
        // One that is new was written as a release of its own.
        let known = input.known_releases.get(place).copied().flatten().map_or(id, |(_, release)| release);
        if known != release {
            moved.push((id, release));
        }
    }
    // Descriptions that no line uses any more go with what was the same release: people's decisions may name them.
    let mut followed = BTreeMap::new();
    for (place, first) in outcome.releases.iter().enumerate() {
        if let Some((_, former)) = input.known_releases.get(place).copied().flatten() {
            followed.entry(former).or_insert(oldest[first]);
        }
    }
    for (id, former) in &input.unused_releases {
        if let Some(release) = followed.get(former).filter(|release| *release != former) {
            moved.push((*id, *release));
        }
    }
    releases::set(tx, &moved).await?;
    let entries: Vec<overlaps::New> =
        outcome.entries.iter().map(|entry| reckoning::row(input, entry, &oldest)).collect();
    overlaps::replace(tx, case, &entries, &followed).await?;
    overlaps::copies::replace(tx, case, &outcome.copies).await?;

    // What was taken off a claim that was amended or withdrawn meanwhile is void until the run that this called for.
    let current: BTreeMap<_, _> = matching::versions(tx, case).await?.into_iter().collect();
    let as_read = |claim: &ClaimId| input.version_of(*claim).is_some_and(|read| current.get(claim) == Some(&read));
    let mut before: BTreeMap<_, _> =
        removed::of_claims(tx, case).await?.into_iter().map(|(claim, category, of)| ((claim, category), of)).collect();
    let mut changed = Vec::new();
    for ((claim, category), of) in outcome.removed.iter().filter(|((claim, _), _)| as_read(claim)) {
        if before.remove(&(*claim, *category)) != Some(*of) {
            changed.push((*claim, *category, *of));
        }
    }
    removed::set(tx, &changed).await?;
    for (claim, category) in before.into_keys() {
        removed::clear(tx, claim, Some(category)).await?;
    }
    Ok(registered::keep_removed(tx, case).await?)
}

/// A claim was sent, amended or withdrawn, in the transaction that does so, after its event: what was taken off it before is void
/// until the next run, which is called for, and the register shows it as it is now. Of a version that was sent counsel is told by
/// that run.
pub(super) async fn changed(
    tx: &mut crate::store::Tx,
    claim: &claims::Claim,
    sent: Option<crate::VersionId>,
) -> Result<(), Failure> {
    // First this, which waits for a run that is being written: it holds the same row, and may set what is cleared next.
    matching::want(tx, claim.case_id).await?;
    // Of a claim that has no number yet nothing was counted and nothing taken off.
    let counted = claim.number.is_some();
    if counted {
        removed::clear(tx, claim.id, None).await?;
    }
    if let Some(version) = sent {
        matching::tell(tx, claim.case_id, version).await?;
    }
    Ok(registered::keep(tx, claim.id, counted).await?)
}
