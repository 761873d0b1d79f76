//! What counsel say of money that two claims both claim, and what they write to the two.

use super::{Failure, Recoup, once, permit, record, write_to_many};
use crate::{
    CaseId, ClaimId, OverlapId,
    access::{Action, Actor, Refusal},
    intake::{Answers, resolution},
    matching::model,
    period::show_months,
    store::{
        Tx, cases, matching,
        overlaps::{self, NewDecision, Overlap, Part},
        recipients,
        register::Filter,
    },
};

/// Decides how the money of two claims of an entry is related, in its release or in all that they share. `key` is the form's
/// idempotency key.
///
/// # Errors
/// Wrong answers; claims that are not in the entry; an entry that a run took off meanwhile.
pub async fn decide(
    recoup: &Recoup,
    actor: &Actor,
    case: CaseId,
    id: OverlapId,
    claims: (ClaimId, ClaimId),
    answers: &Answers,
    key: &str,
) -> Result<(), Failure> {
    permit(actor, Action::Decide(case))?;
    let (relation, everywhere, reason) = resolution::read_overlap(answers).map_err(Failure::Invalid)?;
    let now = recoup.clock.now();
    let mut tx = recoup.store.write().await?;
    // A run that is being written would move the entry below us.
    matching::lock(&mut tx, case).await?;
    let fingerprint = format!("{case} {id} {claims:?} {relation} {everywhere} {reason}");
    if once::answered(&mut tx, actor, key, "decide_overlap", &fingerprint).await?.is_some() {
        return Ok(());
    }
    let (entry, first, second) = pair(&mut tx, case, id, claims).await?;
    let (relation, of) = match relation.as_str() {
        "first_of_second" => ("derivative", Some(&second)),
        "second_of_first" => ("derivative", Some(&first)),
        "same_money" => ("same_money", None),
        _ => ("distinct", None),
    };
    let release_id = if everywhere { overlaps::EVERYWHERE } else { entry.scope() };
    let decision = NewDecision {
        case_id: case,
        claims: (first.claim_id, second.claim_id),
        release_id,
        relation,
        of_claim: of.map(|of| of.claim_id),
        reason: &reason,
        engine: model::VERSION,
        by: actor.account,
    };
    overlaps::decide(&mut tx, &decision, now).await?;
    if everywhere {
        // What was said of this entry alone would go before what holds everywhere.
        overlaps::undo(&mut tx, decision.claims, entry.scope(), actor.account, now).await?;
    }
    let details = serde_json::json!({
        "a": first.number, "b": second.number, "release": if everywhere { "" } else { about(&entry) }, "everywhere": everywhere, "relation": relation,
        "of": of.map(|of| of.number.as_str()), "reason": reason, "engine": model::VERSION,
    });
    record(&mut tx, case, actor.account, "overlap_decided", details, now).await?;
    matching::want(&mut tx, case).await?;
    once::keep(recoup, &mut tx, actor, key, "decide_overlap", &fingerprint, "").await?;
    Ok(tx.commit().await?)
}

/// Undoes what was said of two claims of an entry, in its release or (`everywhere`) in all that they share; once more changes
/// nothing.
///
/// # Errors
/// Claims that are not in the entry.
pub async fn undo(
    recoup: &Recoup,
    actor: &Actor,
    case: CaseId,
    id: OverlapId,
    claims: (ClaimId, ClaimId),
    everywhere: bool,
) -> Result<(), Failure> {
    permit(actor, Action::Decide(case))?;
    let now = recoup.clock.now();
    let mut tx = recoup.store.write().await?;
    matching::lock(&mut tx, case).await?;
    let (entry, first, second) = pair(&mut tx, case, id, claims).await?;
    let release = if everywhere { overlaps::EVERYWHERE } else { entry.scope() };
    if overlaps::undo(&mut tx, (first.claim_id, second.claim_id), release, actor.account, now).await? {
        let details = serde_json::json!({ "a": first.number, "b": second.number, "release": if everywhere { "" } else { about(&entry) }, "everywhere": everywhere });
        record(&mut tx, case, actor.account, "overlap_undone", details, now).await?;
        matching::want(&mut tx, case).await?;
    }
    Ok(tx.commit().await?)
}

/// What an entry is about, for the audit trail.
fn about(entry: &Overlap) -> &str {
    if entry.is_of_lump_sums() { "lump sums" } else { &entry.words }
}

