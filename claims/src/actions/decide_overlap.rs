//! What counsel say of money that two claims both claim, and what they write to the two.

use std::collections::BTreeMap;

use super::{
    Failure, Recoup, decide_match, once, permit, record, seen,
    write_to_many::{self, Preview},
};
use crate::{
    CaseId, ClaimId, OverlapId,
    access::{Action, Actor, Refusal},
    case::Case,
    intake::{
        Answers,
        resolution::{self, MONTHS},
    },
    matching::model,
    period::show_months,
    store::{
        Tx, cases, matching,
        overlaps::{self, Decision, NewDecision, Overlap, Part},
        recipients::{self, Recipient},
        register::Filter,
    },
};

/// Decides how the money of two claims of an entry is related, in its release or in all that they share. `key` is the form's
/// idempotency key.
///
/// # Errors
/// Wrong answers; claims that are not in the entry, or share no month in it; an entry that a run took off meanwhile, or that is about
/// something else since the page was read whose mark the answers carry; somebody decided since.
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
    if first.misses(&second) {
        return Err(Failure::said(
            "These two claims share no month: nothing of the one can be in the other, so there is nothing to decide.",
        ));
    }
    let before = overlaps::in_force(&mut tx, (first.claim_id, second.claim_id), entry.scope()).await?;
    let mark = answers.get(seen::FIELD);
    if seen::is_of_another(mark, &entry) {
        return Err(about_another(&entry));
    }
    if seen::is_stale(mark, &seen::mark_of_overlap(&entry, before.iter())) {
        return Err(meanwhile(&before));
    }
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
/// nothing. `mark` is that of the page ([`seen::mark_of_overlap`]).
///
/// # Errors
/// Claims that are not in the entry, or of which somebody decided otherwise since the page was read; an entry that is about something
/// else since.
pub async fn undo(
    recoup: &Recoup,
    actor: &Actor,
    case: CaseId,
    id: OverlapId,
    claims: (ClaimId, ClaimId),
    everywhere: bool,
    mark: &str,
) -> Result<(), Failure> {
    permit(actor, Action::Decide(case))?;
    let now = recoup.clock.now();
    let mut tx = recoup.store.write().await?;
    matching::lock(&mut tx, case).await?;
    let (entry, first, second) = pair(&mut tx, case, id, claims).await?;
    let before = overlaps::in_force(&mut tx, (first.claim_id, second.claim_id), entry.scope()).await?;
    if seen::is_of_another(mark, &entry) {
        return Err(about_another(&entry));
    }
    if !before.is_empty() && seen::is_stale(mark, &seen::mark_of_overlap(&entry, before.iter())) {
        return Err(meanwhile(&before));
    }
    let release = if everywhere { overlaps::EVERYWHERE } else { entry.scope() };
    if overlaps::undo(&mut tx, (first.claim_id, second.claim_id), release, actor.account, now).await? {
        let details = serde_json::json!({ "a": first.number, "b": second.number, "release": if everywhere { "" } else { about(&entry) }, "everywhere": everywhere });
        record(&mut tx, case, actor.account, "overlap_undone", details, now).await?;
        matching::want(&mut tx, case).await?;
    }
    Ok(tx.commit().await?)
}

/// Somebody decided, or undid a decision, since the page was read.
fn meanwhile(now: &[Decision]) -> Failure {
    let Some(newest) = now.first() else { return Failure::said(decide_match::UNDONE) };
    let what = match newest.relation.as_str() {
        "derivative" => "that one of these two claims a share of what the other claims",
        "same_money" => "that these two claim the same money",
        _ => "that these two claim different money",
    };
    let words = format!(
        "{} decided meanwhile {what}. Look again at what is in force now; nothing of yours was kept.",
        newest.by
    );
    Failure::said(words)
}

/// The claims were matched again since the page was read, and the entry is about other lines.
fn about_another(entry: &Overlap) -> Failure {
    let now = if entry.is_of_lump_sums() || entry.words.is_empty() {
        about(entry).to_owned()
    } else {
        format!("“{}”", entry.words)
    };
    Failure::said(format!(
        "The claims were matched again since you looked, and this entry is about {now} now. Look again at what it is about; nothing of yours was kept."
    ))
}

/// What an entry is about, for the audit trail.
fn about(entry: &Overlap) -> &str {
    if entry.is_of_lump_sums() { "lump sums" } else { &entry.words }
}

