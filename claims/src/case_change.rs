//! What other settings of a case do to what was claimed, signed and filed under those before: asked of whoever saves them, and told to
//! counsel. The sentences hold before it is saved and after.

use crate::{
    Instant,
    case::{Case, Intake},
    deadline,
    declaration::{Declaration, Forum},
    money::grouped_units,
};

/// What there is under the settings of a case.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Standing {
    /// Claims in force.
    pub claims: i64,
    /// Drafts and amendments that are not signed.
    pub drafts: i64,
    /// Filings that were built.
    pub filings: i64,
    /// Claims that are marked as late by the deadline before, and by the one after.
    pub late: (i64, i64),
    /// Gross claimed on the basis before, and on the one after.
    pub gross: (i64, i64),
    /// Claims in force whose declaration has words that the forum after would not give it.
    pub other_words: i64,
}

/// A setting that claimants or counsel rely on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Setting {
    /// The last moment for claims.
    Deadline,
    /// Whether late claims are taken.
    LateClaims,
    /// The basis of stock in totals.
    Basis,
    /// The forum, which decides the words of declarations.
    Forum,
    /// The title of the case.
    Title,
    /// The court.
    Court,
    /// The number at the court.
    CaseNumber,
}

impl Setting {
    /// The setting in a word or two.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Deadline => "deadline",
            Self::LateClaims => "late claims",
            Self::Basis => "basis of stock",
            Self::Forum => "forum",
            Self::Title => "title",
            Self::Court => "court",
            Self::CaseNumber => "case number",
        }
    }

    /// Whether it decides until when claims are taken.
    #[must_use]
    pub const fn is_of_deadline(self) -> bool {
        matches!(self, Self::Deadline | Self::LateClaims)
    }
}

/// A setting as it changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Which.
    pub setting: Setting,
    /// From what to what.
    pub what: String,
    /// What it does to what there is; nothing if it touches nothing, and then nobody need be asked.
    pub means: Vec<String>,
}

/// What changes from one state of a case to another.
#[must_use]
pub fn changes(before: &Case, after: &Case, standing: &Standing, now: Instant) -> Vec<Change> {
    let mut changes = deadline_changes(before, after, standing, now);
    let mut add = |setting, what: String, means: Vec<String>| changes.push(Change { setting, what, means });
    let (was, is) = (&before.settings, &after.settings);
    if was.filing_basis != is.filing_basis {
        let what =
            format!("Basis of stock in totals: from {} to {}.", was.filing_basis.title(), is.filing_basis.title());
        add(Setting::Basis, what, basis(after, standing));
    }
    if was.forum != is.forum {
        let what = format!("Forum: from {} to {}.", forum_in_words(was.forum), forum_in_words(is.forum));
        add(Setting::Forum, what, forum(is.forum, standing));
    }
    let quoted = |text: &str| if text.is_empty() { "none".to_owned() } else { format!("“{text}”") };
    let text = |text: &Option<String>| quoted(text.as_deref().unwrap_or_default());
    if was.title != is.title {
        let mut means = Vec::new();
        if standing.claims > 0 {
            means.push(format!(
                "{} signed under the title before. They keep it, and so do the receipts and letters that were made.",
                count(standing.claims, "claim in force was", "claims in force were")
            ));
        }
        means.extend(caption(standing));
        let what = format!("Title: {} becomes {} in what is made from now on.", quoted(&was.title), quoted(&is.title));
        add(Setting::Title, what, means);
    }
    for (setting, title, was, is) in [
        (Setting::Court, "Court", &was.court, &is.court),
        (Setting::CaseNumber, "Case number at the court", &was.docket, &is.docket),
    ] {
        if was != is {
            let what = format!("{title}: {} becomes {} in what is made from now on.", text(was), text(is));
            add(setting, what, caption(standing));
        }
    }
    changes
}

