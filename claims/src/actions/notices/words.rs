//! Things that happened, in the words of mails to counsel. Every figure leads to what it sums.

use chrono::Duration;

use super::super::Recoup;
use crate::{
    case::Case,
    deadline,
    mail::{linked, plain},
    matching::of_case::percent,
    money::grouped_units,
    notices::{Kind, What, thresholds},
};

/// The page where counsel say how they want to be told.
pub(in crate::actions) fn preferences(recoup: &Recoup, case: &Case) -> String {
    page(recoup, case, "/mail/preferences")
}

/// A page of counsel.
pub(in crate::actions) fn page(recoup: &Recoup, case: &Case, path: &str) -> String {
    recoup.url(&format!("/counsel/{}{path}", case.settings.slug))
}

/// The register of what counts, what overlaps most first.
pub(super) const BY_OVERLAP: &str = "/claims?status=submitted&sort=overlap";
/// The register of what counts.
pub(super) const SUBMITTED: &str = "/claims?status=submitted";

/// A number of things.
pub(in crate::actions) fn count(number: i64, one: &str, many: &str) -> String {
    format!("{} {}", grouped_units(number), if number == 1 { one } else { many })
}

/// The subject of a mail about things of one kind, without the case.
#[must_use]
pub fn subject(case: &Case, things: &[&What]) -> String {
    let show = |minor| case.settings.currency.show(minor);
    let many = i64::try_from(things.len()).unwrap_or(i64::MAX);
    match things {
        [What::ClaimWithdrawn { number, .. }] => format!("Withdrawn: claim {number}"),
        [What::ClaimLarge { number, amount, .. }] => format!("A large claim, {number}: {}", show(*amount)),
        [What::Total { threshold, .. }] => format!("Unique total above {}", show(*threshold)),
        [What::FilingBuilt { number, .. }] => format!("Filing {number} is built"),
        [What::FilingFailed { .. }] => "A filing could not be built".to_owned(),
        [What::Deadline { days, .. }] => days_left(*days),
        [What::MailFailed { recipient, .. }] => format!("A mail to {} could not be delivered", plain(recipient)),
        [What::Members { .. }, ..] => {
            let most = things
                .iter()
                .filter_map(|what| if let What::Members { threshold, .. } = what { Some(*threshold) } else { None })
                .max();
            format!("{} members reached", grouped_units(most.unwrap_or_default()))
        }
        [What::Total { .. }, ..] => "Unique total above thresholds".to_owned(),
        [What::MailFailed { .. }, ..] => format!("{} could not be delivered", count(many, "mail", "mails")),
        [What::DraftStalled { .. }, ..] => count(many, "draft stalls", "drafts stall"),
        [What::Pair { .. } | What::Overlap { .. }, ..] => {
            count(many, "likely duplicate or overlap", "likely duplicates or overlaps")
        }
        [What::ClaimSent { .. }, ..] => count(many, "claim came in", "claims came in"),
        _ => count(many, "thing happened", "things happened"),
    }
}

fn days_left(days: i64) -> String {
    match days {
        ..=0 => "The last day for claims".to_owned(),
        1 => "One day left for claims".to_owned(),
        days => format!("{days} days left for claims"),
    }
}

/// The sentence above things of a kind.
#[must_use]
pub const fn lead(kind: Kind, things: &[&What]) -> &'static str {
    let one = things.len() == 1;
    match kind {
        Kind::ClaimNew | Kind::ClaimAmended if one => "This claim came in:",
        Kind::ClaimNew | Kind::ClaimAmended => "These claims came in:",
        Kind::ClaimWithdrawn => "What is withdrawn counts in no total any more, and stays readable:",
        Kind::ClaimLarge if one => "A claim is above the amount that was set for the case:",
        Kind::ClaimLarge => "These claims are above the amount that was set for the case:",
        Kind::Members => "Members, each counted once even if everybody who may be the same is:",
        Kind::Total => "The total, all money counted once even if every suspected overlap is one:",
        Kind::Matches => {
            "The comparison of claims found what may be counted twice. Nothing is taken off before a person decides:"
        }
        Kind::Filing => match things {
            [What::FilingBuilt { .. }] => "The filing that was asked for is ready:",
            [What::FilingFailed { .. }] => "The filing that was asked for could not be built, for the reason below:",
            _ => "What became of the filings that were asked for:",
        },
        Kind::Deadline => "The last moment for claims comes near:",
        Kind::MailFailed if one => "This mail will not be tried again unless you say so:",
        Kind::MailFailed => "These mails will not be tried again unless you say so:",
        Kind::DraftsStalled if one => {
            "Nobody worked on it for two weeks. Who writes it is not told; whoever does is reminded before the deadline:"
        }
        Kind::DraftsStalled => {
            "Nobody worked on them for two weeks. Whose they are is known to their writers alone; they are reminded before the deadline:"
        }
    }
}