/// What a letter to the parties of an entry could say: subject and text, for counsel to edit. It names neither the other
/// claimant nor any amount: that is for counsel to add. In the place of [`MONTHS`] stand for each the months that it shares with others.
#[must_use]
pub fn suggested_letter(case_title: &str, entry: &Overlap) -> (String, String) {
    let release = if entry.words.is_empty() { "a lump sum".to_owned() } else { format!("“{}”", entry.words) };
    let period = if entry.last_month == 0 { String::new() } else { format!(" for {{{{{MONTHS}}}}}") };
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

/// A letter to the parties of an entry, with all that it is made of.
struct Letter {
    case: Case,
    entry: Overlap,
    /// Numbers of all claims of the entry.
    numbers: Vec<String>,
    subject: String,
    text: String,
    to: Vec<Recipient>,
    /// What stands for the recipients of each claim in the place of [`MONTHS`].
    months: BTreeMap<ClaimId, String>,
}

impl Letter {
    async fn read(
        tx: &mut Tx,
        case: CaseId,
        id: OverlapId,
        (subject, text): (String, String),
    ) -> Result<Self, Failure> {
        let entry = overlaps::by_id(tx, case, id).await?.ok_or(Refusal::NotFound)?;
        let case = cases::by_id(tx, case).await?.ok_or(Refusal::NotFound)?.read()?;
        let parts = overlaps::parts(tx, id).await?;
        // A claim that was withdrawn is a party until the next run takes it out, and claims nothing.
        let submitted = write_to_many::of_whom(&Filter::default());
        let mut to = recipients::of_filter(tx, case.id, case.settings.filing_basis, &submitted).await?;
        to.retain(|recipient| parts.iter().any(|part| part.claim_id == recipient.claim_id));
        if to.is_empty() {
            return Err(Failure::said("No claim of this overlap is in force any more; there is nobody to write to."));
        }
        let months = parts.iter().map(|part| (part.claim_id, months_of(&entry, part))).collect();
        let numbers = parts.into_iter().map(|part| part.number).collect();
        Ok(Self { case, entry, numbers, subject, text, to, months })
    }

    fn own(&self, to: &Recipient) -> Vec<(&'static str, String)> {
        self.months.get(&to.claim_id).map(|months| (MONTHS, months.clone())).into_iter().collect()
    }

    /// The mark of who gets which words, with which months in them: as many others, or other words, give another.
    fn mark(&self) -> String {
        let to: Vec<&Recipient> = self.to.iter().collect();
        write_to_many::mark(&to, (&self.subject, &self.text, &self.months))
    }
}

/// The months that a claim shares with others of an entry, in words: `July to September 2018 and November 2018`.
fn months_of(entry: &Overlap, part: &Part) -> String {
    let runs: Vec<String> = match part.meets().filter(|months| !months.is_empty()) {
        Some(months) => months.each().map(|(first, last)| show_months(first, last)).collect(),
        None => vec![show_months(entry.first_month, entry.last_month)],
    };
    match runs.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, before)) => format!("{} and {last}", before.join(", ")),
        None => String::new(),
    }
}

/// The letter as each of its recipients would read it, and the mark to send it with.
///
/// # Errors
/// Wrong answers; an entry that a run took off meanwhile, or whose claims were all withdrawn.
pub async fn preview(
    recoup: &Recoup,
    actor: &Actor,
    case: CaseId,
    id: OverlapId,
    answers: &Answers,
) -> Result<Preview, Failure> {
    permit(actor, Action::Decide(case))?;
    let words = resolution::read_letter(answers).map_err(Failure::Invalid)?;
    let mut tx = recoup.store.read().await?;
    let letter = Letter::read(&mut tx, case, id, words).await?;
    drop(tx);
    let words = (letter.subject.clone(), letter.text.clone());
    let samples = write_to_many::samples(recoup, actor, &letter.case, words, &letter.to, |to| letter.own(to))?;
    Ok(Preview { mails: letter.to.len(), mark: letter.mark(), samples })
}

/// Queues a letter of counsel to everybody who acts for the claims of an entry, one mail each. `key` is the form's idempotency
/// key; the answers carry the mark of the preview, if there was one. Gives how many mails there are.
///
/// # Errors
/// Wrong answers; an entry that a run took off meanwhile, or whose claims were all withdrawn; others would get it, or other words, than
/// the preview showed.
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
    let letter = Letter::read(&mut tx, case, id, (subject, text)).await?;
    if seen::is_stale(answers.get(seen::FIELD), &letter.mark()) {
        return Err(Failure::said(
            "The claims, or your words, changed since you looked: the letter would go to others, name other months, or read otherwise. \
             Nothing was sent, and what you typed is still here. Look at it again, then send it.",
        ));
    }
    let mails = letter.to.len();
    let whom = format!("the parties of an overlap: {}", letter.numbers.join(", "));
    let words = (letter.subject.clone(), letter.text.clone());
    write_to_many::letter(recoup, &mut tx, actor, &letter.case, words, &whom, &letter.to, |to| letter.own(to)).await?;
    let details = serde_json::json!({ "claims": letter.numbers, "release": letter.entry.words, "subject": letter.subject, "mails": mails });
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
        assert!(text.contains("“Sonatas” for {{months}}."), "{text}");
        assert!(text.ends_with("Nothing was taken off your claim."), "{text}");
        let (_, text) = suggested_letter("Allegro", &entry(5));
        assert!(!text.contains("Nothing was taken off") && text.ends_with("what you tell us can change it."), "{text}");
    }

    #[test]
    fn each_recipient_reads_the_months_of_its_own_claim() {
        let part = |months: &str| Part {
            entry_id: OverlapId(1),
            claim_id: ClaimId(1),
            number: "A".to_owned(),
            claimant: "B".to_owned(),
            gross: 1,
            confirmed: 0,
            suspected: 0,
            through: None,
            months: months.to_owned(),
        };
        let words = |months: &str| months_of(&entry(0), &part(months));
        assert_eq!(words("24189-24190"), "October to November 2015");
        assert_eq!(words("24189 24191"), "October 2015 and December 2015");
        assert_eq!(words(""), "October to December 2015", "kept before months were");
    }
}
