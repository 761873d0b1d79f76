//! Telling counsel of claims that came in, with what they resemble. Claimants are told nothing of it.

use minijinja::context;

use super::super::{Failure, Recoup};
use crate::{
    CaseId, ClaimId, Instant,
    access::Refusal,
    case::Case,
    deadline,
    frozen::FrozenClaim,
    intake::steps::Step,
    matching::of_case::percent,
    money::grouped_units,
    store::{Tx, cases, claims, matches, matching, outbox, overlaps},
    totals,
};

/// Queues the mails about all sent versions of a case of which counsel was not told. `matched` is `None` if matching failed.
pub(super) async fn tell(
    recoup: &Recoup,
    tx: &mut Tx,
    case: CaseId,
    matched: Option<()>,
    now: Instant,
) -> Result<(), Failure> {
    let untold = matching::untold(tx, case).await?;
    if untold.is_empty() {
        return Ok(());
    }
    let case = cases::by_id(tx, case).await?.ok_or(Refusal::NotFound)?.read()?;
    let counsel = cases::counsel(tx, case.id).await?;
    for (version, claim, frozen) in untold {
        let frozen: FrozenClaim = serde_json::from_str(&frozen)
            .map_err(|error| Failure::Internal(format!("the frozen text of version {version} is damaged: {error}")))?;
        let row = claims::by_id(tx, claim).await?.ok_or(Refusal::NotFound)?;
        let values =
            values(recoup, tx, &case, claim, &frozen, matched.is_some() && row.in_force_id == Some(version)).await?;
        for (_, _, email) in &counsel {
            let mail = recoup.mails.write("new_claim", email, values.clone(), (Some(case.id), Some(claim)))?;
            outbox::add(tx, &mail, now).await?;
        }
        matching::told(tx, version).await?;
    }
    Ok(())
}

async fn values(
    recoup: &Recoup,
    tx: &mut Tx,
    case: &Case,
    claim: ClaimId,
    frozen: &FrozenClaim,
    matched: bool,
) -> Result<minijinja::Value, Failure> {
    let settings = &case.settings;
    let show = |minor| settings.currency.show(minor);
    let total = totals::counted(&frozen.totals, settings.filing_basis);
    let page = |path: &str| recoup.url(&format!("/counsel/{}/{path}", settings.slug));
    let mut resembles = Vec::new();
    let mut shares = None;
    if matched {
        for found in matches::of_claim(tx, claim).await? {
            if found.verdict.is_some() {
                continue;
            }
            let (number, claimant) = if found.claim_a == claim {
                (found.number_b, found.claimant_b)
            } else {
                (found.number_a, found.claimant_a)
            };
            resembles.push(context! { number, claimant, percent => percent(found.score) });
        }
        let sums = overlaps::sums(tx, case.id, overlaps::Which::Open, Some(claim)).await?;
        if sums.entries > 0 {
            let entries = match sums.entries {
                1 => "one entry of the ledger".to_owned(),
                more => format!("{} entries of the ledger", grouped_units(more)),
            };
            shares = Some(context! { suspected => show(sums.suspected), entries });
        }
    }
    Ok(context! {
        claimant => frozen.answers.get(Step::Claimant.key()).map_or("", |answers| answers.get("legal_name")),
        case => settings.title.as_str(), number => frozen.number.as_str(), version => frozen.version,
        received => deadline::show(frozen.received_at, &settings.time_zone), lines => frozen.lines.len(),
        total => show(total.amount), documented => show(total.documented), late => frozen.declaration.late_reason.is_some(),
        link => page(&format!("claims/{}", frozen.number)), matched, resembles, shares,
        matches_link => page(&format!("matches?claim={}", frozen.number)), overlaps_link => page(&format!("overlaps?claim={}", frozen.number)),
    })
}
