//! What a form saw: the form of a line and of a step carries a mark of the answers that were stored when it was opened. One
//! that was opened before another tab, or somebody else, changed them does not overwrite what it never showed. The form on which a
//! claim is signed carries a mark of the whole draft and of its case, so that nothing is signed that its page did not show.

use super::{Failure, links};
use crate::{
    intake::{Answers, Field, Section, form::fields},
    store::{
        claims::Version,
        matches::Match,
        overlaps::{Decision, Overlap},
    },
};

/// The hidden field that carries the mark, beside the answers.
pub const FIELD: &str = "seen";

/// The mark of stored answers; empty where nothing is answered. What is not asked, and an empty answer, do not change it.
#[must_use]
pub fn mark(form: &'static [Section], stored: &Answers) -> String {
    let stored = stored.only(form);
    let answered =
        fields(form).map(|field| (field.name, stored.get(field.name))).filter(|(_, answer)| !answer.is_empty());
    // Names and cleaned answers hold no NUL, so no two sets of answers give the same text.
    let text: String = answered.flat_map(|(name, answer)| [name, "\0", answer, "\0"]).collect();
    if text.is_empty() { text } else { links::hash(&text)[..16].to_owned() }
}

/// The mark of a draft as it stands: answers, lines, what they cite, documents; and of its case, whose `revision` says how
/// often it was saved: rates, currency, the words of the declaration. Every edit of the one and every change of the other
/// gives another.
#[must_use]
pub fn mark_of_draft(version: &Version, revision: i64) -> String {
    format!("{}.{revision}", version.edits)
}

/// The mark of what people said of two claims that resemble each other: another decision, or none, has another.
#[must_use]
pub fn mark_of_match(pair: &Match) -> String {
    mark_of(pair.verdict.iter().map(|verdict| {
        let at = pair.decided_at.map_or(0, |at| at.timestamp_micros());
        format!("{verdict}\0{at}\0{:?}\0{:?}", pair.decided_by, pair.reason)
    }))
}

/// The mark of an entry of the ledger, by what it is about, and of the decisions in force about the money of two claims in it, newest
/// first.
#[must_use]
pub fn mark_of_overlap<'a>(entry: &Overlap, decisions: impl Iterator<Item = &'a Decision>) -> String {
    let decided = mark_of(decisions.map(|of| {
        let at = of.at.timestamp_micros();
        format!("{}\0{}\0{:?}\0{at}\0{}\0{}", of.release_id, of.relation, of.of_claim, of.by, of.reason)
    }));
    format!("{}.{decided}", mark_of_entry(entry))
}

/// The mark of what an entry is about: its release, and what that is called.
fn mark_of_entry(entry: &Overlap) -> String {
    links::hash(&format!("{}\0{}", entry.scope(), entry.words))[..16].to_owned()
}

/// Whether an entry is about something else than when the page was read that carried a mark of [`mark_of_overlap`]: another run may have
/// found that its lines are of another release. A form without a mark may be of any time.
pub(super) fn is_of_another(seen: &str, entry: &Overlap) -> bool {
    let about = seen.trim().split('.').next().unwrap_or_default();
    !about.is_empty() && about != mark_of_entry(entry)
}

/// A mark that is never empty: a form with an empty one showed nobody knows what.
fn mark_of(said: impl Iterator<Item = String>) -> String {
    let said: Vec<String> = said.collect();
    if said.is_empty() { "open".to_owned() } else { links::hash(&said.join("\0\0"))[..16].to_owned() }
}

/// Whether a form was read before what it is about became what it is now. One without a mark may be of any time.
pub(super) fn is_stale(seen: &str, now: &str) -> bool {
    !seen.trim().is_empty() && seen.trim() != now
}

/// Refuses to sign a draft that is not the one that the page showed, or whose case is not. A form without a mark showed nobody knows what.
///
/// # Errors
/// [`Failure::Changed`]; what is stored now is the draft.
pub(super) fn check_draft(sent: &Answers, version: &Version, revision: i64) -> Result<(), Failure> {
    let seen = sent.0.get(FIELD).is_some_and(|seen| seen.trim() == mark_of_draft(version, revision));
    if seen { Ok(()) } else { Err(Failure::Changed(Answers::default())) }
}

/// The fields of a form whose answers differ, in its order.
#[must_use]
pub fn differing(form: &'static [Section], typed: &Answers, stored: &Answers) -> Vec<&'static Field> {
    let (typed, stored) = (typed.only(form), stored.only(form));
    fields(form).filter(|field| typed.get(field.name) != stored.get(field.name)).collect()
}

/// Refuses to save over answers that the form never showed. A form without a mark, and one that says what is stored already (a
/// double click), overwrite nothing unseen.
///
/// # Errors
/// [`Failure::Changed`] with what is stored.
pub(super) fn check(form: &'static [Section], sent: &Answers, stored: &Answers) -> Result<(), Failure> {
    let stale = sent.0.get(FIELD).is_some_and(|seen| seen.trim() != mark(form, stored));
    if stale && !differing(form, sent, stored).is_empty() {
        return Err(Failure::Changed(stored.only(form)));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::intake::others::FORM;

    #[test]
    fn a_mark_is_of_what_is_answered() {
        let stored = Answers::default().with("others", "yes").with("others_who", "Her brother.");
        let same = stored.clone().with("assigned", "").with("seen", "x").with("others_who", " Her brother.\r\n");
        assert_eq!(mark(FORM, &stored), mark(FORM, &same));
        assert_eq!(mark(FORM, &stored).len(), 16);
        assert_ne!(mark(FORM, &stored), mark(FORM, &Answers::default().with("others", "yes")));
        assert_eq!(mark(FORM, &Answers::default().with("others", " ")), "");
    }

    #[test]
    fn only_what_was_never_shown_is_not_overwritten() {
        let (old, new) = (Answers::default().with("others", "no"), Answers::default().with("others", "yes"));
        let typed = Answers::default().with("others", "no").with("others_share", "10");
        let opened_on = |stored: &Answers| typed.clone().with(FIELD, mark(FORM, stored));
        assert!(check(FORM, &typed, &new).is_ok(), "no mark");
        assert!(check(FORM, &opened_on(&new), &new).is_ok(), "nothing changed");
        assert!(check(FORM, &opened_on(&old), &typed).is_ok(), "saved already");
        let refused = check(FORM, &opened_on(&old), &new);
        assert!(matches!(refused, Err(Failure::Changed(stored)) if stored == new));
        // A step that was never saved has an empty mark, which is one all the same.
        assert!(check(FORM, &opened_on(&Answers::default()), &new).is_err());
        let names: Vec<_> = differing(FORM, &typed, &new).iter().map(|field| field.name).collect();
        assert_eq!(names, ["others", "others_share"]);
    }
}