/// What a letter to the parties of an entry could say: subject and text, for counsel to edit. It names neither the other
/// claimant nor any amount: that is for counsel to add.
#[must_use]
pub fn suggested_letter(case_title: &str, entry: &Overlap) -> (String, String) {
    let release = if entry.words.is_empty() { "a lump sum".to_owned() } else { format!("“{}”", entry.words) };
    let months = show_months(entry.first_month, entry.last_month);
    let period = if months.is_empty() { String::new() } else { format!(" for {months}") };
    // A decision may have taken money off some of the parties already: then nothing is said of it to all of them.
    let so_far = if entry.confirmed == 0 {
        "Nothing was taken off your claim."
    } else {
        "What was decided so far about money that more than one person claims is not final: what you tell us can change it."
    };
    let subject = format!("Your claim in “{case_title}”: a question about {release}");
    let text = format!(
        "You claim money for {release}{period}. Somebody else claims money for the same release and time, so we need to know how these claims go together, to count all money once and for the right person.\n\n\
         Please tell us who was to be paid for this release under your agreement, which share was yours, and where the agreement says so. If you have the page at hand, add it to the documents of your claim.\n\n\
         {so_far}"
    );
    (subject, text)
}

/// Queues a letter of counsel to everybody who acts for the claims of an entry, one mail each. `key` is the form's idempotency
/// key. Gives how many mails there are.
///
/// # Errors
/// Wrong answers; an entry that a run took off meanwhile, or whose claims were all withdrawn.
pub async fn write_to_parties(
    recoup: &Recoup,
    actor: &Actor,
    case: CaseId,
    id: OverlapId,
    answers: &Answers,
    key: &str,
) -> Result<usize, Failure> {
    permit(actor, Action::Decide(case))?;
    let (subject, text) = resolution::read_letter(answers).map_err(Failure::Invalid)?;
    let now = recoup.clock.now();
    let mut tx = recoup.store.write().await?;
    let fingerprint = format!("{case} {id} {subject} {text}");
    if let Some(answer) = once::answered(&mut tx, actor, key, "write_to_parties", &fingerprint).await? {
        return Ok(answer.parse().unwrap_or_default());
    }
    let entry = overlaps::by_id(&mut tx, case, id).await?.ok_or(Refusal::NotFound)?;
    let case_row = cases::by_id(&mut tx, case).await?.ok_or(Refusal::NotFound)?.read()?;
    let parts = overlaps::parts(&mut tx, id).await?;
    // A claim that was withdrawn is a party until the next run takes it out, and claims nothing.
    let submitted = write_to_many::of_whom(&Filter::default());
    let mut to = recipients::of_filter(&mut tx, case, case_row.settings.filing_basis, &submitted).await?;
    to.retain(|recipient| parts.iter().any(|part| part.claim_id == recipient.claim_id));
    if to.is_empty() {
        return Err(Failure::said("No claim of this overlap is in force any more; there is nobody to write to."));
    }
    let numbers: Vec<String> = parts.into_iter().map(|part| part.number).collect();
    let mails = to.len();
    let whom = format!("the parties of an overlap: {}", numbers.join(", "));
    write_to_many::letter(recoup, &mut tx, actor, &case_row, (subject.clone(), text), &whom, &to).await?;
    let details = serde_json::json!({ "claims": numbers, "release": entry.words, "subject": subject, "mails": mails });
    record(&mut tx, case, actor.account, "parties_written_to", details, now).await?;
    once::keep(recoup, &mut tx, actor, key, "write_to_parties", &fingerprint, &mails.to_string()).await?;
    tx.commit().await?;
    Ok(mails)
}

/// An entry and two of its claims, the one with the smaller id first.
async fn pair(
    tx: &mut Tx,
    case: CaseId,
    id: OverlapId,
    claims: (ClaimId, ClaimId),
) -> Result<(Overlap, Part, Part), Failure> {
    let entry = overlaps::by_id(tx, case, id).await?.ok_or(Refusal::NotFound)?;
    let parts = overlaps::parts(tx, id).await?;
    let find = |claim: ClaimId| parts.iter().find(|part| part.claim_id == claim).cloned().ok_or(Refusal::NotFound);
    let (a, b) = (claims.0.min(claims.1), claims.0.max(claims.1));
    if a == b {
        return Err(Refusal::NotFound.into());
    }
    Ok((entry, find(a)?, find(b)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{OverlapId, ReleaseId};

    fn entry(confirmed: i64) -> Overlap {
        Overlap {
            id: OverlapId(1),
            family: "sales".to_owned(),
            release_id: ReleaseId(7),
            channel: "itunes".to_owned(),
            words: "Sonatas".to_owned(),
            first_month: 2015 * 12 + 9,
            last_month: 2015 * 12 + 11,
            months: 3,
            gross: 100,
            confirmed,
            suspected: 10,
            over_whole: false,
            contradictory: false,
        }
    }

    #[test]
    fn the_letter_says_that_nothing_was_taken_off_only_where_that_is_so() {
        let (_, text) = suggested_letter("Allegro", &entry(0));
        assert!(text.contains("“Sonatas” for October to December 2015."), "{text}");
        assert!(text.ends_with("Nothing was taken off your claim."), "{text}");
        let (_, text) = suggested_letter("Allegro", &entry(5));
        assert!(!text.contains("Nothing was taken off") && text.ends_with("what you tell us can change it."), "{text}");
    }
}
