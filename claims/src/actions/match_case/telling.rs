//! Telling counsel of claims that came in, with what they resemble, and of what a run found. Claimants are told nothing of it.

use minijinja::{Value, context};

use super::{
    super::{
        Failure, Recoup,
        notices::{Listener, listeners, note, raise, tell_at_once, words},
    },
    input::Input,
};
use crate::{
    CaseId, Instant, VersionId,
    access::Refusal,
    case::Case,
    deadline,
    frozen::FrozenInBrief,
    intake::steps::Step,
    mail::linked,
    matching::of_case::percent,
    money::grouped_units,
    notices::{Kind, Way, What, thresholds},
    status::ClaimStatus,
    store::{
        Tx, cases,
        claims::{self, Claim},
        matches, matching, notices, outbox, overlaps,
        register::{self, Filter},
        removed,
    },
    totals,
};

/// Tells of the sent versions of a case of which counsel was not told: those that the run has read and those that no longer count. What
/// was sent while it ran is for the next run, which that called for. Without a `run`, because matching failed, all are told of.
pub(super) async fn tell(
    recoup: &Recoup,
    tx: &mut Tx,
    case: CaseId,
    run: Option<&Input>,
    now: Instant,
) -> Result<(), Failure> {
    let untold = matching::untold(tx, case).await?;
    if untold.is_empty() {
        return Ok(());
    }
    let case = cases::by_id(tx, case).await?.ok_or(Refusal::NotFound)?.read()?;
    let listeners = listeners(tx, case.id).await?;
    for (version, claim, frozen) in untold {
        let frozen = FrozenInBrief::read(&frozen)
            .map_err(|error| Failure::Internal(format!("the frozen text of version {version} is damaged: {error}")))?;
        let claim = claims::by_id(tx, claim).await?.ok_or(Refusal::NotFound)?;
        let compared = compared(&claim, version, run.is_some());
        if compared == "yes" && run.is_some_and(|run| run.version_of(claim.id) != Some(version)) {
            continue;
        }
        tell_of(recoup, tx, &case, &listeners, &claim, &frozen, compared, now).await?;
        matching::told(tx, version).await?;
    }
    Ok(())
}

/// What can be said of what a version resembles: only one that counts is compared with others.
fn compared(claim: &Claim, version: VersionId, matched: bool) -> &'static str {
    match (claim.status.as_str(), claim.in_force_id == Some(version), matched) {
        (_, false, _) => "superseded",
        ("withdrawn", true, _) => "withdrawn",
        (_, true, false) => "failed",
        (_, true, true) => "yes",
    }
}

#[expect(clippy::too_many_arguments, reason = "a version with all that is said of it")]
async fn tell_of(
    recoup: &Recoup,
    tx: &mut Tx,
    case: &Case,
    listeners: &[Listener],
    claim: &Claim,
    frozen: &FrozenInBrief,
    compared: &str,
    now: Instant,
) -> Result<(), Failure> {
    let amount = totals::counted(&frozen.totals, case.settings.filing_basis).amount;
    let number = frozen.number.clone();
    let claimant = frozen.answers.get(Step::Claimant.key()).map_or("", |answers| answers.get("legal_name")).to_owned();
    let what = What::ClaimSent { number: number.clone(), version: frozen.version, claimant: claimant.clone(), amount };
    let kind = what.kind();
    let sent = note(tx, case.id, &what, now).await?;
    let counts = !matches!(compared, "withdrawn" | "superseded");
    let threshold = case.settings.alert_claim.filter(|threshold| counts && amount > *threshold);
    let large = threshold.map(|threshold| What::ClaimLarge { number, claimant, amount, threshold });
    let large = match large {
        Some(what) => note(tx, case.id, &what, now).await?.map(|id| (id, what)),
        None => None,
    };
    let alert = if large.is_some() { threshold } else { None };
    let values = values(recoup, tx, case, claim, frozen, compared, alert).await?;
    for listener in listeners {
        let at_once = listener.way(kind) == Way::AtOnce;
        match (sent, listener.way(kind)) {
            (Some(_), Way::AtOnce) => {
                let about = (Some(case.id), Some(claim.id));
                let mail =
                    recoup.mails.write("new_claim", &listener.email, values.clone(), about)?.of(listener.account);
                outbox::add(tx, &mail, now).await?;
            }
            (Some(id), Way::Digest) => notices::keep_for_digest(tx, id, case.id, listener.account).await?,
            _ => {}
        }
        // The mail about the claim says that it is large: whoever gets it needs no other.
        if let Some((id, what)) = &large {
            match listener.way(Kind::ClaimLarge) {
                Way::AtOnce if !at_once => {
                    tell_at_once(recoup, tx, case, listener, Kind::ClaimLarge, &[what], now).await?;
                }
                Way::Digest => notices::keep_for_digest(tx, *id, case.id, listener.account).await?,
                _ => {}
            }
        }
    }
    Ok(())
}