/// Until when claims are taken.
fn deadline_changes(before: &Case, after: &Case, standing: &Standing, now: Instant) -> Vec<Change> {
    let mut changes = Vec::new();
    let touched = standing.claims + standing.drafts > 0;
    if before.deadline != after.deadline {
        let what = format!("Last moment for claims: from {} to {}.", last_moment(before), last_moment(after));
        let means = if touched { moved(before, after, standing, now) } else { Vec::new() };
        changes.push(Change { setting: Setting::Deadline, what, means });
    }
    if before.settings.late_with_reason != after.settings.late_with_reason {
        let words = |case: &Case| if case.settings.late_with_reason { "taken with a reason" } else { "refused" };
        let what = format!("Late claims: from {} to {}.", words(before), words(after));
        let means = match (touched, after.settings.late_with_reason) {
            (false, _) => Vec::new(),
            (true, true) => {
                vec!["After the deadline claims and amendments are taken if they say why they are late.".to_owned()]
            }
            (true, false) => vec![
                "Pages and receipts said that a claim can be amended after the deadline if it is said why it is late. That holds no longer, and whoever works on a claim is told by mail.".to_owned(),
            ],
        };
        changes.push(Change { setting: Setting::LateClaims, what, means });
    }
    changes
}

fn moved(before: &Case, after: &Case, standing: &Standing, now: Instant) -> Vec<String> {
    let mut means = vec![format!(
        "{} in force, and {} not signed. Whoever works on them is told of the new moment by mail.",
        count(standing.claims, "claim is", "claims are"),
        count(standing.drafts, "draft or amendment is", "drafts and amendments are")
    )];
    match (after.deadline <= now, after.intake(now)) {
        (true, Intake::LateWithReason) => means.push(
            "The new moment has passed already: claims and amendments are taken only if they say why they are late."
                .to_owned(),
        ),
        (true, _) => means.push(
            "The new moment has passed already: claims and amendments are refused, and what is not signed can no longer be sent."
                .to_owned(),
        ),
        (false, Intake::Open) if before.deadline <= now => {
            means.push("The moment before had passed: claims and amendments are taken again.".to_owned());
        }
        (false, _) => {}
    }
    let (then, now_late) = standing.late;
    if then != now_late {
        means.push(format!(
            "By the deadline before, {} as late; by the new one {}. The next filing says so.",
            count(then, "claim is marked", "claims are marked"),
            if now_late == 0 { "none".to_owned() } else { grouped_units(now_late) }
        ));
    }
    if after.deadline < before.deadline && standing.claims > 0 {
        let after = if after.deadline <= now { ", also those that came after the new deadline" } else { "" };
        means.push(format!("Claims that are in time until now stay in time{after}."));
    }
    means
}

fn basis(after: &Case, standing: &Standing) -> Vec<String> {
    if standing.claims == 0 {
        return Vec::new();
    }
    let currency = after.settings.currency;
    let (was, is) = standing.gross;
    let gross = if was == is {
        format!("The gross amount claimed stays {}.", currency.show(is))
    } else {
        format!("The gross amount claimed goes from {} to {}.", currency.show(was), currency.show(is))
    };
    let mut means = vec![gross];
    means.extend((standing.filings > 0).then(|| {
        format!(
            "{} built with the basis before, and stay as they are; the next one shows the difference.",
            count(standing.filings, "filing was", "filings were")
        )
    }));
    means
}

fn forum(after: Forum, standing: &Standing) -> Vec<String> {
    if standing.claims == 0 {
        return caption(standing);
    }
    let mut means = vec![format!(
        "{} signed. The declarations stay as they were signed; only what is signed from now on has the words for the new forum.",
        count(standing.claims, "claim in force is", "claims in force are")
    )];
    means.push(match standing.other_words {
        0 => "The words that were signed are those that the new forum has too.".to_owned(),
        other => format!(
            "{} the words of {}, which the new forum does not ask for. Whether they are to be signed anew is for counsel to say.",
            count(other, "claim has", "claims have"),
            statute(other_words(after))
        ),
    });
    means.extend(caption(standing));
    means
}

/// What filings that were built say of their caption.
fn caption(standing: &Standing) -> Vec<String> {
    let said = (standing.filings > 0).then(|| {
        format!(
            "{} with the caption before; the next one tells the change.",
            count(standing.filings, "filing stays", "filings stay")
        )
    });
    said.into_iter().collect()
}

/// The declaration that a forum would not give to any claim, though others do.
#[must_use]
pub const fn other_words(forum: Forum) -> Declaration {
    match forum {
        Forum::Oregon => Declaration::FederalWithin,
        Forum::Federal | Forum::Other => Declaration::Oregon,
    }
}

