//! Lines of drafts at the rates of their case: other rates make lines worth something else, right or wrong.
//!
//! That comes after the settings are saved, in many transactions: a case may have hundreds of thousands of such lines, and nobody else
//! could save anything meanwhile. Each reads the case as it is then, so that nothing stays at rates of before if somebody edits a line
//! in between, or changes the rates once more.

use super::{Failure, Recoup, claim_view, edit_lines::in_case};
use crate::{
    CaseId, ClaimId,
    case::Case,
    intake::line,
    line::{Category, LineFacts},
    money::Currency,
    store::{
        claims, drafts,
        lines::{self, InCase, Line},
    },
};

/// When so many drafts could not be written, the database is likely to be away, and the rest is not tried.
const MOST_FAILURES: usize = 3;

/// Brings up to date what is kept beside the lines of all drafts of a case whose rates were changed: of lines that are wrong, and of
/// those in other currencies than `own`, the case's, which needs no rate. Without `own`, of all lines. A draft that cannot be written is
/// logged and keeps no other from it.
///
/// # Errors
/// If the database fails, again and again. A draft that was not reached then is brought up to date before it is signed.
pub(super) async fn of_case(recoup: &Recoup, case: CaseId, own: Option<Currency>) -> Result<(), Failure> {
    let mut tx = recoup.store.read().await?;
    let drafts = drafts::of_case(&mut tx, case).await?;
    drop(tx);
    let mut failures = 0;
    for claim in drafts {
        let Err(failure) = of_draft(recoup, claim, own).await else { continue };
        failures += 1;
        if failures == MOST_FAILURES {
            return Err(failure);
        }
        tracing::error!(claim = claim.0, error = %failure, "lines of a draft could not be brought to the rates of their case");
    }
    Ok(())
}

async fn of_draft(recoup: &Recoup, claim: ClaimId, own: Option<Currency>) -> Result<(), Failure> {
    let mut after = 0;
    while let Some(last) = some_lines(recoup, claim, own, after).await? {
        after = last;
    }
    Ok(())
}

/// Some lines of a draft, those behind the number `after`; gives the last of their numbers, and nothing if there were none.
async fn some_lines(recoup: &Recoup, id: ClaimId, own: Option<Currency>, after: i64) -> Result<Option<i64>, Failure> {
    let own = own.as_ref().map_or("", Currency::code);
    let mut tx = recoup.store.write().await?;
    claims::lock(&mut tx, id).await?;
    // One that was sent or discarded meanwhile has no draft any more.
    let Some(claim) = claims::by_id(&mut tx, id).await? else { return Ok(None) };
    let Some(draft) = claim.draft_id else { return Ok(None) };
    let some = lines::not_in(&mut tx, draft, own, after).await?;
    let case = claim_view::case_of(&mut tx, &claim).await?;
    let mut edited = false;
    for stored in &some {
        let worth = worth(stored, &case);
        if !is_stored(stored, worth.as_ref()) {
            let worth = worth.as_ref().map(|(facts, value)| (facts, value));
            lines::write(&mut tx, stored.id, &stored.answers.0, worth).await?;
            edited = true;
        }
    }
    if edited {
        claims::edited(&mut tx, draft).await?;
        tx.commit().await?;
    }
    Ok(some.last().map(|line| line.line))
}

/// What a line is worth by the rates of the case; nothing if they do not take it.
fn worth(stored: &Line, case: &Case) -> Option<(LineFacts, InCase)> {
    let facts = line::read(Category::parse(&stored.category)?, &stored.answers.0, &case.line_rules()).facts?;
    let value = in_case(case, &facts)?;
    Some((facts, value))
}

/// Whether that is what is stored. Interest and costs are at the rate of the amount.
fn is_stored(stored: &Line, worth: Option<&(LineFacts, InCase)>) -> bool {
    let Some((facts, value)) = worth else { return !stored.is_right };
    stored.is_right
        && stored.currency.as_deref() == Some(facts.currency.code())
        && stored.amount == Some(facts.amount)
        && stored.rate.as_ref() == Some(&value.rate)
        && stored.case_amount == Some(value.amount)
}