async fn values(
    recoup: &Recoup,
    tx: &mut Tx,
    case: &Case,
    claim: &Claim,
    frozen: &FrozenInBrief,
    compared: &str,
    alert: Option<i64>,
) -> Result<Value, Failure> {
    let settings = &case.settings;
    let page = |path: &str| words::page(recoup, case, path);
    let link = page(&format!("/claims/{}", frozen.number));
    let leads = |words: &str, href: &str| Value::from_safe_string(linked(words, href));
    let show = |minor| leads(&settings.currency.show(minor), &link);
    let matches_link = page(&format!("/matches?claim={}", frozen.number));
    let overlaps_link = page(&format!("/overlaps?claim={}", frozen.number));
    let total = totals::counted(&frozen.totals, settings.filing_basis);
    // The deadline may have been moved since it was signed.
    let late = frozen.declaration.late_reason.is_some() && frozen.received_at >= case.deadline;
    let mut resembles = Vec::new();
    let mut shares = None;
    if compared == "yes" {
        for found in matches::of_claim(tx, claim.id).await? {
            if found.verdict.is_some() {
                continue;
            }
            let (number, claimant) = if found.claim_a == claim.id {
                (found.number_b, found.claimant_b)
            } else {
                (found.number_a, found.claimant_a)
            };
            let words = format!("{claimant}, {number} ({} % probable)", percent(found.score));
            resembles.push(leads(&words, &page(&format!("/matches/{}", found.id))));
        }
        let sums = overlaps::sums(tx, case.id, overlaps::Which::Open, Some(claim.id)).await?;
        if sums.entries > 0 {
            let entries = match sums.entries {
                1 => "one entry of the ledger".to_owned(),
                more => format!("{} entries of the ledger", grouped_units(more)),
            };
            // What may be taken off this claim itself, as the register has it; where it is the larger of two, it is taken off the other.
            let own = removed::of_claim(tx, claim.id).await?;
            let own: i64 = own.iter().map(|(_, of)| of.suspected).sum();
            let suspected = (own > 0).then(|| leads(&settings.currency.show(own), &overlaps_link));
            shares = Some(context! { suspected, entries => leads(&entries, &overlaps_link) });
        }
    }
    Ok(context! {
        claimant => frozen.answers.get(Step::Claimant.key()).map_or("", |answers| answers.get("legal_name")),
        case => settings.title.as_str(), number => frozen.number.as_str(), version => frozen.version,
        received => deadline::show(frozen.received_at, &settings.time_zone),
        lines => leads(&grouped_units(total.lines), &link),
        more => totals::more_in_words(totals::more_lines(&frozen.totals, settings.filing_basis)),
        total => show(total.amount), documented => show(total.documented), late,
        alert => alert.map(|alert| leads(&settings.currency.show(alert), &page(""))),
        link => link.as_str(), compared, resembles, shares, matches_link, overlaps_link, preferences => words::preferences(recoup, case),
    })
}

/// Tells of what a run found: likely duplicates and overlaps, and thresholds that are passed even if everything suspected is
/// the same. A threshold is told of once, whatever comes and goes afterwards.
pub(super) async fn found(
    recoup: &Recoup,
    tx: &mut Tx,
    case: CaseId,
    members_least: i64,
    now: Instant,
) -> Result<(), Failure> {
    let settings = cases::by_id(tx, case).await?.ok_or(Refusal::NotFound)?.read()?.settings;
    let mut things = Vec::new();
    for threshold in thresholds::members_reached(&settings, members_least) {
        things.push(What::Members { members: members_least, threshold });
    }
    let filter = Filter { status: Some(ClaimStatus::Submitted), ..Filter::default() };
    // Claims that came in while it ran have nothing taken off yet: a total with them would be too high, and is told of but once.
    if matching::state(tx, case).await?.is_current() {
        let (total, _) = register::sums(tx, case, settings.filing_basis, &filter).await?.unique();
        for threshold in thresholds::totals_passed(&settings, total) {
            things.push(What::Total { total, threshold });
        }
    }
    for pair in notices::new_pairs(tx, case).await? {
        things.push(What::Pair { id: pair.id, a: pair.a, b: pair.b, score: pair.score, stake: pair.stake });
    }
    for entry in notices::new_overlaps(tx, case).await? {
        things.push(What::Overlap {
            id: entry.id,
            place: entry.place,
            release: entry.words,
            suspected: entry.suspected,
        });
    }
    raise(recoup, tx, case, things, now).await
}