const fn statute(declaration: Declaration) -> &'static str {
    match declaration {
        Declaration::Oregon => "ORCP 1 E, for a court of Oregon",
        Declaration::FederalWithin | Declaration::FederalWithout => "28 U.S.C. § 1746, for a federal court",
    }
}

const fn forum_in_words(forum: Forum) -> &'static str {
    match forum {
        Forum::Federal => "a federal court",
        Forum::Oregon => "an Oregon state court",
        Forum::Other => "another one, or none yet",
    }
}

/// The last moment at which a claim is in time, in the zone of its case.
#[must_use]
pub fn last_moment(case: &Case) -> String {
    deadline::show(case.deadline - chrono::Duration::minutes(1), &case.settings.time_zone)
}

fn count(number: i64, one: &str, many: &str) -> String {
    format!("{} {}", grouped_units(number), if number == 1 { one } else { many })
}

/// What holds for claims and amendments by the settings of a case, in a sentence for whoever writes one.
#[must_use]
pub const fn taken_in_words(case: &Case, intake: Intake) -> &'static str {
    match (intake, case.settings.late_with_reason) {
        (Intake::Open, true) => "Claims and amendments are taken until then, and after that if you say why it is late.",
        (Intake::Open, false) => "Claims and amendments are taken until then, and none after it.",
        (Intake::LateWithReason, _) => {
            "That moment has passed: claims and amendments are still taken if you say why it is late."
        }
        (Intake::Closed, _) => "No claim and no amendment is taken any more.",
    }
}

#[cfg(test)]
mod tests {
    use chrono::Duration;

    use super::*;
    use crate::{CaseId, intake::case_settings};

    fn case(change: &[(&str, &str)], deadline: Instant) -> Case {
        let answers = change.iter().fold(case_settings::example(), |all, (name, text)| all.with(name, *text));
        Case { id: CaseId(1), settings: case_settings::read(&answers).unwrap(), deadline, revision: 1 }
    }

    fn said(found: &[Change]) -> String {
        let words = found.iter().flat_map(|change| std::iter::once(&change.what).chain(&change.means));
        words.cloned().collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn what_touches_nothing_is_not_asked_and_what_does_says_what() {
        let now = Instant::from_timestamp(1_780_000_000, 0).unwrap();
        let (later, past) = (now + Duration::days(30), now - Duration::days(1));
        let standing = Standing { claims: 3, drafts: 1, filings: 2, late: (0, 0), gross: (900, 700), other_words: 0 };
        let found = |change: &[(&str, &str)], deadline, standing: &Standing| {
            changes(&case(&[], later), &case(change, deadline), standing, now)
        };
        assert!(found(&[("contact", "new@example.org")], later, &standing).is_empty(), "nobody relies on it");
        let untouched = found(&[("forum", "oregon"), ("filing_basis", "wholesale")], past, &Standing::default());
        assert!(untouched.len() == 3 && untouched.iter().all(|change| change.means.is_empty()), "{untouched:?}");

        let words = said(&found(&[("late_claims", "refused")], past, &standing));
        assert!(words.contains("3 claims are in force, and 1 draft or amendment is not signed."), "{words}");
        assert!(words.contains("has passed already: claims and amendments are refused"), "{words}");
        assert!(words.contains("stay in time, also those that came after the new deadline."), "{words}");
        assert!(words.contains("Late claims: from taken with a reason to refused."), "{words}");
        let words = said(&found(&[("filing_basis", "wholesale")], later, &standing));
        assert!(words.contains("goes from 9.00 EUR to 7.00 EUR.") && words.contains("2 filings were built"), "{words}");
        let oregon = Standing { other_words: 2, ..standing };
        let words = said(&found(&[("forum", "oregon"), ("court", "Circuit Court")], later, &oregon));
        assert!(
            words.contains("stay as they were signed") && words.contains("2 claims have the words of 28 U.S.C."),
            "{words}"
        );
        assert!(words.contains("Court: none becomes “Circuit Court” in"), "{words}");
        let late = Standing { late: (2, 0), ..standing };
        let words = said(&found(&[], later + Duration::days(9), &late));
        assert!(words.contains("2 claims are marked as late; by the new one none."), "{words}");
    }
}
