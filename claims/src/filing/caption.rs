//! What a filing says of the case itself and until when claims were in time, compared with the filing before: rows, and sentences.

use super::{CaseFacts, FiledClaim, Moved, decided::in_words};
use crate::declaration::Forum;

/// A row that moves no money.
fn row(change: &'static str, of: Option<&FiledClaim>, what: String) -> Moved {
    Moved {
        change,
        claim: of.map_or_else(String::new, |claim| claim.of.number.clone()),
        claimant: of.map_or_else(String::new, |claim| claim.claimant().to_owned()),
        line: None,
        what,
        before: 0,
        after: 0,
        counted: false,
    }
}

/// What the case was called by and is, and the deadline that held and that holds; gives sentences on them.
pub(super) fn case(rows: &mut Vec<Moved>, before: &CaseFacts, after: &CaseFacts) -> Vec<String> {
    let mut sentences = Vec::new();
    let same_moment = before.deadline_at.is_some() && before.deadline_at == after.deadline_at;
    if before.deadline != after.deadline && !same_moment {
        let known = if before.deadline.is_empty() { "not stated" } else { &before.deadline };
        rows.push(row("deadline", None, format!("deadline for claims: {known} became {}", after.deadline)));
        sentences
            .push(format!("The deadline for claims was {known} in the filing before, and is now {}.", after.deadline));
    }
    let forum = |case: &CaseFacts| case.forum.map_or("", forum_in_words).to_owned();
    let mut forums = (forum(before), forum(after));
    if forums.0.is_empty() {
        // A filing that was made before it was kept says nothing of it.
        forums.0.clone_from(&forums.1);
    }
    let parts = [
        ("title", &before.title, &after.title),
        ("court", &before.court, &after.court),
        ("case number", &before.docket, &after.docket),
        ("parties", &before.parties, &after.parties),
        ("forum", &forums.0, &forums.1),
    ];
    let quoted = |text: &str| if text.is_empty() { "none".to_owned() } else { format!("“{text}”") };
    let mut changed = Vec::new();
    for (name, was, is) in parts.into_iter().filter(|(_, was, is)| was != is) {
        rows.push(row("caption", None, format!("{name}: {} became {}", quoted(was), quoted(is))));
        changed.push(format!("the {name}"));
    }
    if let Some(last) = changed.pop() {
        let (words, verb) = if changed.is_empty() {
            (last.clone(), if last == "the parties" { "are" } else { "is" })
        } else {
            (format!("{} and {last}", changed.join(", ")), "are")
        };
        sentences.push(format!("Of the caption, {words} {verb} not what the filing before has."));
    }
    sentences
}

const fn forum_in_words(forum: Forum) -> &'static str {
    match forum {
        Forum::Federal => "federal court",
        Forum::Oregon => "Oregon state court",
        Forum::Other => "other, or none yet",
    }
}

/// A claim that is in both filings, and late in one of them only; gives whether it became late.
pub(super) fn lateness(rows: &mut Vec<Moved>, before: &FiledClaim, after: &FiledClaim) -> Option<bool> {
    let other_version = before.of.sha256 != after.of.sha256;
    let what = match (before.late, after.late) {
        (false, true) if other_version => "the version in force came after the deadline",
        (false, true) => "after the deadline that now holds",
        (true, false) if other_version => "the version in force is not late by the deadline that now holds",
        (true, false) => "no longer late: the deadline was moved",
        _ => return None,
    };
    rows.push(row("deadline", Some(after), what.to_owned()));
    Some(after.late)
}

/// How many claims became late, and how many no longer are, in sentences.
pub(super) fn late_in_words(became: usize, no_longer: usize) -> Vec<String> {
    let say = |number: usize, one: &str, more: &str| match number {
        0 => None,
        1 => Some(format!("One claim {one}.")),
        number => Some(format!("{} claims {more}.", upper_first(&in_words(number)))),
    };
    let said = [
        say(became, "that was in time is now marked as late", "that were in time are now marked as late"),
        say(no_longer, "is no longer marked as late", "are no longer marked as late"),
    ];
    said.into_iter().flatten().collect()
}

fn upper_first(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}