/// What is said of things that are too many to be listed.
pub(super) fn more(recoup: &Recoup, case: &Case, kind: Kind, number: usize) -> String {
    let path = match kind {
        Kind::Matches => "/matches",
        Kind::MailFailed => "/mail?state=failed",
        Kind::Filing => "/filings",
        _ => "/claims",
    };
    let number = i64::try_from(number).unwrap_or(i64::MAX);
    format!("and {}", linked(&format!("{} more", grouped_units(number)), &page(recoup, case, path)))
}

/// Things of one kind as a mail lists them.
pub(super) fn items(recoup: &Recoup, case: &Case, kind: Kind, things: &[&What]) -> Vec<String> {
    if kind == Kind::DraftsStalled {
        // Of drafts only their number is known to counsel.
        let number = i64::try_from(things.len()).unwrap_or(i64::MAX);
        let drafts = linked(&count(number, "draft", "drafts"), &page(recoup, case, ""));
        return vec![format!("{drafts} without any work for two weeks")];
    }
    things.iter().map(|what| item(recoup, case, what)).collect()
}

fn item(recoup: &Recoup, case: &Case, what: &What) -> String {
    let settings = &case.settings;
    let at = |path: &str| page(recoup, case, path);
    let claim = |number: &str| at(&format!("/claims/{number}"));
    let money = |minor: i64, href: &str| linked(&settings.currency.show(minor), href);
    match what {
        What::ClaimSent { number, version, claimant, amount } => {
            let href = claim(number);
            let did = if *version > 1 {
                format!("amended the claim, now version {version}, to")
            } else {
                "claims".to_owned()
            };
            format!("{}: {} {did} {}", linked(number, &href), plain(claimant), money(*amount, &href))
        }
        What::ClaimWithdrawn { number, claimant, amount, reason, .. } => {
            let href = claim(number);
            format!(
                "{}: {} withdrew {}. Reason: {}",
                linked(number, &href),
                plain(claimant),
                money(*amount, &href),
                plain(reason)
            )
        }
        What::ClaimLarge { number, claimant, amount, threshold } => {
            let href = claim(number);
            format!(
                "{}: {} claims {}, more than the {} set for the case",
                linked(number, &href),
                plain(claimant),
                money(*amount, &href),
                money(*threshold, &at(""))
            )
        }
        What::Members { members, threshold } => {
            let found = linked(&count(*members, "member", "members"), &at("/matches"));
            let threshold_words = linked(&grouped_units(*threshold), &at(""));
            let why = thresholds::why_members(settings.currency, *threshold);
            // It is told of once, whatever goes back and forth.
            format!(
                "{found}: {threshold_words} reached ({why}). This can change when claims are withdrawn or found to be of the same claimant."
            )
        }
        What::Total { total, threshold } => {
            let why = if thresholds::is_cafa(settings.currency, *threshold) {
                "what CAFA asks for, without interest and costs"
            } else {
                "the amount set for this case"
            };
            format!("{}, more than {} ({why})", money(*total, &at(BY_OVERLAP)), money(*threshold, &at("")))
        }
        What::Pair { id, a, b, score, stake } => {
            let href = at(&format!("/matches/{id}"));
            let (pair, chance) =
                (linked(&format!("{a} and {b}"), &href), linked(&format!("{} %", percent(*score)), &href));
            format!(
                "{pair} may be of one claimant ({chance} probable): up to {} may be counted twice",
                money(*stake, &href)
            )
        }
        What::Overlap { id, release, suspected, .. } => {
            let href = at(&format!("/overlaps/{id}"));
            let release =
                if release.is_empty() { "A lump sum".to_owned() } else { format!("“{}”", plain(release)) };
            format!(
                "{} is claimed more than once: up to {} may be counted twice",
                linked(&release, &href),
                money(*suspected, &href)
            )
        }
        What::FilingBuilt { number, claims, gross } => {
            let href = at(&format!("/filings/{number}"));
            format!(
                "{} is built: {}, {} gross",
                linked(&format!("Filing {number}"), &href),
                linked(&count(*claims, "claim", "claims"), &href),
                money(*gross, &href)
            )
        }
        What::FilingFailed { why, .. } => {
            format!("{}, and nothing of it was kept. {}", linked("The build failed", &at("/filings")), plain(why))
        }
        What::Deadline { deadline: last, days, claims, drafts, .. } => {
            let moment = deadline::show(*last - Duration::minutes(1), &settings.time_zone);
            format!(
                "{}, until {moment}. So far {} and {}",
                linked(&days_left(*days), &at("")),
                linked(&count(*claims, "claim was sent", "claims were sent"), &at(SUBMITTED)),
                linked(&count(*drafts, "draft is unfinished", "drafts are unfinished"), &at(""))
            )
        }
        What::MailFailed { id, recipient, subject, why } => {
            let href = at(&format!("/mail/{id}"));
            format!("{}, “{}”: {}", linked(recipient, &href), plain(subject), plain(why))
        }
        What::DraftStalled { .. } => String::new(),
    }
}
